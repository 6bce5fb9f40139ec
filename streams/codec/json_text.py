"""Strict JSON: one object, no duplicate keys, no NaN, bounded size and depth, fractions kept as literals."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from streams.codec.refusal import NumberLiteral, Refusal, shown

SIZE_LIMIT_BYTES = 1 << 20
DEPTH_LIMIT = 32

# Each alternative always matches something, so the scan is linear also over hostile input.
_NOT_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[^"\[\]{}]+', re.DOTALL)


def parse_object(raw: bytes) -> dict[str, Any]:
    """The object in `raw`; Refusal with the reason when there is none."""
    if len(raw) > SIZE_LIMIT_BYTES:
        raise Refusal("TOO_LARGE", f"{len(raw)} bytes, at most {SIZE_LIMIT_BYTES} are read; split the event")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(
            "BAD_UTF8", f"byte {error.start} (0x{raw[error.start]:02X}) is not UTF-8: {error.reason}; send UTF-8"
        ) from error
    if text.count("{") + text.count("[") > DEPTH_LIMIT:
        _check_depth(text)
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        raise Refusal(
            "BAD_JSON", f"{error.msg} at character {error.pos} of {len(text)}; send one complete JSON object per line"
        ) from error
    except ValueError as error:
        raise Refusal("BAD_NUMBER", "a number has thousands of digits; send at most 12 before the point") from error
    if type(value) is not dict:
        raise Refusal("NOT_AN_OBJECT", f"the value is {shown(value)}; an event is one object {{...}}")
    return value


def holds_nul(value: object) -> str | None:
    """The path of the first text that holds the NUL character, or None."""
    if isinstance(value, str):
        return "" if "\0" in value else None
    if isinstance(value, dict):
        parts = [(f".{key}", part) for key, part in value.items()]
    elif isinstance(value, list):
        parts = [(f"[{position}]", part) for position, part in enumerate(value)]
    else:
        return None
    for step, part in parts:
        path = holds_nul(part)
        if path is not None:
            return step + path
    return None


def _check_depth(text: str) -> None:
    depth = 0
    for bracket in _NOT_BRACKETS.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > DEPTH_LIMIT:
            raise Refusal("TOO_DEEP", f"nested more than {DEPTH_LIMIT} levels; an event is one flat object")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Refusal("DUPLICATE_KEY", f"the key {shown(twice)} is given twice in one object; send it once")
    return found


def _constant(name: str) -> NoReturn:
    raise Refusal("BAD_NUMBER", f"{name} is not a number of JSON; leave the field out when the value is not known")


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_float=NumberLiteral, parse_constant=_constant).decode
