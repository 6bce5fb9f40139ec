"""One chaos run: servers, two supervised workers, a feed that never stops, a schedule of harm, and the verdict."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from scoring.contribution import Key
from streams.live import open_live_numbers
from streams.stores import Store
from streams.stores.migration import migrate
from tests.chaos.actions import ACTIONS, Scene
from tests.chaos.schedule import PLACES, schedule
from tests.cluster.cluster import DEFINITIONS, Cluster, keyed, wait_until
from tests.cluster.evidence import undisturbed
from tests.cluster.feeder import Feeder
from tests.cluster.fixtures import SHORT_SESSIONS
from tests.cluster.lines import troubled
from tests.cluster.nursery import Nursery
from tests.cluster.proxy import Proxy
from tests.cluster.supervisor import Supervisor
from tests.servers.kafka_broker import Kafka
from tests.servers.postgres import Postgres
from tests.servers.redis_server import Redis

TOPIC, PARTITIONS = "chaos", 4
SECONDS_A_KILL = 1.6
"""About so long a kill takes, for spreading the feed over the run."""
WORKER = {"TEST_BATCH": "50", "TEST_SESSION": "1", "SCORELINE_DEADLINE_SECONDS": "3"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run came to: `differences` from the undisturbed run, none when nothing was lost or doubled."""

    seed: int
    records: int
    steps: int
    kills: dict[str, int]
    groups_deleted: int
    early: int
    starts: int
    seconds: float
    differences: tuple[str, ...]
    view_differences: int

    @property
    def is_good(self) -> bool:
        """Whether the numbers are those of a quiet run, and enough kills came within a second of a start."""
        return not self.differences and not self.view_differences and self.early * 5 >= sum(self.kills.values())

    def lines(self) -> list[str]:
        """For people."""
        named = ", ".join(f"{count} x {what}" for what, count in sorted(self.kills.items()))
        return [
            f"seed {self.seed}: {self.steps} steps in {self.seconds:.0f} s over {self.records} records",
            f"{sum(self.kills.values())} kills ({named}), {self.early} within 1 s of their victim's start",
            f"{self.starts} starts of workers; the group was deleted {self.groups_deleted} times",
            *(f"DIFFERENCE {row}" for row in self.differences),
            f"live view: {self.view_differences} cells differ from the store",
            "0 lost, 0 doubled: digest, facts, counts and quarantine equal the undisturbed run"
            if not self.differences
            else "NOT EQUAL to the undisturbed run",
        ]


def chaos(kills: int, seed: int, folder: Path, scale: Fraction) -> Verdict:
    """Run the schedule of a seed in an empty folder."""
    steps, lines = schedule(kills, seed), troubled(scale)
    quiet = undisturbed(lines, DEFINITIONS, folder)
    began = time.monotonic()
    with _scene(folder) as scene:
        feeder = Feeder(scene.cluster, keyed(lines), len(lines) / (kills * SECONDS_A_KILL))
        with feeder.feeding():
            for number, step in enumerate(steps, start=1):
                print(f"{time.monotonic() - began:7.1f} s {number}/{len(steps)} {step.told}", flush=True)
                ACTIONS[step.action](scene, step)
            feeder.finish()
        scene.cluster.wait_read(180)
        evidence = scene.cluster.evidence()
        view_differences = _view_differences(scene)
    counted = {what: scene.kills.count(what) for what in set(scene.kills)}
    return Verdict(
        seed,
        len(lines),
        len(steps),
        counted,
        scene.groups_deleted,
        scene.early,
        len(scene.supervisor.lives),
        time.monotonic() - began,
        tuple(evidence.differences(quiet)),
        view_differences,
    )


@contextlib.contextmanager
def _scene(folder: Path) -> Iterator[Scene]:
    places = [folder / name for name in ("kafka", "postgres", "redis")]
    for place in places:
        place.mkdir()
    kafka, postgres, redis = Kafka(places[0], SHORT_SESSIONS), Postgres(places[1]), Redis(places[2])
    with ExitStack() as ending:
        for server in (kafka, postgres, redis):
            server.start()
            ending.callback(server.kill)
        url = ending.enter_context(postgres.fresh_database())
        migrate(url)
        kafka.create_topic(TOPIC, PARTITIONS)
        proxy = ending.enter_context(Proxy(postgres.port).running())
        environment = {**WORKER, "SCORELINE_STORE": proxy.url(url), "SCORELINE_REDIS": redis.url}
        nursery = ending.enter_context(Nursery())
        cluster = Cluster(kafka.brokers, TOPIC, url, folder / "home", environment, nursery)
        supervisor = ending.enter_context(Supervisor(cluster, PLACES).watching())
        yield Scene(cluster, supervisor, kafka, postgres, redis, proxy)


def _view_differences(scene: Scene) -> int:
    """How many cells the live view shows otherwise than the store, once it is whole again."""
    with scene.cluster.looking() as store:
        numbers = open_live_numbers(store, scene.redis.url, scene.cluster.group)
        keys = _cells(store)
        stored = store.shards()

        def is_whole() -> bool:
            shown = numbers.shards()
            return numbers.source == "redis" and all(shown.get(shard) == row for shard, row in stored.items())

        wait_until(is_whole, "the live view did not become whole", 60)
        return sum(
            sorted(numbers.cells(*key, "2026-01-01", "2026-12-31"))
            != sorted(store.cells(*key, "2026-01-01", "2026-12-31"))
            for key in keys
        )


def _cells(store: Store) -> Sequence[tuple[str, str, str]]:
    found: dict[tuple[str, str, str], None] = {}
    key: Key
    for key, _ in store.all_cells("0", "9"):
        found[key[:3]] = None
    return list(found)
