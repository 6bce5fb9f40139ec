"""Before and after: leavings, decisions, trainings and departments over hand-made values."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.attribution import Attribution
from scoring.events.people import HrEvent
from scoring.organisation.decisions import log_of, outcome, quarters
from scoring.organisation.departments import Department, department_table
from scoring.organisation.effects import Effect, ReadKpi, across
from scoring.organisation.records import Decision
from scoring.organisation.turnover import Leaving, leavings, turnover_card
from scoring.organisation.uplift import mean, training_effect
from scoring.period import LocalDays
from scoring.reference import Company, Label, Person, Position, Reference, Team

NAME = Label("名", "name")
ZONE = "Asia/Shanghai"


def spans(values: dict[tuple[str, str], str]) -> ReadKpi:
    """A reader that knows the value of some spans of days."""

    def read(kpi: str, owner: str, first: str, last: str) -> Fraction | None:
        found = values.get((first, last))
        return None if found is None else Fraction(found)

    return read


def people() -> Reference:
    """Ann in the team desk until 15 October, Bob in no team."""
    ann = Person("ann", NAME, (Position("desk", "seller", "", "2026-01-01", "2026-10-15"),))
    teams = (Team("desk", NAME),)
    return Reference(Company("c", NAME, ZONE, "CNY"), teams=teams, people=(ann, Person("bob", NAME)))


def fact(kind: str, who: str, day: str, **fields: bool) -> HrEvent:
    """A joining or leaving at noon in Shanghai."""
    at = LocalDays(ZONE).start_of_day_us(day) + 12 * 3_600_000_000
    made = {one.EVENT_TYPE: one for one in HrEvent.__subclasses__()}[kind]
    return made(event_id=f"{kind}{who}{day}", occurred_at=at, source="x", shop_id="s", employee_id=who, **fields)


def test_the_windows_touch_and_do_not_overlap() -> None:
    """30 days up to 15 October are 16 September to 15 October; the 30 after are 16 October to 14 November."""
    read = spans({("2026-09-16", "2026-10-15"): "100", ("2026-10-16", "2026-11-14"): "80"})
    effect = across(read, "gmv", "t:desk", "2026-10-15", "2026-10-16")
    assert (effect.before, effect.after, effect.change, effect.share) == (100, 80, -20, Fraction(-1, 5))


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("1", None)])
def test_what_is_not_known_has_no_change(before: str | None, after: str | None) -> None:
    """A value that is missing on either side makes the change unknown, not 0."""
    effect = Effect("gmv", Fraction(before) if before else None, Fraction(after) if after else None)
    assert effect.change is None
    assert effect.share is None


def test_the_turnover_card() -> None:
    """Ann left on the 15th, on which her position had ended: her team's sales went from 100 to 80. Bob has no team."""
    facts = [
        fact("hr.joined", "ann", "2026-01-05"),
        fact("hr.joined", "bob", "2026-01-05"),
        fact("hr.left", "ann", "2026-10-15", voluntary=False),
        fact("hr.left", "bob", "2026-10-20"),
        fact("hr.left", "bob", "2026-10-21"),
    ]
    attribution = Attribution(people(), LocalDays(ZONE))
    left = leavings(facts, attribution, "2026-10-01", "2026-10-31")
    assert left == [Leaving("ann", "2026-10-15", "desk", False), Leaving("bob", "2026-10-20", "", True)]
    read = spans({("2026-09-16", "2026-10-15"): "100", ("2026-10-16", "2026-11-14"): "80"})
    ann, bob = turnover_card(left, ("gmv",), read)
    assert [effect.change for effect in ann.effects] == [-20]
    assert bob.effects == ()
    assert leavings(facts, attribution, "2026-11-01", "2026-11-30") == []


def decision(expected: str, end: str | None = "2026-10-10", relative: bool = False) -> Decision:
    """A decision of Ann's from 1 October about the sales of a shop."""
    return Decision("d", NAME, "ann", "2026-10-01", end, "gmv", "s:s", Fraction(expected), relative)


TEN_DAYS = {("2026-09-21", "2026-09-30"): "200", ("2026-10-01", "2026-10-10"): "230"}


@pytest.mark.parametrize(
    ("expected", "relative", "observed", "reached"),
    [
        ("30", False, Fraction(30), True),
        ("31", False, Fraction(30), False),
        ("0.15", True, Fraction(3, 20), True),
        ("-5", False, Fraction(30), False),
    ],
)
def test_expected_against_observed(expected: str, relative: bool, observed: Fraction, reached: bool) -> None:
    """Ten days against the ten before: 200 to 230 is +30 or +15 %; a fall that was expected did not come."""
    found = outcome(decision(expected, relative=relative), spans(TEN_DAYS), "2026-12-31")
    assert (found.observed, found.reached) == (observed, reached)


def test_a_decision_under_way() -> None:
    """After four days four days are compared; before the start nothing is known."""
    four = spans({("2026-09-27", "2026-09-30"): "80", ("2026-10-01", "2026-10-04"): "100"})
    assert outcome(decision("10", None), four, "2026-10-04").observed == 20
    ahead = outcome(decision("10", None), four, "2026-09-30")
    assert (ahead.observed, ahead.reached) == (None, None)


def test_the_log_of_a_reviewer() -> None:
    """Somebody's decisions that were in force in the period, open ones from their start on."""
    rows = (decision("1"), decision("1", None))
    assert log_of(rows, "ann", "2026-10-10", "2026-10-31") == rows
    assert log_of(rows, "ann", "2026-10-11", "2026-10-31") == rows[1:]
    assert log_of(rows, "ann", "2026-09-01", "2026-09-30") == ()
    assert log_of(rows, "bob", "2026-10-01", "2026-10-31") == ()


def test_quarter_over_quarter() -> None:
    """Each quarter against the one before it in the list; the first one has none."""
    read = spans({("2026-04-01", "2026-06-30"): "100", ("2026-07-01", "2026-09-30"): "125"})
    rows = quarters("gmv", "c:", ("2026-Q2", "2026-Q3"), read)
    assert [(key, effect.after, effect.share) for key, effect in rows] == [
        ("2026-Q2", 100, None),
        ("2026-Q3", 125, Fraction(1, 4)),
    ]


def test_training_means_leave_out_the_day_and_unknown_days() -> None:
    """Sales of 10 on one day before, of 12 and 18 on two days after; the training's own day counts on neither side."""
    days = {"2026-09-30": "10", "2026-10-15": "999", "2026-10-16": "12", "2026-11-14": "18", "2026-11-15": "999"}
    effect = training_effect("ann", "gmv", "2026-10-15", spans({(day, day): value for day, value in days.items()}))
    assert (effect.before, effect.after, effect.share) == (10, 15, Fraction(1, 2))
    assert mean([None, None]) is None


def test_departments() -> None:
    """Contribution less cost, and cost per unit; those that lose come after those that earn, unknown ones last."""
    shop = Department("shop", Fraction(900), Fraction(400), Fraction(50))
    art = Department("art", Fraction(100), Fraction(300), Fraction(0))
    lab = Department("lab", None, Fraction(10), Fraction(5))
    assert department_table([lab, art, shop]) == [shop, art, lab]
    assert (shop.margin, shop.unit_cost) == (500, 8)
    assert (art.margin, art.unit_cost) == (-200, None)
    assert (lab.margin, lab.unit_cost) == (None, 2)
