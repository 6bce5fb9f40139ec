"""`scoreline migrate` and `scoreline preflight` against a real PostgreSQL: exit codes, sentences, and no password."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from streams.stores.postgres import PostgresStore
from streams.stores.roles import GRANTS
from tests.dashboards.cli.shell import Shell
from tests.servers import Postgres
from tests.servers.fixtures import lent

SECRET = "s3cret-of-the-operator"


@pytest.fixture
def server(server_folder: Path) -> Iterator[Postgres]:
    """A server of the test's own: roles belong to a whole server."""
    with lent(Postgres(server_folder)) as started:
        yield started


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Postgres) -> Shell:
    """A shell whose environment names the server, with no Kafka beside it."""
    monkeypatch.setenv("SCORELINE_STORE", server.url)
    monkeypatch.delenv("SCORELINE_BROKERS", raising=False)
    return Shell(tmp_path)


def url_of(server: Postgres, role: str) -> str:
    """The server as a role of scoreline."""
    return server.url.replace("postgres:" + server.password, f"{role}:{SECRET}")


def test_migrate_makes_tables_and_logins(shell: Shell, server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the passwords in the environment every role can log in afterwards; nothing that is printed holds one."""
    for role in GRANTS:
        monkeypatch.setenv(f"SCORELINE_PASSWORD_{role.rpartition('_')[2].upper()}", SECRET)
    for _ in range(2):
        ended = shell.run("migrate")
        assert ended.code == 0, ended.err
        assert SECRET not in ended.out + ended.err
        assert server.password not in ended.out + ended.err
    for role in GRANTS:
        PostgresStore(url_of(server, role)).close()


def test_preflight_is_content_with_the_ingest_role(
    shell: Shell, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code 0 for the role that a worker has, code 1 and a name for the superuser, a warning with --dev."""
    monkeypatch.setenv("SCORELINE_PASSWORD_INGEST", SECRET)
    assert shell.run("migrate").code == 0
    refused = shell.run("preflight")
    assert (refused.code, "SUPERUSER" in refused.out) == (1, True)
    listed = json.loads(shell.run("preflight", "--json").out)
    assert [(row["code"], row["blocks"]) for row in listed] == [("SUPERUSER", True)]
    assert (shell.run("preflight", "--dev").code, shell.run("preflight", "--dev", "--json").code) == (0, 0)
    monkeypatch.setenv("SCORELINE_STORE", url_of(server, "scoreline_ingest"))
    content = shell.run("preflight")
    assert (content.code, "Nothing unsafe was found" in content.out) == (0, True), content.err


@pytest.mark.parametrize("command", ["migrate", "preflight"])
def test_what_can_not_be_reached_is_code_3(
    command: str, shell: Shell, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password and a dead server give a sentence with advice and no password."""
    monkeypatch.setenv("SCORELINE_STORE", url_of(server, "postgres"))
    wrong = shell.run(command)
    assert (wrong.code, "wrong user or password" in wrong.err) == (3, True)
    server.stop()
    away = shell.run(command)
    assert (away.code, "nothing answers there" in " ".join(away.err.split())) == (3, True)
    for text in (wrong.out, wrong.err, away.out, away.err):
        assert SECRET not in text
        assert str(conninfo_to_dict(server.url)["password"]) not in text


@pytest.mark.parametrize("command", ["migrate", "preflight"])
def test_without_an_address_it_is_wrong_use(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that is missing is named."""
    monkeypatch.delenv("SCORELINE_STORE", raising=False)
    ended = Shell(tmp_path).run(command)
    assert (ended.code, "SCORELINE_STORE" in ended.err) == (2, True)
