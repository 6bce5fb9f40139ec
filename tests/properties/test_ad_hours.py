"""How a platform cuts its advertising report does not change what anybody is credited with."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.scenarios.shop import COMPANY, Desk, Teller, Wire, shop_texts

DAYS = 120
CAMPAIGN = """
[[assignment]]
person = "ann"
tag = "campaign"
share = "1/3"
from = "2026-09-01"
[[assignment]]
person = "bob"
tag = "campaign"
share = "0.6"
from = "2026-09-01"
"""


def cut(rng: random.Random, whole: int, pieces: int) -> list[int]:
    """A whole in random parts that add up."""
    borders = sorted(rng.randint(0, whole) for _ in range(pieces - 1))
    return [after - before for before, after in zip([0, *borders], [*borders, whole], strict=True)]


def money(cents: int) -> str:
    """Cents as decimal text."""
    return f"{cents // 100}.{cents % 100:02}"


def report(start: datetime, seconds: int, figures: tuple[int, int, int, int, int]) -> Wire:
    """One row of a campaign."""
    cost, gmv, impressions, clicks, orders = figures
    return {
        **Teller().event("ad.report", "03 10:00:00", event_id=f"{start.isoformat()}+{seconds}"),
        "campaign_id": "k1", "interval_start": start.isoformat(), "interval_seconds": seconds, "cost": money(cost),
        "attributed_gmv": money(gmv), "impressions": impressions, "clicks": clicks, "attributed_orders": orders,
    }  # fmt: skip


def test_a_day_report_in_hours_changes_nothing() -> None:
    """120 days in three zones, days of 23 and 25 hours among them: hourly rows give the cells of the daily row."""
    for number in range(DAYS):
        rng = random.Random(f"hours {number}")
        zone = rng.choice(("Asia/Shanghai", "Europe/Berlin", "America/New_York"))
        day = rng.choice(("2026-10-03", "2026-10-25", "2026-11-01", "2026-03-29", "2026-03-08"))
        midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
        # Aware arithmetic within one zone counts wall time, so hours are counted in UTC.
        begin, end = (at.astimezone(ZoneInfo("UTC")) for at in (midnight, midnight + timedelta(days=1)))
        hours = int((end - begin) / timedelta(hours=1))
        whole = (rng.randint(0, 99_999), rng.randint(0, 999_999), rng.randint(0, 5_000), rng.randint(0, 300), 5)
        parts = list(zip(*(cut(rng, figure, hours) for figure in whole), strict=True))
        rows = [report(begin + timedelta(hours=hour), 3600, part) for hour, part in enumerate(parts)]
        rng.shuffle(rows)
        texts = shop_texts(
            company=COMPANY.replace("Asia/Shanghai", zone),
            assignments=CAMPAIGN.replace("2026-09", "2026-01"),
            people=shop_texts()["people.toml"].replace("2026-09", "2026-01"),
        )
        daily, hourly = Desk(texts=texts), Desk(texts=texts)
        daily.take(report(begin, hours * 3600, whole))
        hourly.take(*rows)
        totals = {key[3]: value for key, value in daily.cells().items() if key[:3] == ("c:", "", "ad_cost")}
        assert totals == ({day: whole[0]} if whole[0] else {})
        hourly_cells, daily_cells = hourly.cells(), daily.cells()
        for key in hourly_cells.keys() | daily_cells.keys():
            away = abs(hourly_cells.get(key, 0) - daily_cells.get(key, 0))
            # Between people each row is split to the cent on its own, so a person may differ by a cent a row.
            assert away <= (hours if key[0][:2] in ("e:", "t:") else 0), f"{number}: {day} in {zone}: {key} by {away}"
        for cells in (hourly_cells, daily_cells):
            people = sum(value for key, value in cells.items() if key[0].startswith("e:") and key[2] == "ad_cost")
            assert people == whole[0]


def test_with_one_promoter_everybody_agrees_to_the_cent() -> None:
    """Where one person holds the campaign, every cell of every owner is the same for hours as for the day."""
    for number in range(30):
        rng = random.Random(f"whole {number}")
        begin = datetime.fromisoformat("2026-10-03T00:00:00+08:00")
        whole = (rng.randint(0, 99_999), rng.randint(0, 999_999), rng.randint(0, 5_000), rng.randint(0, 300), 5)
        parts = list(zip(*(cut(rng, figure, 24) for figure in whole), strict=True))
        texts = shop_texts(assignments='[[assignment]]\nperson = "ann"\ntag = "campaign"\nfrom = "2026-09-01"\n')
        daily, hourly = Desk(texts=texts), Desk(texts=texts)
        daily.take(report(begin, 86_400, whole))
        hourly.take(*(report(begin + timedelta(hours=hour), 3600, part) for hour, part in enumerate(parts)))
        assert hourly.cells() == daily.cells()
