"""Statements as XLSX: a sheet a section, amounts as numbers, texts never as formulas."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboards.paper.sections import Section, Statement, head, sections
from dashboards.paper.words import APPEAL, HEAD, TITLE, named
from dashboards.renderers.text import width
from scoring.money import decimal_text

WIDEST = 60
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001
MONEY_PLACES = 2


class XlsxPaper:
    """A workbook with the head and what was earned first, then one sheet for each section."""

    suffix = ".xlsx"

    def render(self, statement: Statement, language: str) -> bytes:
        """The workbook; the same statement gives the same bytes, because no wall time goes in."""
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        book.set_properties({"title": TITLE.pick(language), "created": _MADE})
        formats = {
            "title": book.add_format({"bold": True, "font_size": 16, "font_color": "#2f4ac0"}),
            "head": book.add_format(
                {"bold": True, "bg_color": "#eef0fb", "bottom": 1, "text_wrap": True, "valign": "top"}
            ),
            "plain": book.add_format({"text_wrap": True, "valign": "top"}),
            "strong": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            "faint": book.add_format({"font_color": "#666666", "text_wrap": True, "valign": "top"}),
            "money": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
            "money_strong": book.add_format({"num_format": "#,##0.00", "bold": True, "valign": "top"}),
        }
        found = sections(statement)
        first = book.add_worksheet(HEAD["person"].pick("en"))
        top = _head(first, statement, language, formats)
        _table(first, found[0], language, formats, top)
        for section in found[1:]:
            sheet = book.add_worksheet(section.id.capitalize())
            _table(sheet, section, language, formats, 0)
            sheet.freeze_panes(1, 1)
        first.write_string(top + len(found[0].rows) + 2, 0, APPEAL.pick(language), formats["faint"])
        book.close()
        return out.getvalue()


def _head(sheet: Worksheet, statement: Statement, language: str, formats: dict[str, Format]) -> int:
    company = named(statement["company"]["name"]).pick(language)
    sheet.write_string(0, 0, f"{company} · {TITLE.pick(language)}", formats["title"])
    rows = head(statement)
    for place, (label, value) in enumerate(rows, start=2):
        sheet.write_string(place, 0, label.pick(language), formats["strong"])
        sheet.write_string(place, 1, value.pick(language), formats["plain"])
    return len(rows) + 3


def _table(sheet: Worksheet, section: Section, language: str, formats: dict[str, Format], top: int) -> None:
    widths = [width(column.pick(language)) for column in section.columns]
    for place, column in enumerate(section.columns):
        sheet.write_string(top, place, column.pick(language), formats["head"])
    for down, row in enumerate(section.rows, start=top + 1):
        for place, cell in enumerate(row.cells):
            shown = cell.text.pick(language)
            widths[place] = max(widths[place], width(shown))
            if cell.amount is None:
                sheet.write_string(down, place, shown, formats[row.weight])
            else:
                # A spreadsheet number holds 15 digits, so an amount of two decimals is shown exactly.
                amount = Decimal(decimal_text(Fraction(cell.amount), MONEY_PLACES))
                sheet.write_number(down, place, amount, formats["money_strong" if row.weight == "strong" else "money"])
    for place, columns in enumerate(widths):
        sheet.set_column(place, place, min(WIDEST, max(12, columns + 2)))
