"""A small validator for the part of JSON Schema draft 7 that our AsyncAPI document uses; refuses any other keyword."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

Json = dict[str, Any]

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float, Decimal),
    "null": (type(None),),
}
SILENT = {"description", "examples", "format", "default"}


def resolve(document: Json, reference: str) -> Any:
    """What a local $ref points to; KeyError when it points nowhere."""
    assert reference.startswith("#/"), reference
    found: Any = document
    for step in reference[2:].split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def is_valid(document: Json, schema: Json, value: Any) -> bool:
    """Whether a value fits a schema of the document."""
    if "$ref" in schema:
        return is_valid(document, resolve(document, schema["$ref"]), value)
    return all(_holds(document, schema, keyword, value) for keyword in schema if keyword not in SILENT)


def _holds(document: Json, schema: Json, keyword: str, value: Any) -> bool:
    wanted = schema[keyword]
    if keyword == "type":
        # In Python, true is a whole number; in JSON it is not.
        return isinstance(value, TYPES[wanted]) and (not isinstance(value, bool) or wanted == "boolean")
    if keyword in ("anyOf", "allOf"):
        return (any if keyword == "anyOf" else all)(is_valid(document, part, value) for part in wanted)
    if keyword in ("const", "enum"):
        return bool(value == wanted if keyword == "const" else value in wanted)
    if isinstance(value, str):
        return {"minLength": lambda: len(value) >= wanted, "pattern": lambda: bool(re.search(wanted, value))}[keyword]()
    if isinstance(value, dict):
        return _object_holds(document, schema, keyword, value)
    if isinstance(value, list):
        assert keyword == "items", keyword
        return all(is_valid(document, wanted, part) for part in value)
    if isinstance(value, int):
        return {"exclusiveMinimum": lambda: value > wanted, "exclusiveMaximum": lambda: value < wanted}[keyword]()
    # A keyword for another type says nothing about this value.
    return True


def _object_holds(document: Json, schema: Json, keyword: str, value: Json) -> bool:
    wanted = schema[keyword]
    if keyword == "required":
        return all(name in value for name in wanted)
    if keyword == "properties":
        return all(is_valid(document, part, value[name]) for name, part in wanted.items() if name in value)
    if keyword == "dependencies":
        return all(needed in value for name, others in wanted.items() if name in value for needed in others)
    assert keyword == "additionalProperties", keyword
    others = value.keys() - schema.get("properties", {}).keys()
    return not others if wanted is False else all(is_valid(document, wanted, value[name]) for name in others)
