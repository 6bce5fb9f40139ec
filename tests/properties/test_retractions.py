"""Retracting an event equals never having heard of it."""

from __future__ import annotations

import random

from tests.properties.months import applied, cells_of, disagreements, in_order, pipeline, told
from tests.scenarios.shop import NOW_US, Wire, decoded_of

MONTHS = 60
EVENTS_PER_MONTH = 5


def retraction(of: Wire) -> Wire:
    """The event that cancels another."""
    head = {name: of[name] for name in ("occurred_at", "source", "shop_id")}
    about = {"target_source": of["source"], "target_event_id": of["event_id"]}
    return {**head, **about, "event_id": "the-retraction", "event_type": "event.retracted"}


def test_retracted_before_or_after_equals_never() -> None:
    """300 random events: retract(e) after e = retract(e) before e = never e, in cells and in open problems."""
    for seed in range(MONTHS):
        rng = random.Random(f"retract {seed}")
        month = told(seed, 40)
        plain = [event for event in month.wire if event["event_type"] != "event.retracted"]
        everything = in_order(plain)
        for event in rng.sample(plain, EVENTS_PER_MONTH):
            cancel = decoded_of([retraction(event)])
            never = applied(month.definitions, in_order([other for other in plain if other is not event]))
            after = applied(month.definitions, everything, cancel)
            before = applied(month.definitions, cancel, everything)
            assert cells_of(after) == cells_of(never), f"seed {seed}: retracting {event} later is not never"
            assert cells_of(before) == cells_of(never), f"seed {seed}: retracting {event} first is not never"
            assert after.problems() == before.problems() == never.problems(), f"seed {seed}: {event}"


def test_everything_retracted_leaves_nothing() -> None:
    """When every event of a month is retracted one by one, no cell, problem or published value is left."""
    for seed in range(20):
        month = told(seed, 30)
        plain = [event for event in month.wire if event["event_type"] != "event.retracted"]
        store = applied(month.definitions, decoded_of(plain))
        engine = pipeline(store, month.definitions)
        for number, event in enumerate(plain):
            engine.apply(decoded_of([{**retraction(event), "event_id": f"r{number}"}]), [], None, NOW_US)
        assert cells_of(store) == {}
        assert store.problems() == []
        assert store.projections_like("") == {}
        assert disagreements(store, month.definitions) == {}
