"""Statements as plain text, aligned also where characters are two columns wide."""

from __future__ import annotations

import re
import unicodedata
from itertools import zip_longest

from dashboards.paper.sections import Section, Statement, head, sections
from dashboards.paper.words import APPEAL, TITLE, Words, named
from dashboards.renderers.base import visible

PAGE = 100
NARROWEST = 16
GAP = "  "
_BREAKS = re.compile(r"(?<!\d) | (?!\d)")  # not inside "1 000"


def width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, columns: int, *, right: bool) -> str:
    """The text filled up with spaces."""
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def laid(words: Words, language: str, columns: int) -> list[str]:
    """A cell's lines: two languages side by side where that fits, else one below the other."""
    text = words.pick(language)
    if language != "both" or words.zh == words.en or width(text) <= columns:
        return wrapped(text, columns)
    return [*wrapped(words.zh, columns), *wrapped(words.en + words.ending, columns)]


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns`, broken at spaces, within a word only where it is wider than a line."""
    lines = [""]
    for word in _BREAKS.split(text):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer) <= columns:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if width(lines[-1] + letter) > columns:
                lines.append("")
            lines[-1] += letter
    return lines


class TextPaper:
    """A statement for terminals and plain mail."""

    suffix = ".txt"

    def render(self, statement: Statement, language: str) -> bytes:
        """UTF-8 text that steers no terminal."""
        statement = visible(statement)
        company = named(statement["company"]["name"]).pick(language)
        lines = [f"{company} · {TITLE.pick(language)}", ""]
        pairs = [(label.pick(language), value.pick(language)) for label, value in head(statement)]
        widest = max(width(label) for label, _ in pairs)
        lines += [f"{padded(label, widest, right=False)}  {value}" for label, value in pairs]
        for section in sections(statement):
            lines += ["", *_table(section, language)]
        lines += ["", *laid(APPEAL, language, PAGE), ""]
        return "\n".join(line.rstrip() for line in lines).encode()


def _table(section: Section, language: str) -> list[str]:
    title = section.title.pick(language)
    heads = [_head(column, language) for column in section.columns]
    body = [[cell.text.pick(language) for cell in row.cells] for row in section.rows]
    widths = [max(map(width, [*heads[place], *(row[place] for row in body)])) for place in range(len(heads))]
    if section.id != "foot":  # its commands are there to be copied
        _narrow(widths, section.numeric)
    cells = [
        heads,
        *([laid(cell.text, language, widths[at]) for at, cell in enumerate(row.cells)] for row in section.rows),
    ]
    rows = [_lines(row, widths, section.numeric) for row in cells]
    rule = "-" * min(PAGE, max(width(line) for row in rows for line in row))
    return [title, "=" * width(title), *rows[0], rule, *(line for row in rows[1:] for line in row)]


def _head(column: Words, language: str) -> list[str]:
    """A column's name; of two languages, one above the other."""
    both = language == "both" and column.zh != column.en
    return [column.zh, column.en] if both else [column.pick(language)]


def _narrow(widths: list[int], numeric: tuple[int, ...]) -> None:
    """Take from the widest column of text until the table fits the page or its columns of text are narrow."""
    texts = [place for place in range(len(widths)) if place not in numeric]
    while sum(widths) + len(GAP) * (len(widths) - 1) > PAGE:
        widest = max(texts, key=lambda place: widths[place])
        if widths[widest] <= NARROWEST:
            return
        widths[widest] -= 1


def _lines(row: list[list[str]], widths: list[int], numeric: tuple[int, ...]) -> list[str]:
    """The lines of one row, whose cells may have several."""
    return [
        GAP.join(padded(text, widths[place], right=place in numeric) for place, text in enumerate(line))
        for line in zip_longest(*row, fillvalue="")
    ]
