"""Kafka's settings: read from the environment, every fault at once, and no password in any text."""

from __future__ import annotations

import pytest

from streams.topics import KafkaSettings, KafkaSettingsError

SECRET = "s3cret-word"
SASL = {
    "SCORELINE_BROKERS": "k1:9093",
    "SCORELINE_KAFKA_SECURITY": "SASL_SSL",
    "SCORELINE_KAFKA_USERNAME": "worker",
    "SCORELINE_KAFKA_PASSWORD": SECRET,
}


def faults(environment: dict[str, str]) -> tuple[str, ...]:
    """The faults of an environment that can not be used."""
    with pytest.raises(KafkaSettingsError) as caught:
        KafkaSettings.from_environment(environment)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return caught.value.faults


def test_only_brokers_are_needed() -> None:
    """Everything else has the default that the documents name; an empty variable counts as absent."""
    found = KafkaSettings.from_environment({"SCORELINE_BROKERS": "k1:9092", "SCORELINE_KAFKA_PASSWORD": ""})
    assert found == KafkaSettings(("k1:9092",), "scoreline.events.v1", "scoreline", "PLAINTEXT")
    assert (found.uses_password, found.uses_tls) == (False, False)


def test_everything_can_be_said() -> None:
    """Several brokers (spaces and repetitions do no harm, IPv6 in brackets), topic, group, security and mechanism."""
    names = {"SCORELINE_TOPIC": "acme.events.v2", "SCORELINE_GROUP": "acme", "SCORELINE_KAFKA_MECHANISM": "plain"}
    found = KafkaSettings.from_environment({**SASL, **names, "SCORELINE_BROKERS": "k1:9093, [::1]:9093,k1:9093,"})
    assert found.brokers == ("k1:9093", "[::1]:9093")
    assert (found.topic, found.group, found.mechanism) == ("acme.events.v2", "acme", "PLAIN")
    assert (found.uses_password, found.uses_tls, found.password) == (True, True, SECRET)


def test_the_password_is_never_shown() -> None:
    """Neither repr nor str of the settings holds the password."""
    found = KafkaSettings.from_environment(SASL)
    assert SECRET not in f"{found!r} {found}"
    assert "worker" in repr(found)


def test_every_fault_is_named_at_once() -> None:
    """Four wrong variables give four sentences, each with its variable."""
    found = faults(
        {
            "SCORELINE_BROKERS": "",
            "SCORELINE_TOPIC": "no spaces",
            "SCORELINE_GROUP": "..",
            "SCORELINE_KAFKA_SECURITY": "TLS",
        }
    )
    assert [sentence.split()[0] for sentence in found] == [
        "SCORELINE_BROKERS",
        "SCORELINE_TOPIC",
        "SCORELINE_GROUP",
        "SCORELINE_KAFKA_SECURITY",
    ]
    assert "PLAINTEXT, SASL_PLAINTEXT, SASL_SSL, SSL" in found[3]


@pytest.mark.parametrize(
    "broker", ["k1", "k1:0", "k1:65536", "kafka://k1:9092", f"worker:{SECRET}@k1:9092", "k 1:9092"]
)
def test_a_broker_is_host_and_port(broker: str) -> None:
    """What is not host:port is refused by its place, and not repeated, because it may hold a password."""
    (fault,) = faults({"SCORELINE_BROKERS": f"k0:9092,{broker}"})
    assert "entry 2 of 2 is not host:port" in fault
    assert SECRET not in fault


@pytest.mark.parametrize("variable", ["SCORELINE_KAFKA_USERNAME", "SCORELINE_KAFKA_PASSWORD"])
def test_a_login_needs_both_parts(variable: str) -> None:
    """SASL without a user or without a password is refused, and the other half is not repeated."""
    (fault,) = faults({**SASL, variable: ""})
    assert fault.startswith(f"{variable} is not set, but SCORELINE_KAFKA_SECURITY is SASL_SSL")
    assert SECRET not in fault


def test_a_password_that_nothing_would_use() -> None:
    """A password beside PLAINTEXT is refused: somebody believes that it protects the connection."""
    found = faults({**SASL, "SCORELINE_KAFKA_SECURITY": "PLAINTEXT"})
    assert len(found) == 2
    assert all("uses none: set it to SASL_SSL" in fault and SECRET not in fault for fault in found)
