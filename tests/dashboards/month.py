"""A believable half of October 2026 for the small company, without chance: to look at, and to test against."""

from __future__ import annotations

from fractions import Fraction

from scoring.period import days, parse_instant, period_of
from tests.dashboards.company import PEOPLE, PLANS, ZONE, company
from tests.dashboards.memory_reader import MemoryReader, Session

NOW_US = parse_instant("2026-10-16T21:30:00+08:00")
TODAY = "2026-10-16"
MONTH = "2026-10"
RHYTHM = (94, 88, 91, 97, 112, 138, 126)
"""Percent of the mean by weekday, Monday first."""

RATIOS = {
    "gross_margin_rate": (44, 100), "aov_order": (13800, 100), "refund_rate_cohort": (11, 100), "roas": (261, 100),
    "ctr": (32, 1000), "live_gmv_per_hour": (905_000, 100), "live_conversion_rate": (47, 1000),
    "first_response_time_avg": (2830, 100), "reply_rate_3min": (957, 1000), "csat": (905, 1000),
    "refund_rate_amount": (97, 1000), "live_acu": (41200, 100), "live_gpm": (183_000, 100),
}  # fmt: skip
DAILY = {
    "net_sales": 21_350, "orders_paid": 168, "live_gmv": 11_400, "ad_spend": 3_150, "live_hours": 5, "cs_sales": 2_640,
    "live_views": 26_800, "live_pcu": 1_240,
}  # fmt: skip

MONEY = {"net_sales", "live_gmv", "ad_spend", "cs_sales"}


def rhythm(day: str, shift: int) -> int:
    """Percent of the mean on a day; `shift` makes owners differ."""
    number = int(day[8:10]) + 30 * int(day[5:7])
    return RHYTHM[(number + 2) % 7] + (number * 7 + shift * 13) % 17 - 8 + (60 if day.endswith("-10") else 0)


def fill(reader: MemoryReader, kpi: str, owner: str, scale: int, shift: int) -> None:
    """Give an owner a value on every day until today, and the month's."""
    month = 0
    for day in (*days(period_of("2026-09", ZONE)), *days(period_of(MONTH, ZONE))):
        if day > TODAY:
            break
        percent = rhythm(day, shift)
        if kpi in RATIOS:
            numerator, denominator = RATIOS[kpi]
            reader.put(kpi, owner, day, Fraction(numerator * (300 + percent + shift * 9), 400), denominator)
            continue
        value = DAILY[kpi] * scale * percent // 100
        reader.put(kpi, owner, day, Fraction(value * 100 + shift * 7, 100) if kpi in MONEY else value)
        month += value if day.startswith(MONTH) else 0
    if kpi in RATIOS:
        numerator, denominator = RATIOS[kpi]
        reader.put(kpi, owner, MONTH, Fraction(numerator * (396 + shift * 5), 400), denominator)
    else:
        reader.put(kpi, owner, MONTH, Fraction(month * 100 + 4, 100) if kpi in MONEY else month)


def month_reader() -> MemoryReader:
    """The filled reader, its watermark at NOW_US."""
    reader = MemoryReader(company())
    for shift, kpi in enumerate(("net_sales", "orders_paid", "live_gmv", "refund_rate_amount", "roas")):
        fill(reader, kpi, "c:", 3, shift)
    for number, (person, _, _, team, plan) in enumerate(PEOPLE):
        for kpi, _, _, _ in PLANS[plan][2]:
            if kpi.startswith("review"):
                continue
            fill(reader, kpi, f"e:{person}", 1, number - 4)
            fill(reader, kpi, f"t:{team}", 2, number - 5)
            if team in ("sales", "ads"):
                fill(reader, kpi, "t:ops", 3, 1)
    for kpi in ("live_gmv", "live_gpm", "live_conversion_rate", "live_acu", "live_pcu", "live_views"):
        fill(reader, kpi, "s:hf", 1, 2)
    reader.put("csat", "e:e08", MONTH, 5, 6)
    del reader.values["ctr", "e:e04", MONTH]
    _sessions(reader)
    reader.windows["first_response_time_avg", "t:cs"] = (Fraction(84 * 9), Fraction(9))
    reader.windows["roas", "t:ads"] = (Fraction(2100), Fraction(1000))
    reader.found_problems = {"refund_without_line": 3}
    reader.advance(NOW_US, NOW_US, 200_000)
    return reader


def _sessions(reader: MemoryReader) -> None:
    minute = 60_000_000
    for back in range(6):
        start = parse_instant(f"2026-10-{16 - back:02d}T19:00:00+08:00")
        length = 150 if back == 0 else 240
        ends = None if back == 0 else start + length * minute
        hosts = (
            ("e05", start + 2 * minute, start + 75 * minute),
            ("e06", start + 75 * minute, start + min(150, length) * minute),
            *((("e05", start + 150 * minute, start + length * minute),) if length > 150 else ()),
        )
        title = ("秋装上新 · 第二场", "会员日专场", "")[back % 3]
        reader.sessions.append(Session(f"live-{16 - back}", "hf", title, start, ends, hosts))
        rows, total = [], 0
        for at in range(length + 1):
            ramp = min(at * 4, 100)
            wave = 60 + ((at * at) % 37) + (40 - abs(at % 80 - 40))
            viewers = 12 * ramp * wave // 100 if at < length else 380
            total += viewers // 9 + 20
            rows.append((start + at * minute, viewers, total))
        reader.samples[f"live-{16 - back}"] = rows
