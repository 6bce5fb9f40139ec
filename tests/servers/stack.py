"""`make stack`: the set of docker-compose.yml natively, its services by the environment that the file gives them.

Every scoreline service gets exactly the command and the variables of the compose file, with host names, the container's
paths and ports replaced. Health checks, Redis's command and PostgreSQL's start script are the compose file's own.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import yaml

from tests.servers.base import REPOSITORY, Server, ServerFailed, ServerMissing, free_ports
from tests.servers.compose import ComposeError, ComposeFile, read_compose, references
from tests.servers.fixtures import short_folder
from tests.servers.kafka_broker import Kafka
from tests.servers.native import ComposeRedis, kafka_settings, make_database, postgres_settings, scraping
from tests.servers.postgres import Postgres
from tests.servers.program import Plan, Program
from tests.servers.prometheus import Alertmanager, Prometheus

AnyServer = TypeVar("AnyServer", bound=Server)
CONTAINER_HOME = "/var/lib/scoreline"
ENDED_BY_USER, INFRASTRUCTURE = 0, 3
SUPERVISED_EVERY_SECONDS = 1


class Stack:
    """A compose file's set in a folder. `servers` holds what runs by name; `run` is `docker compose run`."""

    def __init__(self, folder: Path, path: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        compose = read_compose(path)
        found = list(references(compose.content))
        # Passwords are made up; what has a default can be chosen from outside, as with Compose.
        variables = {reference.name: secrets.token_hex(12) for reference in found if reference.rule == ":?"}
        chosen = {reference.name for reference in found if reference.rule == ":-"} & environment.keys()
        self.compose: ComposeFile = compose.filled(variables | {name: environment[name] for name in chosen})
        self.folder = folder
        self.say = say
        self.scrape_seconds = 5
        self.servers: dict[str, Server] = {}
        self.addresses: dict[str, str] = {}

    @contextmanager
    def started(self) -> Iterator[Stack]:
        """Everything started, in the end everything ended; ServerMissing or ServerFailed when that can not be."""
        with ExitStack() as ending:
            self._start_servers(ending)
            for name in self.order():
                self._start_service(name, ending)
            self._start_watchers(ending)
            yield self

    def order(self) -> list[str]:
        """The scoreline services that `up` starts, each after what it depends on."""
        ordered: list[str] = []

        def visit(name: str) -> None:
            for other in self.compose.services[name].get("depends_on", {}):
                visit(other)
            if "build" in self.compose.services[name] and name not in ordered:
                ordered.append(name)

        for name, service in self.compose.services.items():
            if "profiles" not in service:
                visit(name)
        return ordered

    def run(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """`docker compose run --rm NAME WORDS`: words, if any, replace the service's command."""
        folder = self._home(name)
        program = Program(name, folder, self._plan(name, folder, free_ports(1)[0], words))
        return subprocess.run(
            program.command(), env=dict(program.environment()), cwd=folder, capture_output=True, text=True, check=False
        )

    def supervise(self) -> None:
        """Start again what ended, as `restart: unless-stopped` does: a worker ends when something it needs is away."""
        for name, server in self.servers.items():
            if isinstance(server, Program) and not server.running:
                self.say(f"{name:14} ended; starting it again")
                try:
                    server.start()
                except ServerFailed as failed:
                    self.say(str(failed))

    def write_environment(self) -> Path:
        """A file to `source`, by which commands from a shell act on the stack as its worker does."""
        variables = self._plan("worker", self._home("worker-1"), 0).variables
        path = self.folder / "env"
        path.touch(mode=0o600)
        lines = [f"export {name}='{value}'\n" for name, value in variables.items() if "METRICS" not in name]
        path.write_text("".join(lines), "utf-8")
        return path

    def _start_servers(self, ending: ExitStack) -> None:
        services = self.compose.services
        kafka = self._begin(ending, "kafka", Kafka(self.folder / "kafka", kafka_settings(services["kafka"])))
        settings = postgres_settings(services["postgres"])
        postgres = self._begin(ending, "postgres", Postgres(self.folder / "postgres", settings))
        redis = self._begin(ending, "redis", ComposeRedis(self.folder / "redis", services["redis"]))
        make_database(postgres, services["postgres"], self.compose.folder / "deploy" / "postgres" / "owner.sh")
        self.addresses |= {
            "kafka:9092": kafka.brokers,
            "postgres:5432": f"127.0.0.1:{postgres.port}",
            "redis:6379": f"127.0.0.1:{redis.port}",
        }

    def _start_service(self, name: str, ending: ExitStack) -> None:
        service = self.compose.services[name]
        if service.get("restart") == "no":
            began = time.monotonic()
            ended = self.run(name)
            if ended.returncode != 0:
                raise ServerFailed(f"{name} ended with code {ended.returncode}:\n{ended.stdout}{ended.stderr}")
            self.say(f"{name:14} done in {time.monotonic() - began:.1f} s")
            return
        replicas = service.get("deploy", {}).get("replicas")
        for number in range(1, (replicas or 1) + 1):
            own = f"{name}-{number}" if replicas else name
            folder, ports = self._home(own), free_ports(1)
            program = Program(own, folder, self._plan(name, folder, ports[0]))
            program.ports = ports
            self._begin(ending, own, program)

    def _start_watchers(self, ending: ExitStack) -> None:
        deploy = self.compose.folder / "deploy"
        alertmanager = Alertmanager(self.folder / "alertmanager", deploy / "alertmanager.yml")
        self._begin(ending, "alertmanager", alertmanager)
        prometheus = Prometheus(self.folder / "prometheus", self.folder / "prometheus.yml")
        prometheus.ports = free_ports(1)
        addresses = {
            "alertmanager:9093": f"127.0.0.1:{alertmanager.port}",
            "board:8765": f"127.0.0.1:{self.servers['board'].port}",
            "127.0.0.1:9090": f"127.0.0.1:{prometheus.port}",
        }
        workers = [f"127.0.0.1:{server.port}" for name, server in self.servers.items() if name.startswith("worker-")]
        settings = scraping((deploy / "prometheus.yml").read_text("utf-8"), addresses, workers)
        pace = f"{self.scrape_seconds}s"
        settings["global"] = {"scrape_interval": pace, "evaluation_interval": pace}
        shutil.copytree(deploy / "rules", self.folder / "rules")
        prometheus.configuration.write_text(yaml.safe_dump(settings), "utf-8")
        self._begin(ending, "prometheus", prometheus)

    def _begin(self, ending: ExitStack, name: str, server: AnyServer) -> AnyServer:
        began = time.monotonic()
        # Programs are asked to end, as `docker compose down` asks; the servers' data is thrown away anyway.
        ending.callback(server.stop if isinstance(server, Program) else server.kill)
        server.start()
        self.servers[name] = server
        self.say(f"{name:14} 127.0.0.1:{server.port:<6} answers after {time.monotonic() - began:.1f} s")
        return server

    def _home(self, name: str) -> Path:
        """A home in which the definitions lie where the container mounts them."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        for mount in self.compose.services[re.sub(r"-\d+$", "", name)].get("volumes", []):
            source, target = mount.split(":")[:2]
            place = Path(target.replace(CONTAINER_HOME, str(home), 1))
            if not place.exists():
                place.symlink_to((self.compose.folder / source).resolve(), target_is_directory=True)
        return home

    def _plan(self, name: str, home: Path, port: int, instead: tuple[str, ...] = ()) -> Plan:
        service = self.compose.services[name]
        words = ["scoreline", *(instead or service["command"])]
        health = service.get("healthcheck", {}).get("test", [])[1:]

        def native(text: str) -> str:
            for address, real in self.addresses.items():
                text = text.replace(address, real)
            # Only as a whole text or after the host: a password may hold the same digits.
            text = re.sub(r"^(9101|8765)$|(?<=127\.0\.0\.1:)(9101|8765)\b", str(port), text)
            return text.replace(CONTAINER_HOME, str(home)).replace("0.0.0.0", "127.0.0.1")

        variables: dict[str, Any] = {key: native(value) for key, value in service["environment"].items()}
        return Plan(tuple(map(native, words)), variables, tuple(map(native, health)))


def main() -> int:
    """Start everything, say where it is, wait for Ctrl-C or SIGTERM; the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with short_folder() as folder:
            stack = Stack(folder, REPOSITORY / "docker-compose.yml", os.environ, lambda line: print(line, flush=True))
            with stack.started():
                print(f"\nBoard         http://127.0.0.1:{stack.servers['board'].port}")
                print(f"Prometheus    http://127.0.0.1:{stack.servers['prometheus'].port}/alerts")
                print(f"Logs          {folder}/*/server.log")
                print(f"Shell         source {stack.write_environment()} (passwords are made up for this run)")
                print("Ctrl-C ends everything and removes its data.", flush=True)
                while True:
                    time.sleep(SUPERVISED_EVERY_SECONDS)
                    stack.supervise()
    except KeyboardInterrupt:
        print("Ended.")
        return ENDED_BY_USER
    except (ServerMissing, ServerFailed, ComposeError) as error:
        print(error, file=sys.stderr)
        return INFRASTRUCTURE


if __name__ == "__main__":
    sys.exit(main())
