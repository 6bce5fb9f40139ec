"""Typed reading of a TOML table that collects every fault instead of stopping at the first."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from fractions import Fraction

from scoring.faults import Fault
from scoring.fields import parse_number
from scoring.period import grain_of, parse_day
from scoring.reference import Label

_EPOCH_DAY = "1970-01-01"


class Table:
    """A TOML table with its place in a file; reading a wrong value records a fault and yields a stand-in."""

    __slots__ = ("_read", "faults", "file", "key", "values")

    def __init__(self, file: str, key: str, values: Mapping[str, object], faults: list[Fault]) -> None:
        self.file = file
        self.key = key
        self.values = values
        self.faults = faults
        self._read: set[str] = set()

    def fault(self, name: str, message: str) -> None:
        """Record that the value at `name` is wrong."""
        self.faults.append(Fault(self.file, f"{self.key}.{name}" if self.key else name, message))

    def has(self, name: str) -> bool:
        """Whether the table holds a value of that name."""
        self._read.add(name)
        return name in self.values

    def raw(self, name: str) -> object:
        """The value as TOML gave it, or None."""
        self._read.add(name)
        return self.values.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        """A non-empty text; required when there is no default."""
        value = self.raw(name)
        if value is None:
            if default is None:
                self.fault(name, "is missing; add it as a text")
            return default or ""
        if not isinstance(value, str) or (not value and default is None):
            self.fault(name, f"is {value!r}; write a text in quotes")
            return default or ""
        return value

    def choice(self, name: str, known: tuple[str, ...], default: str | None = None) -> str:
        """A text out of a closed set; the fault lists the set."""
        value = self.text(name, default)
        if value and value not in known:
            self.fault(name, f"is {value!r}; known: {', '.join(known)}{nearest(value, known)}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """true or false."""
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(name, f"is {value!r}; write true or false without quotes")
            return default
        return value

    def whole(self, name: str, default: int, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value = self.raw(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.fault(name, f"is {value!r}; write a whole number of at least {least}")
            return default
        return value

    def exact(self, name: str, default: Fraction | None = None) -> Fraction:
        """An exact number: an integer, or a decimal or fraction in quotes."""
        value = self.raw(name)
        if value is None:
            if default is None:
                self.fault(name, 'is missing; add it as a number in quotes, such as "0.05"')
            return default if default is not None else Fraction(0)
        number = exact_number(value)
        if number is None:
            self.fault(name, f'is {value!r}; write an exact number in quotes, such as "0.05" or "1/3"')
            return default if default is not None else Fraction(0)
        return number

    def day(self, name: str) -> str:
        """A required day, YYYY-MM-DD."""
        return self.optional_day(name, required=True) or _EPOCH_DAY

    def optional_day(self, name: str, required: bool = False) -> str | None:
        """A day, or None when absent."""
        value = self.raw(name)
        if value is None:
            if required:
                self.fault(name, 'is missing; add a day in quotes, such as "2026-10-01"')
            return None
        try:
            return parse_day(str(value)).isoformat()
        except ValueError as error:
            self.fault(name, str(error))
            return None

    def days(self, name: str) -> tuple[str, ...]:
        """A list of days, empty when absent; what is no day is left out."""
        found = []
        for text in self.texts(name):
            try:
                found.append(parse_day(text).isoformat())
            except ValueError as error:
                self.fault(name, str(error))
        return tuple(found)

    def span(self) -> tuple[str, str | None]:
        """The days `from`, and `to` when there is one: the first day that no longer counts."""
        from_day, to_day = self.day("from"), self.optional_day("to")
        if to_day is not None and to_day <= from_day:
            self.fault("to", f"is {to_day}, not after from = {from_day}; 'to' is the first day that no longer counts")
        return from_day, to_day

    def period(self, name: str = "period") -> str:
        """A required key of a period such as 2026-10, empty when it names none."""
        period = self.text(name)
        try:
            grain_of(period)
        except ValueError as error:
            self.fault(name, str(error))
            return ""
        return period

    def label(self, name: str) -> Label:
        """A name in both languages: { zh = "...", en = "..." }."""
        value = self.raw(name)
        if isinstance(value, Mapping) and all(
            isinstance(value.get(code), str) and value[code] for code in ("zh", "en")
        ):
            return Label(str(value["zh"]), str(value["en"]))
        self.fault(name, f'is {value!r}; write both languages: {{ zh = "...", en = "..." }}')
        return Label("", "")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, empty when absent."""
        value = self.raw(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self.fault(name, f"is {value!r}; write a list of texts")
            return ()
        return tuple(value)

    def table(self, name: str) -> Table | None:
        """A nested table, or None when absent."""
        value = self.raw(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault(name, f"is {value!r}; write a table")
            return None
        return Table(self.file, f"{self.key}.{name}" if self.key else name, value, self.faults)

    def tables(self, name: str) -> Iterator[Table]:
        """Every table of an array of tables, numbered from 1 in faults."""
        value = self.raw(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.fault(name, f"is {value!r}; write [[{name}]] tables")
            return
        for number, entry in enumerate(value, start=1):
            place = f"{self.key}.{name}[{number}]" if self.key else f"{name}[{number}]"
            if isinstance(entry, Mapping):
                yield Table(self.file, place, entry, self.faults)
            else:
                self.faults.append(Fault(self.file, place, f"is {entry!r}; write a [[{name}]] table"))

    def finish(self) -> None:
        """Every key that nobody read is a fault: a misspelt option must not be silently ignored."""
        for name in self.values:
            if name not in self._read:
                known = tuple(sorted(self._read))
                self.fault(name, f"is not known here; known: {', '.join(known)}{nearest(name, known)}")


def exact_number(value: object) -> Fraction | None:
    """An exact number from an integer or a text such as "1.5", "-3" or "1/3"; None for anything else."""
    try:
        return parse_number(value)
    except ValueError:
        return None


def nearest(word: str, known: tuple[str, ...]) -> str:
    """A hint such as " (did you mean 'slab'?)", or nothing."""
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
