"""The formula grammar: precedence, unknown values, division by zero, mistakes with their place, limits."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from scoring.formula import DEEPEST, LONGEST, FormulaError, parse_formula

VALUES = {"a": Fraction(2), "b": Fraction(3), "c": Fraction(5), "zero": Fraction(0), "target.a": Fraction(7)}


def computed(text: str) -> Fraction | None:
    """The formula over VALUES; any other name is not known."""
    return parse_formula(text)(VALUES.get)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b * c", 17),
        ("(a + b) * c", 25),
        ("a - b - c", -6),
        ("a - (b - c)", 4),
        ("c / a / b", Fraction(5, 6)),
        ("a * b / c", Fraction(6, 5)),
        ("-a * b", -6),
        ("a * -b", -6),
        ("a - -b", 5),
        ("-(a + b)", -5),
        ("--a", 2),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1/3", Fraction(1, 3)),
        ("a < b", 1),
        ("a + 1 >= b * 1", 1),
        ("a == 2", 1),
        ("a != 2", 0),
        ("b <= 2", 0),
        ("b > 2", 1),
        ("min(a, b, c)", 2),
        ("max(a)", 2),
        ("clamp(c, a, b)", 3),
        ("clamp(0 - c, a, b)", 2),
        ("round(c / a, 0)", 3),
        ("round(-c / a, 0)", -3),
        ("round(2 / 3, 2)", Fraction("0.67")),
        ("round(1234, -2)", 1200),
        ("if(a < b, c, zero)", 5),
        ("if(zero, a, b)", 3),
        ("target.a * 2", 14),
        ("  a\n+\tb ", 5),
    ],
)
def test_values(text: str, value: Fraction | int) -> None:
    """Each formula has the value worked out by hand for a = 2, b = 3, c = 5; rounding is half away from zero."""
    assert computed(text) == value


@pytest.mark.parametrize("text", ["unknown", "a + unknown", "unknown * zero", "min(a, unknown)", "max(unknown, a)",
                                  "-unknown", "unknown == unknown", "round(unknown, 2)", "if(unknown, a, b)",
                                  "clamp(a, unknown, b)", "a / zero", "zero / zero", "1 + a / (b - 3)"])  # fmt: skip
def test_unknown_spreads(text: str) -> None:
    """What is computed from an unknown value, or divided by zero, is not known; it is never 0."""
    assert computed(text) is None


def test_only_the_chosen_branch_counts() -> None:
    """An unknown value in the branch that was not chosen does no harm."""
    assert computed("if(a < b, c, unknown)") == 5
    assert computed("if(a > b, c / zero, b)") == 3


def test_the_names_that_a_formula_uses() -> None:
    """Names are listed once each, sorted, functions are not among them, and a function's name may be a measure."""
    assert parse_formula("max(0, target.rate * (gmv - refunds) - cost) + gmv").names == (
        "cost",
        "gmv",
        "refunds",
        "target.rate",
    )
    assert parse_formula("min + 1").names == ("min",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a value at character 1"),
        ("   ", "expected a value"),
        ("a +", "expected a value at character 4"),
        ("(a + b", "expected ) at character 7"),
        ("a b", "did not expect 'b' at character 3"),
        ("a + * b", "did not expect '*' at character 5"),
        ("a ** b", "did not expect '*' at character 4"),
        ("max(a, )", "did not expect ')' at character 8"),
        ("if(a, b)", "if() takes 3 to 3 values, not 2"),
        ("round(a)", "round() takes 2 to 2 values, not 1"),
        ("power(a, b)", "did not expect '(' at character 6"),
        ("a & b", "can not read '& b' at character 2"),
        ("a; b", "can not read '; b' at character 2"),
        ("1_000", "can not read '_000' at character 2"),
        ("1e5", "did not expect 'e5' at character 2"),
        (".5", "can not read '.5' at character 1"),
        ("1.", "can not read '.' at character 2"),
        ("１２", "can not read"),
        ("GMV", "can not read 'GMV' at character 1"),
        ("a.b.c", "can not read '.c'"),
        ("__import__", "can not read"),
    ],
)
def test_mistakes_say_where(text: str, message: str) -> None:
    """What can not be read is refused with the place in the text."""
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    assert message in str(caught.value)


def test_limits() -> None:
    """Formulas are bounded in length and depth; long flat sums are fine."""
    flat = "a" + " + a" * ((LONGEST - 1) // 4)
    assert computed(flat) == 2 * (1 + (LONGEST - 1) // 4)
    with pytest.raises(FormulaError, match="at most 500 are allowed"):
        parse_formula("a" * (LONGEST + 1))
    inside = "(" * (DEEPEST - 1) + "a" + ")" * (DEEPEST - 1)
    assert computed(inside) == 2
    for deep in ("(" * 40 + "a" + ")" * 40, "-" * 40 + "a", "max(" * 40 + "a" + ")" * 40):
        with pytest.raises(FormulaError, match="nested deeper than 30"):
            parse_formula(deep)


def test_rounding_places_are_bounded() -> None:
    """An absurd number of places is not known instead of filling the memory."""
    begin = time.monotonic()
    for places in ("999999999", "-999999999", "1/2"):
        assert computed(f"round(a, {places})") is None
    assert time.monotonic() - begin < 1
