"""`topics create` and `topics check`: topics made and compared on a real Kafka, and every way it can fail."""

from __future__ import annotations

import pytest

from tests.dashboards.cli.kafka_shell import KafkaShell, without_client
from tests.servers.kafka_broker import Kafka


@pytest.fixture
def shell(kafka: Kafka, topic_name: str) -> KafkaShell:
    """Commands for a topic of the test's own."""
    return KafkaShell({"SCORELINE_BROKERS": kafka.brokers, "SCORELINE_TOPIC": f"{topic_name}.events.v1"})


def test_topics_are_made_and_then_pass(shell: KafkaShell, topic_name: str) -> None:
    """Missing topics are findings with code 1 and a command; that command makes them, and then nothing is found."""
    before = shell.run("topics", "check", "--dev")
    assert before.code == 1
    assert f"{topic_name}.events.v1: MISSING_TOPIC: is not there. Run `scoreline topics create`" in before.out
    made = shell.run("topics", "create", "--dev")
    assert made.code == 0, made.err
    assert f"{topic_name}.events.v1: created, 4 partition(s)" in made.out
    assert "scoreline topics check` --dev" in made.out
    after = shell.run("topics", "check", "--dev")
    assert (after.code, after.out.startswith("No finding. ")) == (0, True)


def test_the_same_for_programs(shell: KafkaShell, topic_name: str) -> None:
    """Every outcome and every finding as JSON; findings keep code 1."""
    names = [f"{topic_name}.{kind}.v1" for kind in ("events", "reference", "deadletters")]
    found = shell.json("topics", "check", "--dev", code=1)
    assert found["topics"] == names
    assert [(row["topic"], row["code"]) for row in found["findings"]] == [(name, "MISSING_TOPIC") for name in names]
    assert all(row["detail"] and row["advice"] for row in found["findings"])
    made = shell.json("topics", "create", "--dev", "--partitions", "2")
    assert made == [{"topic": n, "outcome": "created", "partitions": c} for n, c in zip(names, (2, 1, 1), strict=True)]
    assert shell.json("topics", "check", "--dev", "--partitions", "2")["findings"] == []
    assert [row["outcome"] for row in shell.json("topics", "create", "--dev")] == ["kept"] * 3


def test_partitions_grow_when_they_are_named(shell: KafkaShell) -> None:
    """Fewer partitions than wanted are found; the advice, followed to the letter, adds them."""
    shell.json("topics", "create", "--dev")
    (finding,) = shell.json("topics", "check", "--dev", "--partitions", "7", code=1)["findings"]
    assert (finding["code"], finding["advice"]) == ("FEWER_PARTITIONS", "Run `scoreline topics create --partitions 7`")
    (events, *_) = shell.json("topics", "create", "--dev", "--partitions", "7")
    assert (events["outcome"], events["partitions"]) == ("grown", 7)
    assert shell.json("topics", "check", "--dev", "--partitions", "7")["findings"] == []


def test_a_single_node_needs_dev(shell: KafkaShell) -> None:
    """Three copies on one node can not be made: code 3 and the option for machines to try things out on."""
    ended = shell.run("topics", "create")
    assert ended.code == 3
    assert "only 1 broker(s)" in ended.err and "use --dev there" in ended.err


def test_no_broker(shell: KafkaShell) -> None:
    """Code 3, the address and what to check."""
    ended = shell.run("topics", "check", SCORELINE_BROKERS="127.0.0.1:1")
    assert ended.code == 3
    assert "no Kafka broker answers at 127.0.0.1:1 (nobody listens there): check SCORELINE_BROKERS" in ended.err
    assert "Traceback" not in ended.err


def test_a_wrong_password(shell: KafkaShell, kafka: Kafka) -> None:
    """Code 3, the user and the variables, and never the password."""
    login = {
        "SCORELINE_BROKERS": kafka.sasl_brokers,
        "SCORELINE_KAFKA_SECURITY": "SASL_PLAINTEXT",
        "SCORELINE_KAFKA_USERNAME": kafka.username,
    }
    ended = shell.run("topics", "create", "--dev", **login, SCORELINE_KAFKA_PASSWORD="hunter2-wrong")
    assert ended.code == 3
    assert "'scoreline'" in ended.err and "SCORELINE_KAFKA_PASSWORD" in ended.err
    assert "hunter2-wrong" not in ended.err + ended.out
    right = shell.run("topics", "create", "--dev", **login, SCORELINE_KAFKA_PASSWORD=kafka.password)
    assert right.code == 0, right.err


def test_settings_that_can_not_be_used(shell: KafkaShell) -> None:
    """Code 2 with every wrong variable, before anything is asked of Kafka."""
    ended = shell.run("topics", "check", SCORELINE_BROKERS="", SCORELINE_KAFKA_SECURITY="TLS")
    assert ended.code == 2
    assert "SCORELINE_BROKERS is not set" in ended.err
    assert "SCORELINE_KAFKA_SECURITY is 'TLS': use one of" in ended.err


@pytest.mark.parametrize("words", [("topics", "create"), ("topics", "check"), ("produce", "a.jsonl")])
def test_without_the_client_of_kafka(words: tuple[str, ...]) -> None:
    """Where the extra is not installed, the command says which, with code 2; the rest of scoreline works."""
    ended = without_client(*words)
    assert ended.code == 2
    assert "pip install 'scoreline[kafka]'" in ended.err
    assert "Traceback" not in ended.err
    assert without_client("check", "--help").code == 0
