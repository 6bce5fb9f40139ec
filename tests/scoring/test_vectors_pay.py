"""The golden vectors of scoring and pay: every field is reproduced exactly; no expected value is written here."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from scoring.bands import DEFAULT_BANDS
from scoring.component import NO_TERMS, Component, Guarantee, Terms, settle_component, settle_guarantee
from scoring.money import largest_remainder, parse_minor, round_half_up, to_minor
from scoring.plans import PayInputs, read_plan_function
from scoring.proration import Segment, blended_score, check_target, eligible_share, prorated_target, segment_pay
from scoring.scales import read_scale
from scoring.scorecard import Item, PointEntry, RedLine, Rules, compose

Vector = dict[str, Any]
FILE, KEY = "vectors.json", "vector"
#: Fields of a score vector that are no keys of a scale.
NOT_SCALE_KEYS = {"id", "curve", "actual", "attainment", "x", "target", "score", "score_2dp"}


def pay(component: Component) -> int:
    """The fen of a component."""
    return component.amount_minor


def fen(text: str) -> int:
    """The fen of an amount in a vector."""
    return parse_minor(text, "CNY")


def check_score(vector: Vector) -> None:
    """A curve gives its score, exactly or to 2 decimals."""
    kind = "STEP" if vector["curve"] == "STEP8" else vector["curve"]
    table = {"kind": kind, **{key: value for key, value in vector.items() if key not in NOT_SCALE_KEYS}}
    scale = read_scale(table, FILE, KEY)
    # A vector that gives the attainment itself is an actual on a target of 1.
    actual = vector.get("actual", vector.get("attainment", vector.get("x")))
    score = scale.score(Fraction(actual), Fraction(vector.get("target", 1))).score
    if "score" in vector:
        assert score == Fraction(vector["score"])
    if "score_2dp" in vector:
        assert round_half_up(score * 100) == fen(vector["score_2dp"])


def check_total(vector: Vector) -> None:
    """Scores and weights give total, coefficient and, where there is a base, performance pay."""
    missing = vector.get("missing", "redistribute")
    items = [
        Item(
            f"k{at}",
            Fraction(weight),
            None if score is None else Fraction(score),
            missing=missing,
        )
        for at, (score, weight) in enumerate(vector["items"])
    ]
    points = [PointEntry(f"p{at}", Fraction(text)) for at, text in enumerate(vector.get("points", ()))]
    red_lines = [RedLine("r", "cap_total", Fraction(vector["red_line_cap"]))] if "red_line_cap" in vector else []
    rules = Rules(points_cap=Fraction(vector["points_cap"])) if "points_cap" in vector else Rules()
    card = compose(items, points, red_lines, rules)
    assert card.total_2dp == Fraction(vector["total"])
    assert card.coefficient == Fraction(vector["coefficient"])
    if "base" in vector:
        function = read_plan_function({"kind": "performance"}, FILE, KEY)
        inputs = PayInputs(Fraction(vector["base"]), card.coefficient)
        assert pay(settle_component(function, inputs, NO_TERMS, "CNY")) == fen(vector["pay"])


def check_largest_remainder(vector: Vector) -> None:
    """A total splits into the parts."""
    assert largest_remainder(vector["total"], [Fraction(weight) for weight in vector["weights"]]) == vector["parts"]


def check_proration(vector: Vector) -> None:
    """A part period gives target, score and pay; segments give blended score and pay."""
    if "segments" in vector:
        segments = [Segment(s["days"], Fraction(s["score"]), Fraction(s["base"])) for s in vector["segments"]]
        assert blended_score(segments) == Fraction(vector["blended_score"])
        assert to_minor(segment_pay(segments, vector["period_days"], DEFAULT_BANDS).amount, "CNY") == fen(vector["pay"])
        return
    share = eligible_share(vector["eligible_days"], vector["period_days"])
    target = prorated_target(Fraction(vector["target"]), share, "SUM")
    assert target == Fraction(vector["target_prorated"])
    score = read_scale({"kind": "PROP"}, FILE, KEY).score(Fraction(vector["actual"]), target).score
    assert score == Fraction(vector["score"])
    coefficient = compose([Item("k", Fraction(100), score)]).coefficient
    assert coefficient is not None
    inputs = PayInputs(Fraction(vector["base"]), coefficient, share)
    function = read_plan_function({"kind": "performance"}, FILE, KEY)
    assert pay(settle_component(function, inputs, NO_TERMS, "CNY")) == fen(vector["pay"])


def check_target_check(vector: Vector) -> None:
    """A target against history gives ratio, hits and verdict."""
    check = check_target([Fraction(past) for past in vector["history"]], Fraction(vector["target"]))
    assert check.ratio == Fraction(vector["ratio"])
    assert check.hits == vector["hits"]
    assert check.verdict == vector["verdict"]


def check_commission(vector: Vector) -> None:
    """A function of a base gives the pay, with coefficient, cap, floor, other pay and guarantee where given."""
    keys = {key: vector[key] for key in ("rate", "threshold", "tiers") if key in vector}
    function = read_plan_function({"kind": vector["fn"], **keys}, FILE, KEY)
    terms = Terms(
        multiply_by_coefficient="coefficient" in vector,
        cap=Fraction(vector["cap"]) if "cap" in vector else None,
        floor=Fraction(vector["floor"]) if "floor" in vector else None,
    )
    inputs = PayInputs(Fraction(vector["x"]), Fraction(vector.get("coefficient", 1)))
    earned = [settle_component(function, inputs, terms, "CNY")]
    if "plus" in vector:
        paid_as_is = read_plan_function({"kind": "flat", "rate": 1}, FILE, KEY)
        earned.append(settle_component(paid_as_is, PayInputs(Fraction(vector["plus"])), NO_TERMS, "CNY"))
    assert sum(map(pay, earned)) == fen(vector["pay"])
    if "guarantee" in vector:
        top_up = settle_guarantee(Guarantee(Fraction(vector["guarantee"]), "higher_of"), earned, Fraction(1), "CNY")
        assert sum(map(pay, [*earned, top_up])) == fen(vector["pay_higher_of"])


def check_ytd(vector: Vector) -> None:
    """A month on a cumulative plan."""
    function = read_plan_function({"kind": "ytd", "function": {"kind": "slab", "tiers": vector["tiers"]}}, FILE, KEY)
    inputs = PayInputs(Fraction(vector["month"]), extra={"before": Fraction(vector["before"])})
    assert pay(settle_component(function, inputs, NO_TERMS, "CNY")) == fen(vector["pay"])


def check_fee_saving(vector: Vector) -> None:
    """A share of what was saved, behind a sales gate."""
    keys = {"share": vector["share"], "rate_target": vector["rate_target"], "gate": vector["gate"]}
    function = read_plan_function({"kind": "fee_saving", **keys}, FILE, KEY)
    extra = {name: Fraction(vector[name]) for name in ("spend", "sales_target")}
    inputs = PayInputs(Fraction(vector["net_sales"]), extra=extra)
    assert pay(settle_component(function, inputs, NO_TERMS, "CNY")) == fen(vector["pay"])


def check_quarter_bonus(vector: Vector) -> None:
    """A bonus by attainment."""
    function = read_plan_function({"kind": "quarter_bonus"}, FILE, KEY)
    inputs = PayInputs(Fraction(vector["bonus"]), extra={"attainment": Fraction(vector["attainment"])})
    assert pay(settle_component(function, inputs, NO_TERMS, "CNY")) == fen(vector["pay"])


CHECKS: dict[str, Callable[[Vector], None]] = {
    "score": check_score,
    "total": check_total,
    "largest_remainder": check_largest_remainder,
    "proration": check_proration,
    "target_check": check_target_check,
    "commission": check_commission,
    "ytd": check_ytd,
    "fee_saving": check_fee_saving,
    "quarter_bonus": check_quarter_bonus,
}


@pytest.mark.parametrize("group", CHECKS)
def test_every_vector_of_the_group_passes(group: str, vectors: dict[str, list[Vector]]) -> None:
    """Each vector of the group is reproduced exactly; all that are not are listed."""
    assert vectors[group], f"the file holds no vectors of {group}"
    failures = []
    for vector in vectors[group]:
        try:
            CHECKS[group](vector)
        except AssertionError as error:
            failures.append(f"{vector['id']}: {error}")
    assert not failures, "\n".join(failures)
