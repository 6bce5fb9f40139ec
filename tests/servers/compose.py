"""docker-compose.yml as a record: read strictly, `${VAR}` filled in as Compose does it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REFERENCE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?:(?P<rule>:-|:\?)(?P<word>[^}]*))?\}|(?P<bare>\w+))")


class ComposeError(Exception):
    """A compose file that can not be read or filled in; the message says where and what."""


class StrictLoader(yaml.SafeLoader):
    """YAML without its silent rule that the last of two equal keys wins."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping; raises ComposeError for a key that stands twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.value != "<<":
                raise ComposeError(f"line {key.start_mark.line + 1}: the key {key.value!r} stands twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True, slots=True)
class Reference:
    """One `${NAME}`, `${NAME:-word}` or `${NAME:?word}`; `rule` is "", ":-" or ":?"."""

    name: str
    rule: str
    word: str


@dataclass(frozen=True, slots=True)
class ComposeFile:
    """A compose file's content and the folder that its paths start from."""

    folder: Path
    content: dict[str, Any]

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """The services by name."""
        found: dict[str, dict[str, Any]] = self.content["services"]
        return found

    def filled(self, variables: Mapping[str, str]) -> ComposeFile:
        """The same with every reference replaced; raises ComposeError for one that is required and not given."""
        content: dict[str, Any] = mapped(self.content, variables)
        return ComposeFile(self.folder, content)


def read_compose(path: Path) -> ComposeFile:
    """The file; raises ComposeError for a key that stands twice, yaml.YAMLError for what is no YAML."""
    # StrictLoader is a SafeLoader: it makes nothing but plain values.
    return ComposeFile(path.parent, yaml.load(path.read_text("utf-8"), StrictLoader))


def mapped(value: Any, variables: Mapping[str, str]) -> Any:
    """A value with the references in all its texts replaced."""
    if isinstance(value, dict):
        return {key: mapped(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [mapped(inner, variables) for inner in value]
    return fill(value, variables) if isinstance(value, str) else value


def fill(text: str, variables: Mapping[str, str]) -> str:
    """One text with its references replaced, `$$` by `$`."""

    def replacement(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        name = match["name"] or match["bare"]
        given = variables.get(name, "")
        if given or not match["rule"]:
            if name not in variables:
                raise ComposeError(f"{name} is not set")
            return given
        if match["rule"] == ":?":
            raise ComposeError(f"{name} is not set: {match['word']}")
        return match["word"]

    return REFERENCE.sub(replacement, text)


def references(value: Any) -> Iterator[Reference]:
    """Every reference in a value."""
    for text in texts(value):
        for match in REFERENCE.finditer(text):
            if not match["dollar"]:
                yield Reference(match["name"] or match["bare"], match["rule"] or "", match["word"] or "")


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, keys left out."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value
