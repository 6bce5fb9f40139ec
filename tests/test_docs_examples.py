"""The examples of the documentation are true: definitions are read, the worked example is run, pages match the code."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from typer.main import get_command

from dashboards.cli import COMMANDS, app
from dashboards.reference_pages import PAGES, kpi_pages
from scoring.definitions import read_definitions
from streams.column_map import ColumnMap
from streams.folder import catalogue_texts
from tests.scenarios.shop import Desk

DOCS = Path(__file__).resolve().parents[1] / "docs"
NAMED = re.compile(r"^```(\w+) (\S+)\n(.*?)^```", re.M | re.S)
PATH = re.compile(r"`((?:scoring|streams|dashboards|examples|tests|docs|scripts|benchmarks)/[\w./*-]+)`")


def named_blocks(page: str, language: str) -> dict[str, str]:
    """The fenced blocks of a page that name a file, by that name; blocks of one name follow each other."""
    found: dict[str, str] = defaultdict(str)
    for kind, name, body in NAMED.findall((DOCS / page).read_text(encoding="utf-8")):
        if kind == language:
            found[name] += body
    return dict(found)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_reference_pages_match_the_code(name: str) -> None:
    """The pages of measures and events are what the code says; `dashboards.reference_pages` writes them."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_pages_of_kpis_match_the_code() -> None:
    """docs/kpis/ holds the index and the page of every KPI as definitions and examples say, and no page of another."""
    pages = kpi_pages()
    on_disk = {f"kpis/{path.name}": path.read_text(encoding="utf-8") for path in (DOCS / "kpis").glob("*.md")}
    assert on_disk.keys() == pages.keys()
    assert [name for name, page in pages.items() if on_disk[name] != page] == []


def test_examples_of_definitions_are_read() -> None:
    """The example files of docs/definitions.md make one folder without a fault, and its column map is sound."""
    texts = named_blocks("definitions.md", "toml")
    column_map = ColumnMap.parse(texts.pop("map.toml"), "map.toml")
    definitions = read_definitions(catalogue_texts() | texts)
    assert len(texts) == 12
    assert definitions.alerts and definitions.plans and definitions.reference.rates and definitions.reference.shifts
    assert column_map.event_type == "order.paid"


def told(desk: Desk, chapter: str) -> None:
    """Apply the events of a chapter of the worked example; all of them must be accepted."""
    events = [json.loads(line) for line in named_blocks("concepts.md", "jsonl")[chapter].splitlines()]
    assert desk.take(*events).accepted == len(events)


def amounts(desk: Desk, period: str) -> list[tuple[str, str]]:
    """(total, sum of adjustments) of p01 and p02 in the draft of a period; the draft is sealed."""
    draft = desk.closing.draft(period, "finance.li")
    desk.closing.approve(period, draft.digest, "cfo.wang")
    rows = {paper["person"]["id"]: paper for paper in draft.body["statements"]}
    return [(rows[who]["total"], "".join(row["amount"] for row in rows[who]["adjustments"])) for who in ("p01", "p02")]


def test_the_worked_example_is_true() -> None:
    """docs/concepts.md: 700 and 400 in March; the late refund takes back 280 and 120 in April and nothing in May."""
    desk = Desk(texts=catalogue_texts() | named_blocks("concepts.md", "toml"))
    told(desk, "march")
    assert amounts(desk, "2026-03") == [("700.00", ""), ("400.00", "")]
    told(desk, "april")
    (march,) = desk.closing.draft("2026-04", "finance.li").body["statements"][0]["adjustments"]
    assert march["moved"]["base"] == ["60000.01", "42000"]
    assert [fact["event_id"] for fact in march["facts"]] == ["r1"]
    assert amounts(desk, "2026-04") == [("-280.00", "-280.00"), ("-120.00", "-120.00")]
    told(desk, "may")
    assert amounts(desk, "2026-05") == [("0.00", ""), ("0.00", "")]


def test_every_option_is_documented() -> None:
    """The section of a command in docs/cli.md names each of its options."""
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    commands = get_command(app).commands  # type: ignore[attr-defined]
    absent = []
    for name in COMMANDS:
        match = re.search(rf"^## scoreline {name}\b.*?(?=^## |\Z)", page, re.M | re.S)
        assert match, name
        options = {option for parameter in commands[name].params for option in parameter.opts if option[:2] == "--"}
        absent += [f"{name} {option}" for option in sorted(options) if f"`{option}" not in match.group(0)]
    assert not absent


def test_named_paths_exist(repository: Path) -> None:
    """Every file or folder of the repository that a page names in code type is there."""
    pages = [*repository.glob("*.md"), *DOCS.rglob("*.md"), *repository.glob("[sd]*/README.md")]
    named = {(page.name, name) for page in pages for name in PATH.findall(page.read_text(encoding="utf-8"))}
    assert len(named) > 20
    assert not sorted((page, name) for page, name in named if not any(repository.glob(name.rstrip("/"))))
