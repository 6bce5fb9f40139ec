"""The documents are executed: what README.md and CONTRIBUTING.md tell a reader to type works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```\s*$", re.M | re.S)
NOT_RUN = re.compile(r"<!-- not run: (\S.*?) -->\s*\Z")
SHELLS = frozenset({"bash", "console", "shell", "shell-session", "zsh"})
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Block:
    """One shell block of a document; `reason` says why it is not run, empty when it is."""

    document: str
    line: int
    script: str
    reason: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def fences(document: str, text: str) -> list[tuple[str, Block]]:
    """Every fenced block of a text with its language."""
    found = []
    for match in FENCE.finditer(text):
        before = text[: match.start()]
        mark = NOT_RUN.search(before)
        reason = mark.group(1) if mark else ""
        found.append((match.group(1), Block(document, before.count("\n") + 1, match.group(2), reason)))
    return found


ALL = [
    fence
    for document in DOCUMENTS
    if (REPOSITORY / document).exists()
    for fence in fences(document, (REPOSITORY / document).read_text(encoding="utf-8"))
]
BLOCKS = [block for language, block in ALL if language == "sh"]
RUN = [block for block in BLOCKS if not block.reason]


def make_targets() -> set[str]:
    """The targets that the Makefile declares as commands."""
    text = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.M)
    return set(phony.split())


def make_lines(block: Block) -> list[str]:
    """The lines of a block that call make."""
    return [line for line in block.script.splitlines() if re.match(r"make\b", line)]


@pytest.fixture(scope="module")
def reader_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder in which a reader types, with the repository's examples at hand; blocks share it in order."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("examples", "docs", "tests"):
        if (REPOSITORY / name).exists():
            (folder / name).symlink_to(REPOSITORY / name)
    return folder


def test_shell_blocks_are_marked_sh() -> None:
    """Every shell block is fenced as ```sh, so that none escapes these tests by another name."""
    assert not [str(block) for language, block in ALL if language in SHELLS]


def test_the_readme_shows_commands() -> None:
    """README tells what to type: a pattern that finds no block would prove nothing."""
    assert [block for block in BLOCKS if block.document == "README.md"]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_make_targets_exist(block: Block) -> None:
    """Each `make` command names a target of the Makefile; demo and test are not run inside the test itself."""
    for line in make_lines(block):
        targets = [word for word in line.split("#")[0].split()[1:] if "=" not in word and not word.startswith("-")]
        assert targets, f"{block}: {line}"
        assert set(targets) <= make_targets(), f"{block}: {line}"


@pytest.mark.parametrize("block", RUN, ids=str)
def test_blocks_run(block: Block, reader_folder: Path) -> None:
    """Each block that has no `<!-- not run: reason -->` before it ends with success, make commands left out."""
    script = "\n".join(line for line in block.script.splitlines() if not re.match(r"make\b", line))
    if not script.strip():
        return
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=reader_folder,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert run.returncode == 0, f"{block}\n{run.stdout}{run.stderr}"


def test_contributing_names_files_that_exist() -> None:
    """Every path of the repository that CONTRIBUTING.md names is there, so the steps cannot drift from the layout."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:scoring|streams|dashboards|examples|tests|docs|scripts)/[\w./-]+)`", text))
    assert len(named) > 5
    assert not sorted(name for name in named if not (REPOSITORY / name).exists())


def test_a_mark_needs_a_reason_and_its_place() -> None:
    """Only a comment with a reason, directly before the block, keeps a block from being run."""
    text = "<!-- not run: needs Kafka -->\n\n```sh\na\n```\n<!-- not run: -->\n```sh\nb\n```\ntext\n```sh\nc\n```\n"
    assert [block.reason for _, block in fences("x", text)] == ["needs Kafka", "", ""]
    assert [block.script for _, block in fences("x", text)] == ["a\n", "b\n", "c\n"]
