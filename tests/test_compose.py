"""The compose files: sound, safe, documented, and made of what the product reads and the tests run."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from dashboards.cli import app
from tests.servers.compose import ComposeError, ComposeFile, fill, read_compose, references
from tests.servers.compose_rules import faults
from tests.servers.kafka_broker import VERSION

FILES = ("docker-compose.yml", "deploy/compose.embedded.yml")
# What the programs read from their environment, by the command that a service runs.
EVERY = {"SCORELINE_HOME", "SCORELINE_STORE"}
KAFKA = {
    "SCORELINE_BROKERS",
    "SCORELINE_TOPIC",
    "SCORELINE_GROUP",
    "SCORELINE_KAFKA_SECURITY",
    "SCORELINE_KAFKA_MECHANISM",
    "SCORELINE_KAFKA_USERNAME",
    "SCORELINE_KAFKA_PASSWORD",
}
WORKER = {
    "SCORELINE_REDIS",
    "SCORELINE_METRICS_HOST",
    "SCORELINE_METRICS_PORT",
    "SCORELINE_DEADLINE_SECONDS",
    "SCORELINE_DEV",
}
READ_BY = {
    "migrate": {
        "SCORELINE_STORE",
        "SCORELINE_PASSWORD_INGEST",
        "SCORELINE_PASSWORD_READ",
        "SCORELINE_PASSWORD_SETTLE",
    },
    "topics": KAFKA,
    "worker": EVERY | KAFKA | WORKER,
    "board": EVERY | {"SCORELINE_REDIS"},
    "close": EVERY | KAFKA,
}
LOGINS = {
    "migrate": "scoreline_migrate",
    "worker": "scoreline_ingest",
    "board": "scoreline_read",
    "close": "scoreline_settle",
}

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def compose(repository: Path) -> ComposeFile:
    """The compose file of the whole set."""
    return read_compose(repository / "docker-compose.yml")


def programs(compose: ComposeFile) -> dict[str, dict[str, Any]]:
    """The services that run `scoreline`."""
    return {name: service for name, service in compose.services.items() if "build" in service}


@pytest.mark.parametrize("name", FILES)
def test_compose_files_are_sound_and_safe(repository: Path, name: str) -> None:
    """Every rule of tests/servers/compose_rules.py holds."""
    assert faults(read_compose(repository / name)) == []


BREAKAGES: dict[str, tuple[Change, str]] = {
    "a misspelt key": (lambda s: s["redis"].update(heathcheck=s["redis"].pop("healthcheck")), "unknown key"),
    "a number in the environment": (lambda s: s["kafka"]["environment"].update(KAFKA_NODE_ID=1), "no text"),
    "a text for a list": (lambda s: s["worker"].update(command="worker"), "str instead of list"),
    "nothing to run": (lambda s: s["redis"].pop("image"), "neither image nor build"),
    "no version": (lambda s: s["redis"].update(image="redis"), "names no version"),
    "the latest version": (lambda s: s["redis"].update(image="redis:latest"), "names no version"),
    "no health check": (lambda s: s["board"].pop("healthcheck"), "no health check"),
    "a wrong duration": (lambda s: s["redis"]["healthcheck"].update(interval="soon"), "no duration"),
    "an unknown dependency": (lambda s: s["board"]["depends_on"].update(mysql={"condition": "x"}), "no service"),
    "an unknown condition": (lambda s: s["topics"]["depends_on"]["kafka"].update(condition="up"), "condition 'up'"),
    "waiting for no end": (
        lambda s: s["board"]["depends_on"]["redis"].update(condition="service_completed_successfully"),
        "does not end",
    ),
    "a literal secret": (lambda s: s["redis"]["environment"].update(REDIS_PASSWORD="hunter2"), "a literal secret"),
    "a literal password in a URL": (
        lambda s: s["board"]["environment"].update(SCORELINE_STORE="postgresql://a:b@postgres:5432/c"),
        "literal password in a URL",
    ),
    "a default password": (
        lambda s: s["redis"]["environment"].update(REDIS_PASSWORD="${REDIS_PASSWORD:-x}"),
        "has a default",
    ),
    "a password that may be empty": (
        lambda s: s["grafana"]["environment"].update(GF_SECURITY_ADMIN_PASSWORD="${GRAFANA_PASSWORD}"),
        "may be empty",
    ),
    "a port for everybody": (lambda s: s["board"].update(ports=["8765:8765"]), "not bound"),
    "the host's network": (lambda s: s["board"].update(network_mode="host"), "network_mode"),
    "all capabilities": (lambda s: s["board"].pop("cap_drop"), "capabilities"),
    "more privileges": (lambda s: s["board"].pop("security_opt"), "privileges"),
    "a writable file system": (lambda s: s["board"].update(read_only=False), "not read-only"),
    "a file that is not there": (lambda s: s["prometheus"]["volumes"].append("./absent.yml:/x:ro"), "not there"),
    "a file mounted for writing": (lambda s: s["prometheus"]["volumes"].append("./README.md:/x"), "for writing"),
    "an undeclared volume": (lambda s: s["redis"].update(volumes=["redis:/data"]), "not declared"),
    "an unused volume": (lambda s: s["grafana"].update(volumes=[]), "not used"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_the_rules_see_each_breakage(compose: ComposeFile, name: str) -> None:
    """The rules are not blind: each of these changes is told, by the words that belong to it."""
    change, words = BREAKAGES[name]
    content = copy.deepcopy(compose.content)
    change(content["services"])
    found = faults(ComposeFile(compose.folder, content))
    assert any(words in fault for fault in found), found


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Of two equal keys YAML keeps the last in silence; here the file is refused with the line."""
    path = tmp_path / "docker-compose.yml"
    path.write_text("services:\n  a: {image: x:1}\n  a: {image: y:1}\n", "utf-8")
    with pytest.raises(ComposeError, match="line 3: the key 'a' stands twice"):
        read_compose(path)


@pytest.mark.parametrize(
    ("text", "variables", "filled"),
    [
        ("a$$b", {}, "a$b"),
        ("${A}${B}", {"A": "1", "B": "2"}, "12"),
        ("${A:-x}/${B:-y}", {"A": "", "B": "2"}, "x/2"),
        ("${A:?say A}", {"A": "1"}, "1"),
        ("printf '%s' \"$$A\"", {"A": "1"}, "printf '%s' \"$A\""),
    ],
)
def test_references_are_filled_as_compose_does(text: str, variables: dict[str, str], filled: str) -> None:
    """`$$`, plain, default and required references, by the examples of the Compose specification."""
    assert fill(text, variables) == filled


@pytest.mark.parametrize("variables", [{}, {"A": ""}])
def test_a_required_variable_stops_with_its_words(variables: dict[str, str]) -> None:
    """Absent and empty are the same for `:?`, and its own words are the message."""
    with pytest.raises(ComposeError, match="A is not set: say A"):
        fill("${A:?say A}", variables)


def test_every_variable_is_documented(compose: ComposeFile, repository: Path) -> None:
    """deploy/env.example names exactly the variables of the compose file, and no value for a required one."""
    example = (repository / "deploy" / "env.example").read_text("utf-8")
    lines = dict(re.findall(r"^(#?[A-Z][A-Z0-9_]*)=(.*)$", example, re.M))
    found = list(references(compose.content))
    required = {reference.name for reference in found if reference.rule == ":?"}
    optional = {f"#{reference.name}" for reference in found if reference.rule == ":-"}
    assert required
    assert lines.keys() == required | optional
    assert not [name for name in required if lines[name]], "a value for everybody is a default secret"


def test_services_get_what_the_product_reads(compose: ComposeFile) -> None:
    """No scoreline service gets a variable that its command does not read."""
    assert programs(compose).keys() == READ_BY.keys()
    for name, service in programs(compose).items():
        assert service["environment"].keys() <= READ_BY[name], name


def test_the_product_reads_what_the_table_says(repository: Path) -> None:
    """Each variable of the table above stands in the product's code, so the table is not a wish."""
    code = [
        path.read_text("utf-8")
        for package in ("streams", "dashboards")
        for path in (repository / package).rglob("*.py")
    ]
    read = {name for text in code for name in re.findall(r"SCORELINE_[A-Z_]+[A-Z]", text)}
    assert set().union(*READ_BY.values()) <= read


def test_services_run_commands_that_exist(compose: ComposeFile) -> None:
    """Each service's command and options are known to the command line."""
    for name, service in programs(compose).items():
        command: Any = get_command(app)
        words = list(service["command"])
        while hasattr(command, "commands"):
            word = words.pop(0)
            assert word in command.commands, f"{name}: no command {word!r}"
            command = command.commands[word]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= known, name


def test_each_purpose_has_its_own_login(compose: ComposeFile) -> None:
    """Every service reaches PostgreSQL by the role of its purpose, and none as the superuser."""
    stores = {name: s["environment"].get("SCORELINE_STORE", "") for name, s in programs(compose).items()}
    found = {name: re.match(r"postgresql://(\w+):\$\{(\w+)", url) for name, url in stores.items() if url}
    assert {name: match[1] for name, match in found.items() if match} == LOGINS
    for name, match in found.items():
        assert match is not None
        assert match[2] == LOGINS[name].replace("scoreline_", "SCORELINE_PASSWORD_").upper()
    superuser = {name for name, s in compose.services.items() if "POSTGRES_PASSWORD" in str(s)}
    assert superuser == {"postgres"}


def test_one_version_of_kafka(compose: ComposeFile, repository: Path) -> None:
    """The image, the jars that the tests run and the class that starts them name one version."""
    pom = (repository / "scripts" / "kafka" / "pom.xml").read_text("utf-8")
    jar = re.search(r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>([\d.]+)</version>", pom)
    assert jar is not None
    assert {compose.services["kafka"]["image"].rpartition(":")[2], jar[1], VERSION} == {VERSION}


def test_the_compose_kafka_is_as_careful_as_the_tests(compose: ComposeFile) -> None:
    """No topic by accident and no leader that lacks records."""
    environment = compose.services["kafka"]["environment"]
    assert environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert environment["KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE"] == "false"


def test_the_image_can_be_built(repository: Path) -> None:
    """Everything that the Dockerfile copies is there and is not kept out by .dockerignore."""
    allowed = set(re.findall(r"^!(\S+)$", (repository / ".dockerignore").read_text("utf-8"), re.M))
    lines = re.findall(r"^COPY (.*) \S+$", (repository / "Dockerfile").read_text("utf-8"), re.M)
    copied = {source for line in lines for source in line.split()}
    assert "streams" in copied
    assert not [source for source in copied if not (repository / source).exists()]
    assert copied <= allowed, "name them in .dockerignore"


def test_the_image_holds_what_the_services_run(repository: Path) -> None:
    """The lock of the image has what the stack imports, in the versions that the tests ran with."""
    pins = {
        name: dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", (repository / name).read_text("utf-8"), re.M))
        for name in ("deploy/requirements.lock", "requirements-all.lock")
    }
    image, everything = pins.values()
    for needed in ("faust-streaming", "kafka-python", "psycopg", "redis", "uvicorn", "weasyprint"):
        assert needed in image, f"{needed}: run make lock"
    assert not {"pytest", "mypy"} & image.keys()
    differing = {name for name, version in image.items() if everything.get(name) != version}
    assert not differing, f"run make lock: {sorted(differing)}"
