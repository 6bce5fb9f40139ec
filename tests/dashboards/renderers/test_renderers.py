"""The family of renderers: laws that every kind keeps, then what is its own."""

from __future__ import annotations

import copy
import csv
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dashboards.paper.words import LANGUAGES, Words
from dashboards.renderers import RENDERERS, pdf_problem
from dashboards.renderers.csv import escaped, payroll_csv, plain
from dashboards.renderers.pdf import _refused, page
from dashboards.renderers.text import laid, padded, width, wrapped
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
    assert "order paid =late (test)" in late
    assert "2026-10-20 10:00:00+08:00" in late
    assert papers()["ann late"]["digest"] in late
    assert "scoreline explain net_sales --owner e:ann --dimension shop --period 2026-11" in late


def test_text_is_aligned_with_wide_characters() -> None:
    """Chinese characters take two columns each: in the first table every amount ends in the same column."""
    lines = rendered("text", papers()["ann late"]).decode().split("\n")
    start = lines.index("本期所得 What you earned")
    table = lines[start + 2 : lines.index("", start)]
    assert table[0].split() == ["项目", "金额"]
    assert table[1].split() == ["Item", "Amount"]
    assert len(table) == 7
    assert len({width(line) for line in table}) == 1
    assert len({len(line) for line in table}) > 1


def test_width_and_padding() -> None:
    """A Chinese character is two columns wide, also a full-width digit; nothing is cut that is too long."""
    assert [width(text) for text in ("", "abc", "提成", "１2")] == [0, 3, 4, 3]
    assert padded("提成", 6, right=False) == "提成  "
    assert padded("提成", 6, right=True) == "  提成"
    assert padded("提成", 3, right=True) == "提成"


def test_wrapping() -> None:
    """Lines break at spaces, but not inside a grouped number; a word that is too wide is broken."""
    assert wrapped("above 200 000: 26 610.5", 12) == ["above", "200 000:", "26 610.5"]
    assert wrapped("提成提成", 4) == ["提成", "提成"]
    assert wrapped("", 5) == [""]
    assert laid(Words("提成", "Commission", " (1)"), "both", 40) == ["提成 Commission (1)"]
    assert laid(Words("提成", "Commission", " (1)"), "both", 14) == ["提成", "Commission (1)"]


@pytest.mark.parametrize("name", NAMES)
def test_text_fits_a_page(name: str) -> None:
    """No line is wider than a terminal of 100 columns, only commands stay in one piece to be copied."""
    lines = rendered("text", papers()[name]).decode().split("\n")
    assert max(width(line) for line in lines if "scoreline explain" not in line) <= 100


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
        ("\n=1", "'\n=1"),
        ("＝1+1", "'＝1+1"),
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
    assert book.sheetnames == ["Summary", "Pay", "Adjustments", "Score", "Result", "Proof"]
    rows = [row[:2] for row in book["Summary"].iter_rows(values_only=True)]
    start = rows.index(("Item", "Amount"))
    expected = [
        ("Performance pay", 1200),
        ("Commission", 42),
        ("Corrections of earlier periods", 14.4),
        ("Total earned", 1256.4),
    ]
    assert rows[start + 1 : start + 5] == expected
    assert str(book.properties.created) == "2000-01-01 00:00:00"


def test_xlsx_has_scores_and_rates_as_numbers() -> None:
    """Finance can calculate with rates, bases, scores and points: they are no texts, and rates read as percent."""
    book = load_workbook(io.BytesIO(rendered("xlsx", papers()["ann"], "en")))
    by_step = {row[0].value: row for row in book["Pay"].iter_rows()}
    bracket = by_step["Bracket"]
    assert [cell.value for cell in bracket[2:]] == [100, 0.1, 10]
    assert bracket[3].number_format == "0.00##%"
    score = [cell.value for cell in next(book["Score"].iter_rows(min_row=2, max_row=2))]
    assert score[3:8] == [1, "PROP", 100, 100, 100]
    assert book["Score"].freeze_panes == "B2"


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


def test_a_draft_says_so() -> None:
    """Only what is not sealed carries the mark, at the title and across the page."""
    sealed = copy.deepcopy(papers()["ann"])
    sealed["run"]["status"] = "sealed"
    assert "草稿 Draft" in page(papers()["ann"], "both")
    assert "Draft" not in page(sealed, "en")
    assert 'class="watermark"' not in page(sealed, "en")


def test_other_decimals_than_two() -> None:
    """A currency with three decimals shows all three, one without decimals none."""
    for currency, amounts, total in (("KWD", ("1.234", "2.000"), "3.234"), ("JPY", ("1200", "42"), "1242")):
        paper = copy.deepcopy(papers()["ann"])
        paper["currency"], paper["total"] = currency, total
        for component, amount in zip(paper["components"], amounts, strict=True):
            component["amount"] = amount
        shown = f"{Decimal(total):,}"
        assert f"{shown} {currency}" in page(paper, "en")
        assert f"= {shown}\n" in rendered("text", paper, "en").decode()


def test_the_pdf_asks_for_nothing() -> None:
    """A page that asks for a file or a host gets neither."""
    if pdf_problem():
        absent(str(pdf_problem()))
    with pytest.raises(ValueError, match="refers to nothing outside it"):
        _refused("file:///etc/hosts")


def test_the_pdf_is_the_same_in_another_process(repository: Path, tmp_path: Path) -> None:
    """Two processes with different hash seeds write the same bytes: no time, no chance."""
    if pdf_problem():
        absent(str(pdf_problem()))
    source = tmp_path / "paper.json"
    source.write_text(canonical(papers()["ann late"]), encoding="utf-8")
    program = (
        "import json, sys, hashlib; from dashboards.renderers import RENDERERS; "
        "paper = json.load(open(sys.argv[1], encoding='utf-8')); "
        "print(hashlib.sha256(RENDERERS['pdf'].render(paper, 'both')).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, str(source)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(repository)},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def payroll_rows(*names: str) -> list[list[str]]:
    """The control list of these papers."""
    raw = payroll_csv([papers()[name] for name in names])
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_the_control_list() -> None:
    """A row a person in a fixed order whatever the order given, then the total of all: 1,242.00 + 510.00."""
    head, ann, bob, total = payroll_rows("bob", "ann")
    assert dict(zip(head, ann, strict=True))["total"] == "1242.00"
    assert dict(zip(head, bob, strict=True))["digest"] == papers()["bob"]["digest"]
    assert (total[0], total[head.index("currency")], total[head.index("total")]) == ("total", "CNY", "1752.00")
    assert payroll_rows("ann", "bob") == payroll_rows("bob", "ann")
    assert payroll_rows() == [head]


def test_the_control_list_refuses_to_pay_twice() -> None:
    """The same person and days twice is an error, and so is a paper that does not add up."""
    with pytest.raises(ValueError, match="two statements of ann for 2026-10 from 2026-10-01: that would pay twice"):
        payroll_csv([papers()["ann"], papers()["bob"], papers()["ann"]])
    wrong = copy.deepcopy(papers()["ann"])
    wrong["total"] = "9999.00"
    with pytest.raises(ValueError, match="close again"):
        payroll_csv([wrong])


def test_the_control_list_runs_no_formula() -> None:
    """A name that begins with an equals sign is escaped."""
    paper = copy.deepcopy(papers()["ann"])
    paper["person"]["name"]["en"] = "=cmd"
    assert b",'=cmd," in payroll_csv([paper])


def test_the_pdf_is_one() -> None:
    """It begins with the mark of a PDF and ends with its end."""
    raw = rendered("pdf", papers()["ann late"])
    assert raw.startswith(b"%PDF-")
    assert raw.rstrip().endswith(b"%%EOF")
