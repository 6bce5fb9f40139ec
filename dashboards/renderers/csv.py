"""Statements as CSV, one long table, and the control list of a close; cells never run as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

from dashboards.paper.sections import Statement, check_total, head, sections
from dashboards.renderers.base import visible
from scoring.money import decimal_text, exponent_of

BOM = b"\xef\xbb\xbf"
PLACES = 6
PAYROLL = ("person", "name_zh", "name_en", "period", "from", "to", "run", "status", "currency", "total", "digest")
MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # some spreadsheets take the wide ones too


def escaped(text: str) -> str:
    """A leading apostrophe before what a spreadsheet would take for a formula; plain amounts stay numbers."""
    is_amount = text.removeprefix("-").replace(".", "", 1).isdigit() and text.isascii()
    return f"'{text}" if text.startswith(MARKS) and not is_amount else text


def plain(amount: str) -> str:
    """An amount as a decimal; one without an end at six places, because a spreadsheet takes 1/3 for a day."""
    return decimal_text(Fraction(amount), PLACES) if "/" in amount else amount


class CsvPaper:
    """Columns: section, then the section's own cells; plain numbers instead of grouped ones. Begins with a BOM."""

    suffix = ".csv"

    def render(self, statement: Statement, language: str) -> bytes:
        """UTF-8 CSV with a byte-order mark, so that spreadsheets read Chinese."""
        statement = visible(statement)
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        for label, value in head(statement):
            writer.writerow(["head", escaped(label.pick(language)), escaped(value.pick(language))])
        for section in sections(statement):
            writer.writerow([section.id, *(column.pick(language) for column in section.columns)])
            for row in section.rows:
                texts = (cell.text.pick(language) if cell.amount is None else plain(cell.amount) for cell in row.cells)
                writer.writerow([section.id, *map(escaped, texts)])
        return BOM + out.getvalue().encode()


def payroll_csv(statements: Iterable[Statement]) -> bytes:
    """The control list of a close: a row a statement by period, person and first day, then a total a currency.

    ValueError when a statement does not add up, or two are for the same person and days: that would pay twice.
    """
    papers = sorted(map(visible, statements), key=_key)
    for paper, following in pairwise(papers):
        if _key(paper) == _key(following):
            period, person, first_day = _key(paper)
            raise ValueError(f"two statements of {person} for {period} from {first_day}: that would pay twice")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(PAYROLL)
    sums: dict[str, Fraction] = {}
    for paper in papers:
        check_total(paper)
        writer.writerow(map(escaped, _payroll_row(paper)))
        sums[paper["currency"]] = sums.get(paper["currency"], Fraction(0)) + Fraction(paper["total"])
    for currency in sorted(sums):
        total = decimal_text(sums[currency], exponent_of(currency))
        writer.writerow(["total", *[""] * (PAYROLL.index("currency") - 1), currency, total, ""])
    return BOM + out.getvalue().encode()


def _key(paper: Statement) -> tuple[str, str, str]:
    return paper["period"]["key"], paper["person"]["id"], paper["period"]["first_day"]


def _payroll_row(paper: Statement) -> tuple[str, ...]:
    person, period, run = paper["person"], paper["period"], paper["run"]
    days = (period["key"], period["first_day"], period["last_day"])
    names = (person["id"], person["name"]["zh"], person["name"]["en"])
    return (*names, *days, str(run["run"]), run["status"], paper["currency"], paper["total"], paper["digest"])
