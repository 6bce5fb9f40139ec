"""A pay component: function, coefficient, cap, floor, one rounding; guarantees; and splits that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.fields import Fields
from scoring.money import exponent_of, grouped_text, largest_remainder, percent_text, plain_text, to_minor
from scoring.plans.base import ZERO, Detail, PayInputs, PlanFunction, rated

GUARANTEE_MODES = ("higher_of", "additive")


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition before any pay: the extra value `name` must be at least `at_least`."""

    name: str
    at_least: Fraction


@dataclass(frozen=True, slots=True)
class Terms:
    """What a component does to the result of its function; `cap` and `floor` are in major units, None for none."""

    multiply_by_coefficient: bool = False
    cap: Fraction | None = None
    floor: Fraction | None = None
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """A settled component: whole minor units, and details (major units) that sum to them exactly.

    `forgone` is what the cap took, `topped_up` what the floor or a guarantee added, both in major units and 0 or more.
    """

    amount_minor: int
    currency: str
    details: tuple[Detail, ...]
    forgone: Fraction
    topped_up: Fraction


NO_TERMS = Terms()


def settle_component(function: PlanFunction, inputs: PayInputs, terms: Terms, currency: str) -> Component:
    """The component of one person: gates, function -> coefficient -> cap -> floor -> rounding (6-pay.md §6.4).

    A closed gate pays nothing, not even the floor. ValueError when a needed value is missing, or when a function that
    multiplies by the coefficient itself is to be multiplied again.
    """
    if terms.multiply_by_coefficient and function.uses_coefficient:
        raise ValueError(f"{function.code} multiplies by the coefficient itself: turn multiply_by_coefficient off")
    closed = _closed_gate(inputs, terms)
    if closed is not None:
        return Component(0, currency, (closed,), ZERO, ZERO)
    computed = function.compute(inputs)
    details, amount = list(computed.details), computed.amount
    if terms.multiply_by_coefficient:
        changed = amount * (inputs.coefficient - 1)
        text = f"coefficient {plain_text(inputs.coefficient)}: {grouped_text(amount + changed, 4)}"
        details.append(Detail("coefficient", text, amount, None, changed))
        amount += changed
    forgone = ZERO if terms.cap is None else max(ZERO, amount - terms.cap)
    if forgone:
        text = f"capped at {grouped_text(terms.cap or ZERO)}, forgone {grouped_text(forgone, 4)}"
        details.append(Detail("cap", text, amount, None, -forgone))
        amount -= forgone
    topped_up = ZERO if terms.floor is None else max(ZERO, terms.floor - amount)
    if topped_up:
        text = f"raised to the floor {grouped_text(terms.floor or ZERO)}"
        details.append(Detail("floor", text, amount, None, topped_up))
        amount += topped_up
    return _rounded(amount, details, currency, forgone, topped_up)


@dataclass(frozen=True, slots=True)
class Guarantee:
    """保底 for a period (6-pay.md §6.12), in major units: "higher_of" tops up to it, "additive" pays it on top."""

    amount: Fraction
    mode: str


def settle_guarantee(guarantee: Guarantee, earned: Sequence[Component], share: Fraction, currency: str) -> Component:
    """The component that a guarantee adds to those `earned`, prorated by `share` (see `hours_share`).

    Guarantee 10 000, higher-of, earned 7 720 + 2 100: 180. ValueError on mixed currencies.
    """
    if any(component.currency != currency for component in earned):
        raise ValueError(f"a guarantee in {currency} cannot be compared with another currency: convert first")
    guaranteed = rated("guarantee", f"guarantee {grouped_text(guarantee.amount)}", guarantee.amount, share)
    if guarantee.mode == "additive":
        return _rounded(guaranteed.amount, [guaranteed], currency, ZERO, guaranteed.amount)
    minor = sum(component.amount_minor for component in earned)
    sum_earned = Fraction(minor, 10 ** exponent_of(currency))
    if guaranteed.amount <= sum_earned:
        text = f"earned {grouped_text(sum_earned)}, not below the guarantee {grouped_text(guaranteed.amount, 4)}"
        return Component(0, currency, (Detail("nothing", text, sum_earned, None, ZERO),), ZERO, ZERO)
    top_up = guaranteed.amount - sum_earned
    less = Detail("earned", f"less earned {grouped_text(sum_earned)}", sum_earned, Fraction(-1), -sum_earned)
    return _rounded(top_up, [guaranteed, less], currency, ZERO, top_up)


def hours_share(delivered: Fraction, rostered: Fraction, cancelled_by_company: Fraction = ZERO) -> Fraction:
    """The share of a guarantee by hours delivered of hours rostered; hours cancelled by the company count."""
    if rostered <= 0:
        raise ValueError("no hours were rostered, so the guarantee has no share: record the roster")
    return min(Fraction(1), max(ZERO, (delivered + cancelled_by_company) / rostered))


def split(amount_minor: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """An amount over people by employee id -> weight; ties go to the lower id, the parts sum to the whole (§6.6)."""
    people = sorted(weights)
    parts = largest_remainder(amount_minor, [weights[person] for person in people])
    return dict(zip(people, parts, strict=True))


def read_terms(table: Mapping[str, object], file: str, key: str, function: PlanFunction | None = None) -> Terms:
    """The terms of a table; raises DefinitionError with every fault.

    Keys: multiply_by_coefficient (default false), cap, floor, gates = [{name = "sales_attainment", at_least = "0.9"}].
    With `function` it also checks that the coefficient is not applied twice.
    """
    fields = Fields(table, file, key)
    multiply = fields.flag("multiply_by_coefficient", False)
    twice = multiply and function is not None and function.uses_coefficient
    message = "this function multiplies by the coefficient itself: leave it out"
    fields.require("multiply_by_coefficient", not twice, message)
    cap, floor = fields.optional_number("cap"), fields.optional_number("floor")
    fields.require("cap", cap is None or cap > 0, "the cap is not above 0: drop the component instead")
    fields.require("floor", floor is None or floor >= 0, "the floor is negative: use 0 or more")
    crossed = cap is not None and floor is not None and floor > cap
    fields.require("floor", not crossed, "the floor lies above the cap: lower one of them", "cap")
    gates = (
        tuple(_read_gate(fields, at, row) for at, row in enumerate(fields.rows("gates"))) if fields.has("gates") else ()
    )
    fields.finish()
    return Terms(multiply, cap, floor, gates)


def read_guarantee(table: Mapping[str, object], file: str, key: str) -> Guarantee:
    """Keys: amount (0 or more), mode ("higher_of" or "additive", required: the two meanings of 保底 differ)."""
    fields = Fields(table, file, key)
    guarantee = Guarantee(fields.number("amount"), fields.choice("mode", GUARANTEE_MODES))
    fields.require("amount", guarantee.amount >= 0, "the guarantee is negative: use 0 or more")
    fields.finish()
    return guarantee


def _read_gate(fields: Fields, position: int, row: object) -> Gate:
    if not isinstance(row, Mapping) or set(row) != {"name", "at_least"} or not isinstance(row["name"], str):
        fields.row_fault("gates", position, f"{row!r} is not a gate: write {{name, at_least}}")
        return Gate("", ZERO)
    return Gate(row["name"], fields.row_number("gates", position, row["at_least"]))


def _closed_gate(inputs: PayInputs, terms: Terms) -> Detail | None:
    for gate in terms.gates:
        value = inputs.named(gate.name)
        if value < gate.at_least:
            text = f"{gate.name} {percent_text(value, 2)} is below the gate {percent_text(gate.at_least, 2)}"
            return Detail("gate", text, inputs.base, None, ZERO)
    return None


def _rounded(
    amount: Fraction, details: list[Detail], currency: str, forgone: Fraction, topped_up: Fraction
) -> Component:
    amount_minor = to_minor(amount, currency)
    rounded = Fraction(amount_minor, 10 ** exponent_of(currency))
    if rounded != amount:
        text = f"rounded half-up to {grouped_text(rounded, exponent_of(currency))}"
        details.append(Detail("rounding", text, amount, None, rounded - amount))
    return Component(amount_minor, currency, tuple(details), forgone, topped_up)
