"""Refuses a PostgreSQL whose settings could lose commits, stop batches, or give a process more rights than it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from streams.stores.postgres_link import CONNECT_SECONDS, Connection, advised, connect
from streams.stores.postgres_unit import HELD_AT_MOST

WORKERS: Final = 4
LOCKS_NEEDED: Final = WORKERS * HELD_AT_MOST + 6_000
"""What as many workers hold at once at most, and as much again as one of them for everything else (decision 30)."""
KEPT: Final = {"synchronous_commit": "on", "idle_in_transaction_session_timeout": "10000", "lock_timeout": "20000"}
"""What every session of ours sets (streams/stores/postgres_link.py), in the server's units."""
OLDEST_SERVER: Final = 140_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; what `blocks` keeps a worker from starting."""

    code: str
    detail: str
    advice: str
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class _Server:
    """What the server says about itself and about us."""

    settings: dict[str, str]
    version: int
    encoding: str
    is_standby: bool
    is_superuser: bool
    owns_tables: bool
    outside: str
    """synchronous_commit where nobody asks for anything else."""
    is_plain_remote: bool

    def number(self, name: str) -> int:
        return int(self.settings[name])


def findings(url: str, dev: bool = False) -> list[Finding]:
    """Everything unsafe; `dev` makes findings about rights and locks warnings. StoreError when there is no server."""
    with advised(url), connect(url) as connection, psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as plain:
        (outside,) = plain.execute("SELECT current_setting('synchronous_commit')").fetchone() or ("",)
        server = _asked(connection, str(outside))
    found = [finding for check in CHECKS for finding in check(server)]
    mild = ("SUPERUSER", "OWNS_TABLES", "FEW_LOCKS")
    return [Finding(f.code, f.detail, f.advice, f.blocks and not (dev and f.code in mild)) for f in found]


def _asked(connection: Connection, outside: str) -> _Server:
    names = ("fsync", "full_page_writes", "autovacuum", "default_transaction_isolation", "max_locks_per_transaction",
             "max_connections", "max_prepared_transactions", *KEPT)  # fmt: skip
    rows: list[Any] = connection.execute(
        "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", (list(names),)
    ).fetchall()
    one: Any = connection.execute(
        "SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding), pg_is_in_recovery(), "
        "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user), "
        "EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 'facts' "
        "AND pg_has_role(current_user, tableowner, 'MEMBER')) FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    version, encoding, is_standby, is_superuser, owns_tables = one
    host = connection.info.host
    is_near = host.startswith(("/", "127.")) or host in ("localhost", "::1", "")
    is_plain = not connection.pgconn.ssl_in_use
    return _Server(
        dict(rows), version, encoding, is_standby, is_superuser, owns_tables, outside, is_plain and not is_near
    )


def _durable(server: _Server) -> Iterator[Finding]:
    for code, name, danger in (
        ("FSYNC_OFF", "fsync", "a power cut can lose commits and damage the database"),
        ("FULL_PAGE_WRITES_OFF", "full_page_writes", "a power cut can damage pages"),
    ):
        if server.settings[name] == "off":
            yield Finding(code, f"{name} is off: {danger}", f"set {name} = on and restart the server")


def _session(server: _Server) -> Iterator[Finding]:
    for name, wanted in KEPT.items():
        if server.settings[name] != wanted:
            yield Finding(
                "SESSION",
                f"{name} is {server.settings[name]} in a session that asked for {wanted}",
                "connect to the server itself: a pooler in between drops what makes commits and takeovers safe",
            )
    if server.outside == "off":
        yield Finding(
            "SYNCHRONOUS_COMMIT_OFF",
            "synchronous_commit is off for this role, database or server",
            "set it to on: scoreline does so for its own sessions, but what people change by hand could be lost",
            blocks=False,
        )
    if server.is_plain_remote:
        yield Finding(
            "NO_SSL",
            "the server is on another machine and the connection is not encrypted",
            "add ?sslmode=verify-full to SCORELINE_STORE, unless the network between is yours alone",
            blocks=False,
        )


def _writing(server: _Server) -> Iterator[Finding]:
    if server.is_standby:
        yield Finding("STANDBY", "the server is a standby and takes no writes", "connect to the primary")
    if server.settings["autovacuum"] == "off":
        yield Finding("AUTOVACUUM_OFF", "autovacuum is off: cells grow without bound", "set autovacuum = on")
    isolation = server.settings["default_transaction_isolation"]
    if isolation != "read committed":
        yield Finding(
            "ISOLATION", f"default_transaction_isolation is {isolation}", "set it to read committed for this role"
        )


def _locks(server: _Server) -> Iterator[Finding]:
    places = server.number("max_connections") + server.number("max_prepared_transactions")
    held = server.number("max_locks_per_transaction")
    if held * places < LOCKS_NEEDED:
        yield Finding(
            "FEW_LOCKS",
            f"max_locks_per_transaction is {held}: {held * places} locks in all, four workers need {LOCKS_NEEDED}",
            f"set max_locks_per_transaction = {-(-LOCKS_NEEDED // places)} or more and restart the server",
        )


def _rights(server: _Server) -> Iterator[Finding]:
    if server.is_superuser:
        yield Finding("SUPERUSER", "this process would be a superuser", "log in as scoreline_ingest (docs/postgres.md)")
    elif server.owns_tables:
        yield Finding("OWNS_TABLES", "this role owns the tables and could alter them", "log in as scoreline_ingest")


def _place(server: _Server) -> Iterator[Finding]:
    if server.version < OLDEST_SERVER:
        yield Finding("OLD_SERVER", f"PostgreSQL {server.version // 10_000} is too old", "use PostgreSQL 14 or newer")
    if server.encoding != "UTF8":
        yield Finding("ENCODING", f"the database is encoded in {server.encoding}", "create it with ENCODING 'UTF8'")


CHECKS: Final[tuple[Callable[[_Server], Iterator[Finding]], ...]] = (
    _durable, _session, _writing, _locks, _rights, _place,
)  # fmt: skip
