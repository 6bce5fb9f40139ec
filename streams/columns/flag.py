"""A yes/no cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streams.columns.base import CellFault, Reader, Rounding, SettingFault, checked, only_column, texts


@dataclass(frozen=True, slots=True)
class FlagColumn:
    """`column`, `yes` and `no`: the texts that mean true and false; the empty text may be one of them."""

    column: str
    meanings: dict[str, bool]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> FlagColumn:
        checked(settings, column=str, yes=list, no=list)
        yes, no = texts(settings, "yes"), texts(settings, "no")
        if not yes or not no or set(yes) & set(no):
            raise SettingFault("yes", "give two lists without a common text, such as yes = ['Y'], no = ['N', '']")
        return cls(only_column(settings), dict.fromkeys(yes, True) | dict.fromkeys(no, False))

    def reader(self, places: Mapping[str, int], rounding: Rounding) -> Reader:
        place, column, meanings = places[self.column], self.column, self.meanings

        def read(cells: Sequence[str], _identity: str) -> Any:
            meaning = meanings.get(cells[place].strip())
            if meaning is None:
                known = ", ".join(map(repr, meanings))
                raise CellFault("UNKNOWN_CHOICE", column, f"{cells[place][:60]!r} is none of {known}")
            return meaning

        return read
