"""One restated row of a shop's traffic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import Case, Found, Setting, View, latest_rows
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.traffic import TrafficDay


@dataclass(frozen=True, slots=True)
class Visits:
    """Visitors of one interval from one origin, dated at its start; uniques of a day are never split (G8)."""

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    origin: str
    uv: int

    @property
    def is_organic(self) -> bool:
        """Whether the visitors came without being paid for."""
        return self.origin == "organic"


class TrafficCase(Case):
    """The case of one shop, channel, origin and interval."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        rows = [fact for fact in latest_rows(facts) if isinstance(fact, TrafficDay)]
        if not rows:
            return Found()
        row = rows[0]
        scope = {"brand": setting.attribution.brand(row.shop_id), "shop": row.shop_id, "channel": row.channel}
        credit = {"shop": setting.attribution.of_tag("owner", scope, row.interval_start)}
        return Found((("visits", Visits(row.shop_id, credit, row.interval_start, row.origin, row.uv)),))
