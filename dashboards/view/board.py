"""A board as a page without its looks: sections that place parts, and parts that change while somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere inside the board; `href` "" when it does not."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is sent again when it changes; `kind` is a key of web.parts.PARTS, `model` what it shows."""

    kind: str
    model: object


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a section: who it is about, and the keys of its parts in column order, "" where nothing belongs."""

    head: Link
    note: str
    keys: tuple[str, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a page; `kind` is tiles, rows, table or parts, `keys` its parts when it has no rows."""

    kind: str
    id: str
    title: str
    keys: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    columns: tuple[Link, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """A page: `parts` by key, each placed by one section."""

    name: str
    title: str
    subtitle: str
    crumbs: tuple[Link, ...]
    sections: tuple[Section, ...]
    parts: Mapping[str, Part] = field(default_factory=dict)
