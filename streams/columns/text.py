"""A text cell, with its outer spaces removed and, where declared, translated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streams.columns.base import CellFault, Reader, Rounding, SettingFault, checked, empty_cell, only_column


@dataclass(frozen=True, slots=True)
class TextColumn:
    """`column`, `optional`, `drop_suffix` (such as ".0" behind numbers), `values` (cell text -> wire text)."""

    column: str
    optional: bool
    drop_suffix: str
    values: dict[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> TextColumn:
        checked(settings, column=str, optional=bool, drop_suffix=str, values=dict)
        values = settings.get("values", {})
        if not all(type(value) is str for value in values.values()):
            raise SettingFault("values", "must be a table of texts, such as { '直播' = 'live' }")
        return cls(only_column(settings), settings.get("optional", False), settings.get("drop_suffix", ""), values)

    def reader(self, places: Mapping[str, int], rounding: Rounding) -> Reader:
        place, column, optional = places[self.column], self.column, self.optional
        suffix, values = self.drop_suffix, self.values

        def read(cells: Sequence[str], _identity: str) -> Any:
            return cells[place].strip() or empty_cell(column, optional)

        def read_short(cells: Sequence[str], _identity: str) -> Any:
            return cells[place].strip().removesuffix(suffix) or empty_cell(column, optional)

        def read_translated(cells: Sequence[str], identity: str) -> Any:
            given = read_short(cells, identity)
            if type(given) is str and given not in values:
                raise CellFault("UNKNOWN_CHOICE", column, f"{given[:60]!r} is none of {', '.join(values)}")
            return values.get(given, given)

        if values:
            return read_translated
        return read_short if suffix else read
