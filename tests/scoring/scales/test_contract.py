"""Laws that every scale obeys, tested over the whole table."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.faults import DefinitionError
from scoring.scales import SCALES, Scale, read_scale, table_of_scale

#: A complete table of each kind, and a target that suits it.
TABLES: dict[str, tuple[dict[str, object], Fraction]] = {
    "PROP": ({"cap": "1.2", "threshold": "0.6"}, Fraction(500_000)),
    "LL": ({"cap": "1.2"}, Fraction(40)),
    "LI": ({"cap": "1.5"}, Fraction(40)),
    "FT": ({"floor": "0.85"}, Fraction("0.98")),
    "FTS": ({"floor": -300_000}, Fraction(-100_000)),
    "STEP": ({"steps": [["1", "100"], ["0.8", "60"]], "otherwise": "10"}, Fraction(10)),
    "PWL": ({"knots": [["0.5", "0"], ["1", "100"]]}, Fraction(10)),
    "DED": ({"step": "0.005", "pts": "10", "rounding": "ceil", "better": "lower"}, Fraction(0)),
    "ADD": ({"base": "60", "step": 1, "pts": 10}, Fraction(2)),
    "PF": ({"condition": "<="}, Fraction(0)),
    "BAND": ({"tol": "0.05", "zero": "0.2"}, Fraction(1)),
    "REV": ({"weights": {"manager": "40", "peers": "60"}}, Fraction(80)),
}
actuals = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=1000)


def scale_of(kind: str) -> Scale:
    """The scale of the sample table of `kind`."""
    return read_scale({"kind": kind, **TABLES[kind][0]}, "plan.toml", "item")


def test_every_kind_has_a_sample() -> None:
    """The laws below run over every kind of the table."""
    assert set(TABLES) == set(SCALES)


@pytest.mark.parametrize("kind", SCALES)
def test_every_kind_reads_back(kind: str) -> None:
    """The table written from a scale reads back as the same scale."""
    scale = scale_of(kind)
    assert scale.code == kind
    assert read_scale(table_of_scale(scale), "plan.toml", "item") == scale
    assert hash(scale) == hash(scale_of(kind))


@pytest.mark.parametrize("kind", SCALES)
def test_every_kind_explains_itself(kind: str) -> None:
    """Each kind has a docstring with its formula, and its file says what it is for."""
    assert len((SCALES[kind].__doc__ or "").split()) > 8


@pytest.mark.parametrize("kind", SCALES)
@given(actual=actuals)
def test_every_kind_scores_exactly(kind: str, actual: Fraction) -> None:
    """A score is a Fraction of 0 or more with a reason, and the same input gives the same score."""
    target = TABLES[kind][1]
    wanted = min(Fraction(100), abs(actual)) if kind == "REV" else actual
    scored = scale_of(kind).score(wanted, target)
    assert isinstance(scored.score, Fraction)
    assert scored.score >= 0
    assert scored.reason
    assert scored == scale_of(kind).score(wanted, target)


@pytest.mark.parametrize("kind", sorted(set(SCALES) - {"REV"}))
def test_a_missing_target_is_never_scored(kind: str) -> None:
    """Without a target there is a fault before publishing, and an error instead of a score at run time."""
    scale = scale_of(kind)
    assert "the target is missing" in str(scale.target_fault(None))
    with pytest.raises(ValueError, match=f"scale {kind}: the target is missing"):
        scale.score(Fraction(1), None)


@pytest.mark.parametrize("kind", SCALES)
def test_every_kind_refuses_what_it_does_not_know(kind: str) -> None:
    """An unknown key and a number with a decimal point are both reported, in one error."""
    table = {"kind": kind, **TABLES[kind][0], "colour": "red"}
    numbers = [
        name for name, value in table.items() if name not in ("kind", "condition") and not isinstance(value, list)
    ]
    broken = next((name for name in numbers if name in ("cap", "floor", "otherwise", "step", "tol")), None)
    if broken is not None:
        table[broken] = 0.6
    with pytest.raises(DefinitionError) as raised:
        read_scale(table, "plan.toml", "item")
    text = str(raised.value)
    assert "plan.toml: item.colour: unknown key 'colour'" in text
    if broken is not None:
        assert f"plan.toml: item.{broken}: 0.6 is not an exact number" in text


@pytest.mark.parametrize("kind", ["PROP", "FT", "FTS", "STEP", "PWL", "ADD"])
@given(actual=actuals, more=st.fractions(min_value=0, max_value=10**6, max_denominator=1000))
def test_more_is_never_worse(kind: str, actual: Fraction, more: Fraction) -> None:
    """Where higher is better, a higher actual never scores less."""
    scale, target = scale_of(kind), TABLES[kind][1]
    assert scale.score(actual + more, target).score >= scale.score(actual, target).score


@pytest.mark.parametrize("kind", ["LL", "LI", "DED"])
@given(actual=actuals, more=st.fractions(min_value=0, max_value=10**6, max_denominator=1000))
def test_less_is_never_worse(kind: str, actual: Fraction, more: Fraction) -> None:
    """Where lower is better, a higher actual never scores more."""
    scale, target = scale_of(kind), TABLES[kind][1]
    assert scale.score(actual + more, target).score <= scale.score(actual, target).score


def test_an_unknown_kind_lists_the_known_ones() -> None:
    """A misspelt kind is answered with the nearest one and all of them."""
    with pytest.raises(DefinitionError) as raised:
        read_scale({"kind": "PRPO", "cap": "1.2"}, "plan.toml", "item")
    assert len(raised.value.faults) == 1
    fault = raised.value.faults[0]
    assert (fault.file, fault.key) == ("plan.toml", "item.kind")
    assert "did you mean 'PROP'?" in fault.message
    assert all(kind in fault.message for kind in SCALES)
