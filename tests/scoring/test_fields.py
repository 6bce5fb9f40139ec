"""Strict reading of definition tables, and the error that carries every fault."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.faults import DefinitionError, Fault
from scoring.fields import Fields, parse_number


@pytest.mark.parametrize(
    ("value", "number"),
    [("0.6", "3/5"), ("-12.50", "-25/2"), (5, "5"), (-5, "-5"), ("1/3", "1/3"), ("007", "7"), ("-0", "0")],
)
def test_exact_numbers_are_read(value: object, number: str) -> None:
    """Decimal texts, integers and fractions are exact."""
    assert parse_number(value) == Fraction(number)


@pytest.mark.parametrize(
    "value", [0.6, True, None, "", " 1", "1e3", "1_000", "1,5", "NaN", "１", "1/0", "1/-3", "0.1234567891", 10**15, [1]]
)
def test_other_numbers_are_refused(value: object) -> None:
    """Binary fractions, exponents, separators, full-width digits and overlong numbers are refused."""
    with pytest.raises(ValueError, match="is not"):
        parse_number(value)


def test_an_error_lists_its_faults_one_per_line() -> None:
    """The text of the error has a line per fault: file, key, message."""
    faults = (Fault("a.toml", "x.y", "wrong"), Fault("b.toml", "z", "missing"))
    error = DefinitionError(faults)
    assert error.faults == faults
    assert str(error) == "a.toml: x.y: wrong\nb.toml: z: missing"


def test_a_faulty_field_is_reported_once() -> None:
    """A value that can not be read gives one fault; checks that build on it stay silent."""
    fields = Fields({"cap": "x"}, "plan.toml", "item")
    cap = fields.number("cap")
    fields.require("cap", cap > 0, "the cap is not above 0")
    fields.require("floor", cap > 5, "the floor lies above the cap", "cap")
    with pytest.raises(DefinitionError) as raised:
        fields.finish()
    assert len(raised.value.faults) == 1


def test_texts_and_flags_are_strict() -> None:
    """An empty text, a number as a text and a text as a flag are faults, each at its key."""
    fields = Fields({"name": " ", "code": 5, "on": "true"}, "plan.toml", "item")
    fields.text("name")
    fields.text("code")
    fields.flag("on", False)
    assert [fault.key for fault in fields.faults] == ["item.name", "item.code", "item.on"]
