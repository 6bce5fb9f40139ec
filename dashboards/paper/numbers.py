"""Figures of a statement for readers: rounded for display only, exact inside; no binary floats."""

from __future__ import annotations

from fractions import Fraction

from scoring.money import decimal_text, round_half_up

DASH = "—"


def money(text: str | None, places: int = 2, least: int = 2) -> str:
    """An amount with grouped thousands, `least` to `places` decimals: "12,345.60", "202.5768"."""
    return DASH if text is None else _grouped(Fraction(text), places, least)


def percent(text: str | None, places: int = 2) -> str:
    """A ratio as percent: "0.015" -> "1.5%"."""
    return DASH if text is None else f"{_grouped(Fraction(text) * 100, places)}%"


def number(text: str | None, places: int = 2) -> str:
    """A number without needless decimals: "4,750", "33.33"."""
    return DASH if text is None else _grouped(Fraction(text), places)


def _grouped(value: Fraction, places: int, least: int = 0) -> str:
    whole, _, decimals = decimal_text(value, places).partition(".")
    kept = decimals[:least] + decimals[least:].rstrip("0")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}" + (f".{kept}" if kept else "")


def in_unit(text: str | None, unit: str, currency_places: int = 2) -> str:
    """A KPI's value in its unit; from a minute on, seconds read as "1 m 20 s"."""
    if text is None:
        return DASH
    if unit == "money":
        return money(text, currency_places, currency_places)
    if unit == "ratio":
        return percent(text)
    if unit == "seconds" and Fraction(text) >= 60:
        minutes, seconds = divmod(round_half_up(Fraction(text)), 60)
        return f"{minutes:,} m {seconds:02} s"
    ending = {"seconds": " s", "hours": " h", "multiple": " x"}.get(unit, "")
    return number(text) + ending
