"""A local date or time of a declared format and zone, as an RFC 3339 text with its offset."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from streams.columns.base import CellFault, Reader, Rounding, SettingFault, checked, empty_cell, only_column

ISO = "iso"
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?(?:Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class InstantColumn:
    """`column`, `optional`, `format` (strptime, or "iso" for 2010-12-01 08:26:00), `zone` (IANA name, needed unless the
    cell has an offset), `day_end` (a date means its last second: a promise to ship on that day).

    A local time that occurs twice (clocks go back) is the first one; one that does not occur at all is rejected.
    """

    column: str
    optional: bool
    format: str
    zone: str
    day_end: bool

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> InstantColumn:
        checked(settings, column=str, optional=bool, format=str, zone=str, day_end=bool)
        column, form, zone = only_column(settings), settings.get("format", ISO), settings.get("zone", "")
        if not zone and form != ISO and "%z" not in form:
            raise SettingFault("zone", "is missing; name the zone of these local times, such as Asia/Shanghai")
        if zone:
            _zone(zone)
        return cls(column, settings.get("optional", False), form, zone, settings.get("day_end", False))

    def reader(self, places: Mapping[str, int], rounding: Rounding) -> Reader:
        place, column, optional = places[self.column], self.column, self.optional
        parsed = self._parser()

        def read(cells: Sequence[str], _identity: str) -> Any:
            try:
                return parsed(cells[place])
            except ValueError as error:
                if not cells[place].strip():
                    return empty_cell(column, optional)
                raise CellFault("BAD_INSTANT", column, str(error)) from error

        return read

    def _parser(self) -> Callable[[str], str]:
        form, day_end = self.format, self.day_end
        zone = _zone(self.zone) if self.zone else None

        @lru_cache(maxsize=65_536)
        def parse(text: str) -> str:
            moment = _parsed(text.strip(), form)
            if day_end:
                moment = datetime.combine(moment, _LAST_SECOND, moment.tzinfo)
            if moment.tzinfo is not None:
                return moment.isoformat()
            if zone is None:
                raise ValueError(f"{text[:60]!r} has no offset; declare the `zone` of these times in the column map")
            return _in_zone(moment, zone).isoformat()

        return parse


def _parsed(text: str, form: str) -> datetime:
    if form == ISO and _ISO.fullmatch(text):
        return datetime.fromisoformat(text)
    if form == ISO or any(sign.isdigit() and not sign.isascii() for sign in text):
        raise ValueError(f"{text[:60]!r} is not written as {'2010-12-01 08:26:00' if form == ISO else form}")
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the map's
    except ValueError as error:
        raise ValueError(f"{text[:60]!r} is not written as {form}, the format of the column map") from error


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    local = moment.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(f"{moment.isoformat(' ')} does not exist in {zone.key}: the clocks skip it")
    return local


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingFault("zone", f"{name!r} is no time zone; use an IANA name such as Asia/Shanghai") from error
