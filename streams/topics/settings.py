"""Where Kafka is and who we are there: one frozen record, read from the environment once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from streams.topics.faults import KafkaSettingsError

EVENTS_TOPIC: Final = "scoreline.events.v1"
GROUP: Final = "scoreline"
SECURITIES: Final = ("PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL", "SSL")
MECHANISMS: Final = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")

_BROKER = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """How this process reaches Kafka. `repr` never shows the password.

    `brokers` are "host:port". `security` is one of SECURITIES, and `mechanism`, used with SASL, one of MECHANISMS.
    """

    brokers: tuple[str, ...]
    topic: str = EVENTS_TOPIC
    group: str = GROUP
    security: str = "PLAINTEXT"
    mechanism: str = MECHANISMS[0]
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def uses_password(self) -> bool:
        """Whether the brokers ask for a user name and a password."""
        return self.security.startswith("SASL_")

    @property
    def uses_tls(self) -> bool:
        """Whether the connection is encrypted; the system's certificate authorities are trusted."""
        return self.security in ("SASL_SSL", "SSL")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> KafkaSettings:
        """The settings in SCORELINE_BROKERS, SCORELINE_TOPIC, SCORELINE_GROUP and SCORELINE_KAFKA_*; empty counts as
        absent. KafkaSettingsError lists every fault.
        """
        reading = _Reading(environment)
        found = cls(
            brokers=reading.brokers(),
            topic=reading.name("SCORELINE_TOPIC", EVENTS_TOPIC),
            group=reading.name("SCORELINE_GROUP", GROUP),
            security=reading.choice("SCORELINE_KAFKA_SECURITY", SECURITIES),
            mechanism=reading.choice("SCORELINE_KAFKA_MECHANISM", MECHANISMS),
            username=environment.get("SCORELINE_KAFKA_USERNAME", ""),
            password=environment.get("SCORELINE_KAFKA_PASSWORD", ""),
        )
        reading.credentials(found)
        if reading.faults:
            raise KafkaSettingsError(reading.faults)
        return found


class _Reading:
    """Reads variables and gathers what is wrong; no message repeats a value that may hold a password."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def brokers(self) -> tuple[str, ...]:
        given = [part.strip() for part in self._environment.get("SCORELINE_BROKERS", "").split(",")]
        brokers = tuple(dict.fromkeys(part for part in given if part))
        if not brokers:
            self.faults.append("SCORELINE_BROKERS is not set: name the brokers, such as kafka-1:9092,kafka-2:9092")
        for number, broker in enumerate(brokers, start=1):
            match = _BROKER.fullmatch(broker)
            if match is None or not 1 <= int(match[1]) <= 65_535:
                # Somebody may have written user:password@host here.
                self.faults.append(
                    f"SCORELINE_BROKERS: entry {number} of {len(brokers)} is not host:port: write it as kafka-1:9092, "
                    "without a scheme; user and password go into SCORELINE_KAFKA_USERNAME and SCORELINE_KAFKA_PASSWORD"
                )
        return brokers

    def name(self, variable: str, default: str) -> str:
        given = self._environment.get(variable, "").strip() or default
        if _NAME.fullmatch(given) is None or given in (".", ".."):
            self.faults.append(
                f"{variable} is {given[:60]!r}: use at most 200 ASCII letters, digits, '.', '_', '-', as in {default}"
            )
        return given

    def choice(self, variable: str, choices: tuple[str, ...]) -> str:
        given = self._environment.get(variable, "").strip().upper() or choices[0]
        if given not in choices:
            self.faults.append(f"{variable} is {given[:60]!r}: use one of {', '.join(choices)}")
        return given

    def credentials(self, found: KafkaSettings) -> None:
        given = {
            "SCORELINE_KAFKA_USERNAME": found.username,
            "SCORELINE_KAFKA_PASSWORD": found.password,
        }
        for variable, value in given.items():
            if found.uses_password and not value:
                self.faults.append(f"{variable} is not set, but SCORELINE_KAFKA_SECURITY is {found.security}: set it")
            elif value and found.security in ("PLAINTEXT", "SSL"):
                self.faults.append(
                    f"{variable} is set, but SCORELINE_KAFKA_SECURITY is {found.security}, which uses none: "
                    "set it to SASL_SSL, or remove the variable"
                )
