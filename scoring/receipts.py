"""Read receipts: who has acknowledged the plan that applies to them, before the period begins (R31)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Receipt:
    """Somebody read and accepted a version of a plan on a local day."""

    person: str
    plan: str
    version: int
    day: str


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whom a version of a plan applies to from a day on."""

    person: str
    plan: str
    version: int
    from_day: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The share of plans acknowledged in time (None when none is due), and those that were not."""

    share: Fraction | None
    open: tuple[Due, ...]


def acknowledged(due: Sequence[Due], receipts: Iterable[Receipt]) -> Acknowledged:
    """A receipt counts for its own version, up to the first day on which the plan applies."""
    days: dict[tuple[str, str, int], str] = {}
    for receipt in receipts:
        key = (receipt.person, receipt.plan, receipt.version)
        days[key] = min(receipt.day, days.get(key, receipt.day))
    late = "9999-12-31"
    missing = tuple(row for row in due if days.get((row.person, row.plan, row.version), late) > row.from_day)
    share = None if not due else Fraction(len(due) - len(missing), len(due))
    return Acknowledged(share, missing)


__all__ = ["Acknowledged", "Due", "Receipt", "acknowledged"]
