"""Connects to PostgreSQL, and says in plain words what went wrong there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from streams.stores.base import Contended, StoreError

CONNECT_SECONDS = 10
SESSION = {
    # A stopped process must not keep others waiting: the server ends its transaction.
    "idle_in_transaction_session_timeout": "10s",
    # The same for one that stopped while the server was sending to it.
    "tcp_user_timeout": "10s",
    "lock_timeout": "20s",
    "synchronous_commit": "on",
    # A plan made once for all values while the tables were still empty reads them whole, more and more of them, until
    # they are next analysed.
    "plan_cache_mode": "force_custom_plan",
    "TimeZone": "UTC",
}

Connection = psycopg.Connection[tuple[object, ...]]


def connect(url: str) -> Connection:
    """A connection in autocommit mode; StoreError says what to do when there is none."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise StoreError(
            "SCORELINE_STORE is no PostgreSQL address: write postgresql://USER@HOST:PORT/DATABASE"
        ) from error
    options = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    merged = f"{parts.pop('options', '')} {options}".strip()
    parts.setdefault("connect_timeout", CONNECT_SECONDS)
    parts.setdefault("application_name", "scoreline")
    with advised(url):
        return psycopg.connect(make_conninfo("", **parts, options=merged), autocommit=True)


def shown(url: str) -> str:
    """The address as people may see it: without password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "PostgreSQL"
    host, port = parts.get("host") or "localhost", parts.get("port") or 5432
    return f"PostgreSQL {parts.get('dbname') or ''} at {host}:{port} as {parts.get('user') or 'the system user'}"


@contextmanager
def advised(url: str) -> Iterator[None]:
    """Turn errors of the driver into StoreError with advice, and those worth another try into Contended."""
    try:
        yield
    except (errors.DeadlockDetected, errors.SerializationFailure, errors.UniqueViolation, errors.LockNotAvailable) as e:
        raise Contended(f"{shown(url)}: another writer was in the way ({type(e).__name__})") from e
    except psycopg.Error as error:
        raise StoreError(f"{shown(url)}: {_advice(error)}") from error


ADVICE: tuple[tuple[type[psycopg.Error], str], ...] = (
    (errors.InvalidPassword, "wrong user or password: check SCORELINE_STORE"),
    (errors.InvalidAuthorizationSpecification, "this user may not log in: check SCORELINE_STORE and pg_hba.conf"),
    (errors.InvalidCatalogName, "there is no such database: create it, then run `scoreline migrate`"),
    (errors.UndefinedTable, "it has no scoreline tables: run `scoreline migrate`"),
    (errors.UndefinedColumn, "its tables are those of another version: run `scoreline migrate`"),
    (errors.InsufficientPrivilege, "this role may not do that: see the roles in docs/postgres.md"),
    (errors.DiskFull, "no space left on its disk: free some and start again; nothing half-written is kept"),
    (
        errors.OutOfMemory,
        "out of memory or locks: raise max_locks_per_transaction (`scoreline migrate` names the value)",
    ),
    (errors.ProgramLimitExceeded, "a value is too large for it, which the codec should have refused: report this"),
    (errors.ReadOnlySqlTransaction, "it is read-only (a standby?): connect to the primary"),
    (errors.TooManyConnections, "no connection is free: raise max_connections or stop something"),
    (errors.CannotConnectNow, "it is starting up or shutting down: try again in a moment"),
    (errors.AdminShutdown, "it was shut down while in use; start again when it is back"),
    (errors.IdleInTransactionSessionTimeout, "this process stood still too long and its transaction was ended"),
    (errors.IdleSessionTimeout, "this process stood still too long and its session was ended"),
)


def _advice(error: psycopg.Error) -> str:
    for kind, advice in ADVICE:
        if isinstance(error, kind):
            return advice
    text = " ".join(str(error).split())
    if "password" in text or "no password supplied" in text:
        return "wrong user or password: check SCORELINE_STORE"
    if "does not exist" in text and "database" in text:
        return "there is no such database: create it, then run `scoreline migrate`"
    if "refused" in text or "could not translate" in text or "timeout expired" in text or "No such file" in text:
        return "nothing answers there: is it running, and is SCORELINE_STORE right?"
    if isinstance(error, psycopg.OperationalError):
        return "the connection was lost; what was not committed is done again after a restart"
    # Statements and values are left out: they may hold personal data.
    return f"unexpected error {error.sqlstate or type(error).__name__}: see the server's log"
