"""What a compose file of this project must be: the part of the Compose specification that it uses, and its safety."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.servers.compose import ComposeFile, references, texts

Rule = Callable[[ComposeFile], Iterator[str]]

# The keys of the Compose specification that are used here, each with its type. A key that is not here is a slip of
# the pen (`heathcheck`) or a reason to add a line.
TOP_KEYS = {"name": str, "services": dict, "volumes": dict}
SERVICE_KEYS = {
    "build": str,
    "cap_add": list,
    "cap_drop": list,
    "command": list,
    "depends_on": dict,
    "deploy": dict,
    "environment": dict,
    "healthcheck": dict,
    "hostname": str,
    "image": str,
    "ports": list,
    "profiles": list,
    "read_only": bool,
    "restart": str,
    "security_opt": list,
    "shm_size": str,
    "stop_grace_period": str,
    "stop_signal": str,
    "tmpfs": list,
    "user": str,
    "volumes": list,
}
HEALTH_KEYS = {"test": list, "interval": str, "timeout": str, "start_period": str, "retries": int}
CONDITIONS = {"service_healthy", "service_started", "service_completed_successfully"}
RESTARTS = {"no", "always", "on-failure", "unless-stopped"}
DURATION = re.compile(r"\d+(s|m|h)")
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|PRIVATE")
URL_PASSWORD = re.compile(r"://[^/\s@]*:(?P<password>[^@\s]+)@")
LOOPBACK_PORT = re.compile(r"127\.0\.0\.1:\d+:\d+")
# Its start script writes into the image's own folders.
MAY_WRITE = {"kafka"}


def faults(compose: ComposeFile) -> list[str]:
    """Everything that is wrong, one line each."""
    return [fault for rule in RULES for fault in rule(compose)]


def one_shot(service: dict[str, Any]) -> bool:
    """Whether a service is meant to end."""
    return service.get("restart") == "no"


def keyed(where: str, value: dict[str, Any], allowed: Mapping[str, type]) -> Iterator[str]:
    """Unknown keys and values of the wrong type."""
    for key, inner in value.items():
        if key.startswith("x-"):
            continue
        if key not in allowed:
            yield f"{where}: unknown key {key!r}"
        elif not isinstance(inner, allowed[key]) and not (inner is None and key == "volumes"):
            yield f"{where}.{key}: {type(inner).__name__} instead of {allowed[key].__name__}"


def shape(compose: ComposeFile) -> Iterator[str]:
    """Keys and types, texts where Compose wants texts, durations, restart policies."""
    yield from keyed("file", compose.content, TOP_KEYS)
    for name, service in compose.services.items():
        yield from keyed(name, service, SERVICE_KEYS)
        yield from keyed(f"{name}.healthcheck", service.get("healthcheck", {}), HEALTH_KEYS)
        for key in ("cap_add", "cap_drop", "command", "ports", "profiles", "tmpfs", "volumes"):
            if not all(isinstance(entry, str) for entry in service.get(key, [])):
                yield f"{name}.{key}: every entry is a text"
        for variable, value in service.get("environment", {}).items():
            if not isinstance(value, str):
                yield f"{name}.environment.{variable}: {value!r} is no text; quote it"
        for key in ("interval", "timeout", "start_period"):
            if not DURATION.fullmatch(service.get("healthcheck", {}).get(key, "1s")):
                yield f"{name}.healthcheck.{key}: no duration"
        if service.get("restart") not in RESTARTS:
            yield f"{name}: restart is one of {sorted(RESTARTS)}"


def runnable(compose: ComposeFile) -> Iterator[str]:
    """Something to run, of a known version; alive is asked, or its end is waited for."""
    for name, service in compose.services.items():
        image = service.get("image", "")
        if "build" not in service and not image:
            yield f"{name}: neither image nor build"
        if image and (":" not in image or image.endswith(":latest")):
            yield f"{name}: the image {image!r} names no version"
        if not one_shot(service) and not service.get("healthcheck", {}).get("test"):
            yield f"{name}: no health check, and it is not meant to end"


def dependencies(compose: ComposeFile) -> Iterator[str]:
    """What is waited for is there, and can come true."""
    for name, service in compose.services.items():
        for other, how in service.get("depends_on", {}).items():
            condition = how.get("condition")
            if other not in compose.services:
                yield f"{name}: depends on {other!r}, which is no service"
            elif condition not in CONDITIONS:
                yield f"{name}: condition {condition!r} on {other}"
            elif condition == "service_completed_successfully" and not one_shot(compose.services[other]):
                yield f"{name}: waits for the end of {other}, which does not end"
            elif condition == "service_healthy" and "healthcheck" not in compose.services[other]:
                yield f"{name}: waits for the health of {other}, which is never asked"


def secrets(compose: ComposeFile) -> Iterator[str]:
    """No secret has a value or a default here, and an absent one stops `up`."""
    demanded = {found.name for found in references(compose.content) if found.rule == ":?"}
    for found in references(compose.content):
        if SECRET_NAME.search(found.name):
            if found.rule == ":-":
                yield f"{found.name} has a default"
            elif found.name not in demanded:
                yield f"{found.name} may be empty: nothing says ${{{found.name}:?...}}"
    for name, service in compose.services.items():
        for variable, value in service.get("environment", {}).items():
            if SECRET_NAME.search(variable) and not str(value).startswith("${"):
                yield f"{name}.environment.{variable}: a literal secret"
        for text in texts(service):
            for match in URL_PASSWORD.finditer(text):
                if not match["password"].startswith("${"):
                    yield f"{name}: a literal password in a URL"


def reach(compose: ComposeFile) -> Iterator[str]:
    """Ports on this machine only."""
    for name, service in compose.services.items():
        for port in service.get("ports", []):
            if not LOOPBACK_PORT.fullmatch(str(port)):
                yield f"{name}: the port {port!r} is not bound to 127.0.0.1"
        for key in ("privileged", "network_mode", "pid"):
            if key in service:
                yield f"{name}: {key}"


def rights(compose: ComposeFile) -> Iterator[str]:
    """As few rights as it takes."""
    for name, service in compose.services.items():
        if service.get("cap_drop") != ["ALL"]:
            yield f"{name}: does not drop all capabilities"
        if "no-new-privileges:true" not in service.get("security_opt", []):
            yield f"{name}: may gain privileges"
        if service.get("read_only") is not True and name not in MAY_WRITE:
            yield f"{name}: its file system is not read-only"


def mounts(compose: ComposeFile) -> Iterator[str]:
    """What is mounted is there; named volumes are declared and used; files are mounted read-only."""
    declared, used = set(compose.content.get("volumes") or {}), set()
    for name, service in compose.services.items():
        for mount in service.get("volumes", []):
            source, _, rest = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", mount).partition(":")
            if not source.startswith("."):
                used.add(source)
            elif not (compose.folder / source).exists():
                yield f"{name}: mounts {source}, which is not there"
            elif not rest.endswith(":ro"):
                yield f"{name}: mounts {source} for writing"
    yield from (f"volume {volume!r} is not declared" for volume in sorted(used - declared))
    yield from (f"volume {volume!r} is not used" for volume in sorted(declared - used))


RULES: tuple[Rule, ...] = (shape, runnable, dependencies, secrets, reach, rights, mounts)
