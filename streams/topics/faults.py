"""What can be wrong with Kafka before any event is read: our settings, the brokers, or a topic."""

from __future__ import annotations

from collections.abc import Sequence


class KafkaSettingsError(Exception):
    """Environment variables that can not be used; `str()` lists every one with what to do, and never a password."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class KafkaUnavailable(Exception):
    """Kafka can not be used now; `str()` says which brokers, why, and what to do."""


class TopicMissing(KafkaUnavailable):
    """A topic is not there; `str()` names it and the command that makes it."""
