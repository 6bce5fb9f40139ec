"""Papers of real people of the example shop: a service agent, a host with a red line, an agent with a correction."""

from __future__ import annotations

import copy
import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from dashboards.renderers import RENDERERS, pdf_problem
from dashboards.renderers.base import visible
from dashboards.renderers.pdf import kept, page
from scoring.statement import canonical
from tests.conftest import absent

Paper = dict[str, Any]
SUFFIXES = {"text": ".txt", "json": ".json", "csv": ".csv", "xlsx": ".xlsx", "pdf": ".pdf"}

# From the plans of the example, by hand.
AMOUNTS = {
    # 4 500; 1 500 x 1.2; (100 000 x 0.3 % + 100 000 x 0.5 % + 18 809.62 x 0.8 % = 950.47696) x 1.2
    "agent": ("4500.00", "1800.00", "1140.57", "7440.57"),
    # 5 500; 2 000 x 0, the red line caps the total at 59; 50 000 x 1 % + 11 462.58 x 2 %, without the coefficient
    "host": ("5500.00", "0.00", "729.25", "6229.25"),
    # the agent, and 1 000 yuan less in the second bracket of September: 1 000 x 0.5 % x 1.2 = 6 taken back
    "corrected": ("4500.00", "1800.00", "1140.57", "-6.00", "7434.57"),
}
CORRECTION = {
    "origin_period": "2026-09",
    "origin_first_day": "2026-09-01",
    "component": "commission",
    "name": {"zh": "销售提成", "en": "Sales commission"},
    "before": "900.00",
    "after": "894.00",
    "already": "0.00",
    "amount": "-6.00",
    "moved": {
        "base": ["190000", "189000"],
        "coefficient": ["1.2", "1.2"],
        "total": ["97.10", "97.05"],
        "details": [
            ["0-100 000 at 0.3% = 300", "100 000-200 000: 90 000 at 0.5% = 450", "coefficient 1.2: 900"],
            ["0-100 000 at 0.3% = 300", "100 000-200 000: 89 000 at 0.5% = 445", "coefficient 1.2: 894"],
        ],
    },
    "facts": [
        {
            "source": "douyin",
            "event_id": "rf-77001",
            "event_type": "refund.completed",
            "occurred_at": "2026-09-29T18:30:00Z",
        }
    ],
}


def people() -> dict[str, Paper]:
    """The statements by the names of AMOUNTS, fresh copies."""
    text = Path(__file__).with_name("people.json").read_text("utf-8")
    host, agent = json.loads(text)
    corrected = copy.deepcopy(agent) | {"adjustments": [copy.deepcopy(CORRECTION)], "total": "7434.57"}
    return {"agent": agent, "host": host, "corrected": corrected}


def rendered(kind: str, paper: Paper, language: str = "both") -> bytes:
    """A statement's file; the test is skipped where PDF can not be made."""
    if kind == "pdf" and pdf_problem():
        absent(str(pdf_problem()))
    return RENDERERS[kind].render(paper, language)


def grouped(amount: str) -> str:
    """As people read it: 1140.57 is 1,140.57."""
    return f"{Decimal(amount):,.2f}"


def printed(raw: bytes) -> str:
    """The text of a PDF; the test is skipped where pdftotext is missing."""
    program = shutil.which("pdftotext")
    if program is None:
        absent("no pdftotext: apt-get install poppler-utils")
    done = subprocess.run([program, "-layout", "-", "-"], input=raw, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


def numbers_of(raw: bytes) -> Iterator[Decimal]:
    """Every number of a workbook as its shortest decimal, and no formula beside them."""
    for sheet in load_workbook(io.BytesIO(raw)):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                if cell.data_type == "n" and cell.value is not None:
                    yield Decimal(str(cell.value))


def test_the_family_offers_the_five_kinds() -> None:
    """The table names exactly text, JSON, CSV, XLSX and PDF, each with the ending of its files."""
    assert {kind: renderer.suffix for kind, renderer in RENDERERS.items()} == SUFFIXES


@pytest.mark.parametrize("name", AMOUNTS)
@pytest.mark.parametrize("kind", ["text", "json", "csv", "xlsx"])
def test_every_kind_has_every_amount(kind: str, name: str) -> None:
    """Each component, the correction and the total are in the file as the kind writes amounts, to the fen."""
    raw = rendered(kind, people()[name])
    if kind == "xlsx":
        found = set(numbers_of(raw))
        assert {Decimal(amount) for amount in AMOUNTS[name]} <= found
        return
    text = raw.decode("utf-8-sig")
    if kind == "csv":
        cells = {cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row}
        assert set(AMOUNTS[name]) <= cells
        return
    for amount in AMOUNTS[name]:
        assert (f'"{amount}"' if kind == "json" else f" {grouped(amount)}\n") in text


@pytest.mark.parametrize("name", AMOUNTS)
def test_the_printed_paper(name: str) -> None:
    """Two pages at most, with every amount, the digest of the run, the person in both languages and how to appeal."""
    paper = people()[name]
    raw = rendered("pdf", paper)
    assert raw.startswith(b"%PDF-")
    text = printed(raw)
    assert text.count("\f") <= 2
    for amount in AMOUNTS[name]:
        assert grouped(amount) in text
    for expected in (paper["person"]["name"]["zh"], paper["person"]["name"]["en"], paper["digest"][:16], "异议"):
        assert expected in text


def test_the_same_statement_gives_the_same_pdf() -> None:
    """No date and no chance goes into the PDF either: a second print is the same file."""
    first, second = (rendered("pdf", people()["agent"]) for _ in range(2))
    assert first == second


def test_the_red_line_is_told_in_both_languages() -> None:
    """What happened, who decided, the capped total and the coefficient of 0 stand on the host's paper."""
    paper = people()["host"]
    zh, en = (rendered("text", paper, language).decode() for language in ("zh", "en"))
    for text, words in (
        (zh, ("红线", "夸大功效宣传", "绩效系数")),
        (en, ("Red line", "Exaggerated claim", "Coefficient")),
    ):
        for expected in (*words, "e01", "59.00"):
            assert expected in text
    assert "Exaggerated" not in zh
    assert "夸大" not in en


@pytest.mark.parametrize("kind", ["text", "csv"])
def test_the_correction_is_told(kind: str) -> None:
    """Its origin, what moved from where to where, and the late event with its id; what stayed is not listed."""
    text = rendered(kind, people()["corrected"], "en").decode("utf-8-sig")
    for expected in ("2026-09", "190,000 → 189,000", "97.1", "97.05", "rf-77001", "445"):
        assert expected in text
    assert "1.2 → 1.2" not in text


def test_the_command_that_lists_the_events() -> None:
    """Every component with a base says how to list the facts behind it, and how many there are."""
    for name, command in (
        ("agent", "scoreline explain cs_sales --owner e:e12 --dimension agent --period 2026-10"),
        ("host", "scoreline explain live_net_sales --owner e:e10 --dimension host --period 2026-10"),
    ):
        csv_text = rendered("csv", people()[name], "en").decode("utf-8-sig")
        assert command in csv_text
        # Digits may be grouped: 3173 or 3,173.
        facts = people()[name]["components"][2]["facts"]
        assert f"{facts}" in csv_text or f"{facts:,}" in csv_text


@pytest.mark.parametrize("kind", RENDERERS)
@pytest.mark.parametrize("name", ["agent", "corrected"])
def test_one_fen_is_refused(kind: str, name: str) -> None:
    """The control total: a paper whose lines differ from its total by one fen is not made, and the message says why."""
    paper = people()[name]
    paper["total"] = str(Decimal(paper["total"]) - Decimal("0.01"))
    with pytest.raises(ValueError, match="e12 for 2026-10"):
        rendered(kind, paper)


@pytest.mark.parametrize("kind", RENDERERS)
def test_a_statement_is_only_read(kind: str) -> None:
    """Rendering changes nothing in the statement it is given."""
    paper = people()["corrected"]
    before = canonical(paper)
    rendered(kind, paper)
    assert canonical(paper) == before


HOSTILE = "a\x1b[2Jb\x07\r\nc\u202e00.21"


def steered() -> Paper:
    """The corrected agent with controls in everything that people and platforms write freely."""
    paper = people()["corrected"]
    paper["adjustments"][0]["facts"][0] |= {"event_id": HOSTILE, "source": "dou\tyin"}
    paper["score"]["points"] = [{"points": "0", "reason": {"zh": HOSTILE, "en": HOSTILE}, "evidence": "x\u2066y"}]
    paper["person"]["name"]["en"] = HOSTILE
    return paper


@pytest.mark.parametrize("kind", ["text", "csv"])
def test_no_text_steers_a_terminal(kind: str) -> None:
    """Escapes and marks that turn the reading direction are shown as replaced, line breaks as spaces."""
    text = rendered(kind, steered(), "en").decode("utf-8-sig").replace("\r\n", "\n")
    assert not [letter for letter in text if not letter.isprintable() and letter != "\n"]
    assert "a\ufffd[2Jb\ufffd  c\ufffd00.21" in text
    assert "dou yin" in text


def test_no_text_turns_an_amount_round() -> None:
    """The workbook is cleaned alike; only the JSON keeps every text as it is, escaped."""
    sheets = load_workbook(io.BytesIO(rendered("xlsx", steered(), "en")))
    cells = [str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if "\u202e" in cell or "\u2066" in cell or "\x1b" in cell]
    assert json.loads(rendered("json", steered())) == steered()


def test_ordinary_texts_stay_as_they_are() -> None:
    """Chinese, emoji, accents and dashes are no controls."""
    for text in ("张伟 · 客服", "é — ≤ 100 %", "👩\u200d💻", "", "plain"):
        assert visible({"a": [text, None, 7]}) == {"a": [text, None, 7]}


def test_a_number_stays_on_one_line_of_the_page() -> None:
    """Scoring groups digits by spaces, and the page keeps 18 809.62 together, in both languages."""
    html = page(people()["agent"], "both")
    assert html.count("18\u00a0809.62") == 2
    assert "18 809.62" not in html
    assert kept("a 1 b 2 3") == "a 1 b 2\u00a03"
