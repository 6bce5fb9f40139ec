"""The AsyncAPI document: as written, sound by its specification, and saying of events what the codec says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scoring.events import EVENT_TYPES
from streams.asyncapi import document, main, text
from streams.codec import REASONS, Codec, Decoded
from streams.topics import body_of, key_of
from streams.topics.deadletters import DeadLetter
from tests.streams.json_schema import is_valid, resolve

NOW_US = 1_790_000_000_000_000
CODEC = Codec()
DOCUMENT = document()
SCHEMAS = DOCUMENT["components"]["schemas"]
MESSAGES = DOCUMENT["components"]["messages"]

Json = dict[str, Any]


def accepted(event: Json) -> bool:
    """Whether the codec takes an event."""
    return isinstance(CODEC.decode(json.dumps(event).encode(), "x", NOW_US), Decoded)


def sample(name: str) -> Json:
    """A fresh copy of the example of a type."""
    found: Json = json.loads(json.dumps(MESSAGES[name]["examples"][0]["payload"]))
    return found


def nodes(value: Any) -> Iterator[Json]:
    """Every object in a value."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(part)


def test_the_file_is_what_the_code_says(repository: Path, tmp_path: Path) -> None:
    """docs/asyncapi.json does not drift; `python -m streams.asyncapi` writes it again."""
    assert (repository / "docs" / "asyncapi.json").read_text("utf-8") == text()
    main(tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text("utf-8")) == DOCUMENT


def test_every_reference_resolves() -> None:
    """Each $ref leads to an object of the document."""
    references = [node["$ref"] for node in nodes(DOCUMENT) if "$ref" in node]
    assert len(references) > 3 * len(EVENT_TYPES)
    assert all(isinstance(resolve(DOCUMENT, reference), dict) for reference in references)


def test_the_shape_of_the_specification() -> None:
    """What AsyncAPI 3.0 demands of each object is there, names are of its alphabet, and nothing else is at the top."""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["info"].keys() >= {"title", "version"}
    known = {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
    assert DOCUMENT.keys() <= known
    assert all(server.keys() >= {"host", "protocol"} for server in DOCUMENT["servers"].values())
    for channel in DOCUMENT["channels"].values():
        assert isinstance(channel["address"], str)
        assert all(set(message) == {"$ref"} for message in channel["messages"].values())
        assert channel["bindings"]["kafka"]["topic"] == channel["address"]
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in ("send", "receive")
        assert re.fullmatch(r"#/channels/\w+", operation["channel"]["$ref"])
    names = [name for group in DOCUMENT["components"].values() for name in group]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in names)


def test_every_type_of_event_has_a_message() -> None:
    """The events channel carries each type of the closed set and no other, and each message its own schema."""
    assert list(DOCUMENT["channels"]["events"]["messages"]) == list(EVENT_TYPES)
    for name in EVENT_TYPES:
        assert MESSAGES[name]["payload"] == {"$ref": f"#/components/schemas/{name}"}
        assert SCHEMAS[name]["properties"]["event_type"] == {"type": "string", "const": name}
        assert MESSAGES[name]["summary"] and MESSAGES[name]["x-write"] == EVENT_TYPES[name].WRITE


def test_the_topics_are_the_declared_ones() -> None:
    """Addresses, partitions and policies, as `scoreline topics create` makes them."""
    found = {
        channel["address"]: (
            channel["bindings"]["kafka"]["partitions"],
            channel["bindings"]["kafka"]["topicConfiguration"]["cleanup.policy"],
        )
        for channel in DOCUMENT["channels"].values()
    }
    assert found == {
        "scoreline.events.v1": (4, ["delete"]),
        "scoreline.reference.v1": (1, ["compact"]),
        "scoreline.deadletters.v1": (1, ["delete"]),
    }


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_example_is_an_event(name: str) -> None:
    """It fits its schema, the codec accepts it, and the key beside it is its subject key."""
    event = sample(name)
    assert is_valid(DOCUMENT, SCHEMAS[name], event)
    decoded = CODEC.decode(json.dumps(event).encode(), "x", NOW_US)
    assert isinstance(decoded, Decoded), decoded
    assert [key_of(decoded.event).decode()] == MESSAGES[name]["bindings"]["kafka"]["key"]["examples"]


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_schema_and_codec_refuse_the_same(name: str) -> None:
    """A field left out, an unknown one, and a value of another kind in each field: both refuse, or both accept."""
    schema = SCHEMAS[name]
    changed: list[tuple[str, Json]] = [("an unknown field", {**sample(name), "surplus": 1})]
    for field in sample(name):
        changed.append((f"without {field}", {key: value for key, value in sample(name).items() if key != field}))
    for field in schema["properties"]:
        changed += [(f"{field} = {value!r}", {**sample(name), field: value}) for value in (None, [5], "no such value")]
    differing = [what for what, event in changed if is_valid(DOCUMENT, schema, event) != accepted(event)]
    # The schema does not list the currencies, and it knows no rule between two fields.
    assert differing == ["currency = 'no such value'"]


VALUES: dict[str, tuple[str, list[Any], list[Any]]] = {
    "amount": ("129.00", ["0", "-1.5", "999999999999999", "1.50"], ["1,5", "1_000", " 1", "1.", "NaN", 1, "1e3", "１"]),
    "decimal": ("87.5", [1, "1", "-0.5", "0.000001"], ["1e3", "NaN", ".5", "1,0", True, "1.0000001"]),
    "instant": (
        "2026-09-03T12:00:00Z",
        ["2026-09-03T12:00:00.123456+08:00", "1970-01-01T00:00:00Z"],
        ["2026-09-03", "2026-09-03 12:00:00Z", "2026-09-03T12:00:00", "2026-09-03T24:00:00Z", 5, "now"],
    ),
}
CARRIERS: dict[str, Json] = {
    "amount": {"event_type": "cost.posted", "period": "2026-09", "cost_centre": "c", "amount": "@"},
    "decimal": {"event_type": "exam.scored", "subject_id": "e", "item": "i", "score": "@"},
    "instant": {"event_type": "order.paid", "order_id": "o", "promised_ship_at": "@"},
}


@pytest.mark.parametrize("kind", VALUES)
def test_patterns_are_the_grammar_of_the_codec(kind: str) -> None:
    """Texts that the codec reads fit the pattern, and texts that it refuses do not."""
    base = {"event_id": "1", "occurred_at": "2026-09-03T12:00:00Z", "source": "s", "shop_id": "h", **CARRIERS[kind]}
    field = next(name for name, value in base.items() if value == "@")
    sound, good, bad = VALUES[kind]
    for value, expected in [(sound, True), *((value, True) for value in good), *((value, False) for value in bad)]:
        event = {**base, field: value}
        assert accepted(event) is expected, value
        assert is_valid(DOCUMENT, SCHEMAS[base["event_type"]], event) is expected, value


def test_headers_of_the_document_are_read() -> None:
    """Binary-mode headers that fit the schema give the event its identity; a version is needed beside an id."""
    headers = {"ce_specversion": "1.0", "ce_id": "x", "ce_source": "s", "ce_type": "chat.closed", "ce_time": "t"}
    schema = SCHEMAS["eventHeaders"]
    assert is_valid(DOCUMENT, schema, headers) and is_valid(DOCUMENT, schema, {})
    assert not is_valid(DOCUMENT, schema, {"ce_id": "x"})
    assert not is_valid(DOCUMENT, schema, {**headers, "ce_specversion": "0.3"})
    body = body_of(b"{}", [(name, value.encode()) for name, value in headers.items()], "x")
    assert isinstance(body, bytes)
    assert json.loads(body) == {"event_id": "x", "source": "s", "event_type": "chat.closed", "occurred_at": "t"}


def test_dead_letters_fit_the_document() -> None:
    """The headers that are written are those of the schema, and their reasons those of the page."""
    rejected = CODEC.decode(b"{", "t/0@1", NOW_US)
    assert not isinstance(rejected, Decoded)
    headers = {name: raw.decode() for name, raw in DeadLetter(rejected, "t", 0, 1).headers()}
    schema = SCHEMAS["deadLetterHeaders"]
    assert is_valid(DOCUMENT, schema, headers)
    assert headers.keys() == set(schema["required"]) == schema["properties"].keys()
    assert SCHEMAS["eventHeaders"]["properties"]["scoreline-rejected-reason"]["enum"] == list(REASONS)


def test_the_validator_is_not_blind() -> None:
    """Each keyword that the document uses can refuse a value, and a keyword that it does not know ends the test."""
    refusals: list[tuple[Json, Any]] = [
        ({"type": "integer"}, True),
        ({"type": "number"}, "1"),
        ({"const": "a"}, "b"),
        ({"enum": ["a"]}, "b"),
        ({"pattern": "^a$"}, "ab"),
        ({"minLength": 1}, ""),
        ({"exclusiveMaximum": 5}, 5),
        ({"exclusiveMinimum": 5}, 5),
        ({"required": ["a"]}, {}),
        ({"properties": {"a": {"type": "null"}}}, {"a": 1}),
        ({"additionalProperties": False}, {"a": 1}),
        ({"additionalProperties": {"type": "string"}}, {"a": 1}),
        ({"dependencies": {"a": ["b"]}}, {"a": 1}),
        ({"items": {"type": "null"}}, [1]),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, 1),
        ({"allOf": [{"type": "integer"}, {"exclusiveMaximum": 5}]}, 6),
        ({"$ref": "#/components/schemas/amount"}, "1e3"),
    ]
    assert not [schema for schema, value in refusals if is_valid(DOCUMENT, schema, value)]
    assert is_valid(DOCUMENT, {"type": "number"}, Decimal(1))
    with pytest.raises(KeyError):
        is_valid(DOCUMENT, {"maxLength": 1}, "ab")
