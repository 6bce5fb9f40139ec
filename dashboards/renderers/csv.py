"""Statements as CSV, one long table; cells that a spreadsheet would run as formulas are escaped."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

from dashboards.paper.sections import Statement, head, sections
from scoring.money import decimal_text

BOM = b"\xef\xbb\xbf"
PLACES = 6
MARKS = ("=", "+", "-", "@", "\t", "\r")


def escaped(text: str) -> str:
    """A leading apostrophe before what a spreadsheet would take for a formula; plain amounts stay numbers."""
    is_amount = text.removeprefix("-").replace(".", "", 1).isdigit() and text.isascii()
    return f"'{text}" if text.startswith(MARKS) and not is_amount else text


def plain(amount: str) -> str:
    """An amount as a decimal; one without an end at six places, because a spreadsheet takes 1/3 for a day."""
    return decimal_text(Fraction(amount), PLACES) if "/" in amount else amount


class CsvPaper:
    """Columns: section, then the section's own cells; plain amounts instead of grouped ones. Begins with a BOM."""

    suffix = ".csv"

    def render(self, statement: Statement, language: str) -> bytes:
        """UTF-8 CSV with a byte-order mark, so that spreadsheets read Chinese."""
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
