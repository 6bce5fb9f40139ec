"""Statements as XLSX: a sheet a section, amounts as numbers, texts never as formulas."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboards.paper.sections import Cell, Section, Statement, head, sections
from dashboards.paper.words import APPEAL, TITLE, named
from dashboards.renderers.base import visible
from dashboards.renderers.text import laid, width
from scoring.money import exponent_of, plain_text

WIDEST = 60
SIDE_BY_SIDE = 48
A4 = 9
SHEETS = {"why": "Pay", "corrections": "Adjustments", "score": "Score", "result": "Result", "foot": "Proof"}
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001
PLACES = 10


class XlsxPaper:
    """A workbook with the head and what was earned first, then one sheet for each section."""

    suffix = ".xlsx"

    def render(self, statement: Statement, language: str) -> bytes:
        """The workbook; the same statement gives the same bytes, because no wall time goes in."""
        statement = visible(statement)
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
        } | _number_formats(book, exponent_of(statement["currency"]))
        found = sections(statement)
        first = book.add_worksheet("Summary")
        top = _head(first, statement, language, formats)
        _table(first, found[0], language, formats, top)
        first.set_column(1, 1, SIDE_BY_SIDE)
        for section in found[1:]:
            sheet = book.add_worksheet(SHEETS[section.id])
            _table(sheet, section, language, formats, 0)
            sheet.freeze_panes(1, 1)
            sheet.repeat_rows(0)
        for sheet in book.worksheets():
            sheet.set_paper(A4)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.set_footer("&L&A&R&P / &N")
        first.write_string(top + len(found[0].rows) + 2, 0, APPEAL.pick(language), formats["faint"])
        book.close()
        return out.getvalue()


def _number_formats(book: xlsxwriter.Workbook, places: int) -> dict[str, Format]:
    """The formats of numbers by style and by style and weight."""
    shown = {"money": "#,##0." + "0" * places if places else "#,##0", "number": "#,##0.####", "percent": "0.00##%"}
    whole = {"integer": "#,##0"}
    formats = {}
    for style, code in (shown | whole).items():
        formats[style] = book.add_format({"num_format": code, "valign": "top"})
        formats[f"{style}_strong"] = book.add_format({"num_format": code, "bold": True, "valign": "top"})
    return formats


def _number(sheet: Worksheet, at: tuple[int, int], cell: Cell, weight: str, formats: dict[str, Format]) -> None:
    # A spreadsheet number holds 15 digits, so an amount of the currency's decimals is kept exactly.
    amount = Decimal(plain_text(Fraction(cell.amount or 0), PLACES))
    style = "integer" if cell.style == "number" and amount == amount.to_integral_value() else cell.style
    sheet.write_number(*at, amount, formats[f"{style}_strong" if weight == "strong" else style])


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
            lines = laid(cell.text, language, SIDE_BY_SIDE) if cell.amount is None else [cell.text.pick(language)]
            widths[place] = max(widths[place], *map(width, lines))
            if cell.amount is None:
                sheet.write_string(down, place, "\n".join(lines), formats[row.weight])
            else:
                _number(sheet, (down, place), cell, row.weight, formats)
    for place, columns in enumerate(widths):
        sheet.set_column(place, place, min(WIDEST, max(12, columns + 2)))
