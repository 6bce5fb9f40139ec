"""A connection to Kafka's brokers that fails within ten seconds and says why (needs the extra `kafka`)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kafka import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    BrokerResponseError,
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.compat import KafkaNetClient

from streams.topics.faults import KafkaUnavailable
from streams.topics.settings import KafkaSettings

BOOTSTRAP_MS: Final = 8_000
REQUEST_MS: Final = 9_000
BACKOFF_MS: Final = 250
"""Short, because kafka-python picks one of the brokers by chance and then waits for that one, dead or not."""
_BOOTSTRAP: Final = "Unable to bootstrap"


class _Masked(str):
    """A password that kafka-python, which logs its configuration, can not show."""

    def __repr__(self) -> str:
        return "'***'"


def client_settings(settings: KafkaSettings, within_ms: int = BOOTSTRAP_MS) -> dict[str, Any]:
    """The keyword arguments that every client of kafka-python takes for these settings.

    `within_ms`: how long the first connection may take.
    """
    found: dict[str, Any] = {
        "bootstrap_servers": list(settings.brokers),
        "bootstrap_timeout_ms": within_ms,
        "kafka_client": _network,
        "reconnect_backoff_max_ms": BACKOFF_MS,
        "request_timeout_ms": REQUEST_MS,
        "security_protocol": settings.security,
    }
    if settings.uses_password:
        found["sasl_mechanism"] = settings.mechanism
        found["sasl_plain_username"] = settings.username
        found["sasl_plain_password"] = _Masked(settings.password)
    return found


def _network(**configs: Any) -> Any:
    """kafka-python's network client, which ends its thread and frees its sockets when it never finds a broker.

    By itself it leaves them behind, and a worker asks again and again while the brokers are away.
    """
    client = KafkaNetClient(**configs)
    manager = client._manager
    bootstrap = manager.bootstrap

    def tidy_bootstrap(*arguments: Any, **named: Any) -> None:
        try:
            bootstrap(*arguments, **named)
        except KafkaError:
            if manager.broker_version_data is None:
                client.close()
            raise

    manager.bootstrap = tidy_bootstrap
    return client


@contextmanager
def admin(settings: KafkaSettings, within_ms: int = BOOTSTRAP_MS) -> Iterator[Any]:
    """An admin client of kafka-python, closed at the end; KafkaUnavailable when there is no connection, or it breaks
    inside the block.
    """
    with reaching(settings):
        client = KafkaAdminClient(**client_settings(settings, within_ms))
        try:
            yield client
        finally:
            client.close()


@contextmanager
def reaching(settings: KafkaSettings) -> Iterator[None]:
    """Turns kafka-python's errors inside the block into KafkaUnavailable with the cause and what to do.

    kafka-python tells the cause of a failed connection only to its log, so that is listened to meanwhile.
    """
    ear = Ear()
    log = logging.getLogger("kafka")
    if log.getEffectiveLevel() < logging.INFO:
        # Below, kafka-python logs every request, and with it passwords and the contents of events.
        log.setLevel(logging.INFO)
    log.addHandler(ear)
    try:
        yield
    except KafkaError as error:
        raise unavailable(settings, error, ear) from error
    finally:
        log.removeHandler(ear)


class Ear(logging.Handler):
    """Remembers the errors that kafka-python logs, each kind once; `is_login`: one came after the broker had spoken.

    Of a refused login kafka-python often sees only that the broker hangs up, because it drops what comes with the end
    of a connection.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: dict[type, Exception] = {}
        self.is_login = False

    def emit(self, record: logging.LogRecord) -> None:
        given = record.args if isinstance(record.args, tuple) else ()
        for part in given:
            if isinstance(part, Exception):
                self.heard[type(part)] = part
        if any(getattr(part, "broker_version", None) for part in given):
            self.is_login = True


def unavailable(settings: KafkaSettings, error: KafkaError, ear: Ear | None = None) -> KafkaUnavailable:
    """The error of kafka-python as ours, with the cause as far as the error and the log tell it."""
    return KafkaUnavailable(_sentence(settings, error, ear or Ear()))


def _sentence(settings: KafkaSettings, error: KafkaError, ear: Ear) -> str:
    """What went wrong and what to do, from the most telling of the errors."""
    brokers = ", ".join(settings.brokers)
    causes = {type(error): error, **ear.heard}
    if SaslAuthenticationFailedError in causes:
        return (
            f"{brokers} refused the user {settings.username!r}: the password or the user is wrong. "
            "Check SCORELINE_KAFKA_USERNAME and SCORELINE_KAFKA_PASSWORD"
        )
    if UnsupportedSaslMechanismError in causes:
        return (
            f"{brokers} does not offer {settings.mechanism}: set SCORELINE_KAFKA_MECHANISM to one that it offers, "
            "such as SCRAM-SHA-512 or PLAIN"
        )
    if IllegalSaslStateError in causes:
        return (
            f"{brokers} takes no password on this port, but SCORELINE_KAFKA_SECURITY is {settings.security}: "
            "set it to PLAINTEXT or SSL, or name the brokers' other port in SCORELINE_BROKERS"
        )
    if any(isinstance(cause, AuthorizationError) for cause in causes.values()):
        return (
            f"{brokers} does not allow this to the user {settings.username!r}: {type(error).__name__}. "
            "Ask the administrator of Kafka for the right (an ACL)"
        )
    if settings.uses_password and ear.is_login and _BOOTSTRAP in str(error):
        return (
            f"{brokers} hung up when the user {settings.username!r} logged in with {settings.mechanism}: the password, "
            "the user or the mechanism is wrong. Check SCORELINE_KAFKA_USERNAME, SCORELINE_KAFKA_PASSWORD and "
            "SCORELINE_KAFKA_MECHANISM"
        )
    return _connection_sentence(settings, brokers, error, causes)


def _connection_sentence(
    settings: KafkaSettings, brokers: str, error: KafkaError, causes: dict[type, Exception]
) -> str:
    heard = str(causes.get(KafkaConnectionError, ""))
    if "Handshake failed" in heard:
        return (
            f"no encrypted connection to {brokers} ({heard.partition('Handshake failed: ')[2]}): check "
            "SCORELINE_KAFKA_SECURITY, the port, and that the brokers' certificate is one that this machine trusts"
        )
    if "disconnected" in heard and _BOOTSTRAP in str(error):
        return (
            f"{brokers} closed the connection: the port expects something else than {settings.security}. "
            "Set SCORELINE_KAFKA_SECURITY to what it expects, such as SASL_SSL"
        )
    if isinstance(error, BrokerResponseError):
        return f"Kafka at {brokers} refused: {type(error).__name__} ({error.description}). Look at the brokers' logs"
    if "not ready" in str(error):
        return f"a topic at {brokers} has no leader yet: look at the brokers' logs, then run `scoreline topics check`"
    reason = (
        "the name is not known" if "DNS" in heard else "nobody listens there" if "REFUSED" in heard else "no answer"
    )
    return (
        f"no Kafka broker answers at {brokers} ({reason}): check SCORELINE_BROKERS, and that the brokers are started "
        "and can be reached from here"
    )
