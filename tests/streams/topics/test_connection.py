"""Connections that fail: within ten seconds, with the cause and what to do, and without a password in any log."""

from __future__ import annotations

import gc
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from streams.topics import KafkaSettings, KafkaUnavailable
from streams.topics.connection import BOOTSTRAP_MS, admin, client_settings, reaching
from tests.servers.kafka_broker import Kafka

LIMIT_SECONDS = 10


def failing(settings: KafkaSettings, within_ms: int = 2_000) -> str:
    """The message of a connection that must fail."""
    with pytest.raises(KafkaUnavailable) as caught, admin(settings, within_ms) as client:
        client.list_topics()
    return str(caught.value)


def with_password(kafka: Kafka, password: str, mechanism: str = "SCRAM-SHA-512") -> KafkaSettings:
    """Settings for the broker's port that asks for a password."""
    return KafkaSettings(
        (kafka.sasl_brokers,),
        security="SASL_PLAINTEXT",
        mechanism=mechanism,
        username=kafka.username,
        password=password,
    )


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word, like a broker that hangs."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(64)
        yield door.getsockname()[1]


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"])
def test_the_right_password_connects_and_is_not_logged(
    kafka: Kafka, mechanism: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Each mechanism works, and even at the most talkative level no log line holds the password."""
    logging.getLogger("kafka").setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG), admin(with_password(kafka, kafka.password, mechanism)) as client:
        assert client.describe_cluster()["brokers"]
    assert "Authenticated as scoreline" in caplog.text
    assert kafka.password not in caplog.text


def test_a_wrong_password(kafka: Kafka, caplog: pytest.LogCaptureFixture) -> None:
    """The user and the variables to check are named, not the password."""
    logging.getLogger("kafka").setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        message = failing(with_password(kafka, "not-the-password"))
    # kafka-python sees either the broker's answer or only that it hangs up; both name the user and what to check.
    assert re.search(r"(refused|hung up when) the user 'scoreline'.*: the password.* is wrong. Check", message)
    assert "SCORELINE_KAFKA_USERNAME" in message and "SCORELINE_KAFKA_PASSWORD" in message
    assert "not-the-password" not in message + caplog.text


def test_a_password_on_a_port_that_takes_none(kafka: Kafka) -> None:
    """The broker's plain port with SASL settings: the setting that does not fit is named."""
    settings = KafkaSettings((kafka.brokers,), security="SASL_PLAINTEXT", username="scoreline", password="x")
    assert "takes no password on this port, but SCORELINE_KAFKA_SECURITY is SASL_PLAINTEXT" in failing(settings)


def test_no_password_on_a_port_that_asks_for_one(kafka: Kafka) -> None:
    """The broker's port for passwords without SASL: it hangs up, and that is said."""
    message = failing(KafkaSettings((kafka.sasl_brokers,)))
    assert "closed the connection: the port expects something else than PLAINTEXT" in message


def test_encryption_that_the_port_does_not_speak(kafka: Kafka) -> None:
    """TLS against a plain port names the setting."""
    message = failing(KafkaSettings((kafka.brokers,), security="SSL"))
    assert message.startswith(f"no encrypted connection to {kafka.brokers}")
    assert "SCORELINE_KAFKA_SECURITY" in message


def test_nobody_there() -> None:
    """A port without a broker."""
    message = failing(KafkaSettings(("127.0.0.1:1",)))
    assert message.startswith("no Kafka broker answers at 127.0.0.1:1 (nobody listens there): check SCORELINE_BROKERS")


def test_a_name_that_nobody_has() -> None:
    """A host that can not be resolved."""
    assert "(the name is not known)" in failing(KafkaSettings(("kafka.invalid:9092",)))


def test_a_broker_that_hangs(silent_port: int) -> None:
    """A connection without an answer ends too, and by itself within ten seconds."""
    begun = time.monotonic()
    message = failing(KafkaSettings((f"127.0.0.1:{silent_port}",)), BOOTSTRAP_MS)
    assert time.monotonic() - begun < LIMIT_SECONDS
    assert f"127.0.0.1:{silent_port} (no answer)" in message


@pytest.fixture
def no_log() -> Iterator[None]:
    """No log record is made: pytest would keep each, and with it the socket that it speaks of."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("no_log")
@pytest.mark.parametrize("client", [KafkaAdminClient, KafkaConsumer, KafkaProducer], ids=lambda kind: kind.__name__)
def test_failed_connections_leave_nothing_behind(client: Callable[..., Any]) -> None:
    """A worker that asks again while the brokers are away gathers no threads and no open files."""
    settings = KafkaSettings(("127.0.0.1:1",))

    def threads_and_files() -> tuple[int, int]:
        gc.collect()
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    before = threads_and_files()
    for _ in range(4):
        with pytest.raises(KafkaUnavailable), reaching(settings):
            client(**client_settings(settings, within_ms=200))
    assert threads_and_files() == before


def test_one_broker_of_two_is_enough(kafka: Kafka) -> None:
    """A dead broker in the list does no harm."""
    with admin(KafkaSettings(("127.0.0.1:1", kafka.brokers))) as client:
        assert client.describe_cluster()["brokers"]
