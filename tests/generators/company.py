"""Random small companies as definition texts: accounts that change hands, team moves, shares in thirds, three zones."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONES = ("Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "Europe/Berlin", "America/New_York")
SHOPS = ("s1", "s2")
AGENTS = ("cs-1", "cs-2", "cs-shared", "e07", "ghost")
HOSTS = ("h-1", "h-2", "e07", "ghost")
CATEGORIES = ("dress", "shoes", "")
SKUS = ("A", "B", "C")
EDGES = (0, 30, 8 * 60, 10 * 60, 12 * 60, 12 * 60 + 1, 15 * 60, 15 * 60 + 2, 20 * 60, 23 * 60, 24 * 60, 26 * 60)
"""Minutes after midnight at which shifts begin and end: where the stories like to happen, and just after."""
CAMPAIGNS = ("k1", "k2")

PEOPLE = """
[[team]]
id = "ops"
name = { zh = "运营", en = "Operations" }
lead = "e05"
[[team]]
id = "cs"
name = { zh = "客服", en = "Service" }
parent = "ops"
[[team]]
id = "live"
name = { zh = "直播", en = "Live" }
parent = "ops"
"""

# id, accounts (id, from, to), positions (team, from, to)
STAFF: tuple[tuple[str, tuple[tuple[str, str, str], ...], tuple[tuple[str, str, str], ...]], ...] = (
    ("e01", (("cs-1", "2026-09-01", ""), ("cs-shared", "2026-09-01", "2026-10-02")), (("cs", "2026-09-01", ""),)),
    ("e02", (("cs-2", "2026-09-01", ""), ("cs-shared", "2026-10-02", "")), (("cs", "2026-10-01", ""),)),
    ("e03", (("h-1", "2026-09-01", ""),), (("live", "2026-09-01", ""),)),
    ("e04", (("h-2", "2026-10-01", "2026-10-31"),), (("live", "2026-09-01", "2026-10-03"),)),
    ("e05", (), (("ops", "2026-09-01", ""),)),
    ("e06", (), ()),
    ("e07", (), (("cs", "2026-09-01", "2026-10-02"), ("live", "2026-10-02", ""))),
)

PRECEDENCES: tuple[tuple[str, ...], ...] = (
    (),
    (),
    ("host", "agent", "shop"),
    ("rep", "bd", "campaign", "live_op"),
    ("shop", "host"),
    ("agent",),
)

SHARES = (("1",), ("0.6", "0.4"), ("1/3", "1/3", "1/3"), ("0.6",), ("1/7", "2/7"))
SCOPES: dict[str, tuple[dict[str, str], ...]] = {
    "owner": (
        {},
        {"shop": "s1"},
        {"brand": "hanfeng"},
        {"channel": "live"},
        {"category": "dress"},
        {"shop": "s1", "category": "dress"},
        {"sku": "A"},
        {"shop": "s2", "channel": "live"},
    ),
    "live_op": ({}, {"shop": "s1"}, {"channel": "live"}),
    "campaign": ({}, {"campaign": "k1"}, {"shop": "s1"}, {"brand": "hanfeng", "campaign": "k2"}),
    "warehouse": ({}, {"warehouse": "w1"}, {"shop": "s2", "warehouse": "w2"}),
    "purchaser": ({}, {"sku": "A"}, {"supplier": "sup1"}, {"category": "dress"}),
    "cost_centre": ({}, {"cost_centre": "cc1"}, {"shop": "s1", "cost_centre": "cc2"}),
    "rep": ({}, {"shop": "s1"}, {"channel": "b2b"}),
    "bd": ({}, {"partner": "p1"}, {"shop": "s2", "partner": "p2"}, {"channel": "b2b"}),
}


def company_texts(rng: random.Random, zone: str) -> dict[str, str]:
    """company.toml, people.toml, assignments.toml and fx.toml of one company; rosters.toml of every third."""
    texts = {
        "company.toml": _company(rng, zone),
        "people.toml": PEOPLE + "".join(_person(*row) for row in STAFF),
        "assignments.toml": _assignments(rng),
        "fx.toml": _rates(rng),
    }
    # Drawn from the texts, so that months of a seed stay what they were before there was a precedence.
    ranked = random.Random(texts["company.toml"] + texts["assignments.toml"]).choice(PRECEDENCES)
    ranks = ", ".join(f'"{dimension}"' for dimension in ranked)
    texts["company.toml"] = texts["company.toml"].replace("[policy]\n", f"[policy]\nprecedence = [{ranks}]\n")
    own = random.Random(texts["people.toml"] + texts["assignments.toml"])
    return texts | ({"rosters.toml": rosters(own, zone)} if own.randrange(3) == 0 else {})


def rosters(rng: random.Random, zone: str) -> str:
    """Shifts of shared accounts: one after the other, with gaps between them, over midnight, of whoever is there."""
    text = ""
    for account in rng.sample(("cs-1", "cs-shared", "ghost", "h-1"), rng.randint(1, 4)):
        for day in ("2026-10-01", "2026-10-03", "2026-10-31"):
            edges = sorted(rng.sample(EDGES, 4))
            for begin, end in ((edges[0], edges[1]), (edges[1], edges[2]), (edges[2], edges[3])):
                if rng.randrange(4):
                    who = rng.choice(STAFF)[0]
                    text += f'[[shift]]\naccount = "{account}"\nperson = "{who}"\n'
                    text += f'from = "{_clock(day, begin, zone)}"\nto = "{_clock(day, end, zone)}"\n'
    return text


def _clock(day: str, minutes: int, zone: str) -> str:
    """A local time `minutes` after the beginning of a day, which may be on the day after."""
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    return (start + timedelta(minutes=minutes)).isoformat()


def _company(rng: random.Random, zone: str) -> str:
    window = rng.choice(('["08:00", "23:00"]', '["09:00", "23:00"]', '["10:00", "20:30"]'))
    return f"""
[company]
id = "test"
name = {{ zh = "测试", en = "Test" }}
zone = "{zone}"
currency = "CNY"
[policy]
return_window_days = {rng.choice((1, 7))}
inquiry_window_days = {rng.choice((0, 1, 1, 2))}
bot_assist_counts = {rng.choice(("true", "false", "false"))}
live_payment_grace_minutes = {rng.choice((60, 60, 10))}
live_heartbeat_gap_seconds = 300
service_window = {window}
order_owner = "{rng.choice(("assignment", "assignment", "assignment", "agent"))}"
[[shop]]
id = "s1"
name = {{ zh = "一店", en = "One" }}
brand = "hanfeng"
[[shop]]
id = "s2"
name = {{ zh = "二店", en = "Two" }}
"""


def _dates(start: str, end: str) -> str:
    return f'from = "{start}"\n' + (f'to = "{end}"\n' if end else "")


def _person(name: str, accounts: tuple[tuple[str, str, str], ...], positions: tuple[tuple[str, str, str], ...]) -> str:
    text = f'[[person]]\nid = "{name}"\nname = {{ zh = "{name}", en = "{name}" }}\n'
    for team, start, end in positions:
        text += f'[[person.position]]\nteam = "{team}"\nrole = "any"\n' + _dates(start, end)
    for account, start, end in accounts:
        text += f'[[person.account]]\nid = "{account}"\n' + _dates(start, end)
    return text


def _assignments(rng: random.Random) -> str:
    text = ""
    for tag, scopes in SCOPES.items():
        for scope in rng.sample(scopes, rng.randint(0, len(scopes))):
            # The holders change on a day inside the month, or never.
            spans = rng.choice(((("2026-09-01", ""),), (("2026-09-01", "2026-10-02"), ("2026-10-02", ""))))
            for start, end in spans:
                shares = rng.choice(SHARES)
                for person, share in zip(rng.sample([row[0] for row in STAFF], len(shares)), shares, strict=True):
                    keys = "".join(f'{key} = "{value}"\n' for key, value in scope.items())
                    text += f'[[assignment]]\nperson = "{person}"\ntag = "{tag}"\n{keys}share = "{share}"\n'
                    text += _dates(start, end)
    return text


def _rates(rng: random.Random) -> str:
    rows = (
        ("USD", "2026-09-01", "7.1234"),
        ("USD", "2026-10-02", "7.2"),
        ("JPY", "2026-09-01", "0.048173"),
        # No rate until the 2nd: what is paid before is a problem, and counts nowhere.
        ("EUR", "2026-10-02", rng.choice(("7.8", "8.00001"))),
    )
    return "".join(f'[[rate]]\ncurrency = "{money}"\nday = "{day}"\nrate = "{rate}"\n' for money, day, rate in rows)
