"""The servers that tests and `make stack` start: they serve, keep their data over a kill, and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from tests.servers import Alertmanager, Kafka, Postgres, Prometheus, Redis, Server, ServerFailed, ServerMissing
from tests.servers.base import REPOSITORY, free_ports
from tests.servers.fixtures import lent, short_folder, start
from tests.servers.processes import gone_within, process_tree

BROKEN = "scrape_configs: [{job_name: twice}, {job_name: twice}]\n"
# Started in a process of its own, which then dies without a chance to clean up.
ABANDON = """
import os, signal, sys
from pathlib import Path
from tests.servers import Redis
print(Redis(Path(sys.argv[1])).start().pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
ASKS_FOR_REDIS = """
from tests.servers.fixtures import redis_server
def test_one(redis_server):
    assert redis_server.url
"""


@pytest.fixture
def own_postgres(server_folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL that the test may harm."""
    with lent(Postgres(server_folder)) as server:
        yield server


@pytest.fixture
def own_kafka(server_folder: Path) -> Iterator[Kafka]:
    """A Kafka that the test may harm."""
    with lent(Kafka(server_folder)) as server:
        yield server


@pytest.fixture
def own_redis(server_folder: Path) -> Iterator[Redis]:
    """A Redis that the test may harm."""
    with lent(Redis(server_folder)) as server:
        yield server


def send(brokers: str, topic: str, value: bytes, **security: str) -> None:
    """One acknowledged record."""
    producer = KafkaProducer(bootstrap_servers=brokers, acks="all", bootstrap_timeout_ms=5_000, **security)
    try:
        producer.send(topic, value).get(timeout=20)
    finally:
        producer.close(timeout=5)


def received(brokers: str, topic: str, count: int) -> list[bytes]:
    """The first values of partition 0."""
    consumer = KafkaConsumer(bootstrap_servers=brokers, consumer_timeout_ms=10_000, auto_offset_reset="earliest")
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        return [next(consumer).value for _ in range(count)]
    finally:
        consumer.close()


def test_postgres_keeps_a_committed_row_over_a_kill(own_postgres: Postgres) -> None:
    """SIGKILL ends every process of PostgreSQL, and the committed row is there on the same port after a start."""
    own_postgres.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    port, processes = own_postgres.port, process_tree(own_postgres.pid)
    assert len(processes) > 3, "the postmaster has children, and each is a process group of its own"
    own_postgres.kill()
    assert gone_within(processes, 5)
    assert not own_postgres.answers()
    own_postgres.start()
    assert own_postgres.port == port
    assert own_postgres.execute("SELECT n FROM kept") == "7"


def test_postgres_is_durable_and_asks_for_the_password(postgres: Postgres) -> None:
    """Settings that the store leans on are the safe ones, and a wrong password is refused over TCP and socket."""
    assert [postgres.execute(f"SHOW {name}") for name in ("fsync", "synchronous_commit")] == ["on", "on"]
    assert postgres.execute("SHOW max_locks_per_transaction") == "512"
    right, postgres.password = postgres.password, "wrong"
    try:
        with pytest.raises(ServerFailed, match="password authentication failed"):
            postgres.execute("SELECT 1")
    finally:
        postgres.password = right


def test_postgres_sorts_as_people_do(postgres: Postgres) -> None:
    """Text sorts linguistically as in the official image, so code that counts on byte order is found out here."""
    assert postgres.execute("SELECT string_agg(t, '' ORDER BY t) FROM unnest(ARRAY['B','a','C']) t") == "aBC"


def test_databases_are_fresh_and_dropped(postgres: Postgres) -> None:
    """A test's database is empty, apart from others, and gone afterwards even while a session is open in it."""
    count = "SELECT count(*) FROM pg_database WHERE datname = '{}'"
    with postgres.fresh_database() as first, postgres.fresh_database() as second:
        names = [url.rpartition("/")[2] for url in (first, second)]
        postgres.execute("CREATE TABLE only_here (n int)", names[0])
        with pytest.raises(ServerFailed, match="only_here"):
            postgres.execute("SELECT * FROM only_here", names[1])
        assert [postgres.execute(count.format(name)) for name in names] == ["1", "1"]
    assert [postgres.execute(count.format(name)) for name in names] == ["0", "0"]


def test_kafka_keeps_records_over_a_kill(own_kafka: Kafka, topic_name: str) -> None:
    """An acknowledged record is read again after SIGKILL and a start on the same port."""
    own_kafka.create_topic(topic_name, partitions=1)
    send(own_kafka.brokers, topic_name, b"before")
    brokers, processes = own_kafka.brokers, process_tree(own_kafka.pid)
    own_kafka.kill()
    assert gone_within(processes, 5)
    assert not own_kafka.answers()
    own_kafka.start()
    assert own_kafka.brokers == brokers
    send(own_kafka.brokers, topic_name, b"after")
    assert received(own_kafka.brokers, topic_name, 2) == [b"before", b"after"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_kafka_asks_for_a_password(kafka: Kafka, topic_name: str, mechanism: str) -> None:
    """The second listener takes the right password and refuses a wrong one, by each mechanism."""
    kafka.create_topic(topic_name, partitions=1)
    security = {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": mechanism,
        "sasl_plain_username": kafka.username,
    }
    send(kafka.sasl_brokers, topic_name, b"let in", sasl_plain_password=kafka.password, **security)
    assert received(kafka.brokers, topic_name, 1) == [b"let in"]
    with pytest.raises(KafkaError):
        send(kafka.sasl_brokers, topic_name, b"kept out", sasl_plain_password="wrong", **security)


def test_redis_forgets_and_comes_back(own_redis: Redis) -> None:
    """Redis keeps nothing over a kill, as a live view that may be flushed; its address stays."""
    import redis

    url = own_redis.url
    with redis.Redis.from_url(url) as client:
        client.set("a", "1")
        assert client.get("a") == b"1"
    own_redis.kill()
    own_redis.start()
    assert own_redis.url == url
    with redis.Redis.from_url(url) as client:
        assert client.get("a") is None
    with redis.Redis(port=own_redis.port, password="wrong") as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_a_paused_server_takes_calls_and_says_nothing(own_redis: Redis) -> None:
    """SIGSTOP leaves the port open without an answer; SIGCONT lets the same connection go on."""
    own_redis.pause()
    assert own_redis.running
    with socket.create_connection(("127.0.0.1", own_redis.port), timeout=0.3) as connection:
        connection.sendall(b"PING\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(64)
        own_redis.resume()
        connection.settimeout(5)
        assert connection.recv(64).startswith(b"-NOAUTH")


def test_a_paused_server_can_be_stopped(own_redis: Redis, own_postgres: Postgres) -> None:
    """stop() wakes a paused server so that it can end as asked, and a restart serves again."""
    for server in (own_redis, own_postgres):
        server.pause()
        server.restart()
        assert server.answers()


def test_prometheus_and_alertmanager_answer(server_folder: Path) -> None:
    """Both start on a configuration and answer questions; Prometheus stands in its own scrape."""
    (server_folder / "am.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n", "utf-8")
    with lent(Alertmanager(server_folder / "am", server_folder / "am.yml")) as alertmanager:
        assert alertmanager.alerts() == []
        (server_folder / "prom.yml").write_text("global: {scrape_interval: 1s}\n", "utf-8")
        with lent(Prometheus(server_folder / "prom", server_folder / "prom.yml")) as prometheus:
            assert prometheus.query("vector(3)")[0]["value"][1] == "3"
            assert prometheus.targets() == []
            assert prometheus.alerts() == []


def test_a_server_that_does_not_start_says_why(server_folder: Path) -> None:
    """ServerFailed carries the server's own last words."""
    (server_folder / "prom.yml").write_text(BROKEN, "utf-8")
    server = Prometheus(server_folder / "prom", server_folder / "prom.yml")
    with pytest.raises(ServerFailed, match="ended by itself") as caught:
        server.start()
    assert "twice" in str(caught.value)
    assert not server.running


def test_a_taken_port_is_a_failure_and_not_somebody_elses_server(own_redis: Redis, server_folder: Path) -> None:
    """A server whose port another one holds fails: it never takes the other's answers for its own."""
    second = Redis(server_folder / "second")
    second.ports = own_redis.ports
    with pytest.raises(ServerFailed, match="ended by itself"):
        second.start()


def test_a_missing_server_is_named_with_what_to_do(server_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the program or the jars: ServerMissing, what is absent, and the command that brings it."""

    class WithoutJars(Kafka):
        libraries = server_folder / "absent"

    def refused(server: Server) -> str:
        with pytest.raises(ServerMissing, match=r"scripts/system-packages\.sh test") as caught:
            server.start()
        return str(caught.value)

    assert "Kafka 4." in refused(WithoutJars(server_folder / "k"))
    monkeypatch.setenv("PATH", str(server_folder))
    assert "java" in refused(Kafka(server_folder / "k2"))
    assert "redis-server" in refused(Redis(server_folder / "r"))
    assert "prometheus" in refused(Prometheus(server_folder / "p", server_folder / "p.yml"))
    assert "alertmanager" in refused(Alertmanager(server_folder / "a", server_folder / "a.yml"))


@pytest.mark.parametrize(("purpose", "required", "code"), [("test", "1", 3), ("test", "0", 0), ("demo", "1", 0)])
def test_the_script_says_what_is_missing(server_folder: Path, purpose: str, required: str, code: int) -> None:
    """Where it may not install, the script names what is missing; only required servers make it fail."""
    for name in ("bash", "cat", "dirname", "grep", "head", "id", "mktemp", "rm", "sed", "tail"):
        found = shutil.which(name)
        assert found is not None, name
        (server_folder / name).symlink_to(found)
    run = subprocess.run(
        [REPOSITORY / "scripts" / "system-packages.sh", purpose],
        env={"PATH": str(server_folder), "REQUIRE_SERVERS": required},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, run.stdout + run.stderr
    assert "to get it: install with your system's own tool" in run.stderr
    for package in ("redis-server", "prometheus", "prometheus-alertmanager", "default-jre-headless", "chromium"):
        assert (f" {package} " in run.stderr.replace("\n", " ")) == (purpose == "test"), package


@pytest.mark.parametrize(("required", "outcome"), [("1", "1 error"), ("0", "1 skipped")])
def test_required_servers_are_never_skipped(server_folder: Path, required: str, outcome: str) -> None:
    """A test that asks for a missing server fails with REQUIRE_SERVERS=1 and is skipped without."""
    (server_folder / "test_asking.py").write_text(ASKS_FOR_REDIS, "utf-8")
    environment = {"PATH": str(server_folder), "PYTHONPATH": str(REPOSITORY), "REQUIRE_SERVERS": required}
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rs",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            server_folder,
            server_folder,
        ],
        env=environment,
        cwd=server_folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in run.stdout.splitlines()[-1], run.stdout + run.stderr
    assert "no redis-server" in run.stdout


def test_a_server_does_not_outlive_us(server_folder: Path) -> None:
    """When the process that started a server is killed, the server ends too."""
    run = subprocess.run(
        [sys.executable, "-c", ABANDON, server_folder],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL
    assert gone_within([int(run.stdout)], 5)


def test_ports_are_outside_the_range_of_clients() -> None:
    """A client that keeps calling a dead server can not be given that server's port by the kernel."""
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert max(ports) < first


def test_starting_twice_is_starting_once(redis_server: Redis) -> None:
    """start() on a running server changes nothing."""
    pid = redis_server.pid
    assert start(redis_server).pid == pid


def test_a_folder_that_only_we_may_enter_is_no_obstacle() -> None:
    """In a folder that is closed to PostgreSQL's user, the cluster lies elsewhere and is removed at the end."""
    with short_folder() as folder:
        folder.chmod(0o700)
        server = Postgres(folder / "inside")
        with lent(server):
            assert server.execute("SELECT 1") == "1"
            home = server.home
        del server
    assert not home.exists()
