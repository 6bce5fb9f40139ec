"""Two writers on one PostgreSQL, each stopped at every statement: the result is always that of one writer."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from scoring.definitions import Definitions
from streams.codec import Decoded
from streams.stores import postgres_unit
from streams.stores.migration import migrate
from streams.stores.postgres import PostgresStore
from tests.properties.months import pipeline
from tests.scenarios.shop import NOW_US, Teller, Wire, decoded_of, definitions_of, shop_texts
from tests.servers import Postgres
from tests.streams.stores.agreement import content, emptied, oddities, told_in_memory
from tests.streams.stores.interleaving import NEVER, SteppedStore, race

TELL = Teller()
FAR = 10_000
PAIRS_OF_STOPS = 12


@dataclass(frozen=True, slots=True)
class Scene:
    """What was there before, and the batches of two shards that meet."""

    first: list[Wire]
    second: list[Wire]
    before: list[Wire] = field(default_factory=list)

    @property
    def batches(self) -> list[list[Decoded]]:
        """The three batches, decoded."""
        return [decoded_of(batch) for batch in (self.before, self.first, self.second)]


def paid(order: str, **fields: Any) -> Wire:
    """An order that ann and bob share."""
    return TELL.paid(order, "03 10:00:00", "100.01", **fields)


def retraction(of: Wire, event_id: str) -> Wire:
    """The event that cancels another."""
    target = {"target_source": of["source"], "target_event_id": of["event_id"]}
    return TELL.event("event.retracted", "03 12:00:00", event_id=event_id, **target)


def bodies(*events: Wire) -> list[Wire]:
    """These events under the id of the first, the one that counts (the lowest hash) first."""
    same = [{**event, "event_id": events[0]["event_id"]} for event in events]
    return sorted(same, key=lambda event: decoded_of([event])[0].content_hash)


def bodies_in_order(lower: Callable[[], Wire], higher: Callable[[], Wire]) -> tuple[Wire, Wire]:
    """Two bodies of one event of which the first counts; what is not told about them is chosen until it is so."""
    for number in range(1000):
        pair = {**lower(), "reason_code": f"r{number}"}, higher()
        if bodies(*pair)[0] == pair[0]:
            return pair
    raise AssertionError("a thousand hashes are all higher")


def in_room(event_type: str, time: str, **fields: Any) -> Wire:
    """An event of the live session `room`."""
    return TELL.event(event_type, time, session_id="room", channel="live", **fields)


def _scenes() -> dict[str, Scene]:
    order, other = paid("o1"), paid("o2", event_id="x")
    low, middle, high = bodies(paid("o3"), paid("o4"), paid("o5"))
    y_order = paid("o6")
    names_y, names_x = bodies_in_order(lambda: retraction(y_order, "r"), lambda: retraction(order, "r"))
    names_z, names_high = bodies_in_order(lambda: retraction(y_order, "q"), lambda: retraction(high, "q"))
    air = [
        in_room("live.started", "03 09:00:00"),
        in_room("live.host_on", "03 09:00:00", host_id="acc-ann"),
        in_room("live.ended", "03 12:00:00"),
    ]
    handed_over = [
        in_room("live.host_off", "03 09:30:00", host_id="acc-ann"),
        in_room("live.host_on", "03 09:30:00", host_id="acc-bob"),
    ]
    in_session = paid("o7", live_session_id="room", channel="live", buyer_id="b1")
    bought = [paid(f"o{n}", buyer_id="b1") for n in (8, 9)]
    asked = TELL.event("chat.message", "03 09:40:00", session_id="c1", customer_id="b1", sender="customer")
    answered = TELL.event(
        "chat.message", "03 09:41:00", session_id="c1", customer_id="b1", sender="agent", agent_id="acc-bob"
    )
    return {
        "nothing in common": Scene([order], [other]),
        "the same new events": Scene([order, other], [other, order]),
        "the same events in part": Scene([order, other], [bought[0], other]),
        "a retraction and its target": Scene([retraction(order, "r1")], [order, other]),
        "a retraction with its target, and the target": Scene([retraction(order, "r1"), order], [order]),
        "a retraction with a contradicted target": Scene([retraction(low, "r1"), high], [low]),
        "a retraction and a target that is there": Scene([retraction(order, "r1")], [other], [order]),
        "two retractions of one event": Scene([retraction(order, "r1")], [retraction(order, "r2")], [order]),
        "two retractions of an absent event": Scene([retraction(order, "r1")], [retraction(order, "r2"), order]),
        "a retracted event on two shards": Scene([order], [order, other], [retraction(order, "r1")]),
        "a retracted event with two bodies": Scene([high], [low], [retraction(low, "r1")]),
        "two bodies": Scene([high], [low]),
        "two more bodies": Scene([low], [middle], [high]),
        "two bodies and one that is there": Scene([high, other], [low, middle]),
        "a body and a retraction": Scene([low], [retraction(low, "r1")], [high]),
        "a retraction that names another, and its old target": Scene([names_y], [order], [names_x]),
        "a retraction that names another, and a new body of its old target": Scene(
            [names_z], [low], [names_high, high]
        ),
        "a retraction that names another, and another retraction of its absent target": Scene(
            [names_y], [retraction(order, "r2")], [names_x]
        ),
        "a retraction that names another, and another retraction": Scene(
            [names_y], [retraction(order, "r2")], [names_x, order]
        ),
        "an order and its refund": Scene(
            [order],
            [TELL.refunded("o1", "03 11:00:00", "40.00"), TELL.refunded("o1", "03 11:00:00", "1", refund_id="r")],
        ),
        "an order in a room whose host changes": Scene([in_session], handed_over, air),
        "an order that is there in a room whose host changes": Scene(
            [TELL.refunded("o7", "03 11:00:00", "3")], handed_over, [*air, in_session]
        ),
        "an order in a room that is not known yet": Scene([in_session], [*air, *handed_over]),
        "two orders of one customer": Scene([bought[0]], [bought[1]]),
        "an order and a conversation": Scene([bought[0]], [asked, answered]),
        "an order and the answer before it": Scene([bought[0]], [answered], [asked]),
    }


SCENES = _scenes()


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """The small shop's."""
    return definitions_of(tuple(sorted(shop_texts().items())))


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Iterator[str]:
    """One database for all races here: each begins by emptying it."""
    with postgres.fresh_database() as url:
        migrate(url)
        yield url


@pytest.fixture(scope="module")
def watch(database: str) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection that looks on; deadlocks of this database are noticed at once."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET deadlock_timeout = '10ms'")
        yield connection


@pytest.fixture(scope="module")
def stores(database: str, watch: psycopg.Connection[Any]) -> Iterator[tuple[SteppedStore, SteppedStore]]:
    """The stores of two workers."""
    opened = SteppedStore(database), SteppedStore(database)
    yield opened
    for store in opened:
        store.close()


@dataclass(frozen=True, slots=True)
class Stage:
    """Plays one scene in one order over and over, each time from an empty database."""

    definitions: Definitions
    watch: psycopg.Connection[Any]
    stores: tuple[SteppedStore, SteppedStore]
    before: list[Decoded]
    meeting: Sequence[list[Decoded]]
    shards: tuple[int, int]

    def expected(self) -> dict[str, Any]:
        """What one writer makes of it, whichever batch comes first."""
        orders = [[self.before, *batches] for batches in (self.meeting, self.meeting[::-1])]
        one, other = (content(told_in_memory(self.definitions, order)) for order in orders)
        assert one == other
        return one

    def play(self, stops: tuple[int, int], expected: dict[str, Any]) -> tuple[bool, list[str]]:
        """Whether the first batch was stopped at its stop, and everything that came out wrong."""
        emptied(self.watch)
        if self.before:
            act(self.definitions, self.before, 0)(self.stores[0])
        acts = [act(self.definitions, *parts) for parts in zip(self.meeting, self.shards, strict=True)]
        was_stopped = race(self.watch, self.stores, acts, stops)
        found = content(self.stores[0])
        wrong = [f"{part} differs" for part, value in found.items() if value != expected[part]]
        return was_stopped, wrong + [f"{name}: {rows}" for name, rows in oddities(self.watch).items()]


def act(definitions: Definitions, batch: list[Decoded], shard: int) -> Callable[[PostgresStore], object]:
    """One batch of one shard."""
    return lambda store: pipeline(store, definitions).apply(batch, [], None, NOW_US, shard)


StageOf = Callable[[str, bool, tuple[int, int]], Stage]


@pytest.fixture
def stage_of(
    definitions: Definitions, watch: psycopg.Connection[Any], stores: tuple[SteppedStore, SteppedStore]
) -> StageOf:
    """The stage of a scene by its name, whether the batches change places, and their shards."""

    def made(name: str, swapped: bool, shards: tuple[int, int]) -> Stage:
        before, *meeting = SCENES[name].batches
        return Stage(definitions, watch, stores, before, meeting[::-1] if swapped else meeting, shards)

    return made


@pytest.mark.parametrize("swapped", [False, True], ids=["", "other way round"])
@pytest.mark.parametrize("name", SCENES)
def test_two_batches_that_meet_anywhere_give_what_one_writer_gives(name: str, swapped: bool, stage_of: StageOf) -> None:
    """For every statement k of one batch: stopped before k while the other goes as far as it can, nothing differs."""
    stage = stage_of(name, swapped, (1, 2))
    expected, wrong = stage.expected(), {}
    for stop in range(FAR):
        was_stopped, found = stage.play((stop, NEVER), expected)
        if found:
            wrong[stop] = found
        if not was_stopped:
            break
    assert wrong == {}
    assert 5 < stop < FAR, "the races were none"


@pytest.mark.parametrize("name", SCENES)
def test_two_batches_that_both_stop_anywhere(name: str, stage_of: StageOf) -> None:
    """Random pairs of stops: the first up to j, the second up to k, the first to its end, then the second."""
    rng = random.Random(f"stops {name}")
    stage = stage_of(name, rng.random() < 0.5, (1, 2))
    expected, wrong = stage.expected(), {}
    for _ in range(PAIRS_OF_STOPS):
        stops = (rng.randrange(25), rng.randrange(25))
        _, found = stage.play(stops, expected)
        if found:
            wrong[stops] = found
    assert wrong == {}


@pytest.mark.parametrize("name", ["an order that is there in a room whose host changes", "a retraction and its target"])
def test_a_batch_that_needs_too_many_locks_works_alone(
    name: str, stage_of: StageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for one lock every batch here starts over and has the store for itself: nothing differs."""
    monkeypatch.setattr(postgres_unit, "HELD_AT_MOST", 1)
    stage = stage_of(name, False, (1, 2))
    expected = stage.expected()
    for stop in range(30):
        assert stage.play((stop, NEVER), expected)[1] == []
    assert any("SET LOCAL lock_timeout" in statement for statement in stage.stores[0].steps.trail)


@pytest.mark.parametrize("name", ["nothing in common", "two bodies", "a retraction and its target"])
def test_two_batches_of_one_shard_take_turns(name: str, stage_of: StageOf) -> None:
    """Shard 0 belongs to files and people, of whom several may write at once: no count of either is lost."""
    stage = stage_of(name, False, (0, 0))
    expected = stage.expected()
    for stop in range(8):
        assert stage.play((stop, NEVER), expected) == (True, [])
