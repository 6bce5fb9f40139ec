"""`produce`: files onto a real Kafka, gone on with after what was acknowledged, and every way it can fail."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition

from tests.dashboards.cli.kafka_shell import KafkaShell
from tests.dashboards.cli.shell import lines_of, paid
from tests.dashboards.cli.test_intake import MAP, TABLE
from tests.servers.kafka_broker import Kafka


@pytest.fixture
def shell(kafka: Kafka, topic_name: str, tmp_path: Path) -> KafkaShell:
    """Commands for a topic of the test's own, which is there, and a home."""
    (tmp_path / "home").mkdir()
    kafka.create_topic(topic_name, 3)
    home = str(tmp_path / "home")
    return KafkaShell({"SCORELINE_BROKERS": kafka.brokers, "SCORELINE_TOPIC": topic_name, "SCORELINE_HOME": home})


def orders(*numbers: int) -> str:
    """Lines with one order a number."""
    return lines_of(*(paid(f"o{number}", "2025-11-03T10:00:00", "10.00") for number in numbers))


def arrived(shell: KafkaShell) -> list[str]:
    """The order ids in the topic, sorted."""
    topic = shell.environment["SCORELINE_TOPIC"]
    consumer = KafkaConsumer(bootstrap_servers=shell.environment["SCORELINE_BROKERS"], auto_offset_reset="earliest")
    try:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        found = []
        while any(consumer.position(part) < end for part, end in ends.items()):
            for batch in consumer.poll(1_000).values():
                found += [str(json.loads(record.value)["order_id"]) for record in batch]
        return sorted(found)
    finally:
        consumer.close()


def test_files_are_sent_and_remembered(shell: KafkaShell, tmp_path: Path) -> None:
    """Two files arrive whole; the same command again sends nothing; what was appended later is sent alone."""
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text(orders(1, 2), "utf-8")
    second.write_text(orders(3), "utf-8")
    rows = shell.json("produce", first, second)
    assert [(row["source"], row["records"], row["sent"], row["refused"]) for row in rows] == [
        (str(first), 2, 2, 0),
        (str(second), 1, 1, 0),
    ]
    assert arrived(shell) == ["o1", "o2", "o3"]
    (again,) = shell.json("produce", first)
    assert (again["records"], again["from_position"]) == (0, first.stat().st_size)
    first.write_text(orders(1, 2, 4), "utf-8")
    (grown,) = shell.json("produce", first)
    assert (grown["records"], grown["to_position"]) == (1, first.stat().st_size)
    assert arrived(shell) == ["o1", "o2", "o3", "o4"]


def test_another_file_under_the_same_name_is_sent_whole(shell: KafkaShell, tmp_path: Path) -> None:
    """A daily export that keeps its name is never taken for the one of yesterday, and that is said."""
    path = tmp_path / "a.jsonl"
    path.write_text(orders(1, 2), "utf-8")
    shell.json("produce", path)
    path.write_text(orders(5, 6, 7), "utf-8")
    ended = shell.run("produce", path)
    assert "is not the file that was sent before, so all of it is sent" in ended.err
    assert "3 records = 3 sent + 0 refused" in ended.out
    assert arrived(shell) == ["o1", "o2", "o5", "o6", "o7"]


def test_a_topic_made_anew_gets_everything(shell: KafkaShell, kafka: Kafka, tmp_path: Path) -> None:
    """What another topic of the same name has acknowledged does not count."""
    path = tmp_path / "a.jsonl"
    path.write_text(orders(1, 2), "utf-8")
    shell.json("produce", path)
    kafka.delete_topic(shell.environment["SCORELINE_TOPIC"])
    kafka.create_topic(shell.environment["SCORELINE_TOPIC"], 3)
    (row,) = shell.json("produce", path)
    assert (row["sent"], arrived(shell)) == (2, ["o1", "o2"])


def test_a_table_through_a_map(shell: KafkaShell, tmp_path: Path) -> None:
    """A CSV row arrives as the event that `ingest` would read; a row that does not fit is counted and sent too."""
    path, columns = tmp_path / "orders.csv", tmp_path / "map.toml"
    path.write_text(TABLE + TABLE.splitlines()[1].replace("c1", "c2").replace("300.00", "30O") + "\n", "utf-8")
    columns.write_text(MAP, "utf-8")
    ended = shell.run("produce", path, "--map", columns)
    assert ended.code == 0, ended.err
    assert "2 records = 2 sent + 0 refused" in ended.out
    assert "1 of them do not decode: the worker keeps them in quarantine" in ended.out


def test_a_record_too_large(shell: KafkaShell, tmp_path: Path) -> None:
    """It is named by its place at once and in the summary, the rest is sent, and the code is 1; nothing is left."""
    path = tmp_path / "a.jsonl"
    large = paid("o2", "2025-11-03T10:00:00", "1.00", ext={"x": secrets.token_hex(600_000)})
    path.write_text(orders(1) + lines_of(large) + orders(3), "utf-8")
    ended = shell.run("produce", path, "--json")
    assert ended.code == 1
    (row,) = json.loads(ended.out)
    place = f"a.jsonl byte {len(orders(1))}"
    assert (row["records"], row["sent"], row["refused"]) == (3, 2, 1)
    assert [found["where"] for found in row["refused_places"]] == [place]
    assert f"refused {place}:" in ended.err and "split the event" in ended.err
    assert arrived(shell) == ["o1", "o3"]
    assert shell.json("produce", path)[0]["records"] == 0


def test_a_missing_topic(shell: KafkaShell, tmp_path: Path) -> None:
    """Code 3 with the command that makes it; nothing is noted as sent."""
    path = tmp_path / "a.jsonl"
    path.write_text(orders(1), "utf-8")
    ended = shell.run("produce", path, SCORELINE_TOPIC="no.such.topic")
    assert ended.code == 3
    assert "the topic no.such.topic is not there: run `scoreline topics create`" in ended.err
    assert not (tmp_path / "home" / "produce.json").exists()


def test_no_broker(shell: KafkaShell, tmp_path: Path) -> None:
    """Code 3, the address and what to check."""
    path = tmp_path / "a.jsonl"
    path.write_text(orders(1), "utf-8")
    ended = shell.run("produce", path, SCORELINE_BROKERS="127.0.0.1:1")
    assert ended.code == 3
    assert "no Kafka broker answers at 127.0.0.1:1" in ended.err


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("gone.jsonl",), "gone.jsonl"),
        (("orders.csv",), "a table needs a column map"),
        (("orders.xyz",), "no kind of source is known"),
        (("a.jsonl", "--kind", "follow"), "can not be sent while it is followed"),
        (("a.jsonl", "--home", "nowhere"), "nowhere is no folder"),
    ],
)
def test_wrong_use(shell: KafkaShell, tmp_path: Path, words: tuple[str, ...], part: str) -> None:
    """Each is code 2 and names what is wrong."""
    ended = shell.run("produce", tmp_path / words[0], *words[1:])
    assert (ended.code, part in ended.err) == (2, True), ended.err


def test_a_damaged_progress_file(shell: KafkaShell, tmp_path: Path) -> None:
    """It is refused with what deleting it does."""
    path = tmp_path / "a.jsonl"
    path.write_text(orders(1), "utf-8")
    (tmp_path / "home" / "produce.json").write_text("{")
    ended = shell.run("produce", path)
    assert ended.code == 2
    assert "produce.json: is no progress file" in ended.err and "delete it" in ended.err
