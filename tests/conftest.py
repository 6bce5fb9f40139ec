"""What every test may ask for: hypothesis profiles, a Chromium, the golden vectors, the shared folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from streams.stores.migration import migrate

REPOSITORY = Path(__file__).resolve().parent.parent

pytest_plugins = ["tests.servers.fixtures"]

# A run in the background of a shell ignores Ctrl-C, and so would every process that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Two cores are shared with other work, so a deadline would measure the neighbours.
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=QUIET)
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, print_blob=True, suppress_health_check=QUIET
)
settings.load_profile(os.environ.get("SCORELINE_HYPOTHESIS") or ("ci" if os.environ.get("CI") else "dev"))

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def absent(what: str) -> NoReturn:
    """Skip the test, or fail it where REQUIRE_SERVERS=1 promises that everything is there."""
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(f"{what}; REQUIRE_SERVERS=1 makes this a failure", pytrace=False)
    pytest.skip(what)


@pytest.fixture
def migrated_database(postgres_database: str) -> str:
    """The superuser's URL of a database with scoreline's tables, dropped afterwards."""
    migrate(postgres_database)
    return postgres_database


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium, for playwright's `executable_path`; start it with `CHROMIUM_ARGS`."""
    for name in (os.environ.get("SCORELINE_CHROMIUM", ""), *CHROMIUM_NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    absent("no Chromium: run scripts/system-packages.sh test, or set SCORELINE_CHROMIUM")


@pytest.fixture(scope="session")
def chromium_args() -> list[str]:
    """The switches that keep Chromium headless, quiet and away from the network."""
    return list(CHROMIUM_ARGS)


@pytest.fixture(scope="session")
def vectors_path() -> Path:
    """The golden vectors: SCORELINE_VECTORS, else the copy in tests/."""
    return Path(os.environ.get("SCORELINE_VECTORS") or REPOSITORY / "tests" / "vectors.json")


@pytest.fixture(scope="session")
def vectors(vectors_path: Path) -> dict[str, list[dict[str, Any]]]:
    """The golden vectors by group, numbers exact."""
    groups: dict[str, list[dict[str, Any]]] = json.loads(vectors_path.read_text(encoding="utf-8"), parse_float=Decimal)
    return groups


@pytest.fixture(scope="session")
def shared_folder() -> Path | None:
    """The folder with the large real inputs: SCORELINE_SHARED, else ../shared, else None (then use a fixture)."""
    folder = Path(os.environ.get("SCORELINE_SHARED") or REPOSITORY.parent / "shared")
    return folder if folder.is_dir() else None
