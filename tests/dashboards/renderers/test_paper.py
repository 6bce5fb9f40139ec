"""What all papers are made of: words in two languages, figures for readers, sections that add up."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.paper import words
from dashboards.paper.numbers import DASH, in_unit, money, number, percent
from dashboards.paper.phrases import said
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
    ended = Words("合计", "Total", " (3)")
    assert [ended.pick(language) for language in words.LANGUAGES] == ["合计 (3)", "Total (3)", "合计 Total (3)"]
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
        (in_unit("59.99", "seconds"), "59.99 s"),
        (in_unit("80.4", "seconds"), "1 m 20 s"),
        (in_unit("3605", "seconds"), "60 m 05 s"),
        (in_unit("3", "hours"), "3 h"),
        (in_unit("1234", "money", 0), "1,234"),
        (money("1.2345", 3, 3), "1.235"),
        (in_unit("2.5", "multiple"), "2.5 x"),
        (in_unit("7", "count"), "7"),
        (in_unit("7", "money"), "7.00"),
        (in_unit(None, "money"), DASH),
    ],
)
def test_figures(shown: str, expected: str) -> None:
    """Grouped thousands, half-up, no needless decimals, a dash for what is not known."""
    assert shown == expected


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("4 500 for 31 of 31 days", "4 500 × 31/31 天"),
        ("1 500 for 67.74% of the period = 1 016.129", "1 500 × 本期占比 67.74% = 1 016.129"),
        ("coefficient 1.1: 1 353.636", "乘系数 1.1 得 1 353.636"),
        ("0-50 000 at 1% = 500", "0-50 000 × 1% = 500"),
        ("50 000-100 000: 17 268.4 at 2% = 345.368", "50 000–100 000 的部分 17 268.4 × 2% = 345.368"),
        ("above 100 000: 20 000 at 3% = 600", "超过 100 000 的部分 20 000 × 3% = 600"),
        ("120 000 (tier from 100 000) at 3% = 3 600", "120 000（100 000 起档） × 3% = 3 600"),
        ("120 000 (reaches 50 000) at 1.5% = 1 800", "120 000（达到 50 000） × 1.5% = 1 800"),
        ("120 000 - 50 000 = 70 000 at 1.5% = 1 050", "120 000 - 50 000 = 70 000 × 1.5% = 1 050"),
        ("30 000 does not exceed 50 000", "30 000 未超过 50 000"),
        ("30 000 does not reach 50 000", "30 000 未达到 50 000"),
        ("-5 is not above 0", "-5 不大于 0"),
        ("capped at 2 500, forgone 500", "封顶 2 500，不计 500"),
        ("raised to the floor 1 500", "补足到下限 1 500"),
        ("rounded half-up to 812.9", "四舍五入为 812.9"),
        ("sales_attainment 83.33% is below the gate 90%", "sales_attainment 为 83.33%，低于门槛 90%"),
        ("roas has no value: nothing is due", "roas 无数值，不计发"),
        ("the gate roas has no value: nothing is due", "门槛 roas 无数值，不计发"),
        (
            "allowed 8% of 500 000 = 40 000, spent 34 000, saved 6 000 at 20% = 1 200",
            "允许费用 500 000 的 8% = 40 000；实际 34 000，节省 6 000 × 20% = 1 200",
        ),
        ("allowed the budget 9 000; spent 9 500: nothing saved", "允许费用为预算 9 000；实际 9 500，没有节省"),
        ("sales reach 83.3% of the target, below the gate 90%", "销售达成 83.3%，低于门槛 90%"),
        ("attainment 75% is below the threshold 80%", "达成 75%，低于起点 80%"),
        ("attainment 90% pays 75% of 15 000 = 11 250", "达成 90%，兑现 15 000 的 75% = 11 250"),
        ("already earned on 950 000 before: 9 500", "此前 950 000 已计 9 500"),
        ("guarantee 10 000 at 100% = 10 000", "保底 10 000 × 100% = 10 000"),
        ("less earned 9 820", "减已得 9 820"),
        ("earned 9 820, not below the guarantee 9 000", "已得 9 820，不低于保底 9 000"),
        ("60% <= A <= 120%, score 100 x A", "60% ≤ 达成 ≤ 120%，得分 = 100 × 达成"),
        ("60% <= A, A capped at 120%", "达成封顶 120%"),
        ("A > 120%, A capped at 120%", "达成封顶 120%"),
        ("A < threshold 60%, score 0", "达成低于起点 60%，得 0 分"),
        ("A < 0, A raised to 0", "达成为负，按 0 计"),
        ("actual <= 0, A set to the cap 120%", "实际不大于 0，达成取上限 120%"),
        ("A >= 90%, score 85", "达成 >= 90%，得 85 分"),
        ("value < 40, score 0", "数值 < 40，得 0 分"),
        ("80% <= A <= 100%, score between 60 and 100", "80% ≤ 达成 ≤ 100%，得分在 60 与 100 之间"),
        ("A < first knot 60%, its score", "达成低于首个节点 60%，取其得分"),
        ("value > last knot 12, its score", "数值 > 末个节点 12，取其得分"),
        ("3 steps of 0.01 short x 2 points off 100", "差 3 档（每档 0.01）× 2 分，从 100 分扣"),
        ("60 steps of 1 short x 2 points off 100, raised to 0", "差 60 档（每档 1）× 2 分，从 100 分扣，按 0 计"),
        (
            "9 steps of 1 beyond x 5 points on base 80, capped at 120",
            "超出 9 档（每档 1）× 5 分，基础 80 分，封顶 120",
        ),
        ("within 5% of the target, score 100", "与目标相差不超过 5%，得 100 分"),
        ("20% or more off the target, score 0", "偏离目标 20% 及以上，得 0 分"),
        ("5% < distance < 20%, score falls from 100 to 0", "5% < 偏离 < 20%，得分由 100 降到 0"),
        ("actual <= 0 fails, score 0", "实际 <= 0 不成立，得 0 分"),
        ("reviewed score", "评审得分"),
        ("95 and up", "95 分及以上"),
        ("below 60", "60 分以下"),
        ("cap_total(59)", "总分不超过 59"),
        ("coefficient(0.5)", "系数不超过 0.5"),
        ("upheld", "成立"),
        ("a sentence of somebody's own", "a sentence of somebody's own"),
    ],
)
def test_the_sentences_of_scoring_in_chinese(english: str, chinese: str) -> None:
    """Each sentence that a plan, a scale, a band or a red line writes has its Chinese; an unknown one stays."""
    assert said(english) == Words(chinese, english)


@pytest.mark.parametrize("name", ["ann", "bob", "ann late"])
def test_a_chinese_paper_explains_in_chinese(name: str) -> None:
    """In what was computed and scored no English word is left, only ids, codes of curves and the texts of the shop."""
    for section in sections(papers()[name]):
        if section.id not in ("why", "score"):
            continue
        texts = [cell.text.pick("zh") for row in section.rows for cell in row.cells]
        assert not [text for text in texts if re.search(r"\b(at|of|for|above|score|rounded|and|A)\b", text)]


def test_a_late_event_in_the_time_of_the_company() -> None:
    """What happened is said in words, and when in the company's zone, not in UTC."""
    (corrections,) = (one for one in sections(papers()["ann late"]) if one.id == "corrections")
    seen = corrections.rows[-1].cells[1].text
    assert seen.pick("zh") == "订单付款 =late (test) 2026-10-20 10:00:00+08:00"
    assert seen.pick("en") == "order paid =late (test) 2026-10-20 10:00:00+08:00"


def test_the_control_total() -> None:
    """The paper says which lines add up to the total."""
    shown = {name: sections(papers()[name])[-1].rows[0].cells[1].text.en for name in ("ann", "ann late")}
    assert shown["ann"] == "1,200.00 + 42.00 = 1,242.00"
    assert shown["ann late"] == "1,200.00 + 42.00 + 14.40 = 1,256.40"
    taken = copy.deepcopy(papers()["ann late"])
    taken["adjustments"][0]["amount"], taken["total"] = "-14.40", "1227.60"
    assert sections(taken)[-1].rows[0].cells[1].text.en == "1,200.00 + 42.00 - 14.40 = 1,227.60"


def test_the_score_card_ends_in_its_sum() -> None:
    """Weights and weighted points are summed under their columns."""
    (card,) = (one for one in sections(papers()["ann"]) if one.id == "score")
    assert [cell.text.en for cell in card.rows[-1].cells][6:8] == ["100", "100"]


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
    pairs = {label.en: value.pick("en") for label, value in head(papers()["ann"])}
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
