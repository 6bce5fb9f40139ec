"""How numbers are written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.texts import Voice
from dashboards.view.figures import Style, exact_text

ZH = Style(Voice("zh"), "CNY", "Asia/Shanghai")
EN = Style(Voice("en"), "CNY", "Asia/Shanghai")
WALL = Style(Voice("zh"), "CNY", "Asia/Shanghai", compact=True)


@pytest.mark.parametrize(
    ("style", "value", "unit", "text"),
    [
        (ZH, "1234.5", "money", "¥1,234.50"),
        (ZH, "1265793.04", "money", "¥1,265,793"),
        (ZH, "-800", "money", "−¥800.00"),
        (WALL, "1265793.04", "money", "¥126.6万"),
        (WALL, "123456789", "money", "¥1.23亿"),
        (Style(Voice("en"), "CNY", "Asia/Shanghai", True), "1265793", "money", "¥1.27M"),
        (Style(Voice("en"), "JPY", "Asia/Shanghai"), "1200", "money", "JP¥1,200"),
        (Style(Voice("en"), "CHF", "Asia/Shanghai"), "1200", "money", "CHF 1,200.00"),
        (EN, "87/95", "ratio", "91.6%"),
        (EN, "0", "ratio", "0.0%"),
        (EN, "13/4", "multiple", "3.25×"),
        (EN, "45", "seconds", "45 s"),
        (EN, "75/2", "seconds", "37.5 s"),
        (EN, "599999/10000", "seconds", "1 m 00 s"),
        (EN, "80", "seconds", "1 m 20 s"),
        (ZH, "80", "seconds", "1分20秒"),
        (EN, "11520", "seconds", "3 h 12 m"),
        (EN, "12.5", "hours", "12.5 h"),
        (EN, "90", "points", "90 pt"),
        (EN, "275/2", "count", "137.5"),
        (EN, "26800", "count", "26,800"),
    ],
)
def test_a_figure_is_written_for_people(style: Style, value: str, unit: str, text: str) -> None:
    """Each unit has its shape: currency in front, one decimal of a percent, minutes and seconds, 万 on a wall."""
    assert style.figure(Fraction(value), unit) == text


@pytest.mark.parametrize(
    ("now", "before", "unit", "text"),
    [
        ("112", "100", "count", "+12.0%"),
        ("88", "100", "money", "−12.0%"),
        ("0.92", "0.90", "ratio", "+2.0 pp"),
        ("100", "100", "count", "±0.0%"),
        ("100001", "100000", "count", "±0.0%"),
    ],
)
def test_a_change_has_a_sign(now: str, before: str, unit: str, text: str) -> None:
    """A change carries + or −, percentage points between ratios, and ± when it rounds to nothing."""
    assert EN.change(Fraction(now), Fraction(before), unit) == text


def test_a_percentage_of_a_target_is_cut_off() -> None:
    """99.9 % of a target never reads as 100 %: it is not reached."""
    assert EN.percent(Fraction(999, 1000)) == "99%"
    assert EN.percent(Fraction(1)) == "100%"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "<5 s"), (12, "12 s"), (180, "3 min"), (7200, "2 h"), (200_000, "2 d"), (-5, "<5 s")]
)
def test_an_age_is_coarse(seconds: int, text: str) -> None:
    """An age is told in its largest unit; an age below zero (a clock ahead) is told as new."""
    assert EN.age(seconds * 1_000_000) == text


@given(st.fractions())
def test_exact_text_is_exact(value: Fraction) -> None:
    """Whatever is exported can be read back to the very same number."""
    assert Fraction(exact_text(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [("1265793.04", "1265793.04"), ("87/95", "87/95"), ("1/8", "0.125"), ("500", "500"), ("1/1000", "0.001")],
)
def test_exact_text_prefers_decimals(value: str, text: str) -> None:
    """A finite decimal is written as one, anything else as a fraction."""
    assert exact_text(Fraction(value)) == text
