"""Brings a PostgreSQL database to the schema that this version needs, and its roles to their rights."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from streams.stores.postgres_link import advised, connect
from streams.stores.roles import grant

GATE = (5_000_733, 2)
"""The advisory lock that two migrations take in turn."""


def migrate(url: str, passwords: Mapping[str, str] | None = None) -> list[str]:
    """Apply what is missing and grant the roles; a second call changes nothing, two at once take turns.

    `passwords` by role make them able to log in. Returns what this user may not do, in sentences; StoreError when the
    database can not be reached or the user may not make tables.
    """
    with advised(url), connect(url) as keeper:
        keeper.execute("SELECT pg_advisory_lock(%s, %s)", GATE)
        _upgrade(url)
        return grant(keeper, passwords or {})


def _upgrade(url: str) -> None:
    engine = create_engine("postgresql+psycopg://", creator=lambda: connect(url), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(files("streams") / "stores" / "schema"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
