"""The edge: bytes become an event or a rejection with a stable reason code, never an exception."""

from __future__ import annotations

from streams.codec.edge import Codec, Decoded, Rejected, content_hash, event_key
from streams.codec.reasons import REASONS

__all__ = ["REASONS", "Codec", "Decoded", "Rejected", "content_hash", "event_key"]
