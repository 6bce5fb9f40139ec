"""What every kind of statement paper offers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Protocol

from dashboards.paper.sections import Statement

BREAKS = frozenset("\t\n\r\u2028\u2029")
# They turn the reading direction, so that 12.00 could be shown as 00.21.
TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
STRANGE = "\ufffd"


class Renderer(Protocol):
    """Turns a statement into the bytes of a file."""

    @property
    def suffix(self) -> str:
        """The ending of the file's name, with its dot."""

    def render(self, statement: Statement, language: str) -> bytes:
        """The file in "zh", "en" or "both"; ValueError when the statement does not add up."""


def visible(value: Any) -> Any:
    """A statement whose texts can be laid out: line breaks become spaces, and what acts unseen is marked by "�".

    Reasons are written by people and event ids by platforms; neither may steer a terminal or turn round an amount.
    """
    if isinstance(value, str):
        return "".join(map(_seen, value)) if not value.isascii() or not value.isprintable() else value
    if isinstance(value, Mapping):
        return {key: visible(one) for key, one in value.items()}
    if isinstance(value, list):
        return [visible(one) for one in value]
    return value


def _seen(letter: str) -> str:
    if letter in BREAKS:
        return " "
    return STRANGE if letter in TURNS or unicodedata.category(letter) in ("Cc", "Cs") else letter
