"""What the compose file says about other people's servers, for the same servers started natively."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from tests.servers.base import ServerFailed
from tests.servers.postgres import SUPERUSER, Postgres, program
from tests.servers.redis_server import Redis

Service = Mapping[str, Any]

# Where a container's Kafka is and who it is; all its other settings are taken over.
PLACES = ("LISTENER", "VOTERS", "LOG_DIRS", "HEAP", "NODE_ID", "PROCESS_ROLES")


class ComposeRedis(Redis):
    """Redis by the command of the compose file, which hands it its settings by standard input."""

    def __init__(self, folder: Path, service: Service) -> None:
        super().__init__(folder)
        self.service = service
        self.password = service["environment"]["REDIS_PASSWORD"]

    def command(self) -> Sequence[str]:
        """The same shell line, with a port."""
        shell, option, line = self.service["command"]
        return [shell, option, line.replace("requirepass", f"bind 127.0.0.1\nport {self.port}\nrequirepass", 1)]

    def environment(self) -> Mapping[str, str]:
        """The service's own variables."""
        return {"PATH": os.environ["PATH"]} | dict(self.service["environment"])


def kafka_settings(service: Service) -> dict[str, str]:
    """The lines of server.properties that the official image makes of its variables."""
    return {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in service["environment"].items()
        if name.startswith("KAFKA_") and not any(place in name for place in PLACES)
    }


def postgres_settings(service: Service) -> dict[str, str]:
    """The settings after each `-c` of the command."""
    pairs = (after.partition("=") for word, after in pairwise(service["command"]) if word == "-c")
    return {key: value for key, _, value in pairs}


def make_database(postgres: Postgres, service: Service, script: Path) -> None:
    """What the official image does on a new volume: the database, then the start script as the superuser."""
    variables = dict(service["environment"])
    postgres.execute(f"CREATE DATABASE {variables['POSTGRES_DB']}")
    place = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "PGPASSWORD": postgres.password}
    search = f"{Path(program('psql')).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", script],
        env=variables | place | {"PATH": search, "POSTGRES_USER": SUPERUSER},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise ServerFailed(f"{script.name} ended with code {run.returncode}: {run.stderr}")


def scraping(text: str, addresses: Mapping[str, str], workers: Sequence[str]) -> dict[str, Any]:
    """deploy/prometheus.yml with native addresses; the look-up of the workers by DNS becomes their list."""
    for address, real in addresses.items():
        text = text.replace(address, real)
    settings: dict[str, Any] = yaml.safe_load(text)
    for job in settings["scrape_configs"]:
        if job.pop("dns_sd_configs", None):
            job["static_configs"] = [{"targets": list(workers)}]
    return settings
