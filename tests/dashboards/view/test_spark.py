"""The small trend lines."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dashboards.view.spark import HEIGHT, PAD, WIDTH, spark


def test_amounts_start_at_zero() -> None:
    """An amount's axis starts at zero, so 50 is drawn half as high as 100."""
    line = spark([Fraction(50), Fraction(100)], True, "").line
    assert line == f"M{PAD} {HEIGHT // 2}L{WIDTH - PAD} {PAD}"


def test_a_gap_breaks_the_line() -> None:
    """A day without a value is a gap, not a zero."""
    line = spark([Fraction(1), None, Fraction(2), Fraction(3)], False, "").line
    assert line.count("M") == 2


def test_nothing_is_drawn_of_nothing() -> None:
    """Without any value there is no curve, only the label that says so."""
    assert spark([None, None], True, "none") == spark([], True, "none")
    assert spark([None], True, "none").line == ""


@given(st.lists(st.none() | st.fractions(), max_size=40), st.booleans())
def test_every_point_stays_in_the_box(values: list[Fraction | None], from_zero: bool) -> None:
    """Whatever the values are, negative or equal ones too, the curve stays inside its box."""
    one = spark(values, from_zero, "")
    numbers = [int(number) for part in one.line.replace("M", "L").split("L")[1:] for number in part.split()]
    assert all(0 <= x <= WIDTH for x in numbers[::2])
    assert all(0 <= y <= HEIGHT for y in numbers[1::2])
