"""What all papers are made of: words in two languages, figures for readers, sections that add up."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.paper import words
from dashboards.paper.numbers import DASH, in_unit, money, number, percent
from dashboards.paper.sections import check_total, head, sections
from dashboards.paper.words import Words, step_words
from tests.dashboards.renderers.papers import papers


def labels() -> Iterator[tuple[str, Words]]:
    """Every label of the module with where it stands."""
    for name, value in vars(words).items():
        if isinstance(value, Words):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{key}", one) for key, one in value.items() if isinstance(one, Words))


def is_chinese(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_every_label_has_both_languages() -> None:
    """The Chinese is Chinese and the English is not; only the status that needs no word has none."""
    found = dict(labels())
    assert len(found) > 60
    assert found.pop("STATUS.ok") == Words("", "")
    faulty = [name for name, label in found.items() if not is_chinese(label.zh) or is_chinese(label.en) or not label.en]
    assert not faulty


def step_kinds(repository: Path) -> set[str]:
    """The kinds of step that scoring writes into statements: first argument of each `Detail` and `rated`."""
    kinds = set()
    for path in (repository / "scoring").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Detail", "rated"):
                if node.args and isinstance(node.args[0], ast.Constant):
                    kinds.add(str(node.args[0].value))
    return kinds


def test_every_step_of_a_statement_has_words(repository: Path) -> None:
    """No step that a plan can write falls back to its code; a kind of somebody's own is its own word."""
    kinds = step_kinds(repository)
    assert {"present", "coefficient", "bracket", "before", "payout"} <= kinds
    assert [kind for kind in sorted(kinds) if kind not in words.STEPS] == []
    assert step_words("novel") == Words("novel", "novel")


def test_picking_a_language() -> None:
    """Both languages stand side by side, once where they are the same; another language is refused."""
    label = Words("合计", "Total")
    assert [label.pick(language) for language in words.LANGUAGES] == ["合计", "Total", "合计 Total"]
    assert Words("ROI", "ROI").pick("both") == "ROI"
    with pytest.raises(ValueError, match="unknown language 'de'"):
        label.pick("de")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (money("1234567.5"), "1,234,567.50"),
        (money("-0.005"), "-0.01"),
        (money("2/3", 4), "0.6667"),
        (money("-1234"), "-1,234.00"),
        (money(None), DASH),
        (percent("0.015"), "1.5%"),
        (percent("1/3"), "33.33%"),
        (percent("-0.1"), "-10%"),
        (percent(None), DASH),
        (number("4750"), "4,750"),
        (number("100/3"), "33.33"),
        (number("0"), "0"),
        (number(None), DASH),
        (in_unit("0.08", "ratio"), "8%"),
        (in_unit("12.5", "seconds"), "12.5 s"),
        (in_unit("3", "hours"), "3 h"),
        (in_unit("2.5", "multiple"), "2.5 x"),
        (in_unit("7", "count"), "7"),
        (in_unit("7", "money"), "7.00"),
        (in_unit(None, "money"), DASH),
    ],
)
def test_figures(shown: str, expected: str) -> None:
    """Grouped thousands, half-up, no needless decimals, a dash for what is not known."""
    assert shown == expected


def test_sections_and_their_order() -> None:
    """What was earned comes first and the proof last; corrections are a section only where there are some."""
    assert [one.id for one in sections(papers()["ann"])] == ["earned", "why", "score", "result", "foot"]
    ids = [one.id for one in sections(papers()["ann late"])]
    assert ids == ["earned", "why", "corrections", "score", "result", "foot"]


@pytest.mark.parametrize("name", ["ann", "bob", "ann late"])
def test_every_row_fits_its_section(name: str) -> None:
    """As many cells as columns, and the columns set to the right exist."""
    for section in sections(papers()[name]):
        assert {len(row.cells) for row in section.rows} == {len(section.columns)}, section.id
        assert all(place < len(section.columns) for place in section.numeric)


def test_the_head_says_who_and_when() -> None:
    """Person, role, plan with its version, period with its days and zone, and the state of the run."""
    pairs = {label.en: value.en for label, value in head(papers()["ann"])}
    assert pairs["Person"] == "Ann (ann)"
    assert pairs["Plan"] == "Seller (seller v1)"
    assert pairs["Period"] == "2026-10: 2026-10-01 – 2026-10-31 (Asia/Shanghai)"
    assert pairs["Run"] == "draft · 1"


@pytest.mark.parametrize("amount", ["1242.01", "1241.99", "0", "-1242.00"])
def test_a_changed_total_is_refused(amount: str) -> None:
    """The check compares exactly: one fen in either direction is enough."""
    paper = copy.deepcopy(papers()["ann"])
    check_total(paper)
    paper["total"] = amount
    with pytest.raises(ValueError, match=r"statement of ann for 2026-10: its lines add up to 1242, not to"):
        check_total(paper)
