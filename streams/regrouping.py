"""Moves facts to the case that this release puts them in, where an earlier release put them in another one."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from streams.codec import Codec
from streams.stores.base import Unit

CASES_AT_ONCE = 2_000


def regroup(unit: Unit, codec: Codec) -> int:
    """Give every fact and conflicting body the case of its event; returns how many facts moved.

    Only inside a rebuild, after everything that is computed from facts was cleared: nothing is evaluated here.
    """
    moved = 0
    # Moving changes what the iterator walks over, so the cases are listed first.
    cases = iter(list(unit.all_cases()))
    while part := list(islice(cases, CASES_AT_ONCE)):
        found = [fact for facts in unit.facts(part).values() for fact in facts]
        right = {fact.event_key: codec.restore(fact.event_type, fact.body).case() for fact in found}
        wrong = [fact for fact in found if right[fact.event_key] != fact.case]
        if wrong:
            unit.known([fact.event_key for fact in wrong])
            unit.drop_facts([(fact.case, fact.event_key) for fact in wrong])
            unit.add_facts([replace(fact, case=right[fact.event_key]) for fact in wrong])
            moved += len(wrong)
    rows = [(row, codec.restore(row.event_type, row.body).case()) for row in unit.conflicts()]
    unit.put_conflicts([replace(row, case=case) for row, case in rows if case != row.case])
    return moved
