"""What is wrong with fields that do not fit their event: slow, exact, and only called after a failure."""

from __future__ import annotations

from typing import Any

from streams.codec.refusal import NumberLiteral, Refusal, json_kind, shown
from streams.codec.shape import LINE, Field, Shape

_WANTED: dict[str, tuple[type, str]] = {
    "text": (str, "a text"),
    "choice": (str, "a text"),
    "whole": (int, "a whole number"),
    "flag": (bool, "true or false"),
    "minor": (int, "a decimal text"),
    "instant": (int, "an RFC 3339 text"),
    "micro": (int, "a decimal"),
    "lines": (list, "an array of lines"),
}


def diagnose(shape: Shape, given: dict[str, Any], path: str, fallback: str) -> Refusal:
    """The first fault of `given` against `shape`: missing fields, then wrong kinds, then unknown choices, then lines.

    `given` holds converted fields. `fallback` is the decoder's own message for the case that nothing is found here.
    """
    return find_fault(shape, given, path) or Refusal("WRONG_TYPE", fallback, path)


def find_fault(shape: Shape, given: dict[str, Any], path: str = "") -> Refusal | None:
    """The first fault, or None."""
    missing = [name for name, field in shape.fields.items() if field.required and name not in given]
    if missing:
        return Refusal("MISSING_FIELD", f"{', '.join(missing)} missing; send every field that this type needs", path)
    for name, value in given.items():
        fault = _field_fault(shape.fields[name], value, f"{path}.{name}")
        if fault:
            return fault
    return None


def _field_fault(field: Field, value: Any, path: str) -> Refusal | None:
    wanted, words = _WANTED[field.kind]
    if value is None and field.nullable:
        return None
    if field.kind == "whole" and type(value) is NumberLiteral:
        return Refusal("BAD_NUMBER", f"{shown(value)} is not written as a whole number; send digits only", path)
    if type(value) is not wanted:
        given = (
            shown(value) if value is None or isinstance(value, dict | list) else f"{json_kind(value)} {shown(value)}"
        )
        return Refusal("WRONG_TYPE", f"expected {words}, got {given}", path)
    if field.choices and value not in field.choices:
        return Refusal("UNKNOWN_CHOICE", f"{shown(value)} is none of {', '.join(field.choices)}", path)
    return _line_fault(value, path) if isinstance(value, list) else None


def _line_fault(lines: list[Any], path: str) -> Refusal | None:
    for position, line in enumerate(lines):
        here = f"{path}[{position}]"
        if type(line) is not dict:
            return Refusal("WRONG_TYPE", f"expected an object, got {json_kind(line)} {shown(line)}", here)
        fault = find_fault(LINE, line, here)
        if fault:
            return fault
    return None
