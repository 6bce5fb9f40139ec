"""Coefficient bands: the default table, the alternatives, and every validator."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.bands import DEFAULT_BANDS, Bands, TableBands, coefficient_product, read_bands
from scoring.faults import DefinitionError


def bands(**table: object) -> Bands:
    """Bands of a table."""
    return read_bands(table, "plan.toml", "bands")


@pytest.mark.parametrize(
    ("total", "coefficient"),
    [("120", "1.2"), ("95", "1.2"), ("94.99", "1.1"), ("90", "1.1"), ("89.99", "1"), ("80", "1"), ("79.99", "0.8"),
     ("70", "0.8"), ("69.99", "0.6"), ("60", "0.6"), ("59.99", "0"), ("0", "0")],
)  # fmt: skip
def test_the_default_bands(total: str, coefficient: str) -> None:
    """Each lower bound of the default table is inclusive."""
    assert DEFAULT_BANDS.banded(Fraction(total)).coefficient == Fraction(coefficient)
    assert bands() == bands(kind="default") == DEFAULT_BANDS


def test_a_custom_table_may_come_in_any_order() -> None:
    """Rows are sorted, and the band shows its bound."""
    table = bands(kind="table", rows=[["0", "0.5"], ["90", "1.5"], ["60", "1"]])
    assert [table.banded(Fraction(total)).coefficient for total in (0, 60, 90)] == [Fraction("0.5"), 1, Fraction("1.5")]
    assert table.banded(Fraction(61)).band == "60 and up"


GRADES = [
    {"grade": "S", "from": "95", "coefficient": "1.5"},
    {"grade": "A", "from": "85", "coefficient": "1.2"},
    {"grade": "B", "from": "70", "coefficient": "1.0"},
    {"grade": "C", "from": "60", "coefficient": "0.8"},
    {"grade": "D", "from": "0", "coefficient": "0.5"},
]


def test_grades_name_their_bands() -> None:
    """A total gives a grade, and a grade that a ranking decided gives its coefficient."""
    table = bands(kind="grades", rows=GRADES)
    assert isinstance(table, TableBands)
    assert (table.banded(Fraction("94.99")).band, table.banded(Fraction(95)).band) == ("A", "S")
    assert table.of_grade("D") == Fraction("0.5")
    with pytest.raises(ValueError, match="unknown grade 'E': use one of A, B, C, D, S"):
        table.of_grade("E")


def test_linear_bands_are_clamped() -> None:
    """score / 100 between 0 and 1.2."""
    linear = bands(kind="linear")
    assert [linear.banded(Fraction(x)).coefficient for x in (0, 87, 120)] == [0, Fraction("0.87"), Fraction("1.2")]
    assert bands(kind="linear", high="1.1").banded(Fraction(120)).coefficient == Fraction("1.1")


def test_knots_interpolate() -> None:
    """Between 60 (0) and 100 (1) the coefficient rises evenly, flat outside."""
    knots = bands(kind="pwl", knots=[["60", "0"], ["100", "1"]])
    assert [knots.banded(Fraction(x)).coefficient for x in (50, 70, 110)] == [0, Fraction(1, 4), 1]


def test_coefficients_multiply() -> None:
    """Personal 1.1, department 0.9 and company 1.0 are 0.99."""
    assert coefficient_product(Fraction("1.1"), Fraction("0.9"), Fraction(1)) == Fraction("0.99")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"kind": "curve"}, "bands.kind: unknown bands 'curve'"),
        ({"kind": "default", "rows": []}, "bands.rows: unknown key 'rows'"),
        ({"kind": "table"}, "bands.rows: 'rows' is missing"),
        ({"kind": "table", "rows": [["60", "1"]]}, "bands.rows: the lowest row starts at 60: add the row from 0"),
        ({"kind": "table", "rows": [["0", "0"], ["0", "1"]]}, "bands.rows: the bound 0 appears twice"),
        ({"kind": "table", "rows": [["0", "1"], ["60", "0.5"]]}, "bands.rows: the coefficients go up and down"),
        ({"kind": "table", "rows": [["0", 0.5]]}, "bands.rows[0]: 0.5 is not an exact number"),
        ({"kind": "grades", "rows": [["0", "1"]]}, "bands.rows[0]: ['0', '1'] is not a grade"),
        ({"kind": "grades", "rows": [*GRADES, {**GRADES[0], "from": "97"}]}, "bands.rows: the grade S appears twice"),
        ({"kind": "linear", "low": "-1"}, "bands.low: the lowest coefficient -1 is negative"),
        ({"kind": "linear", "low": "1.3"}, "bands.high: high 1.2 must lie above low 1.3"),
        ({"kind": "pwl", "knots": [["60", "1"], ["100", "0"]]}, "bands.knots: the coefficients fall"),
    ],
)
def test_each_fault_is_named(table: dict[str, object], message: str) -> None:
    """Faulty bands give exactly one fault, at its key, with what is wrong."""
    with pytest.raises(DefinitionError) as raised:
        read_bands(table, "plan.toml", "bands")
    faults = [f"{fault.key}: {fault.message}" for fault in raised.value.faults]
    assert len(faults) == 1
    assert faults[0].startswith(message)


def test_negative_totals_are_refused() -> None:
    """Totals are clamped at 0 before a band is looked up; a negative one is a defect."""
    with pytest.raises(ValueError, match="lies below every band"):
        DEFAULT_BANDS.banded(Fraction(-1))
