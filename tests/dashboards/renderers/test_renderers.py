"""The family of renderers: laws that every kind keeps, then what is its own."""

from __future__ import annotations

import copy
import csv
import io
import json
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from dashboards.paper.words import LANGUAGES
from dashboards.renderers import RENDERERS, pdf_problem
from dashboards.renderers.csv import escaped, plain
from dashboards.renderers.pdf import page
from dashboards.renderers.text import padded, width
from scoring.statement import canonical
from tests.conftest import absent
from tests.dashboards.renderers.papers import AMOUNTS, Paper, papers

NAMES = tuple(AMOUNTS)


def rendered(kind: str, paper: Paper, language: str = "both") -> bytes:
    """A statement's file; the test is skipped where PDF can not be made."""
    if kind == "pdf" and pdf_problem():
        absent(str(pdf_problem()))
    return RENDERERS[kind].render(paper, language)


def grouped(amount: str) -> str:
    """As people read it: 1242.00 is 1,242.00."""
    return f"{Decimal(amount):,.2f}"


@pytest.mark.parametrize("name", NAMES)
def test_the_amounts_are_those_by_hand(name: str) -> None:
    """The statements that the other tests render have the amounts that AMOUNTS derives by hand."""
    paper, expected = papers()[name], AMOUNTS[name]
    found = {row["id"]: row["amount"] for row in paper["components"]} | {"total": paper["total"]}
    for adjustment in paper["adjustments"]:
        found["adjustment"] = adjustment["amount"]
    assert found == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", RENDERERS)
def test_every_kind_renders_every_language(kind: str, language: str) -> None:
    """A red line, bonus points, brackets and a correction are no obstacle, and the statement is left as it was."""
    for paper in papers().values() if kind != "pdf" else [papers()["ann late"]]:
        before = canonical(paper)
        assert len(rendered(kind, paper, language)) > 500
        assert canonical(paper) == before


@pytest.mark.parametrize("kind", [kind for kind in RENDERERS if kind != "pdf"])
def test_the_same_statement_gives_the_same_bytes(kind: str) -> None:
    """No wall time and no chance goes in."""
    first, second = (rendered(kind, copy.deepcopy(papers()["ann late"])) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("kind", RENDERERS)
@pytest.mark.parametrize("place", ["components", "adjustments"])
def test_a_paper_that_does_not_add_up_is_not_made(kind: str, place: str) -> None:
    """One fen more in a line, and every kind refuses: the message names person, period and both sums."""
    paper = copy.deepcopy(papers()["ann late"])
    paper[place][0]["amount"] = str(Decimal(paper[place][0]["amount"]) + Decimal("0.01"))
    with pytest.raises(ValueError, match=r"statement of ann for 2026-11: .* not to 1256\.40; close again"):
        rendered(kind, paper)


@pytest.mark.parametrize("kind", RENDERERS)
def test_an_unknown_language(kind: str) -> None:
    """JSON is the same in every language; the others name the languages they know."""
    if kind == "json":
        assert rendered(kind, papers()["ann"], "fr") == rendered(kind, papers()["ann"], "zh")
        return
    with pytest.raises(ValueError, match="unknown language 'fr': use one of zh, en, both"):
        rendered(kind, papers()["ann"], "fr")


@pytest.mark.parametrize("kind", ["text", "csv"])
def test_one_language_at_a_time(kind: str) -> None:
    """Chinese labels are not in the English paper nor English ones in the Chinese; both are in both."""
    zh, en, both = (rendered(kind, papers()["bob"], language).decode() for language in LANGUAGES)
    for chinese, english in (("员工", "Person"), ("绩效", "Performance pay"), ("红线", "Red line")):
        assert chinese in zh
        assert english not in zh
        assert english in en
        assert chinese not in en
        assert chinese in both
        assert english in both


@pytest.mark.parametrize("name", NAMES)
def test_text_has_every_amount(name: str) -> None:
    """Components, correction and total are there with grouped thousands."""
    text = rendered("text", papers()[name]).decode()
    for amount in AMOUNTS[name].values():
        assert f" {grouped(amount)}\n" in text


def test_text_tells_why() -> None:
    """Brackets, rates, the red line with who decided, the points with their evidence, the late event and the digest."""
    ann, bob, late = (rendered("text", papers()[name], "en").decode() for name in NAMES)
    assert "above 500: 100 at 10% = 10" in ann
    assert "=HYPERLINK(1) (ticket 7): 3" in ann
    assert "False shipping <b> · coefficient(0.5) · upheld boss" in bob
    assert "Commission · 2026-10" in late
    assert "600 → 720" in late
    assert "order.paid =late (test) 2026-10-20T02:00:00Z" in late
    assert papers()["ann late"]["digest"] in late
    assert "scoreline explain net_sales --owner e:ann --dimension shop --period 2026-11" in late


def test_text_is_aligned_with_wide_characters() -> None:
    """Chinese characters take two columns each: in the first table every amount ends in the same column."""
    lines = rendered("text", papers()["ann late"]).decode().split("\n")
    start = lines.index("本期所得 What you earned")
    table = lines[start + 2 : lines.index("", start)]
    assert len(table) == 6
    assert len({width(line) for line in table}) == 1
    assert len({len(line) for line in table}) > 1


def test_width_and_padding() -> None:
    """A Chinese character is two columns wide, also a full-width digit; nothing is cut that is too long."""
    assert [width(text) for text in ("", "abc", "提成", "１2")] == [0, 3, 4, 3]
    assert padded("提成", 6, right=False) == "提成  "
    assert padded("提成", 6, right=True) == "  提成"
    assert padded("提成", 3, right=True) == "提成"


def test_json_is_the_statement() -> None:
    """Read back it is equal, and it is one line."""
    for paper in papers().values():
        raw = rendered("json", paper)
        assert json.loads(raw) == paper
        assert raw.count(b"\n") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-12.50", "-12.50"),
        ("-1.2.3", "'-1.2.3"),
        ("—", "—"),
        ("张伟", "张伟"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_is_escaped(text: str, expected: str) -> None:
    """Texts that begin like formulas get an apostrophe; plain negative amounts stay numbers."""
    assert escaped(text) == expected


@pytest.mark.parametrize(
    ("amount", "expected"), [("12.50", "12.50"), ("-7", "-7"), ("1/3", "0.333333"), ("-2/3", "-0.666667")]
)
def test_csv_writes_no_fractions(amount: str, expected: str) -> None:
    """A spreadsheet reads 1/3 as the first of March, so an amount without a decimal end has six places."""
    assert escaped(plain(amount)) == expected


def table_of(name: str, language: str = "en") -> list[list[str]]:
    """The rows of a CSV paper."""
    raw = rendered("csv", papers()[name], language)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", NAMES)
def test_csv_has_exact_amounts(name: str) -> None:
    """Each line of what was earned has its amount without grouping, the total last."""
    rows = [row for row in table_of(name) if row[0] == "earned"]
    expected = AMOUNTS[name]
    assert rows[0] == ["earned", "Item", "Amount"]
    assert [row[1] for row in rows[1:3]] == ["Performance pay", "Commission"]
    assert [row[2] for row in rows[1:]] == list(expected.values())
    assert rows[-1] == ["earned", "Total earned", expected["total"]]


def test_csv_runs_no_formula() -> None:
    """No cell of the table begins with an equals sign, though a reason does."""
    cells = [cell for row in table_of("ann") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert "'=HYPERLINK(1) (ticket 7): 3" in cells


def test_xlsx_has_the_amounts_as_numbers() -> None:
    """Read back by another library, the first sheet ends in the components, the correction and the total."""
    book = load_workbook(io.BytesIO(rendered("xlsx", papers()["ann late"], "en")))
    assert book.sheetnames == ["Person", "Why", "Corrections", "Score", "Result", "Foot"]
    rows = [row[:2] for row in book["Person"].iter_rows(values_only=True)]
    start = rows.index(("Item", "Amount"))
    expected = [
        ("Performance pay", 1200),
        ("Commission", 42),
        ("Corrections of earlier periods", 14.4),
        ("Total earned", 1256.4),
    ]
    assert rows[start + 1 : start + 5] == expected
    assert str(book.properties.created) == "2000-01-01 00:00:00"


def test_xlsx_runs_no_formula() -> None:
    """A reason that begins with an equals sign is a text in the workbook."""
    book = load_workbook(io.BytesIO(rendered("xlsx", papers()["ann"], "en")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    (reason,) = (cell for cell in cells if str(cell.value).startswith("=HYPERLINK"))
    assert reason.data_type == "s"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_every_amount_in_both_languages(name: str) -> None:
    """The page that becomes the PDF has all amounts, and each component's name in Chinese and English."""
    html = page(papers()[name], "both")
    for amount in AMOUNTS[name].values():
        assert grouped(amount) in html
    for component in papers()[name]["components"]:
        assert component["name"]["zh"] in html
        assert component["name"]["en"] in html
    assert f"{grouped(AMOUNTS[name]['total'])} CNY" in html


def test_the_page_declares_its_language() -> None:
    """Screen readers and hyphenation need it: zh-Hans unless the paper is English alone."""
    languages = {language: page(papers()["ann"], language).split('lang="')[1].split('"')[0] for language in LANGUAGES}
    assert languages == {"zh": "zh-Hans", "en": "en", "both": "zh-Hans"}


def test_the_page_escapes_texts() -> None:
    """A reason with a tag in it is shown, not obeyed."""
    html = page(papers()["bob"], "en")
    assert "False shipping &lt;b&gt;" in html
    assert "False shipping <b>" not in html


def test_the_pdf_is_one() -> None:
    """It begins with the mark of a PDF and ends with its end."""
    raw = rendered("pdf", papers()["ann late"])
    assert raw.startswith(b"%PDF-")
    assert raw.rstrip().endswith(b"%%EOF")
