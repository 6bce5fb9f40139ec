"""A host's local day on air over all sessions: what two sessions at once counted twice is taken out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import SECOND, Case, Found, Setting, View
from scoring.attribution import Spread
from scoring.events.base import Event, case_key, split_key
from scoring.reference import UNASSIGNED

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OnAir:
    """Seconds on air on one local day: of one host (dimension host) or of the room (live_op and totals).

    Where a host is on air in two sessions at once, a further atom of that host takes the second count out.
    """

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    seconds: int
    of_room: bool


def airtime_key(person: str, account: str, day: str) -> str:
    """The case of a host's day; accounts that belong to nobody each have their own."""
    return case_key("airtime", f"a:{account}" if person == UNASSIGNED else f"e:{person}", day)


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap or touch as one."""
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def whole_seconds(spans: Iterable[Span]) -> int:
    """Seconds of spans, each on its own without its last fraction."""
    return sum((stop - start) // SECOND for start, stop in spans)


class AirtimeCase(Case):
    """The case of one host on one local day; it has no facts of its own, only the spans that rooms publish."""

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        return (key,)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        rooms = cast("Iterable[Iterable[Iterable[Span]]]", view.get(key, ()))
        spans = [(start, stop) for row in rooms for part in row for start, stop in part]
        twice = whole_seconds(spans) - whole_seconds(union(spans))
        if not twice:
            return Found()
        who = split_key(key)[1]
        person = who.removeprefix("e:") if who.startswith("e:") else UNASSIGNED
        start = min(spans)[0]
        credit = {"host": setting.attribution.of_people([person], start)}
        return Found((("on_air", OnAir("", credit, start, -twice, False)),))
