"""Statements as CSV, one long table; cells that a spreadsheet would run as formulas are escaped."""

from __future__ import annotations

import csv
import io

from dashboards.paper.sections import Statement, head, sections

BOM = b"\xef\xbb\xbf"
MARKS = ("=", "+", "-", "@", "\t", "\r")


def escaped(text: str) -> str:
    """A leading apostrophe before what a spreadsheet would take for a formula; plain amounts stay numbers."""
    is_amount = text.removeprefix("-").replace(".", "", 1).isdigit() and text.isascii()
    return f"'{text}" if text.startswith(MARKS) and not is_amount else text


class CsvPaper:
    """Columns: section, then the section's own cells; exact amounts instead of grouped ones. Begins with a BOM."""

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
                cells = [cell.amount if cell.amount is not None else cell.text.pick(language) for cell in row.cells]
                writer.writerow([section.id, *map(escaped, cells)])
        return BOM + out.getvalue().encode()
