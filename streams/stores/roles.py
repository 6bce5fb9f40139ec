"""Who may do what in PostgreSQL: a role for reading events in, one for boards, one for closing; the owner migrates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from psycopg import sql
from psycopg.errors import DuplicateObject, InsufficientPrivilege, UniqueViolation

from streams.stores.postgres_link import Connection

BATCH: Final = (
    "keys", "facts", "projections", "readers", "cells", "minutes", "problems", "quarantine", "conflicts", "settings",
    "shards", "standings", "marks",
)  # fmt: skip
"""What a batch, a repair or a rebuild writes."""
SHOWN: Final = tuple(table for table in BATCH if table != "keys")
"""What boards read; closes and the audit log, which hold pay and people's acts, are not among them."""

GRANTS: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "scoreline_ingest": (
        ("SELECT, INSERT, UPDATE, DELETE", BATCH),
        ("SELECT", ("alembic_version",)),
        ("INSERT", ("audit",)),
    ),
    "scoreline_read": (("SELECT", (*SHOWN, "alembic_version")),),
    "scoreline_settle": (
        ("SELECT", (*BATCH, "alembic_version", "closes", "audit")),
        ("INSERT, UPDATE", ("closes",)),
        ("INSERT", ("audit",)),
    ),
}


TABLES: Final = (*BATCH, "alembic_version", "closes", "audit")


def grant(connection: Connection, passwords: Mapping[str, str]) -> list[str]:
    """Make the roles as far as this user may, and give them exactly their rights; says what it could not do.

    A role with a password can log in. The server only ever sees the password's verifier.
    """
    said: list[str] = []
    # One transaction: a worker that runs meanwhile must not meet the moment between taking and giving.
    with connection.transaction():
        for role, rights in GRANTS.items():
            said.extend(_make(connection, role, passwords.get(role, "")))
            if _exists(connection, role):
                _give(connection, sql.Identifier(role), rights)
        if _exists(connection, "scoreline_ingest"):
            connection.execute("GRANT USAGE ON SEQUENCE batches TO scoreline_ingest")
    return said


def _give(connection: Connection, role: sql.Identifier, rights: Sequence[tuple[str, tuple[str, ...]]]) -> None:
    everything = sql.SQL(", ").join(map(sql.Identifier, TABLES))
    connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(everything, role))
    for verbs, tables in rights:
        listed = sql.SQL(", ").join(map(sql.Identifier, tables))
        connection.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(verbs), listed, role))


def _exists(connection: Connection, role: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None


def _make(connection: Connection, role: str, password: str) -> list[str]:
    exists = _exists(connection, role)
    if exists and not password:
        return []
    how: sql.Composable = sql.SQL("NOLOGIN")
    if password:
        verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        how = sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(verifier.decode()))
    verb = sql.SQL("ALTER" if exists else "CREATE")
    try:
        with connection.transaction():
            connection.execute(sql.SQL("{} ROLE {} {}").format(verb, sql.Identifier(role), how))
    except (DuplicateObject, UniqueViolation):
        # Roles belong to the whole server: the migration of another database was quicker.
        return _make(connection, role, password)
    except InsufficientPrivilege:
        lacks = "has not got the password that you gave" if exists else "is missing"
        statement = f"{'ALTER' if exists else 'CREATE'} ROLE {role} LOGIN PASSWORD '...'"
        return [f"the role {role} {lacks}, and this user may not change that: as a superuser {statement}, then again"]
    return []
