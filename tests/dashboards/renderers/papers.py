"""Statements for the renderers' tests, made by a tiny close of the scenarios' shop, with every amount by hand."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tests.scenarios.shop import SELLER, Desk, Teller, shop_texts

Paper = dict[str, Any]

POINTS = """
[[point]]
person = "ann"
period = "2026-10"
points = "3"
reason = { zh = "=救场", en = "=HYPERLINK(1)" }
evidence = "ticket 7"
[[red_line]]
person = "bob"
period = "2026-10"
effect = "coefficient(0.5)"
reason = { zh = "虚假发货", en = "False shipping <b>" }
state = "upheld"
decided_by = "boss"
"""
SLAB = """
kind = "slab"
base = "net_sales"
tiers = [["0", "0.05"], ["500", "0.1"]]
multiply_by_coefficient = true
"""
# October: 1,000 yuan, 60 / 40, each on target, so score 100 (ann 103) and coefficient 1.2, which bob's red line halves.
AMOUNTS = {
    # 1,000 x 1.2; (500 x 5 % + 100 x 10 %) x 1.2
    "ann": {"performance": "1200.00", "commission": "42.00", "total": "1242.00"},
    # 1,000 x 0.5; 400 x 5 % x 0.5
    "bob": {"performance": "500.00", "commission": "10.00", "total": "510.00"},
    # November like October; 200 yuan of October came late: (500 x 5 % + 220 x 10 %) x 1.2 = 56.40, 14.40 more
    "ann late": {"performance": "1200.00", "commission": "42.00", "adjustment": "14.40", "total": "1256.40"},
}


@lru_cache(maxsize=1)
def papers() -> dict[str, Paper]:
    """The statements by the names of AMOUNTS; nobody may change them, take a copy."""
    texts = shop_texts(points=POINTS)
    texts["plans/seller.toml"] = SELLER.replace('kind = "flat"\nbase = "net_sales"\nrate = "0.1"\n', SLAB)
    desk, tell = Desk(texts=texts), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "1000.00"), tell.paid("o2", "11-03 10:00:00", "1000.00"))
    october = desk.closing.draft("2026-10", "li")
    desk.closing.approve("2026-10", october.digest, "boss")
    late = tell.paid("o3", "20 10:00:00", "200.00", event_id="=late")
    desk.take(late, tell.paid("o4", "12-01 10:00:00", "5.00"))
    ann, bob = october.statements
    return {"ann": ann, "bob": bob, "ann late": desk.closing.draft("2026-11", "li").statements[0]}
