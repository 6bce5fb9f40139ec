"""What every board is built from: the reader, the day it stands at, how to write, and a short memory of past days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

from dashboards.alerts.watching import ActiveAlert
from dashboards.texts import Voice
from dashboards.view.figures import Style
from dashboards.view.reading import Freshness, Reader
from scoring.definitions import Definitions
from scoring.kpi import Kpi, KpiValue
from scoring.period import key_containing, local_days, parse_day, period_of

TREND_DAYS = 30
REMEMBER_US = 5_000_000
"""Past days change only by late facts, so their trend may be this old; today and the period are always read anew."""


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks: in which language, when by the machine's clock, and at what; `alerts` None: no rules."""

    voice: Voice
    now_us: int
    compact: bool = False
    company_kpis: tuple[str, ...] = ()
    stale_after_us: int = 120_000_000
    alerts: Sequence[ActiveAlert] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One look at the numbers. `today` is the local day of the watermark, so a replayed month has its own today."""

    reader: Reader
    definitions: Definitions
    look: Look
    style: Style
    freshness: Freshness
    history: History
    today: str
    days: tuple[str, ...]
    month: str

    @property
    def voice(self) -> Voice:
        """The language of this look."""
        return self.look.voice

    def kpi(self, kpi_id: str) -> Kpi:
        """A KPI of the definitions."""
        return self.definitions.kpis[kpi_id]

    def elapsed(self, period_key: str) -> Fraction:
        """The share of a period that lies before the watermark, 0 to 1."""
        period, at = period_of(period_key, self.style.zone), self.freshness.watermark_us
        if at is None:
            return Fraction(0)
        share = Fraction(at - period.start_us, period.end_us - period.start_us)
        return min(max(share, Fraction(0)), Fraction(1))

    def on(self, day: str) -> Scene:
        """The same look, standing at another day; what is remembered of past days is not shared."""
        return replace(self, today=day, days=days_until(day), month=key_containing(day, "month"), history=History())

    def trend(self, kpi: str, owner: str, dimension: str | None) -> list[KpiValue]:
        """The KPI on each day of the trend, today last."""
        return [*self.history.past(self, kpi, owner, dimension), self.reader.kpi(kpi, owner, self.today, dimension)]


class History:
    """Remembers the past days of trends for a few seconds; at most `limit` of them."""

    def __init__(self, limit: int = 4096) -> None:
        self._limit = limit
        self._rows: dict[tuple[str, str, str], tuple[str, int, Sequence[KpiValue]]] = {}

    def past(self, scene: Scene, kpi: str, owner: str, dimension: str | None) -> Sequence[KpiValue]:
        """The KPI on each of the days before today, oldest first."""
        key = (kpi, owner, dimension or "")
        found = self._rows.get(key)
        if found and found[0] == scene.today and 0 <= scene.look.now_us - found[1] < REMEMBER_US:
            return found[2]
        values = scene.reader.series(kpi, owner, scene.days[:-1], dimension)
        if len(self._rows) >= self._limit:
            self._rows.clear()
        self._rows[key] = (scene.today, scene.look.now_us, values)
        return values


def see(reader: Reader, look: Look, history: History) -> Scene:
    """A scene at the reader's watermark; before the first event, today is the day of the machine's clock."""
    definitions = reader.definitions
    company = definitions.reference.company
    freshness = reader.freshness()
    at = look.now_us if freshness.watermark_us is None else freshness.watermark_us
    today = local_days(company.zone).day(at)
    style = Style(look.voice, company.currency, company.zone, look.compact)
    month = key_containing(today, "month")
    return Scene(reader, definitions, look, style, freshness, history, today, days_until(today), month)


def days_until(day: str) -> tuple[str, ...]:
    """The days of a trend that ends on `day`."""
    last = parse_day(day)
    return tuple((last - timedelta(days=back)).isoformat() for back in range(TREND_DAYS - 1, -1, -1))
