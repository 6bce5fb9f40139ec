"""A whole number: a quantity, a count, a number of seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streams.columns.base import CellFault, Reader, Rounding, checked, empty_cell, only_column

_WHOLE = re.compile(r"-?\d{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WholeColumn:
    """`column`, `optional`, `absolute` (drop the sign, where a file writes returns as negative numbers)."""

    column: str
    optional: bool
    absolute: bool

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> WholeColumn:
        checked(settings, column=str, optional=bool, absolute=bool)
        return cls(only_column(settings), settings.get("optional", False), settings.get("absolute", False))

    def reader(self, places: Mapping[str, int], rounding: Rounding) -> Reader:
        place, column, optional = places[self.column], self.column, self.optional
        absolute, is_whole = self.absolute, _WHOLE.fullmatch

        def read(cells: Sequence[str], _identity: str) -> Any:
            text = cells[place].strip()
            if is_whole(text) is None:
                if not text:
                    return empty_cell(column, optional)
                raise CellFault("BAD_NUMBER", column, f"{text[:60]!r} is not a whole number of at most 12 digits")
            value = int(text)
            return -value if absolute and value < 0 else value

        return read
