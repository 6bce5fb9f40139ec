"""Money: exact arithmetic, the one rounding, splits and texts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.money import (
    EXPONENTS,
    Money,
    decimal_text,
    grouped_text,
    largest_remainder,
    parse_minor,
    percent_text,
    plain_text,
    round_half_up,
    to_minor,
)

amounts = st.integers(min_value=-(10**12), max_value=10**12)
fractions = st.fractions(max_denominator=10**6)
weights = st.lists(st.fractions(min_value=0, max_value=100, max_denominator=50), min_size=1, max_size=8)


def test_exponents_follow_iso_4217() -> None:
    """Currencies have the decimal places of ISO 4217, and no code appears with two of them."""
    expected = {"CNY": 2, "USD": 2, "EUR": 2, "HKD": 2, "TWD": 2, "JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}
    assert {code: EXPONENTS[code] for code in expected} == expected
    assert EXPONENTS["CLF"] == 4
    assert len(EXPONENTS) > 150
    assert all(len(code) == 3 and code.isupper() for code in EXPONENTS)


def test_money_adds_and_shows_itself() -> None:
    """Sums, differences and signs stay in minor units, and the text has the currency's decimals."""
    total = Money(123_400, "CNY") + Money(50, "CNY") - Money(100, "CNY")
    assert total == Money(123_350, "CNY")
    assert str(total) == "1233.50 CNY"
    assert str(-Money(5, "CNY")) == "-0.05 CNY"
    assert str(Money(7, "JPY")) == "7 JPY"
    assert str(Money(1, "KWD")) == "0.001 KWD"
    assert total.as_fraction() == Fraction("1233.50")


def test_money_refuses_mixed_currencies() -> None:
    """Adding yuan to dollars stops and names both."""
    with pytest.raises(ValueError, match="cannot combine CNY with USD"):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(ValueError, match="cannot combine USD with CNY"):
        Money(1, "USD") - Money(1, "CNY")


def test_money_refuses_unknown_currencies_and_parts_of_a_unit() -> None:
    """A currency outside the table, a fraction and a truth value are refused."""
    with pytest.raises(ValueError, match="unknown currency 'RMB'"):
        Money(1, "RMB")
    with pytest.raises(TypeError, match="whole number of minor units"):
        Money(Fraction(1, 2), "CNY")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="whole number of minor units"):
        Money(True, "CNY")


@pytest.mark.parametrize(
    ("x", "rounded"),
    [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("2.4999", 2), ("-2.4999", -2), ("7", 7)],
)
def test_halves_round_away_from_zero(x: str, rounded: int) -> None:
    """A half moves away from zero, on both sides alike."""
    assert round_half_up(Fraction(x)) == rounded


@given(fractions)
def test_a_refund_rounds_like_the_sale(x: Fraction) -> None:
    """Rounding is symmetric, so an amount and its reversal cancel."""
    assert round_half_up(-x) == -round_half_up(x)


@given(fractions)
def test_rounding_moves_by_half_a_unit_at_most(x: Fraction) -> None:
    """No rounding moves a value further than one half."""
    assert abs(round_half_up(x) - x) <= Fraction(1, 2)


def test_to_minor_rounds_once_to_the_currency() -> None:
    """500.0002 yuan are 50 000 fen, and a yen has no minor unit."""
    assert to_minor(Fraction("500.0002"), "CNY") == 50_000
    assert to_minor(Fraction("0.005"), "CNY") == 1
    assert to_minor(Fraction("-0.005"), "CNY") == -1
    assert to_minor(Fraction("12.5"), "JPY") == 13


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0", "CNY", 0),
        ("-0.00", "CNY", 0),
        ("1234.5", "CNY", 123_450),
        ("-1234.56", "CNY", -123_456),
        ("007", "CNY", 700),
        ("999999999999999.99", "CNY", 99_999_999_999_999_999),
        ("15", "JPY", 15),
        ("1.234", "KWD", 1_234),
    ],
)
def test_plain_decimals_parse_exactly(text: str, currency: str, minor: int) -> None:
    """Every text of the grammar gives its exact minor units."""
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "", " 1", "1 ", "+1", "1.", ".5", "1,000", "1_000", "1e3", "1e400", "NaN", "Infinity", "¥1", "１２", "٣", "--1",
        "1.2345678", "1234567890123456", "1\n", "0x10", "−1",
    ],
)  # fmt: skip
def test_other_shapes_are_refused(text: str) -> None:
    """Separators, signs, exponents, full-width digits and overlong numbers are refused with what to write."""
    with pytest.raises(ValueError, match="is not a plain decimal: write up to 15 digits"):
        parse_minor(text, "CNY")


def test_too_many_decimals_are_never_rounded() -> None:
    """More decimals than the currency has are an error, even zeros."""
    with pytest.raises(ValueError, match="has 3 decimals but CNY has 2"):
        parse_minor("1.005", "CNY")
    with pytest.raises(ValueError, match="has 1 decimals but JPY has 0"):
        parse_minor("1.0", "JPY")


@given(amounts, st.sampled_from(["CNY", "JPY", "KWD"]))
def test_money_text_reads_back(minor: int, currency: str) -> None:
    """What money shows is what it parses."""
    text = str(Money(minor, currency)).removesuffix(f" {currency}")
    assert parse_minor(text, currency) == minor


@given(amounts, weights)
def test_splits_sum_to_the_whole(total: int, shares: list[Fraction]) -> None:
    """The parts of a split always sum to the whole, each less than one unit from its exact share."""
    if not any(shares):
        return
    parts = largest_remainder(total, shares)
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - total * share / sum(shares)) < 1


@given(amounts, weights)
def test_a_refund_takes_back_what_the_sale_gave(total: int, shares: list[Fraction]) -> None:
    """The split of a negative total is the negative of the split."""
    if any(shares):
        assert largest_remainder(-total, shares) == [-part for part in largest_remainder(total, shares)]


def test_split_ties_go_to_the_earlier_position() -> None:
    """One unit among three equal shares goes to the first."""
    assert largest_remainder(1, [1, 1, 1]) == [1, 0, 0]
    assert largest_remainder(-2, [1, 1, 1]) == [-1, -1, 0]
    assert largest_remainder(0, [1, 2]) == [0, 0]


@pytest.mark.parametrize("shares", [[], [0], [0, Fraction(0)]])
def test_nothing_to_split_by_is_refused(shares: list[Fraction | int]) -> None:
    """Weights that are all zero, or no weights, are an error."""
    with pytest.raises(ValueError, match="nothing to split by"):
        largest_remainder(100, shares)


def test_negative_weights_are_refused() -> None:
    """A negative weight is an error even when the sum is above 0."""
    with pytest.raises(ValueError, match="a split weight is negative"):
        largest_remainder(100, [2, -1])


def test_texts_for_people() -> None:
    """Decimals, percentages and grouped amounts read as a person writes them."""
    assert decimal_text(Fraction(2, 3), 2) == "0.67"
    assert decimal_text(Fraction("-0.005"), 2) == "-0.01"
    assert decimal_text(Fraction("-0.004"), 2) == "0.00"
    assert decimal_text(5, 0) == "5"
    assert plain_text(Fraction(3, 2)) == "1.5"
    assert plain_text(100) == "100"
    assert percent_text(Fraction("0.015")) == "1.5%"
    assert grouped_text(50_000) == "50 000"
    assert grouped_text(Fraction("-1234567.5")) == "-1 234 567.5"
    assert grouped_text(999) == "999"
