"""Statements as plain text, aligned also where characters are two columns wide."""

from __future__ import annotations

import unicodedata

from dashboards.paper.sections import Section, Statement, head, sections
from dashboards.paper.words import APPEAL, TITLE, named


def width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, columns: int, *, right: bool) -> str:
    """The text filled up with spaces."""
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


class TextPaper:
    """A statement for terminals and plain mail."""

    suffix = ".txt"

    def render(self, statement: Statement, language: str) -> bytes:
        """UTF-8 text."""
        company = named(statement["company"]["name"]).pick(language)
        lines = [f"{company} · {TITLE.pick(language)}", ""]
        pairs = [(label.pick(language), value.pick(language)) for label, value in head(statement)]
        widest = max(width(label) for label, _ in pairs)
        lines += [f"{padded(label, widest, right=False)}  {value}" for label, value in pairs]
        for section in sections(statement):
            lines += ["", *_table(section, language)]
        lines += ["", APPEAL.pick(language), ""]
        return "\n".join(line.rstrip() for line in lines).encode()


def _table(section: Section, language: str) -> list[str]:
    title = section.title.pick(language)
    heads = [column.pick(language) for column in section.columns]
    body = [[cell.text.pick(language) for cell in row.cells] for row in section.rows]
    widths = [max(width(row[place]) for row in [heads, *body]) for place in range(len(heads))]
    rows = [
        "  ".join(padded(text, widths[place], right=place in section.numeric) for place, text in enumerate(row))
        for row in [heads, *body]
    ]
    return [title, "=" * width(title), rows[0], "-" * min(100, max(map(width, rows))), *rows[1:]]
