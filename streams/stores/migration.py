"""Brings a PostgreSQL database to the schema that this version needs."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from streams.stores.postgres_link import connect


def migrate(url: str) -> None:
    """Apply what is missing; StoreError when the database can not be reached. A second call changes nothing."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: connect(url), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(files("streams") / "stores" / "schema"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
