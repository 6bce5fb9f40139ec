"""Strict reading of one definition table: exact numbers, known keys, and every fault collected before stopping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import Field
from dataclasses import fields as record_fields
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, ClassVar, NoReturn, Protocol, TypeVar

from scoring.faults import DefinitionError, Fault

T = TypeVar("T")

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9}|/[1-9]\d{0,14})?", re.ASCII)


def parse_number(value: object) -> Fraction:
    """The exact number of a TOML string or integer: 5, "0.6", "-12.5" or "1/3". ValueError on anything else.

    A TOML number with a decimal point is refused, because it has lost its exact value before it is read.
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return Fraction(value)
    if not isinstance(value, str):
        raise ValueError(f'{value!r} is not an exact number: write it in quotes, such as "0.6"')
    if _NUMBER.fullmatch(value) is None:
        raise ValueError(
            f'{value!r} is not a number: write a plain decimal such as "-12.5", or a fraction such as "1/3"'
        )
    return Fraction(value)


def one_of(names: Iterable[str], given: object) -> str:
    """The tail of a message about an unknown name: the nearest known one, then all alternatives."""
    known = sorted(names)
    near = get_close_matches(str(given), known, n=1)
    return (f"did you mean {near[0]!r}? " if near else "") + f"use one of {', '.join(known)}"


class Fields:
    """A reader over one table of `file` at the dotted path `key`.

    Each accessor returns a usable value even after a fault (then a placeholder), so that reading goes on and `finish`
    raises one DefinitionError with everything. `require` stays silent about a field that already has a fault.
    """

    def __init__(self, table: Mapping[str, object], file: str, key: str) -> None:
        self._table = table
        self._file = file
        self._key = key
        self._asked: set[str] = set()
        self._faulty: set[str] = set()
        self.faults: list[Fault] = []

    def has(self, name: str) -> bool:
        """Whether the table holds `name`; also makes the name known."""
        self._asked.add(name)
        return name in self._table

    def fault(self, name: str, message: str) -> None:
        """Record a fault at `name` ("" for the table itself)."""
        self._faulty.add(name)
        self.faults.append(Fault(self._file, f"{self._key}.{name}" if name else self._key, message))

    def require(self, name: str, holds: bool, message: str, *others: str) -> None:
        """A fault at `name` unless `holds`; skipped when `name` or one of `others` is faulty already."""
        if not holds and self._faulty.isdisjoint((name, *others)):
            self.fault(name, message)

    def fault_each(self, name: str, messages: Sequence[str]) -> None:
        """A fault at `name` for each message; skipped when `name` is faulty already."""
        if name not in self._faulty:
            for message in messages:
                self.fault(name, message)

    def row_fault(self, name: str, position: int | str, message: str) -> None:
        """A fault at one row (or key) of the list (or table) `name`, which is then faulty as a whole."""
        self._faulty.add(name)
        self.fault(f"{name}[{position}]" if isinstance(position, int) else f"{name}.{position}", message)

    def number(self, name: str, default: Fraction | None = None) -> Fraction:
        """An exact number; required when there is no default."""
        if not self.has(name) and default is not None:
            return default
        return self._read(name, Fraction(0), parse_number)

    def optional_number(self, name: str) -> Fraction | None:
        """An exact number, or None when the key is absent."""
        return self.number(name) if self.has(name) else None

    def flag(self, name: str, default: bool) -> bool:
        """A TOML boolean."""
        if not self.has(name):
            return default
        return self._read(name, default, _flag)

    def text(self, name: str, default: str | None = None) -> str:
        """A text that is not empty; required when there is no default."""
        if not self.has(name) and default is not None:
            return default
        return self._read(name, "", _text)

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of `choices`."""
        given = self.text(name, default)
        self.require(name, given in choices, f"unknown {name} {given!r}: {one_of(choices, given)}")
        return given if given in choices else choices[0]

    def rows(self, name: str) -> tuple[object, ...]:
        """A list with at least one row, each still to be read."""
        self.has(name)
        return self._read(name, (), _rows)

    def pairs(
        self, name: str, default: Sequence[tuple[Fraction, Fraction]] | None = None
    ) -> tuple[tuple[Fraction, Fraction], ...]:
        """A list of two-number rows such as [["0", "0.01"], ["50000", "0.02"]]."""
        if not self.has(name) and default is not None:
            return tuple(default)
        pairs = []
        for position, row in enumerate(self.rows(name)):
            if isinstance(row, list | tuple) and len(row) == 2:
                pairs.append((self.row_number(name, position, row[0]), self.row_number(name, position, row[1])))
            else:
                self.row_fault(name, position, f'{row!r} is not a pair of numbers: write ["0", "0.01"]')
        return tuple(pairs)

    def row_number(self, name: str, position: int | str, value: object) -> Fraction:
        """An exact number inside one row (or at one key) of the list (or table) `name`."""
        try:
            return parse_number(value)
        except ValueError as error:
            self.row_fault(name, position, str(error))
            return Fraction(0)

    def nested(self, name: str) -> Mapping[str, object]:
        """A sub-table, still to be read; empty after a fault."""
        self.has(name)
        return self._read(name, {}, _table)

    def inner(self, name: str) -> Fields:
        """A reader of the sub-table `name`; hand it back to `adopt` when it has been read."""
        return Fields(self.nested(name), self._file, f"{self._key}.{name}")

    def adopt(self, name: str, inner: Fields) -> None:
        """Take over the faults of a reader made by `inner`, its unknown keys included."""
        if name not in self._faulty:
            self.faults.extend(inner.all_faults())

    def stop(self) -> NoReturn:
        """Raise DefinitionError with the faults so far, where the kind is unknown and its keys therefore too."""
        raise DefinitionError(self.faults)

    def finish(self) -> None:
        """Raise DefinitionError with every fault, unknown keys included."""
        if self.all_faults():
            raise DefinitionError(self.faults)

    def all_faults(self) -> list[Fault]:
        """The faults so far, with one for each key of the table that nobody asked for."""
        for name in self._table:
            if name not in self._asked:
                self._asked.add(name)
                self.fault(name, f"unknown key {name!r}: {one_of(self._asked - {name}, name)}")
        return self.faults

    def _read(self, name: str, placeholder: T, parse: Callable[[object], T]) -> T:
        if name in self._faulty:
            return placeholder
        if name not in self._table:
            self.fault(name, f"{name!r} is missing: add it")
            return placeholder
        try:
            return parse(self._table[name])
        except ValueError as error:
            self.fault(name, str(error))
            return placeholder


class Record(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def table_of(record: Record) -> dict[str, object]:
    """The definition table that reads back as `record`: exact texts, lists and tables; keys of None left out."""
    values = ((field.name, getattr(record, field.name)) for field in record_fields(record))
    return {name: _plain(value) for name, value in values if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, tuple):
        if value and all(isinstance(row, tuple) and isinstance(row[0], str) for row in value):
            return {row[0]: _plain(row[1]) for row in value}
        return [_plain(row) for row in value]
    return value


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is not a boolean: write true or false without quotes")


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise ValueError(f"{value!r} is not a text: write it in quotes")


def _rows(value: object) -> tuple[object, ...]:
    if isinstance(value, list | tuple) and value:
        return tuple(value)
    raise ValueError(f"{value!r} is not a list with at least one row")


def _table(value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    raise ValueError(f"{value!r} is not a table")
