"""Score schemes: the sections that a total is made of, and how much of it people may judge (4-roles.md §4.25)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to put a total together.

    `sections` are (name, weight), none when a plan is free in its weights. `homes` gives the section of an item by its
    kind where the item names none. `review_limit` is the share of reviews above which a plan is warned about (R28);
    `adjustable` says whether a plan may give the sections other weights.
    """

    sections: tuple[tuple[str, Fraction], ...]
    homes: Mapping[str, str]
    review_limit: Fraction
    adjustable: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the sections."""
        return tuple(name for name, _ in self.sections)


SCHEMES: dict[str, Scheme] = {
    "result/process/review": Scheme((), {}, Fraction(20)),
    "30/55/15": Scheme(
        (("skill", Fraction(30)), ("performance", Fraction(55)), ("teamwork", Fraction(15))),
        {"R": "performance", "P": "performance"},
        Fraction(45),
    ),
    "KPI+behaviour": Scheme(
        (("kpi", Fraction(80)), ("behaviour", Fraction(20))),
        {"R": "kpi", "P": "kpi", "V": "behaviour"},
        Fraction(20),
        True,
    ),
    "three-facet": Scheme(
        (("results", Fraction(70)), ("attitude", Fraction(15)), ("ability", Fraction(15))),
        {"R": "results", "P": "results"},
        Fraction(30),
        True,
    ),
}
"""By the name that a plan writes. The limit of "three-facet" is what its attitude and ability sections hold."""
