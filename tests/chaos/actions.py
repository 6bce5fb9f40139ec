"""The harm that a step does; one function an action, one table."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import redis
from kafka import KafkaAdminClient

from tests.chaos.schedule import Step
from tests.cluster.cluster import Cluster
from tests.cluster.proxy import Harm, Proxy
from tests.cluster.supervisor import Supervisor
from tests.servers.kafka_broker import Kafka
from tests.servers.postgres import Postgres
from tests.servers.redis_server import Redis

TRAP_SECONDS = 4.0
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
    done: dict[str, int] = field(default_factory=dict)

    def killed(self, what: str, life_seconds: float | None = None) -> None:
        """Count a kill; early when its victim had lived for less than a second."""
        self.kills.append(what)
        self.early += life_seconds is not None and life_seconds < 1.0


def kill(scene: Scene, step: Step) -> None:
    """SIGKILL of a worker, so long after its latest start."""
    life = scene.supervisor.current(step.place)
    while life.process.poll() is not None:
        time.sleep(0.01)
        life = scene.supervisor.current(step.place)
    time.sleep(max(0.0, life.began + step.delay_seconds - time.monotonic()))
    lived = time.monotonic() - life.began
    if life.process.poll() is None:
        life.process.send_signal(signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            life.process.wait(10)
        scene.killed("worker", lived)


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
    with contextlib.suppress(Exception):
        life.process.wait(5)


def grow(scene: Scene, step: Step) -> None:
    """More partitions while events are under way."""
    with contextlib.closing(KafkaAdminClient(bootstrap_servers=scene.cluster.brokers)) as admin:
        admin.create_partitions({scene.cluster.topic: PARTITIONS_AFTER})


ACTIONS: dict[str, Callable[[Scene, Step], None]] = {
    "kill": kill,
    "trap": trap,
    "freeze": freeze,
    "kill_database": kill_database,
    "kill_broker": kill_broker,
    "lose_commit": lose_commit,
    "flush": flush,
    "roll": roll,
    "grow": grow,
}
