"""The stable reason codes of rejected input, one sentence each; docs/reason-codes.md shows this table."""

from __future__ import annotations

from typing import Final

REASONS: Final[dict[str, str]] = {
    "BAD_UTF8": "The bytes do not fit their encoding (UTF-8, or a table's own), or a text holds half a surrogate pair.",
    "BAD_TEXT": "A text holds the NUL character, or a name is too long (more than 255 bytes); no store keeps either.",
    "TOO_LARGE": "The event is larger than 1 MiB.",
    "TOO_DEEP": "Arrays or objects are nested more than 32 levels deep.",
    "BAD_JSON": "The text is not one complete JSON value.",
    "DUPLICATE_KEY": "An object has the same key twice, so nobody can say which value is meant.",
    "NOT_AN_OBJECT": "The JSON value is not an object; an event is one flat object.",
    "UNKNOWN_EVENT_TYPE": "event_type is missing or none of the types of the closed set.",
    "UNKNOWN_SCHEMA_VERSION": "schema_version is not the one that this release reads.",
    "MISSING_FIELD": "A field that this type of event needs is missing or empty.",
    "UNKNOWN_FIELD": "A field that this type of event does not have; free extras belong into the object `ext`.",
    "WRONG_TYPE": "A field holds another kind of JSON value than it needs.",
    "UNKNOWN_CHOICE": "A field with a closed set of values holds another value.",
    "BAD_AMOUNT": "An amount of money is not a plain decimal text, or has more decimals than its currency.",
    "BAD_NUMBER": "A number is not finite, not whole where it must be, too large, or has more than six decimals.",
    "BAD_INSTANT": "A time is not an RFC 3339 text with an offset, or lies outside the years 1970 to 2199.",
    "UNKNOWN_CURRENCY": "The currency is no ISO 4217 code in capitals, or not one that this company accepts.",
    "FUTURE_TIME": "A time at which something has happened lies further in the future than clocks may differ.",
    "IMPOSSIBLE_VALUE": "The fields are well formed but contradict each other or the trade.",
    "BAD_ROW": "A table row does not have as many cells as the header, or its quoting is broken.",
    "NO_ORIGINAL_LINE": "A cancellation row has no earlier sale of the same customer and article to take back.",
    "NEGATIVE_QUANTITY": "A sale row has a quantity of zero or less without being marked as a cancellation.",
    "POSITIVE_CANCELLATION": "A cancellation row has a quantity of zero or more, so it takes nothing back.",
    "NOT_POSITIVE_PRICE": "A row has a unit price of zero or less, so it is no sale but a gift or a write-off.",
    "MISSING_STOCK_CODE": "A row has no article code.",
    "UNKNOWN_INVOICE_KIND": "An invoice number is neither a sale (digits) nor a cancellation (C and digits).",
    "CRASHED_READER": "Reading the record ended the process twice, so it was set aside; replay it after an upgrade.",
    "UNKNOWN_PARENT": "A detail row refers to an order, article or category that the other files do not have.",
    "NO_VALUE": "A Kafka record has no value (a tombstone) or an empty one; a fact is cancelled by event.retracted.",
    "COMPRESSED": "The bytes are a packed file such as gzip, lz4 or zstd, not JSON.",
    "BAD_ENVELOPE": "The headers of a Kafka record or its CloudEvents envelope are of a kind that is not read.",
    "CONTRADICTION": "An envelope (headers or CloudEvents attributes) and the event in it say different things.",
}


def reasons_page() -> str:
    """The text of docs/reason-codes.md."""
    rows = "\n".join(f"| `{code}` | {sentence} |" for code, sentence in REASONS.items())
    return (
        "# Reason codes of rejected input\n\n"
        "Rejected input is kept in quarantine with its bytes, one of these codes, and a detail that says where and\n"
        "what to do. The codes are stable: they are counted in metrics and may be used in scripts.\n"
        "The table is `REASONS` in streams/codec/reasons.py; a test fails when this page differs from it.\n\n"
        f"| code | meaning |\n| --- | --- |\n{rows}\n"
    )
