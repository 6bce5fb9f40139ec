"""A column map: the TOML file that says how the rows of a table become events of one type.

encoding = "utf-8"                 # or "gb18030", "gbk", "big5", "cp1252", "latin-1"
delimiter = ","
event_type = "order.paid"
[constants]                        # fields that are the same in every row
source = "erp"
[identity]                         # what makes a row itself; becomes the event_id
columns = ["order no", "line no"]
prefix = "paid-"                   # optional
ordinal = true                     # equal rows are different facts: the id is a hash and a number among equals
[fields.occurred_at]               # a field of the event
as = "instant"                     # a kind of column of streams/columns/; default "text"
column = "paid at"
zone = "Asia/Shanghai"
[line.sku]                         # a field of the event's one line
column = "sku"
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from scoring.events import EVENT_TYPES
from scoring.faults import DefinitionError, Fault
from streams.codec.shape import LINE, Shape, shape_of
from streams.columns import COLUMNS, OMITTED, Column, Reader, Rounding, SettingFault

ENCODINGS: Final = ("utf-8", "gb18030", "gbk", "gb2312", "big5", "cp1252", "latin-1")
_KEYS: Final = ("encoding", "delimiter", "sheet", "event_type", "constants", "identity", "fields", "line")


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a row itself. With `ordinal`, equal rows are counted, which takes about 70 bytes of memory a row."""

    columns: tuple[str, ...]
    prefix: str
    ordinal: bool


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A checked column map."""

    encoding: str
    delimiter: str
    sheet: str
    event_type: str
    constants: dict[str, Any]
    identity: Identity
    fields: dict[str, Column]
    line: dict[str, Column]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the map reads, each once."""
        named = [name for column in (*self.fields.values(), *self.line.values()) for name in column.columns]
        return tuple(dict.fromkeys([*self.identity.columns, *named]))

    @classmethod
    def parse(cls, text: str, file: str) -> ColumnMap:
        """The map in a TOML text; DefinitionError with every fault, each naming `file`."""
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise DefinitionError([Fault(file, "", f"is not TOML: {error}")]) from error
        reading = _Reading(file)
        found = reading.map(tables)
        if found is None or reading.faults:
            raise DefinitionError(reading.faults)
        return found

    def mapper(self, header: Sequence[str]) -> RowMapper:
        """The map bound to a header, with nothing counted yet; every column of the map is in `header`."""
        return RowMapper(self, {name: place for place, name in enumerate(header)})


def load_column_map(path: Path) -> ColumnMap:
    """The map in a TOML file; DefinitionError with every fault."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError([Fault(path.name, "", f"cannot be read: {error}")]) from error
    return ColumnMap.parse(text, path.name)


class RowMapper:
    """Makes rows into objects in wire form. `rounding` tells what rounding at import has changed so far."""

    def __init__(self, columns: ColumnMap, places: Mapping[str, int]) -> None:
        self.rounding = Rounding()
        self._template = {"event_type": columns.event_type, **columns.constants}
        self._fields = self._readers(columns.fields, places)
        self._line = self._readers(columns.line, places)
        self._prefix = columns.identity.prefix
        self._ordinal = columns.identity.ordinal
        self._identifying = _picker([places[name] for name in columns.identity.columns])
        self._seen: set[int] = set()
        self._repeats: dict[int, int] = {}

    def identity(self, cells: Sequence[str]) -> str:
        """The event_id of a row. Call it once for every sound row, in any order: it counts equal rows."""
        parts = self._identifying(cells)
        if not self._ordinal:
            return self._prefix + "-".join(parts)
        digest = blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=12)
        key = int.from_bytes(digest.digest()[:8])
        if key not in self._seen:
            self._seen.add(key)
            return f"{self._prefix}{digest.hexdigest()}-0"
        ordinal = self._repeats[key] = self._repeats.get(key, 0) + 1
        return f"{self._prefix}{digest.hexdigest()}-{ordinal}"

    def object(self, cells: Sequence[str], identity: str) -> dict[str, Any]:
        """The row as an event in wire form; CellFault when a cell cannot be read."""
        made = self._template.copy()
        made["event_id"] = identity
        for name, read in self._fields:
            value = read(cells, identity)
            if value is not OMITTED:
                made[name] = value
        if self._line:
            made["lines"] = [self.line(cells, identity)]
        return made

    def line(self, cells: Sequence[str], identity: str) -> dict[str, Any]:
        """Only the line of the row; CellFault when a cell cannot be read."""
        line = {}
        for name, read in self._line:
            value = read(cells, identity)
            if value is not OMITTED:
                line[name] = value
        return line

    def _readers(self, columns: Mapping[str, Column], places: Mapping[str, int]) -> tuple[tuple[str, Reader], ...]:
        return tuple((name, column.reader(places, self.rounding)) for name, column in columns.items())


def _picker(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    if len(places) == 1:
        (place,) = places
        return lambda cells: (cells[place],)
    return itemgetter(*places)


class _Reading:
    """Reads a map's tables and gathers the faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def map(self, tables: dict[str, Any]) -> ColumnMap | None:
        self._unknown(tables, _KEYS, "")
        encoding = self._text(tables, "encoding", "utf-8").lower()
        if encoding not in ENCODINGS:
            self._fault("encoding", f"{encoding!r} is not read; use one of {', '.join(ENCODINGS)}")
        delimiter = self._text(tables, "delimiter", ",")
        if len(delimiter) != 1:
            self._fault("delimiter", f"must be one character, not {delimiter!r}")
        event_type = self._text(tables, "event_type", "")
        kind = EVENT_TYPES.get(event_type)
        if kind is None:
            near = get_close_matches(event_type, EVENT_TYPES, 4, 0.4)
            self._fault("event_type", f"{event_type!r} is no type of event; nearest are {', '.join(near) or 'none'}")
            return None
        shape = shape_of(kind)
        constants = self._constants(tables, shape)
        fields, line = self._columns(tables, "fields", shape), self._columns(tables, "line", LINE)
        self._check_cover(shape, tables)
        identity = self._identity(tables)
        sheet = self._text(tables, "sheet", "")
        return ColumnMap(encoding, delimiter, sheet, event_type, constants, identity, fields, line)

    def _constants(self, tables: dict[str, Any], shape: Shape) -> dict[str, Any]:
        constants = self._table(tables, "constants")
        self._unknown(constants, shape.names, "constants.")
        for name, value in constants.items():
            if type(value) not in (str, int, bool):
                self._fault(f"constants.{name}", f"must be a text, a whole number or true/false, not {value!r}")
        return constants

    def _identity(self, tables: dict[str, Any]) -> Identity:
        table = self._table(tables, "identity")
        self._unknown(table, ("columns", "prefix", "ordinal"), "identity.")
        columns = table.get("columns", [])
        if type(columns) is not list or not columns or not all(type(name) is str for name in columns):
            self._fault("identity.columns", "must list the columns that make a row itself, such as ['order no']")
            columns = []
        if type(table.get("ordinal", False)) is not bool:
            self._fault("identity.ordinal", "must be true or false")
        return Identity(tuple(columns), self._text(table, "prefix", "", "identity."), table.get("ordinal", False))

    def _columns(self, tables: dict[str, Any], key: str, shape: Shape) -> dict[str, Column]:
        found: dict[str, Column] = {}
        table = self._table(tables, key)
        self._unknown(table, shape.names, f"{key}.")
        for name, settings in table.items():
            if type(settings) is not dict:
                self._fault(f"{key}.{name}", "must be a table, such as { column = 'order no' }")
                continue
            given = dict(settings)
            kind = COLUMNS.get(str(given.pop("as", "text")))
            if kind is None:
                self._fault(f"{key}.{name}.as", f"{settings['as']!r} is no kind; use one of {', '.join(COLUMNS)}")
                continue
            try:
                found[name] = kind.of(given)
            except SettingFault as fault:
                self._fault(f"{key}.{name}.{fault.key}", fault.message)
        return found

    def _check_cover(self, shape: Shape, tables: dict[str, Any]) -> None:
        given = (tables.get(key) for key in ("constants", "fields", "line"))
        constants, fields, line = (table if isinstance(table, dict) else {} for table in given)
        for name, field in shape.fields.items():
            if name in constants and name in fields:
                self._fault(f"fields.{name}", "is also a constant; keep one of the two")
            if field.required and name != "event_id" and name not in constants and name not in fields:
                self._fault(f"fields.{name}", "is missing; this type of event needs it")
        if line and not shape.has_lines:
            self._fault("line", "this type of event has no lines; use [fields]")
        for name, field in LINE.fields.items():
            if line and field.required and name not in line:
                self._fault(f"line.{name}", "is missing; every line needs it")

    def _table(self, tables: dict[str, Any], key: str) -> dict[str, Any]:
        table = tables.get(key, {})
        if type(table) is dict:
            return table
        self._fault(key, f"must be a table [{key}]")
        return {}

    def _text(self, table: dict[str, Any], key: str, default: str, prefix: str = "") -> str:
        value = table.get(key, default)
        if type(value) is str:
            return value
        self._fault(prefix + key, f"must be a text, not {value!r}")
        return default

    def _unknown(self, table: dict[str, Any], known: Iterable[str], prefix: str) -> None:
        known = list(known)
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, 4, 0.5) or sorted(known)
                self._fault(prefix + key, f"is not known here; did you mean {', '.join(near)}?")

    def _fault(self, key: str, message: str) -> None:
        self.faults.append(Fault(self.file, key, message))
