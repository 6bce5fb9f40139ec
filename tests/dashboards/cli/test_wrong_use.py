"""What is said about words and files that can not be right, each with exit code 2, and the help that explains codes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.dashboards.cli.shell import MONTH, Shell, lines_of, november, process

# A fault each of a different sort, in the starter's five files: (file, text there, text instead, words of the message).
FAULTS = (
    ("company.toml", 'zone = "Asia/Shanghai"', 'zone = "Asia/Shangai"', ("company.zone", "time zone")),
    ("company.toml", 'currency = "CNY"', 'currency = "RMB"', ("company.currency", "ISO 4217")),
    ("people.toml", 'lead = "p01"', 'lead = "p09"', ("team sales", "p09")),
    ("people.toml", 'id = "p02"', 'id = "unassigned"', ("person[2].id", "reserved")),
    ("people.toml", 'performance_base = "2000"', "performance_base = 2000.5", ("performance_base", "2000.5")),
    ("assignments.toml", 'tag = "owner"', 'tag = "ownr"', ("assignment[1].tag", "did you mean 'owner'?")),
    ("assignments.toml", 'share = "0.4"', 'share = "1.4"', ("assignment[2].share", "at most 1")),
    ("targets.toml", 'kpi = "net_sales"', 'kpi = "net_sale"', ("target[1].kpi", "did you mean 'net_sales'?")),
    ("targets.toml", 'value = "200000"', "value = 200000.5", ("target[2].value", "200000.5")),
    ("plans/operations_specialist.toml", 'kind = "slab"', 'kind = "slap"', ("component", "did you mean 'slab'?")),
    ("plans/operations_specialist.toml", 'kind = "R"', 'kind = "RR"', ("item[1].kind", "RR")),
    ("plans/operations_specialist.toml", 'period = "month"', 'period = "moon"', ("plan.period", "moon")),
)


def test_twelve_faults_are_listed_at_once(shell: Shell) -> None:
    """`scoreline check` on a folder with twelve faults names each with file, key and what to do, and exits with 2."""
    for name, old, new, _ in FAULTS:
        path = shell.home / "definitions" / name
        text = path.read_text("utf-8")
        assert old in text, (name, old)
        path.write_text(text.replace(old, new, 1), "utf-8")
    ended = process("check", shell.home)
    assert ended.code == 2
    lines = ended.err.splitlines()
    for name, _, _, words in FAULTS:
        found = [line for line in lines if line.startswith(name) and all(word in line for word in words)]
        assert found, (name, words, ended.err)
    assert len(FAULTS) == 12
    stopped = shell.at_home("kpi", "net_sales")
    assert stopped.code == 2
    assert "did you mean 'slab'?" in stopped.err


def test_the_help_explains_exit_codes() -> None:
    """The last lines of `scoreline --help` say what 0, 1, 2 and 3 mean."""
    told = " ".join(process("--help").out.split())
    codes = "0 done, 1 a finding such as a digest difference, 2 wrong use or definitions, 3 infrastructure"
    assert f"Exit codes: {codes}" in told


@pytest.mark.parametrize("name", ["", "   "])
@pytest.mark.parametrize("words", [("close",), ("approve", "--digest", "0")])
def test_nobody_is_no_name(full: Shell, words: tuple[str, ...], name: str) -> None:
    """An act on a settlement needs a name for the audit log."""
    ended = full.at_home(*words, "--period", MONTH, "--by", name)
    assert ended.code == 2
    assert "--by" in ended.err


def test_a_space_makes_no_second_person(full: Shell) -> None:
    """Who asked for the close can not approve it as the same name with blanks around it."""
    digest = full.draft("finance li")
    ended = full.at_home("approve", "--period", MONTH, "--digest", digest, "--by", " finance  li ")
    assert ended.code == 2
    assert "a second person must" in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("close", "--period", MONTH, "--by", "li"),
        ("approve", "--period", MONTH, "--digest", "0", "--by", "li"),
        ("quarantine", "replay", "--by", "li"),
        ("ingest",),
    ],
)
def test_a_home_without_a_store_gets_no_empty_one(shell: Shell, words: tuple[str, ...]) -> None:
    """What works on ingested events says that there are none, and leaves no empty store behind."""
    ended = shell.at_home(*words)
    assert ended.code == 3
    assert "scoreline.db does not exist: run `scoreline ingest FILE --home" in ended.err
    assert not (shell.home / "scoreline.db").exists()


@pytest.mark.parametrize("command", ["run", "board"])
def test_a_port_that_does_not_exist(full: Shell, command: str) -> None:
    """Port 99999 is wrong use, not a traceback."""
    ended = full.run(command, full.home, "--port", "99999")
    assert ended.code == 2
    assert "--port" in ended.err


def test_a_format_that_can_not_be_printed(full: Shell) -> None:
    """`--format json` without a folder is refused instead of printing text in its place."""
    full.draft()
    ended = full.at_home("statement", "--period", MONTH, "--format", "json,xlsx")
    assert (ended.code, ended.out) == (2, "")
    assert "json,xlsx can not be printed: name a folder with --out" in ended.err


@pytest.mark.parametrize("damage", ["not packed", "cut short", "a changed byte"])
def test_a_damaged_packed_file(shell: Shell, tmp_path: Path, damage: str) -> None:
    """A .gz that is none, ends early or has a flipped byte is named with what to do; the sound file counts once."""
    path, text = tmp_path / "events.jsonl.gz", lines_of(*november()).encode()
    packed = bytearray(gzip.compress(text, mtime=0))
    if damage == "not packed":
        packed = bytearray(text)
    elif damage == "cut short":
        del packed[len(packed) // 2 :]
    else:
        packed[len(packed) // 3] ^= 0xFF
    path.write_bytes(packed)
    ended = shell.at_home("ingest", path)
    assert ended.code == 2
    assert "events.jsonl.gz" in ended.err
    assert "damaged" in ended.err
    assert "fetch it again" in ended.err
    path.write_bytes(gzip.compress(text, mtime=0))
    (row,) = shell.json("ingest", path)
    assert row["in"] == 3
    assert shell.value("net_sales", "c:") == "400000"


def test_a_growing_file_is_not_ingested(shell: Shell, tmp_path: Path) -> None:
    """The kind that never ends belongs to `run`, and the message says so."""
    ended = shell.at_home("ingest", tmp_path / "events.jsonl", "--kind", "follow")
    assert ended.code == 2
    assert "scoreline run --follow" in ended.err
