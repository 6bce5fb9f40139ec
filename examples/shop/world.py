"""The fixed facts of the Hanfeng shop: products, campaigns, people and accounts, and the rhythm of a week and a day."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

SHOP = "hanfeng-douyin"
WAREHOUSE = "wh-hangzhou"
MINUTE = 60
HOUR = 3_600
DAY = 86_400
PROMOTION_DAY = 20
PROMOTION_LIFT = 4
JOINING_DAY = 11
HANDOVER_DAY = 16

#: The stream ends this many days after the month; what arrives later is the late stream.
TAIL_DAYS = 10
#: Orders and conversations of an ordinary day at scale 1.
ORDERS_A_DAY = 455
CHATS_A_DAY = 292


@dataclass(frozen=True, slots=True)
class Product:
    """A SKU; `price` and `cost` in fen a piece, `pull` its share of demand."""

    sku: str
    category: str
    price: int
    cost: int
    pull: int


def _products() -> tuple[Product, ...]:
    rows = (
        ("dress", "DR", 15_900, 1_900, 43),
        ("tops", "TP", 7_900, 1_100, 38),
        ("outerwear", "OW", 25_900, 3_300, 47),
    )
    return tuple(
        Product(f"{code}-{number:02d}", category, price, price * rate // 100, 3 + (number * 7) % 11)
        for category, code, first, step, rate in rows
        for number in range(1, 11)
        for price in (first + step * (number - 1),)
    )


PRODUCTS = _products()
PRODUCT_PULL = tuple(accumulate(product.pull for product in PRODUCTS))


@dataclass(frozen=True, slots=True)
class Campaign:
    """An advertising campaign: `spend` fen an ordinary hour, `click_fen` a click, `yield_percent` GMV of its cost."""

    id: str
    spend: int
    click_fen: int
    click_permille: int
    yield_percent: int


CAMPAIGNS = (
    Campaign("qc-dress-search", 6_200, 96, 34, 395),
    Campaign("qc-dress-feed", 5_400, 78, 26, 310),
    Campaign("qc-tops-search", 4_100, 71, 31, 345),
    Campaign("qc-outerwear-feed", 6_900, 118, 24, 420),
    Campaign("qc-live-room", 5_800, 88, 29, 365),
    Campaign("qc-brand", 2_900, 132, 19, 255),
)
LIVE_CAMPAIGN = "qc-live-room"


@dataclass(frozen=True, slots=True)
class Agent:
    """Who answers customers: `slow` the usual longest reply in seconds, `charm` and `happy` percent won and pleased."""

    person: str
    slow: int
    charm: int
    happy: int
    presale: bool = True


AGENTS = (
    Agent("e12", 74, 42, 95),
    Agent("e13", 96, 37, 92),
    Agent("e14", 122, 35, 89),
    Agent("e15", 168, 29, 86),
    Agent("e18", 104, 12, 90, presale=False),
)
STRANGER = "kf-99"

HOSTS = {"e08": "zb-01", "e09": "zb-02", "e10": "zb-03"}
HOST_PULL = {"zb-01": 125, "zb-02": 100, "zb-03": 84}

#: Who leads whom (the subject's manager), and everybody who works here.
MANAGERS = {
    "e02": "e01", "e03": "e01", "e17": "e01", "e04": "e01", "e07": "e01", "e11": "e01", "e16": "e01",
    "e05": "e04", "e06": "e04", "e08": "e07", "e09": "e07", "e10": "e07",
    "e12": "e11", "e13": "e11", "e14": "e11", "e15": "e11", "e18": "e11",
}  # fmt: skip
PEOPLE = ("e01", *sorted(MANAGERS))
PEERS = {
    "e01": ("e04", "e07", "e11"),
    "e02": ("e03", "e17", "e05"),
    "e03": ("e02", "e17", "e06"),
    "e04": ("e07", "e11", "e16"),
    "e05": ("e06", "e02", "e03"),
    "e06": ("e05", "e02", "e03"),
    "e07": ("e04", "e11", "e16"),
    "e08": ("e09", "e10", "e05"),
    "e09": ("e08", "e10", "e06"),
    "e10": ("e08", "e09", "e06"),
    "e11": ("e04", "e07", "e16"),
    "e12": ("e13", "e14", "e15"),
    "e13": ("e12", "e14", "e15"),
    "e14": ("e12", "e13", "e18"),
    "e15": ("e12", "e13"),
    "e16": ("e04", "e07", "e11"),
    "e17": ("e02", "e03", "e05"),
    "e18": ("e12", "e13", "e14"),
}
#: The level at which reviewers see each person, 0 to 100.
STANDING = {
    "e01": 87, "e02": 90, "e03": 84, "e04": 86, "e05": 88, "e06": 79, "e07": 89, "e08": 92, "e09": 85, "e10": 72,
    "e11": 88, "e12": 93, "e13": 86, "e14": 81, "e15": 80, "e16": 90, "e17": 83, "e18": 87,
}  # fmt: skip

_WEEK = (92, 90, 93, 97, 105, 118, 115)
_HOURS = (22, 12, 7, 4, 3, 4, 9, 18, 34, 52, 63, 60, 58, 54, 56, 58, 57, 55, 58, 72, 92, 98, 82, 48)
HOUR_PULL = tuple(accumulate(_HOURS))
HOUR_SHARE = _HOURS


def account_of(person: str, day: int) -> str:
    """The service account a person uses on a day of the month; kf-03 changes hands on the 16th."""
    if person == "e14":
        return "kf-03" if day < HANDOVER_DAY else "kf-06"
    if person == "e15":
        return "kf-05" if day < HANDOVER_DAY else "kf-03"
    return {"e12": "kf-01", "e13": "kf-02", "e18": "kf-07"}[person]


def demand_percent(day: int, weekday: int, days_in_month: int) -> int:
    """How busy a day of the month is, in percent of an ordinary one; days outside the month are the quiet edges."""
    if day < 1:
        return 30
    if day > days_in_month:
        return 60
    lift = {PROMOTION_DAY - 1: 80, PROMOTION_DAY: 100 * PROMOTION_LIFT, PROMOTION_DAY + 1: 90}.get(day, 100)
    return _WEEK[weekday] * lift // 100


def on_shift(day: int, second: int, presale: bool) -> list[Agent]:
    """Who answers at a second of a day: 08:00-16:00 and 15:00-23:00, alternating; nobody at night."""
    early, late = 8 * HOUR <= second < 16 * HOUR, 15 * HOUR <= second < 23 * HOUR
    if not early and not late:
        return []
    here = []
    for place, agent in enumerate(AGENTS):
        if agent.person == "e15" and day < JOINING_DAY:
            continue
        if agent.person == "e18":
            if not presale and 9 * HOUR <= second < 18 * HOUR:
                return [agent]
            continue
        if (early and (place + day) % 2 == 0) or (late and (place + day) % 2 == 1):
            here.append(agent)
    return here
