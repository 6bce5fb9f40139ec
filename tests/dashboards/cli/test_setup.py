"""`init` and `check`: a home that is whole from the start, and every fault of one that is not."""

from __future__ import annotations

import json
from pathlib import Path

from tests.dashboards.cli.shell import Shell, process

COMMANDS = "demo init check ingest run board kpi close approve statement explain verify quarantine".split()


def test_every_command_is_listed() -> None:
    """`python -m dashboards --help` names every command of the public surface."""
    ended = process("--help")
    assert ended.code == 0, ended.err
    assert all(f" {name} " in ended.out for name in COMMANDS)


def test_init_makes_a_home_without_faults(tmp_path: Path) -> None:
    """A fresh home has the starter's five files, says what comes next, and checks clean."""
    shell = Shell(tmp_path / "new")
    made = shell.run("init", shell.home)
    assert made.code == 0
    assert "Created 5 files" in made.out
    assert "scoreline check" in made.out
    names = {path.relative_to(shell.home).as_posix() for path in shell.home.rglob("*.toml")}
    own = ("assignments", "company", "people", "plans/operations_specialist", "targets")
    assert names == {f"definitions/{name}.toml" for name in own}
    checked = shell.run("check", shell.home)
    assert checked.code == 0
    assert "No fault. 2 people, 1 teams, 2 assignments, 2 targets, 1 plans" in checked.out


def test_init_lists_what_it_wrote(tmp_path: Path) -> None:
    """With --json the files are listed, and each of them is there."""
    answer = Shell(tmp_path).run("init", tmp_path / "new", "--json").json()
    assert answer["home"] == str(tmp_path / "new")
    assert len(answer["written"]) == 5
    assert all(Path(path).is_file() for path in answer["written"])


def test_init_never_overwrites(shell: Shell) -> None:
    """A second init is refused with what to do, and leaves an edited file as it is."""
    edited = shell.home / "definitions" / "people.toml"
    edited.write_text("# mine\n")
    again = shell.run("init", shell.home)
    assert again.code == 2
    assert "exists already: edit it, or name another folder" in again.err
    assert edited.read_text() == "# mine\n"


def test_check_counts_and_fingerprints(shell: Shell) -> None:
    """The home and its definitions folder are both accepted and give the same fingerprint."""
    home, folder = (shell.run("check", path, "--json").json() for path in (shell.home, shell.home / "definitions"))
    assert home == folder
    assert home["faults"] == []
    assert (home["people"], home["plans"], home["alert_rules"]) == (2, 1, 0)
    assert len(home["fingerprint"]) == 64


def test_check_lists_every_fault(shell: Shell) -> None:
    """Faults of three files are all listed at once, each with file and key, as text and as JSON; the exit code is 2."""
    folder = shell.home / "definitions"
    for name, old, new in (
        ("company.toml", 'currency = "CNY"', 'currency = "XXY"'),
        ("assignments.toml", 'person = "p02"', 'person = "p03"'),
        ("plans/operations_specialist.toml", 'kpi = "refund_rate_cohort"', 'kpi = "refund_rate"'),
    ):
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
    told = shell.run("check", shell.home)
    listed = shell.run("check", shell.home, "--json")
    assert told.code == listed.code == 2
    faults = json.loads(listed.out)["faults"]
    assert {fault["file"] for fault in faults} == {
        "company.toml",
        "assignments.toml",
        "plans/operations_specialist.toml",
    }
    assert f"{len(faults)} fault(s):" in told.err
    assert all(fault["message"] in told.err for fault in faults)
    assert all(word in told.err for word in ("XXY", "p03", "refund_rate_cohort"))


def test_check_of_nothing(tmp_path: Path) -> None:
    """A folder without definitions is a fault that names the folder, not a traceback."""
    ended = Shell(tmp_path).run("check", tmp_path / "nowhere")
    assert ended.code == 2
    assert "nowhere" in ended.err
