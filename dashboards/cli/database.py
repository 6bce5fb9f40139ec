"""`scoreline migrate` and `scoreline preflight`: the database's schema and roles, and whether everything is safe."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from dashboards.cli.options import JsonOption
from dashboards.cli.screen import FINDING, WRONG_USE, exits, fail, out, print_json
from streams.settings import STORE, Settings
from streams.topics import KafkaSettings, declared

DevOption = Annotated[bool, typer.Option("--dev", help="A machine to try things out on: one broker, any user.")]
PASSWORDS = {
    "scoreline_ingest": "SCORELINE_PASSWORD_INGEST",
    "scoreline_read": "SCORELINE_PASSWORD_READ",
    "scoreline_settle": "SCORELINE_PASSWORD_SETTLE",
}


def _store_url() -> str:
    url = Settings.from_environment(os.environ).store_url
    if not url:
        raise fail(f"{STORE} names no PostgreSQL: set it to postgresql://USER@HOST:PORT/DATABASE", WRONG_USE)
    return url


def migrate() -> None:
    """Bring the database of SCORELINE_STORE to this version's schema and grant the roles; repeat it as you like.

    SCORELINE_PASSWORD_INGEST, _READ and _SETTLE make the roles scoreline_ingest, _read and _settle able to log in.
    """
    with exits():
        url = _store_url()
        from streams.stores.migration import migrate as bring_up

        given = {role: os.environ.get(variable, "") for role, variable in PASSWORDS.items()}
        for sentence in bring_up(url, given):
            out.print(sentence, markup=False)
        out.print("The database has this version's schema.")


def preflight(dev: DevOption = False, as_json: JsonOption = False) -> None:
    """Name every unsafe setting of PostgreSQL and of Kafka's topics; exit code 1 when one of them blocks."""
    with exits():
        from streams.stores.preflight import findings

        rows = [
            {"where": "PostgreSQL", "code": f.code, "detail": f.detail, "advice": f.advice, "blocks": f.blocks}
            for f in findings(_store_url(), dev)
        ]
        if os.environ.get("SCORELINE_BROKERS"):
            from streams.topics.administration import check

            kafka = KafkaSettings.from_environment(os.environ)
            rows += [
                {"where": f.topic, "code": f.code, "detail": f.detail, "advice": f.advice, "blocks": True}
                for f in check(kafka, declared(kafka.topic), dev)
            ]
        if as_json:
            print_json(rows)
        for row in () if as_json else rows:
            mark = "unsafe" if row["blocks"] else "warning"
            out.print(f"{mark}: {row['where']}: {row['detail']} ({row['code']}). {row['advice']}", markup=False)
        if any(row["blocks"] for row in rows):
            raise fail("not safe to run; see above", FINDING)
        if not as_json:
            out.print("Nothing unsafe was found.")
