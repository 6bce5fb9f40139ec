"""Sorts a batch into new facts, duplicates, conflicts and retractions; the result does not depend on arrival order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from scoring.events.base import Event, split_key
from scoring.events.correction import EventRetracted
from streams.codec import Decoded
from streams.codec import event_key as key_of
from streams.stores.base import Conflict, Fact, Unit


@dataclass(slots=True)
class Intake:
    """What a batch brings: facts to write by event key, and what became of the rest."""

    facts: dict[bytes, Fact] = field(default_factory=dict)
    events: dict[bytes, Decoded] = field(default_factory=dict)
    swapped: list[tuple[str, bytes]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    targets: set[bytes] = field(default_factory=set)
    freed: set[bytes] = field(default_factory=set)
    settled: dict[tuple[bytes, bytes], Conflict] = field(default_factory=dict)
    number: int = 0
    touched: set[str] = field(default_factory=set)
    accepted: int = 0
    duplicates: int = 0
    conflicting: int = 0


Restore = Callable[[str, bytes], Event]
"""The event of a type and a stored body."""


def take_in(unit: Unit, batch: Sequence[Decoded], number: int, restore: Restore) -> Intake:
    """Decide what each event of a batch is. Of conflicting bodies the one with the lower hash counts until resolved.

    A body that an earlier release stored, without the fields that came since, says the same as the event with their
    defaults: that is a duplicate, though the hashes differ.
    """
    keys = {decoded.event_key for decoded in batch}
    known = unit.known(keys)
    retracted = unit.retractions(keys)
    intake = Intake(number=number)
    doubtful = {d.event_key for d in batch if d.event_key in known and known[d.event_key][0] != d.content_hash}
    targets = {key for decoded in batch for key in _target(decoded.event)}
    if doubtful or targets:
        # Whoever changes a known event holds its name; only then what is known about it is sure to stay.
        unit.hold({event_name(key) for key in doubtful | targets})
        settled = unit.known(doubtful | targets)
        unit.hold({case for _, case in settled.values()})
        known.update({key: settled[key] for key in doubtful})
    intake.settled = {(row.event_key, row.content_hash): row for row in unit.conflicts(doubtful)} if doubtful else {}
    for decoded in batch:
        found = known.get(decoded.event_key)
        if found is None:
            fact = _fact(decoded, number, decoded.event_key in retracted)
            known[decoded.event_key] = (fact.content_hash, fact.case)
            intake.facts[decoded.event_key] = fact
            intake.events[decoded.event_key] = decoded
            intake.touched.add(fact.case)
            intake.accepted += 1
        elif found[0] == decoded.content_hash or _is_told_again(unit, intake, decoded, found[1], restore):
            intake.duplicates += 1
        else:
            _conflict(unit, intake, decoded, found)
            known[decoded.event_key] = (intake_hash(intake, decoded.event_key, found[0]), found[1])
    retract(unit, intake, number)
    return intake


def event_name(key: bytes) -> str:
    """What a unit holds while it changes an event that is known already."""
    return f"event|{key.hex()}"


def _target(event: Event) -> tuple[bytes, ...]:
    return (key_of(event.target_source, event.target_event_id),) if isinstance(event, EventRetracted) else ()


def intake_hash(intake: Intake, event_key: bytes, otherwise: bytes) -> bytes:
    """The content hash that counts for an event key after what the batch brought so far."""
    fact = intake.facts.get(event_key)
    return fact.content_hash if fact else otherwise


def _fact(decoded: Decoded, number: int, is_retracted: bool) -> Fact:
    event = decoded.event
    return Fact(
        decoded.event_key,
        decoded.content_hash,
        event.case(),
        event.EVENT_TYPE,
        event.occurred_at,
        number,
        decoded.body,
        is_retracted,
    )


def _is_told_again(unit: Unit, intake: Intake, decoded: Decoded, case: str, restore: Restore) -> bool:
    if (decoded.event_key, decoded.content_hash) in intake.settled:
        return True
    event = decoded.event
    bodies = {(row.event_type, row.body) for row in intake.settled.values() if row.event_key == decoded.event_key}
    standing = _standing(unit, intake, decoded.event_key, case)
    bodies.add((standing.event_type, standing.body))
    return any(kind == event.EVENT_TYPE and restore(kind, body) == event for kind, body in bodies)


def _standing(unit: Unit, intake: Intake, event_key: bytes, case: str) -> Fact:
    told = intake.facts.get(event_key)
    return told or next(fact for fact in unit.facts([case])[case] if fact.event_key == event_key)


def _conflict(unit: Unit, intake: Intake, decoded: Decoded, found: tuple[bytes, str]) -> None:
    settled = intake.settled
    intake.conflicting += 1
    standing = _standing(unit, intake, decoded.event_key, found[1])
    arriving = _fact(decoded, intake.number, standing.is_retracted)
    resolved = any(row.resolution for key, row in settled.items() if key[0] == decoded.event_key)
    loser = arriving
    if arriving.content_hash < standing.content_hash and not resolved:
        loser = standing
        intake.swapped.append((standing.case, standing.event_key))
        intake.facts[arriving.event_key] = arriving
        intake.events[arriving.event_key] = decoded
        intake.touched |= {standing.case, arriving.case}
    row = Conflict(loser.event_key, loser.content_hash, loser.event_type, loser.case, loser.occurred_at, loser.body, "")
    settled[row.event_key, row.content_hash] = row
    intake.conflicts.append(row)


def retract(unit: Unit, intake: Intake, number: int) -> None:
    """Mark what the batch retracts, and free what a retraction no longer names because another body of it counts."""
    intake.targets = {key for decoded in intake.events.values() for key in _target(decoded.event)}
    intake.freed = _freed(unit, intake)
    changed = intake.targets | intake.freed
    if not changed:
        return
    # Also what is freed may get another body at the same time, elsewhere.
    unit.hold({event_name(key) for key in changed})
    for key, (_, case) in unit.known(changed).items():
        intake.touched.add(case)
        if key not in intake.facts:
            intake.facts[key] = next(fact for fact in unit.facts([case])[case] if fact.event_key == key)
    for key in changed & intake.facts.keys():
        if intake.facts[key].is_retracted != (key in intake.targets):
            # The batch says when the fact last changed, so that a late retraction is found after a close.
            intake.facts[key] = replace(intake.facts[key], is_retracted=key in intake.targets, batch=number)


def _freed(unit: Unit, intake: Intake) -> set[bytes]:
    """Events that lost the retraction that named them, and have no other."""
    gone = set(intake.swapped)
    freed = set()
    for case in {case for case, _ in gone if case.startswith("retraction|")}:
        left = [fact for fact in unit.facts([case]).get(case, ()) if (case, fact.event_key) not in gone]
        if not left:
            _, source, event_id = split_key(case)
            freed.add(key_of(source, event_id))
    return freed - intake.targets
