"""Producing: the records of any source onto the events topic, keyed by subject, resumed after what was acknowledged.

`kafka_sender` needs the extra `kafka` and is not imported here.
"""

from __future__ import annotations

from streams.producing.message import Message, message_of
from streams.producing.progress import Progress, Reached, snapshot_of, start_of
from streams.producing.run import Refused, Sender, Sent, produce

__all__ = [
    "Message",
    "Progress",
    "Reached",
    "Refused",
    "Sender",
    "Sent",
    "message_of",
    "produce",
    "snapshot_of",
    "start_of",
]
