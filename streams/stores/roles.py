"""Who may do what in PostgreSQL: a role for reading events in, one for boards, one for closing; the owner migrates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from psycopg import sql
from psycopg.errors import InsufficientPrivilege

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


def grant(connection: Connection, passwords: Mapping[str, str]) -> list[str]:
    """Make the roles as far as this user may, and give them exactly their rights; says what it could not do.

    A role with a password can log in. The server only ever sees the password's verifier.
    """
    said: list[str] = []
    for role, rights in GRANTS.items():
        if not _make(connection, role, passwords.get(role, "")):
            said.append(
                f"the role {role} is missing and this user may not make it: CREATE ROLE {role} LOGIN PASSWORD '...'"
            )
            continue
        name = sql.Identifier(role)
        connection.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name))
        for verbs, tables in rights:
            listed = sql.SQL(", ").join(map(sql.Identifier, tables))
            connection.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(verbs), listed, name))
        if role == "scoreline_ingest":
            connection.execute(sql.SQL("GRANT USAGE ON SEQUENCE batches TO {}").format(name))
    return said


def _make(connection: Connection, role: str, password: str) -> bool:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None
    verb = "ALTER" if exists else "CREATE"
    if exists and not password:
        return True
    how: sql.Composable = sql.SQL("NOLOGIN")
    if password:
        verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        how = sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(verifier.decode()))
    try:
        with connection.transaction():
            connection.execute(sql.SQL("{} ROLE {} {}").format(sql.SQL(verb), sql.Identifier(role), how))
    except InsufficientPrivilege:
        return exists
    return True
