"""What every kind of case offers: what it publishes to other cases, what it reads from them, and its atoms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from scoring.attribution import Attribution, Spread
from scoring.events.base import Event
from scoring.money import EXPONENTS
from scoring.reference import Policy

ONE = Fraction(1)
MINUTE = 60_000_000
SECOND = 1_000_000

Value = tuple[object, ...]
"""A projection's content: nested tuples of texts, integers and None, so that it can be stored and compared."""

View = Mapping[str, Sequence[Value]]
"""Projections by key, as published by all cases."""


@dataclass(frozen=True, slots=True)
class Projection:
    """A small value that a case publishes for cases that need older siblings; `wakes` are cases to look at again."""

    key: str
    value: Value
    wakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a case that a person should know; blocking ones stop the close by name."""

    code: str
    detail: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What evaluation knows besides facts: who is credited, the day boundaries and the company's choices."""

    attribution: Attribution
    policy: Policy


def company_factor(currency: str, at: int, setting: Setting) -> Fraction | Problem:
    """Company minor units for one minor unit of `currency` on the local day of `at`; a blocking problem without a rate.

    USD 1.00 at 7.2 in a CNY company: factor 7.2.
    """
    company = setting.attribution.reference.company.currency
    if currency == company:
        return ONE
    rate = setting.attribution.rate(currency, at)
    if rate is None:
        missing = f"no {currency} rate on {setting.attribution.days.day(at)}; add it to fx.toml"
        return Problem("missing_fx", missing, blocks=True)
    return rate * Fraction(10) ** (EXPONENTS[company] - EXPONENTS[currency])


class Atom(Protocol):
    """One countable thing of a case; measures read its fields by name."""

    @property
    def shop(self) -> str:
        """The shop it happened in."""

    @property
    def credits(self) -> Mapping[str, Spread]:
        """Credit by dimension; a dimension that is absent credits nobody."""


@dataclass(frozen=True, slots=True)
class Found:
    """Atoms by kind and problems of one case."""

    atoms: tuple[tuple[str, Atom], ...] = ()
    problems: tuple[Problem, ...] = ()


class Case(Protocol):
    """A kind of case; `facts` are in total order and without retracted ones. Most neither publish nor read."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        """Values for other cases."""
        return ()

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        """Keys of the projections that the atoms depend on."""
        return ()

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        """The atoms."""


def total_order(event: Event) -> tuple[int, str, str]:
    """Facts of a case are read in this order, whatever order they arrived in."""
    return (event.occurred_at, event.source, event.event_id)


def effective(facts: Sequence[Event]) -> tuple[Event, ...]:
    """Facts without the rows that a higher revision has replaced, in the same order."""
    kept = {(row.source, row.event_id) for row in latest_rows(facts)}
    return tuple(fact for fact in facts if fact.restates() is None or (fact.source, fact.event_id) in kept)


def latest_rows(facts: Sequence[Event]) -> tuple[Event, ...]:
    """Of facts that restate one row only the highest revision; on equal revisions the first in the total order."""
    rows: dict[str, Event] = {}
    for fact in facts:
        row = fact.restates()
        if row is None:
            continue
        kept = rows.get(row)
        if kept is None or fact.revision > kept.revision:
            rows[row] = fact
    return tuple(rows.values())
