"""The AsyncAPI 3.0 document of the topics, written from the code.

`python -m streams.asyncapi` fills docs/asyncapi.json; a test fails when the file differs from what this module gives.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

from scoring.events import EVENT_TYPES, Event
from scoring.events.order import OrderLine
from scoring.period import parse_instant
from streams.codec import REASONS, Codec, Rejected
from streams.codec.shape import HAPPENED, LINE, WHOLE_LIMIT, Field, Shape, shape_of
from streams.topics import deadletters, declared
from streams.topics.declared import MIN_INSYNC, REPLICATION, Topic
from streams.topics.envelope import ATTRIBUTES, PREFIX, REJECTED_DETAIL, REJECTED_REASON, SPECVERSION

Json = dict[str, Any]

PAGE: Final = Path("docs") / "asyncapi.json"
MAJOR_VERSION: Final = "1.0.0"
BINDING: Final = "0.5.0"
IDENTIFYING: Final = frozenset({"event_id", "source", "shop_id"})

AMOUNT: Final = r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"
DECIMAL: Final = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"
INSTANT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
EXAMPLES: Final[dict[str, Any]] = {
    "event_id": "a-1",
    "source": "shop-erp",
    "shop_id": "my-shop",
    "period": "2026-09",
    "week": "2026-W36",
    "score": "87.5",
    "rate": "7.1234",
}
"""Values of single fields in examples; every other field takes one by its kind."""
SHOWN: Final = ("session_id",)
"""Fields that examples show even where an event may do without: some events then need something else instead."""
MOMENT: Final = "2026-09-03T12:00:00+08:00"

SHARED: Final[dict[str, Json]] = {
    "amount": {
        "type": "string",
        "pattern": AMOUNT,
        "description": "Money as a decimal text, with at most as many decimals as the currency of the event has.",
        "examples": ["129.00"],
    },
    "instant": {
        "type": "string",
        "format": "date-time",
        "pattern": INSTANT,
        "description": "RFC 3339 with an offset and at most six decimals, of the years 1970 to 2199.",
        "examples": [MOMENT],
    },
    "happened": {
        "type": "string",
        "format": "date-time",
        "pattern": INSTANT,
        "description": "As `instant`; not more than a day ahead of the reader's clock, because it has happened.",
        "examples": [MOMENT],
    },
    "decimal": {
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": DECIMAL}],
        "description": "A decimal with at most 12 digits before and 6 after the point, read exactly from its literal.",
        "examples": ["87.5"],
    },
}


def document() -> Json:
    """The whole document."""
    topics = declared()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Scoreline",
            "version": MAJOR_VERSION,
            "description": "The topics of Kafka that Scoreline reads and writes. A record's value is one JSON object, "
            "plain or as a CloudEvent 1.0 in binary or structured mode. docs/kafka.md says how they are used.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{broker}",
                "protocol": "kafka",
                "description": "Apache Kafka; SCORELINE_KAFKA_SECURITY says how to connect.",
                "variables": {"broker": {"default": "127.0.0.1:9092", "description": "One of SCORELINE_BROKERS."}},
            }
        },
        "channels": {
            "events": _channel(topics.events, list(EVENT_TYPES)),
            "reference": _channel(topics.reference, ["definitions"]),
            "deadLetters": _channel(topics.dead_letters, ["deadLetter"]),
        },
        "operations": {
            "receiveEvents": _operation("receive", "events", "Workers read every event into the store."),
            "receiveDefinitions": _operation("receive", "reference", "Workers read the definitions that count."),
            "sendDefinitions": _operation("send", "reference", "A new version of the definitions is published."),
            "sendDeadLetters": _operation("send", "deadLetters", "What was rejected is kept with its reason."),
        },
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def text() -> str:
    """The document as the text of its file."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _reference(*path: str) -> Json:
    return {"$ref": "/".join(("#", *path))}


def _channel(topic: Topic, messages: list[str]) -> Json:
    configs = topic.configs(MIN_INSYNC)
    return {
        "address": topic.name,
        "description": f"{topic.purpose} Key: {topic.key}.",
        "servers": [_reference("servers", "kafka")],
        "messages": {name: _reference("components", "messages", name) for name in messages},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "replicas": REPLICATION,
                "topicConfiguration": {
                    "cleanup.policy": [topic.cleanup],
                    "retention.ms": int(configs["retention.ms"]),
                    "retention.bytes": int(configs["retention.bytes"]),
                    "max.message.bytes": topic.max_message_bytes,
                },
                "bindingVersion": BINDING,
            }
        },
    }


def _operation(action: str, channel: str, summary: str) -> Json:
    return {"action": action, "channel": _reference("channels", channel), "summary": summary}


def _messages() -> Json:
    return {
        **{name: _event_message(kind) for name, kind in EVENT_TYPES.items()},
        "definitions": {
            "name": "definitions",
            "title": "Definitions",
            "summary": "Every definition file by relative name, as one JSON object packed with gzip.",
            "contentType": "application/gzip",
            "payload": _reference("components", "schemas", "definitions"),
            "bindings": _key({"type": "string", "const": "definitions"}),
        },
        "deadLetter": {
            "name": "deadLetter",
            "title": "Dead letter",
            "summary": "The bytes of a rejected record as they came.",
            "contentType": "application/octet-stream",
            "headers": _reference("components", "schemas", "deadLetterHeaders"),
            "payload": _reference("components", "schemas", "anyBytes"),
        },
    }


def _event_message(kind: type[Event]) -> Json:
    name = kind.EVENT_TYPE
    sample = example(kind)
    return {
        "name": name,
        "title": name,
        "summary": (kind.__doc__ or "").strip().split("\n")[0],
        "contentType": "application/json",
        "headers": _reference("components", "schemas", "eventHeaders"),
        "payload": _reference("components", "schemas", name),
        "bindings": _key(
            {
                "type": "string",
                "description": "The subject key in UTF-8; a wrong key is accepted and counted, and costs some speed.",
                "examples": [_subject(sample)],
            }
        ),
        "examples": [{"name": "plain", "payload": sample}],
        "x-write": kind.WRITE,
    }


def _key(schema: Json) -> Json:
    return {"kafka": {"key": schema, "bindingVersion": BINDING}}


def _schemas() -> Json:
    return {
        **SHARED,
        "orderLine": _object(LINE, OrderLine, {}),
        **{name: _event_schema(kind) for name, kind in EVENT_TYPES.items()},
        "eventHeaders": _event_headers(),
        "deadLetterHeaders": _dead_letter_headers(),
        "definitions": {"type": "object", "additionalProperties": {"type": "string"}},
        "anyBytes": {"type": "string", "format": "binary"},
    }


def _event_schema(kind: type[Event]) -> Json:
    own: Json = {
        "event_type": {"type": "string", "const": kind.EVENT_TYPE},
        "ext": {"type": "object", "description": "Free extras; never read."},
        "ingested_at": {"description": "Accepted for compatibility; never read."},
    }
    return _object(shape_of(kind), kind, own)


def _object(shape: Shape, record: type[Event] | type[OrderLine], own: Json) -> Json:
    defaults = {field.name: field.default for field in fields(record) if field.default is not MISSING}
    required = [name for name, field in shape.fields.items() if field.required]
    properties = {name: _property(field, defaults.get(name)) for name, field in shape.fields.items()}
    return {
        "type": "object",
        "required": [name for name in own if name == "event_type"] + required,
        "properties": {**own, **properties},
        "additionalProperties": False,
    }


def _property(field: Field, default: Any) -> Json:
    schema = _kind(field)
    if field.nullable:
        return {"anyOf": [schema, {"type": "null"}]}
    if default is None:
        return schema
    # Beside a $ref nothing else counts in JSON Schema draft 7.
    return {**({"allOf": [schema]} if "$ref" in schema else schema), "default": _wire(field, default)}


def _wire(field: Field, default: Any) -> Any:
    """A default as it would be sent; TypeError for an amount other than zero, which needs a currency."""
    if field.kind == "micro":
        whole, millionths = divmod(default, 1_000_000)
        return f"{whole}.{millionths:06}".rstrip("0").rstrip(".")
    if field.kind == "minor":
        if default:
            raise TypeError(f"{field.name}: say how the default {default} is written")
        return "0"
    return list(default) if field.kind == "lines" else default


def _kind(field: Field) -> Json:
    plain: dict[str, Json] = {
        "choice": {"type": "string", "enum": list(field.choices)},
        "flag": {"type": "boolean"},
        "lines": {"type": "array", "items": _reference("components", "schemas", "orderLine")},
        "text": {"type": "string", **({"minLength": 1} if field.name in IDENTIFYING else {})},
        "whole": {"type": "integer", "exclusiveMinimum": -WHOLE_LIMIT, "exclusiveMaximum": WHOLE_LIMIT},
    }
    if field.kind in plain:
        return plain[field.kind]
    named = {"minor": "amount", "micro": "decimal", "instant": "happened" if field.name in HAPPENED else "instant"}
    return _reference("components", "schemas", named[field.kind])


def _event_headers() -> Json:
    texts = {f"{PREFIX}{name}": f"CloudEvents `{name}`; the field `{field}`." for name, field in ATTRIBUTES.items()}
    version = f"{PREFIX}specversion"
    return {
        "type": "object",
        "description": "None for plain JSON. In binary mode the value may leave out the four fields that headers give; "
        "where both say something, it must be the same.",
        "properties": {
            version: {"type": "string", "const": SPECVERSION},
            **{name: {"type": "string", "description": meaning} for name, meaning in texts.items()},
            "content-type": {
                "type": "string",
                "description": "application/cloudevents+json for structured mode, with the event in `data`.",
            },
            REJECTED_REASON: {
                "type": "string",
                "enum": list(REASONS),
                "description": "Set by `scoreline produce` for what the source itself refused.",
            },
            REJECTED_DETAIL: {"type": "string", "description": "What was wrong, where, and what to do."},
        },
        "dependencies": {name: [version] for name in texts},
    }


def _dead_letter_headers() -> Json:
    meanings = {
        deadletters.REASON: "A reason code of docs/reason-codes.md.",
        deadletters.DETAIL: "What was wrong, where, and what to do.",
        deadletters.TOPIC: "The topic of the rejected record.",
        deadletters.PARTITION: "Its partition.",
        deadletters.OFFSET: "Its offset.",
    }
    return {
        "type": "object",
        "required": list(meanings),
        "properties": {name: {"type": "string", "description": meaning} for name, meaning in meanings.items()},
    }


def example(kind: type[Event]) -> Json:
    """A small event of a type in wire form: its mandatory fields, and one line where it has lines."""
    shape = shape_of(kind)
    return {"event_type": kind.EVENT_TYPE, **dict(_values(shape))}


def _values(shape: Shape) -> Iterator[tuple[str, Any]]:
    for field in shape.fields.values():
        if field.kind == "lines":
            yield field.name, [dict(_values(LINE))]
        elif field.required or field.name in SHOWN:
            yield field.name, _value(field)


def _value(field: Field) -> Any:
    if field.name in EXAMPLES:
        return EXAMPLES[field.name]
    by_kind = {"whole": 1, "flag": False, "minor": "129.00", "instant": MOMENT, "micro": "1"}
    if field.kind == "choice":
        return field.choices[0]
    return by_kind.get(field.kind, f"{field.name.removesuffix('_id').replace('_', '-')}-1")


def _subject(sample: Json) -> str:
    """The subject key of an example; ValueError when it is no event."""
    found = Codec().decode(json.dumps(sample).encode(), "example", parse_instant(MOMENT))
    if isinstance(found, Rejected):
        raise ValueError(f"the example of {sample['event_type']} is no event: {found.detail}; see EXAMPLES")
    return found.event.subject()


def main(path: Path) -> None:
    """Write the document into a file."""
    path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE)
