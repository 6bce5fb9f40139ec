"""Coefficient bands: from a total of 2 decimals to the factor that multiplies performance pay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from scoring.fields import Fields, one_of
from scoring.money import decimal_text, plain_text
from scoring.scales.base import HUNDRED, interpolated, monotone, read_knots


@dataclass(frozen=True, slots=True)
class Banded:
    """A coefficient, the band that gave it (a grade or "95 and up"), and the reason as a sentence."""

    coefficient: Fraction
    band: str
    reason: str


@dataclass(frozen=True, slots=True)
class BandRow:
    """One row of a table: totals of `start` (inclusive) and up, as far as the next row, give `coefficient`."""

    start: Fraction
    coefficient: Fraction
    grade: str


@dataclass(frozen=True, slots=True)
class TableBands:
    """The row with the highest start that the total reaches; rows run from the highest start down to 0."""

    rows: tuple[BandRow, ...]

    def banded(self, total_2dp: Fraction) -> Banded:
        """The band of a total rounded to 2 decimals; ValueError when it lies below every row."""
        for row in self.rows:
            if total_2dp >= row.start:
                reason = f"{decimal_text(total_2dp, 2)} >= {plain_text(row.start)}"
                return Banded(row.coefficient, row.grade, reason)
        raise ValueError(f"the total {decimal_text(total_2dp, 2)} lies below every band: totals are 0 or more")

    def of_grade(self, grade: str) -> Fraction:
        """The coefficient of a grade that a ranking decided; ValueError when the table has no such grade."""
        for row in self.rows:
            if row.grade == grade:
                return row.coefficient
        raise ValueError(f"unknown grade {grade!r}: {one_of((row.grade for row in self.rows), grade)}")


@dataclass(frozen=True, slots=True)
class LinearBands:
    """coefficient = total / 100, clamped to `low` and `high` (default 0 and 1.2)."""

    low: Fraction
    high: Fraction

    def banded(self, total_2dp: Fraction) -> Banded:
        """The coefficient of a total rounded to 2 decimals."""
        coefficient = min(self.high, max(self.low, total_2dp / HUNDRED))
        limits = f"clamped to {plain_text(self.low)} and {plain_text(self.high)}"
        return Banded(coefficient, "linear", f"{decimal_text(total_2dp, 2)} / 100, {limits}")


@dataclass(frozen=True, slots=True)
class KnotBands:
    """Linear between knots (total, coefficient), flat outside them."""

    knots: tuple[tuple[Fraction, Fraction], ...]

    def banded(self, total_2dp: Fraction) -> Banded:
        """The coefficient of a total rounded to 2 decimals."""
        reason = f"{decimal_text(total_2dp, 2)} on the line between its knots"
        return Banded(interpolated(total_2dp, self.knots), "interpolated", reason)


Bands = TableBands | LinearBands | KnotBands


def _default_row(start: str, coefficient: str) -> BandRow:
    return BandRow(Fraction(start), Fraction(coefficient), f"{start} and up")


#: 5-scoring.md §5.6: lower bound inclusive, applied to the total after rounding to 2 decimals.
DEFAULT_BANDS = TableBands(
    (
        _default_row("95", "1.2"),
        _default_row("90", "1.1"),
        _default_row("80", "1.0"),
        _default_row("70", "0.8"),
        _default_row("60", "0.6"),
        BandRow(Fraction(0), Fraction(0), "below 60"),
    )
)


def read_bands(table: Mapping[str, object], file: str, key: str) -> Bands:
    """The bands of a plan; raises DefinitionError with every fault.

    `{kind = "default"}`; `{kind = "table", rows = [["95", "1.2"], ..., ["0", "0"]]}`;
    `{kind = "grades", rows = [{grade = "S", from = "95", coefficient = "1.5"}, ...]}`;
    `{kind = "linear", low = "0", high = "1.2"}`; `{kind = "pwl", knots = [["60", "0"], ["100", "1"]]}`.
    """
    fields = Fields(table, file, key)
    kind = fields.text("kind", "default")
    read = BANDS.get(kind)
    if read is None:
        fields.require("kind", False, f"unknown bands {kind!r}: {one_of(BANDS, kind)}")
        fields.stop()
    bands = read(fields)
    fields.finish()
    return bands


def coefficient_product(personal: Fraction, department: Fraction, company: Fraction) -> Fraction:
    """Personal x department x company coefficient: 1.1 x 0.9 x 1.0 = 0.99 (5-scoring.md §5.6)."""
    return personal * department * company


def _read_default(_fields: Fields) -> Bands:
    return DEFAULT_BANDS


def _read_table(fields: Fields) -> Bands:
    rows = [BandRow(start, factor, f"{plain_text(start)} and up") for start, factor in fields.pairs("rows")]
    return _checked_rows(fields, rows)


def _read_grades(fields: Fields) -> Bands:
    rows = []
    for position, row in enumerate(fields.rows("rows")):
        if not isinstance(row, Mapping) or set(row) != {"grade", "from", "coefficient"} or not row["grade"]:
            fields.row_fault("rows", position, f"{row!r} is not a grade: write {{grade, from, coefficient}}")
            continue
        start, coefficient = (fields.row_number("rows", position, row[name]) for name in ("from", "coefficient"))
        rows.append(BandRow(start, coefficient, str(row["grade"])))
    grades = [row.grade for row in rows]
    repeated = sorted({grade for grade in grades if grades.count(grade) > 1})
    fields.require("rows", not repeated, f"the grade {', '.join(repeated)} appears twice: name each grade once")
    return _checked_rows(fields, rows)


def _checked_rows(fields: Fields, rows: list[BandRow]) -> TableBands:
    rows.sort(key=lambda row: (row.start, row.coefficient), reverse=True)
    starts = [row.start for row in rows]
    faults = [
        f"the bound {plain_text(high)} appears twice: keep one row" for high, low in pairwise(starts) if high == low
    ]
    if starts and starts[-1] != 0:
        faults.append(
            f"the lowest row starts at {plain_text(starts[-1])}: add the row from 0, so that no total is left out"
        )
    if not monotone([Fraction(0), *(row.coefficient for row in reversed(rows))]):
        faults.append("the coefficients go up and down: a better total may not give a lower coefficient")
    if any(row.coefficient < 0 for row in rows):
        faults.append("a coefficient is negative: use 0 or more")
    fields.fault_each("rows", faults)
    return TableBands(tuple(rows))


def _read_linear(fields: Fields) -> Bands:
    low, high = fields.number("low", Fraction(0)), fields.number("high", Fraction("1.2"))
    fields.require("low", low >= 0, f"the lowest coefficient {plain_text(low)} is negative: use 0 or more")
    fields.require("high", high > low, f"high {plain_text(high)} must lie above low {plain_text(low)}", "low")
    return LinearBands(low, high)


def _read_knots(fields: Fields) -> Bands:
    knots = read_knots(fields)
    rises = all(left <= right for (_, left), (_, right) in pairwise(knots))
    fields.require("knots", rises, "the coefficients fall: a better total may not give a lower coefficient")
    return KnotBands(knots)


BANDS: dict[str, Callable[[Fields], Bands]] = {
    "default": _read_default,
    "table": _read_table,
    "grades": _read_grades,
    "linear": _read_linear,
    "pwl": _read_knots,
}
