"""What every kind of column has, and how a column says that a cell or a setting is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, Protocol

Reader = Callable[[Sequence[str], str], Any]
"""(cells of a row, identity of the row) -> value in wire form, or OMITTED; raises CellFault."""

OMITTED: Final = object()
"""The cell is empty and the field optional: the field is left out."""


class CellFault(Exception):
    """A cell that cannot be read; becomes a rejection of its row."""

    def __init__(self, reason: str, column: str, message: str) -> None:
        super().__init__(reason, column, message)
        self.reason = reason
        self.detail = f"column {column}: {message}"


class SettingFault(Exception):
    """A setting of a column map that makes no sense; gathered into one DefinitionError."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(key, message)
        self.key = key
        self.message = message


@dataclass(slots=True)
class Rounding:
    """What rounding at import changed: how many amounts, and the sum of rounded minus exact, in major units."""

    amounts: int = 0
    difference: Fraction = field(default_factory=Fraction)


class Column(Protocol):
    """One field of the map, checked; bound to the places of its columns when the header is known."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        ...

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Column:
        """The column of a TOML table; SettingFault when a setting is wrong."""
        ...

    def reader(self, places: Mapping[str, int], rounding: Rounding) -> Reader:
        """A function of the row; `places` gives the position of each column."""
        ...


def checked(settings: Mapping[str, Any], **known: type) -> None:
    """SettingFault for settings that are not known, or not of their type."""
    for key, value in settings.items():
        if key not in known:
            raise SettingFault(key, f"is no setting of this kind of column; known are {', '.join(sorted(known))}")
        if type(value) is not known[key]:
            raise SettingFault(key, f"must be a {known[key].__name__}, not {value!r}")


def only_column(settings: Mapping[str, Any]) -> str:
    """The mandatory setting `column`."""
    column: str = settings.get("column", "")
    if not column:
        raise SettingFault("column", "is missing; name the column of the table that is read")
    return column


def texts(settings: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A setting that is a list of texts; empty when it is left out."""
    values = settings.get(key, [])
    if not all(type(value) is str for value in values):
        raise SettingFault(key, f"must be a list of texts, not {values!r}")
    return tuple(values)


def empty_cell(column: str, optional: bool) -> Any:
    """What an empty cell gives: OMITTED when the field is optional, else CellFault."""
    if optional:
        return OMITTED
    raise CellFault("MISSING_FIELD", column, "is empty; fill it, or declare `optional = true` in the column map")
