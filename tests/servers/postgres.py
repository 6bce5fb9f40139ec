"""PostgreSQL: a cluster of its own with durable settings, password logins and linguistic sorting."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from tests.servers.base import HINT, Server, ServerFailed, ServerMissing, as_user
from tests.servers.processes import Account, unprivileged_account

DEBIAN = Path("/usr/lib/postgresql")
SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "60",
    "max_locks_per_transaction": "512",
    "password_encryption": "scram-sha-256",
    "log_line_prefix": "%m %u@%d ",
}
# ICU's English order, as the official image sorts by en_US: code that leans on the order of bytes shows itself here.
LOCALE = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")


class Postgres(Server):
    """One PostgreSQL cluster; `url` is the superuser's."""

    name = "PostgreSQL"
    # "Fast shutdown": sessions are ended, nothing is lost.
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(folder)
        self.password = secrets.token_hex(12)
        self.settings = SETTINGS | dict(settings or {})
        self._account = unprivileged_account()
        self._home: Path | None = None
        self._elsewhere: tempfile.TemporaryDirectory[str] | None = None

    @property
    def url(self) -> str:
        """postgresql:// for the superuser and the database `postgres`."""
        return self.database_url("postgres")

    def database_url(self, database: str) -> str:
        """postgresql:// for the superuser and a database."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def home(self) -> Path:
        """Where data and socket lie: the folder, or a temporary one where PostgreSQL's user cannot get there."""
        if self._home is None:
            self._home = self.folder
            if self._account is not None and not reachable(self.folder):
                self._elsewhere = tempfile.TemporaryDirectory(prefix="scoreline-")
                self._home = Path(self._elsewhere.name)
            if self._account is not None:
                os.chown(self._home, self._account.uid, self._account.gid)
        return self._home

    def account(self) -> Account | None:
        """Not root: PostgreSQL refuses it."""
        return self._account

    def prepare(self) -> None:
        """Make the cluster once."""
        program("postgres")
        if not (self.home / "data" / "PG_VERSION").exists():
            self._make_cluster()

    def command(self) -> Sequence[str]:
        """The server with its settings on the command line, so that nothing else decides them."""
        chosen = {"port": str(self.port), "unix_socket_directories": str(self.home)} | self.settings
        words = [word for key, value in chosen.items() for word in ("-c", f"{key}={value}")]
        return [program("postgres"), "-D", str(self.home / "data"), *words]

    def answers(self) -> bool:
        """Whether a query gets its result."""
        run = self._psql("SELECT 1", "postgres")
        return run.returncode == 0

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Run SQL as superuser; what it gave, one row a line; raises ServerFailed with the server's words."""
        run = self._psql(statement, database)
        if run.returncode != 0:
            raise ServerFailed(f"PostgreSQL refused a statement: {run.stderr.strip()}")
        return run.stdout.strip()

    @contextlib.contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The superuser's URL of a new empty database, which is dropped afterwards."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield self.database_url(name)
        finally:
            if self.running:
                self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _psql(self, statement: str, database: str) -> subprocess.CompletedProcess[str]:
        place = ["--host=127.0.0.1", f"--port={self.port}", f"--username={SUPERUSER}", f"--dbname={database}"]
        words = ["--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--set=ON_ERROR_STOP=1"]
        return subprocess.run(
            [program("psql"), *place, *words, f"--command={statement}"],
            env=os.environ | {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _make_cluster(self) -> None:
        secret = self.home / "password"
        secret.write_text(f"{self.password}\n", "utf-8")
        words = [f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync", *LOCALE]
        run = subprocess.run(
            [program("initdb"), f"--pgdata={self.home / 'data'}", *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            **as_user(self._account),
        )
        secret.unlink()
        if run.returncode != 0:
            raise ServerFailed(f"PostgreSQL could not make a cluster in {self.home}:\n{run.stdout}{run.stderr}")


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs: the newest of Debian's, else on the path; raises ServerMissing."""
    versions = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if not found:
        raise ServerMissing(f"no PostgreSQL here ({name} not found): {HINT}")
    return found


def reachable(folder: Path) -> bool:
    """Whether every folder on the way lets any user pass (pytest's temporary folders do not)."""
    return all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents)
