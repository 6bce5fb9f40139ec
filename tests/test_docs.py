"""Documentation keeps up with the code: links lead somewhere, and pages that promise everything hold everything."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dashboards.cli import COMMANDS
from dashboards.cli.quarantine import app as quarantine

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = REPOSITORY / "docs"
PAGES = sorted(
    {
        *REPOSITORY.glob("*.md"),
        *DOCS.rglob("*.md"),
        *(REPOSITORY / name / "README.md" for name in ("scoring", "streams", "dashboards")),
        *REPOSITORY.glob("examples/*/README.md"),
    }
)
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
OUTSIDE = ("https://", "http://", "mailto:")
RECORD = re.compile(r"(\d{4})-[a-z0-9-]+\.md", re.ASCII)


def links(text: str) -> list[str]:
    """The relative targets of a page's links and pictures, without anchors; code blocks hold none."""
    found = (target.partition("#")[0] for target in LINK.findall(FENCE.sub("", text)))
    return [target for target in found if target and not target.startswith(OUTSIDE)]


def test_links_are_found() -> None:
    """Links and pictures count, web addresses, anchors of the same page and code do not."""
    text = "[a](x.md#b) ![p](y.png) [web](https://a.invalid/) [here](#top)\n```\n[c](z.md)\n```\n"
    assert links(text) == ["x.md", "y.png"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page points to a file or folder of the repository."""
    targets = links(page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_every_measure_is_documented() -> None:
    """docs/measures.md names every measure of the catalogue in code type."""
    files = sorted((REPOSITORY / "scoring/catalogue/measures").glob("*.toml"))
    measures = [name for file in files for name in tomllib.loads(file.read_text(encoding="utf-8"))["measure"]]
    page = (DOCS / "measures.md").read_text(encoding="utf-8")
    assert len(measures) > 40
    assert not [name for name in measures if f"`{name}`" not in page]


def test_every_command_is_documented() -> None:
    """docs/cli.md names every command of `scoreline`, those of `scoreline quarantine` too."""
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    names = [*COMMANDS, *(f"quarantine {command.name}" for command in quarantine.registered_commands)]
    assert len(names) > len(COMMANDS)
    assert not [name for name in names if not re.search(rf"scoreline {name}\b", page)]


def test_decisions_are_numbered_in_order() -> None:
    """Records are numbered without gap or repetition, have the same number in their heading, and a status."""
    records = sorted((DOCS / "decisions").iterdir())
    matches = [RECORD.fullmatch(path.name) for path in records]
    assert [match.group(1) if match else "" for match in matches] == [f"{n + 1:04d}" for n in range(len(records))]
    for number, path in enumerate(records, start=1):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. "), path.name
        assert re.search(r"^Status: (proposed|accepted|superseded by \d+)$", text, re.M), path.name
