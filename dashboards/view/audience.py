"""The audience of a live session as a picture: a curve and the hosts' bands, for the page and for the chart library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from dashboards.boards.live import name_of
from dashboards.view.reading import LiveSessionView
from dashboards.view.scene import Scene
from dashboards.view.spark import WIDTH, Spark, spark
from scoring.money import round_half_up

MINUTE_US = 60_000_000
TABLE_STEP = 15
"""The table under the chart lists every fifteenth minute."""


@dataclass(frozen=True, slots=True)
class Band:
    """A host's shift; `x` and `width` in the units of a spark, `band` picks the colour, the name is written in it."""

    name: str
    band: int
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Audience:
    """The chart: `series` is JSON for the page's script, the rest is what is drawn without any script."""

    BANDS: ClassVar[int] = 4

    series: str
    curve: Spark
    bands: tuple[Band, ...]
    rows: tuple[tuple[str, str, str], ...]
    label: str
    empty: str
    words: tuple[str, str, str, str]


def audience(scene: Scene, session: LiveSessionView, series: Sequence[tuple[int, int, int]]) -> Audience:
    """The picture of a session; of the samples in one minute the last one is drawn."""
    say = scene.voice.say
    series = _by_minute(series)
    words = (say("live.audience"), say("live.entries"), say("live.minute"), say("live.table"))
    if not series:
        return Audience("", spark((), True, ""), (), (), "", say("live.chart_empty"), words)
    first, last = series[0][0], series[-1][0]
    label = say("live.chart", peak=f"{max(now for _, now, _ in series):,}", latest=f"{series[-1][1]:,}")
    shifts = _shifts(scene, session)
    span = max(last - first, 1)
    bands = tuple(
        Band(name, band, _x(on - first, span), max(_x(off - first, span) - _x(on - first, span), 1))
        for name, band, on, off in shifts
        if off > first and on < last
    )
    entries = _entries(series)
    wire = {
        "minutes": [minute // 1_000_000 for minute, _, _ in series],
        "viewers": [now for _, now, _ in series],
        "entries": entries,
        "shifts": [[name, band, on // 1_000_000, off // 1_000_000] for name, band, on, off in shifts],
        "zone": scene.style.zone,
        "words": list(words[:3]),
    }
    rows = tuple(
        (scene.style.clock(minute), f"{now:,}", f"{entered:,}")
        for place, ((minute, now, _), entered) in enumerate(zip(series, entries, strict=True))
        if place % TABLE_STEP == 0 or place == len(series) - 1
    )
    curve = spark([Fraction(now) for _, now, _ in series], True, label)
    return Audience(json.dumps(wire, ensure_ascii=False, separators=(",", ":")), curve, bands, rows, label, "", words)


def _by_minute(series: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    latest = {at // MINUTE_US: (now, so_far) for at, now, so_far in series}
    return [(minute * MINUTE_US, now, so_far) for minute, (now, so_far) in sorted(latest.items())]


def _shifts(scene: Scene, session: LiveSessionView) -> list[tuple[str, int, int, int]]:
    order = list(dict.fromkeys(person for person, _, _ in session.segments))
    return [
        (name_of(scene, f"e:{person}"), order.index(person) % Audience.BANDS, on, off)
        for person, on, off in session.segments
    ]


def _entries(series: Sequence[tuple[int, int, int]]) -> list[int]:
    # A platform's counter may start again; what it shows then is what came in since.
    found, before = [], 0
    for _, _, so_far in series:
        found.append(so_far - before if so_far >= before else so_far)
        before = so_far
    return found


def _x(offset: int, span: int) -> int:
    return min(max(round_half_up(Fraction(offset * WIDTH, span)), 0), WIDTH)
