"""From generated wire events to effective facts, the way a test (and not the engine) would do it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from scoring.events import Event
from scoring.events.correction import EventRetracted
from streams.codec import Codec, Decoded

NOW_US = 1_800_000_000_000_000
"""An instant after every generated event (January 2027)."""


def decode(wire: Iterable[dict[str, Any]]) -> list[Event]:
    """The events of wire objects; AssertionError when one of them is not acceptable."""
    codec = Codec()
    events = []
    for number, given in enumerate(wire):
        decoded = codec.decode(json.dumps(given).encode(), f"month:{number}", NOW_US)
        assert isinstance(decoded, Decoded), (decoded, given)
        events.append(decoded.event)
    return events


def effective(events: Iterable[Event]) -> list[Event]:
    """Facts once each by (source, event_id), without retractions and what they cancel."""
    once: dict[tuple[str, str], Event] = {}
    for event in events:
        once.setdefault((event.source, event.event_id), event)
    gone = {(e.target_source, e.target_event_id) for e in once.values() if isinstance(e, EventRetracted)}
    return [e for key, e in once.items() if key not in gone and not isinstance(e, EventRetracted)]
