"""Brings a PostgreSQL database to the schema that this version needs, and its roles to their rights."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from streams.stores.postgres import SCHEMA_VERSION
from streams.stores.postgres_link import Connection, advised, connect
from streams.stores.roles import grant

GATE = (5_000_733, 2)
"""The advisory lock that two migrations take in turn."""


def migrate(url: str, passwords: Mapping[str, str] | None = None) -> list[str]:
    """Apply what is missing and grant the roles; a second call changes nothing, two at once take turns.

    `passwords` by role make them able to log in. Returns what was not done, in sentences: what this user may not do, or
    everything where a newer release has been before. StoreError when the database can not be reached or the user may
    not make tables.
    """
    with advised(url), connect(url) as keeper:
        # Who comes second waits, however long the steps of the first take.
        keeper.execute("SET lock_timeout = 0")
        keeper.execute("SELECT pg_advisory_lock(%s, %s)", GATE)
        version = _version(keeper)
        if version > SCHEMA_VERSION:
            return [
                f"the database has schema {version}, newer than the {SCHEMA_VERSION} of this release: left as it is"
            ]
        _upgrade(url)
        return grant(keeper, passwords or {})


def _version(connection: Connection) -> str:
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        return ""
    rows = connection.execute("SELECT version_num FROM public.alembic_version").fetchall()
    return str(rows[0][0]) if rows else ""


def _upgrade(url: str) -> None:
    engine = create_engine("postgresql+psycopg://", creator=lambda: connect(url), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(files("streams") / "stores" / "schema"))
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        # Without SQLAlchemy's wrapping, so that it gets the same advice as every other error of the server.
        if isinstance(error.orig, psycopg.Error):
            raise error.orig from error
        raise
