"""The harm that a step does; one function an action, one table."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import redis
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.chaos.schedule import Step
from tests.cluster.cluster import Cluster
from tests.cluster.proxy import Harm, Proxy
from tests.cluster.supervisor import Life, Supervisor
from tests.servers.kafka_broker import Kafka
from tests.servers.postgres import Postgres
from tests.servers.redis_server import Redis

TRAP_SECONDS = 4.0
FORGET_SECONDS = 6.0
PARTITIONS_AFTER = 7


@dataclass(slots=True)
class Scene:
    """Everything that can be harmed, and what was: kills by what was killed, and how soon after a start."""

    cluster: Cluster
    supervisor: Supervisor
    kafka: Kafka
    postgres: Postgres
    redis: Redis
    proxy: Proxy
    kills: list[str] = field(default_factory=list)
    early: int = 0
    groups_deleted: int = 0

    def killed(self, what: str, life_seconds: float | None = None) -> None:
        """Count a kill; early when its victim had lived for less than a second."""
        self.kills.append(what)
        self.early += life_seconds is not None and life_seconds < 1.0


def kill(scene: Scene, step: Step) -> None:
    """SIGKILL of a worker, so long after its latest start."""
    life = scene.supervisor.living(step.place)
    time.sleep(max(0.0, life.began + step.delay_seconds - time.monotonic()))
    _end(scene, life)


def kill_both(scene: Scene, step: Step) -> None:
    """SIGKILL of all workers at once, so long after the latest start of one of them."""
    lives = [scene.supervisor.living(place) for place in range(scene.supervisor.places)]
    time.sleep(max(0.0, lives[step.place].began + step.delay_seconds - time.monotonic()))
    for life in lives:
        _end(scene, life)


def _end(scene: Scene, life: Life) -> None:
    if life.process.poll() is not None:
        return
    life.process.send_signal(signal.SIGKILL)
    # It may have ended by itself in this very moment; then it was not killed.
    if life.process.wait(10) == -signal.SIGKILL:
        scene.killed("worker", time.monotonic() - life.began)


def trap(scene: Scene, step: Step) -> None:
    """The next worker of a place ends itself at a step of its work; the present one is killed to make room for it."""
    scene.supervisor.plans.setdefault(step.place, []).append({"TEST_TRAP": step.detail})
    kill(scene, Step("kill", step.place))
    end = time.monotonic() + TRAP_SECONDS
    while time.monotonic() < end:
        life = scene.supervisor.current(step.place)
        if life.environment and life.process.poll() is not None:
            if life.process.poll() == -signal.SIGKILL:
                scene.killed("worker at a step", (life.ended or time.monotonic()) - life.began)
            return
        time.sleep(0.02)


def freeze(scene: Scene, step: Step) -> None:
    """SIGSTOP of a worker beyond the group's patience, then SIGCONT."""
    process = scene.supervisor.current(step.place).process
    process.send_signal(signal.SIGSTOP)
    time.sleep(step.delay_seconds)
    process.send_signal(signal.SIGCONT)


def kill_database(scene: Scene, step: Step) -> None:
    """SIGKILL of all of PostgreSQL, and a start on the same files."""
    time.sleep(step.delay_seconds)
    scene.postgres.kill()
    scene.killed("PostgreSQL")
    time.sleep(0.3)
    scene.postgres.start()


def kill_broker(scene: Scene, step: Step) -> None:
    """SIGKILL of Kafka, and a start on the same files."""
    time.sleep(step.delay_seconds)
    scene.kafka.kill()
    scene.killed("Kafka")
    scene.kafka.start()


def lose_commit(scene: Scene, step: Step) -> None:
    """The next COMMIT, or its answer, is lost."""
    scene.proxy.arm(Harm[step.detail])
    end = time.monotonic() + 3.0
    while scene.proxy.is_armed and time.monotonic() < end:
        time.sleep(0.02)


def flush(scene: Scene, step: Step) -> None:
    """FLUSHALL."""
    time.sleep(step.delay_seconds)
    client = redis.Redis.from_url(scene.redis.url)
    client.flushall()
    client.close()


def roll(scene: Scene, step: Step) -> None:
    """SIGTERM of a worker, as a rolling restart does it."""
    life = scene.supervisor.current(step.place)
    life.process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        life.process.wait(5)


def forget_group(scene: Scene, step: Step) -> None:
    """All workers are killed, and while none is there the group is deleted with its offsets."""
    with scene.supervisor.paused(), contextlib.closing(_admin(scene)) as admin:
        for place in range(scene.supervisor.places):
            _end(scene, scene.supervisor.current(place))
        end = time.monotonic() + FORGET_SECONDS
        while time.monotonic() < end:
            # The group can be deleted when it has missed its last member.
            try:
                admin.delete_groups([scene.cluster.group])
            except KafkaError:
                time.sleep(0.1)
            else:
                scene.groups_deleted += 1
                return


def grow(scene: Scene, step: Step) -> None:
    """More partitions while events are under way."""
    with contextlib.closing(_admin(scene)) as admin:
        admin.create_partitions({scene.cluster.topic: PARTITIONS_AFTER})


def _admin(scene: Scene) -> Any:
    return KafkaAdminClient(bootstrap_servers=scene.cluster.brokers)


ACTIONS: dict[str, Callable[[Scene, Step], None]] = {
    "kill": kill,
    "kill_both": kill_both,
    "trap": trap,
    "freeze": freeze,
    "kill_database": kill_database,
    "kill_broker": kill_broker,
    "lose_commit": lose_commit,
    "flush": flush,
    "roll": roll,
    "forget_group": forget_group,
    "grow": grow,
}
