"""One small shop for scenarios: definitions as texts, events told one by one, a store behind the real pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from scoring.definitions import Definitions, read_definitions
from scoring.kpi import KpiValue
from streams.clock import FrozenClock
from streams.closing import Closing
from streams.closing.recounting import differences
from streams.codec import Codec, Decoded, Rejected
from streams.folder import catalogue_texts
from streams.pipeline import Outcome, Pipeline
from streams.reading import Reader
from streams.repair import Repair
from streams.stores import MemoryStore, Store

NOW_US = 1_800_000_000_000_000
"""January 2027: after everything that the scenarios tell."""

Wire = dict[str, Any]
CODEC = Codec()

COMPANY = """
[company]
id = "test"
name = { zh = "测试", en = "Test" }
zone = "Asia/Shanghai"
currency = "CNY"
[policy]
service_window = ["09:00", "23:00"]
[[shop]]
id = "s"
name = { zh = "店", en = "Shop" }
brand = "b"
"""

PEOPLE = """
[[team]]
id = "ops"
name = { zh = "运营", en = "Operations" }
lead = "boss"
[[team]]
id = "desk"
name = { zh = "销售", en = "Desk" }
parent = "ops"
[[person]]
id = "ann"
name = { zh = "安", en = "Ann" }
[[person.position]]
team = "desk"
role = "seller"
plan = "seller"
from = "2026-09-01"
performance_base = "1000"
[[person.account]]
id = "acc-ann"
from = "2026-09-01"
[[person]]
id = "bob"
name = { zh = "博", en = "Bob" }
[[person.position]]
team = "desk"
role = "seller"
plan = "seller"
from = "2026-09-01"
performance_base = "1000"
[[person.account]]
id = "acc-bob"
from = "2026-09-01"
[[person]]
id = "boss"
name = { zh = "老板", en = "Boss" }
[[person.position]]
team = "ops"
role = "lead"
from = "2026-09-01"
"""

SIXTY_FORTY = """
[[assignment]]
person = "ann"
tag = "owner"
share = "0.6"
from = "2026-09-01"
[[assignment]]
person = "bob"
tag = "owner"
share = "0.4"
from = "2026-09-01"
"""

TARGETS = "".join(
    f'[[target]]\nowner = "e:{who}"\nkpi = "net_sales"\nperiod = "{period}"\nvalue = "{value}"\n'
    'source = "own_history"\n'
    for period in ("2026-10", "2026-11", "2026-12")
    for who, value in (("ann", "600"), ("bob", "400"))
)

SELLER = """
[plan]
id = "seller"
version = 1
role = "seller"
name = { zh = "销售", en = "Seller" }
purpose = { zh = "卖好货", en = "Sell well" }
period = "month"
[[item]]
kpi = "net_sales"
kind = "R"
weight = "100"
scale = { kind = "PROP", cap = "1.2", threshold = "0.6" }
target = "own"
[[component]]
id = "performance"
name = { zh = "绩效", en = "Performance pay" }
kind = "performance"
[[component]]
id = "commission"
name = { zh = "提成", en = "Commission" }
kind = "flat"
base = "net_sales"
rate = "0.1"
"""


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    return catalogue_texts()


def shop_texts(**changed: str) -> dict[str, str]:
    """The files of the small shop with the catalogue; pass `people=...` and the like to replace one."""
    own = {
        "company.toml": COMPANY,
        "people.toml": PEOPLE,
        "assignments.toml": SIXTY_FORTY,
        "targets.toml": TARGETS,
        "plans/seller.toml": SELLER,
    }
    return _catalogue() | own | {f"{name}.toml": text for name, text in changed.items()}


def on(time: str) -> str:
    """ "03 10:00:00" is that time on 2026-10-03 and "11-02 10:00:00" one in November, in Shanghai."""
    day, clock = time.split()
    return f"2026-{day if '-' in day else '10-' + day}T{clock}+08:00"


@lru_cache(maxsize=64)
def definitions_of(texts: tuple[tuple[str, str], ...]) -> Definitions:
    """The definitions of these files, read once however often they are asked for."""
    return read_definitions(dict(texts))


class Teller:
    """Writes wire events with ids of their own."""

    def __init__(self) -> None:
        self.number = 0

    def event(self, event_type: str, time: str, **fields: Any) -> Wire:
        """One event; `event_id` may be given among the fields."""
        self.number += 1
        head = {"event_id": f"n{self.number}", "event_type": event_type, "occurred_at": on(time)}
        return {**head, "source": "test", "shop_id": "s", **fields}

    def paid(self, order: str, time: str, amount: str, **fields: Any) -> Wire:
        """A paid order of one line."""
        line = {"line_id": "1", "sku": "A", "qty": 1, "paid_amt": amount, "cogs": "0"}
        return self.event("order.paid", time, **{"order_id": order, "lines": [line], **fields})

    def refunded(self, order: str, time: str, amount: str, **fields: Any) -> Wire:
        """A completed refund of line 1; its refund id is the order's unless given."""
        about = {"order_id": order, "refund_id": f"r-{order}", "line_id": "1", "refund_amt": amount}
        return self.event("refund.completed", time, **{**about, **fields})


class Desk:
    """A store with the pipeline, reader, closing and repair of one set of definitions."""

    def __init__(self, store: Store | None = None, texts: Mapping[str, str] | None = None) -> None:
        self.store: Store = MemoryStore() if store is None else store
        self.definitions = definitions_of(tuple(sorted((shop_texts() if texts is None else texts).items())))
        self.codec = CODEC
        self.clock = FrozenClock(NOW_US)
        fingerprint = self.definitions.program_fingerprint()
        self.pipeline = Pipeline(self.store, self.codec, self.definitions.program(), fingerprint)
        if self.store.settings().get("program") is None:
            self.pipeline.adopt()
        self.repair = Repair(self.pipeline, self.clock)

    @property
    def reader(self) -> Reader:
        """Reads KPIs."""
        return Reader(self.store, self.definitions)

    @property
    def closing(self) -> Closing:
        """The closing service."""
        return Closing(self.store, self.codec, self.definitions, self.clock)

    def take(self, *events: Wire | bytes) -> Outcome:
        """Apply events as one batch."""
        found = [self.codec.decode(raw_of(event), f"line {n}", NOW_US) for n, event in enumerate(events, 1)]
        decoded = [row for row in found if isinstance(row, Decoded)]
        rejected = [row for row in found if isinstance(row, Rejected)]
        return self.pipeline.apply(decoded, rejected, None, NOW_US)

    def kpi(self, kpi: str, owner: str, period: str = "2026-10", dimension: str | None = None) -> KpiValue:
        """A KPI value."""
        return self.reader.kpi(kpi, owner, period, dimension)

    def value(self, kpi: str, owner: str, period: str = "2026-10") -> Fraction | None:
        """A KPI's value."""
        return self.kpi(kpi, owner, period).value

    def cells(self) -> dict[tuple[str, str, str, str, str], int]:
        """Every day cell."""
        return dict(self.store.all_cells("0000-00-00", "9999-99-99"))

    def recounted(self, first: str = "2026-10-01", last: str = "2026-10-31") -> list[Any]:
        """Where the cells differ from the independent recount."""
        return differences(self.store, self.codec, self.definitions, first, last)


def raw_of(event: Wire | bytes) -> bytes:
    """The wire form."""
    return event if isinstance(event, bytes) else json.dumps(event).encode()


def decoded_of(events: Iterable[Wire]) -> list[Decoded]:
    """Events as the codec reads them; AssertionError when one is not acceptable."""
    found = []
    for event in events:
        decoded = CODEC.decode(raw_of(event), "test", NOW_US)
        assert isinstance(decoded, Decoded), decoded
        found.append(decoded)
    return found
