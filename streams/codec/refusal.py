"""How the layers of the codec say no: a refusal travels up and gathers the JSON path on its way."""

from __future__ import annotations

SHOWN_CHARACTERS = 60


class Refusal(Exception):
    """A value that cannot be accepted; caught at the edge, where it becomes a Rejected."""

    def __init__(self, reason: str, message: str, path: str = "") -> None:
        super().__init__(reason, message, path)
        self.reason = reason
        self.message = message
        self.path = path

    def detail(self) -> str:
        """`$.lines[0].paid_amt: what is wrong and what to do`."""
        return f"${self.path}: {self.message}"


class NumberLiteral:
    """A JSON number with a fraction or an exponent, kept as its literal text so that nothing is rounded."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def shown(value: object) -> str:
    """A value as it looks in JSON, cut to a readable length."""
    if isinstance(value, NumberLiteral):
        text = value.text
    elif isinstance(value, str):
        text = ascii_safe(value[: SHOWN_CHARACTERS + 1])
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int):
        text = f"{value:#x}" if value.bit_length() > 200 else str(value)
    else:
        return {dict: "an object", list: "an array", type(None): "null"}.get(type(value), type(value).__name__)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def ascii_safe(text: str) -> str:
    """A quoted text in which control characters and halves of surrogate pairs are escaped."""
    return repr(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def json_kind(value: object) -> str:
    """The JSON name of a value's kind, for messages."""
    kinds = {
        str: "text", bool: "true/false", int: "number", NumberLiteral: "number",
        dict: "object", list: "array", type(None): "null",
    }  # fmt: skip
    return kinds.get(type(value), type(value).__name__)
