"""Worked examples of KPIs: one TOML file tells what happened, what the value is, and why; unknown keys are refused."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from scoring.definitions.table import Table
from scoring.faults import DefinitionError, Fault
from scoring.fields import parse_number
from scoring.reference import Label

BASE = "base"
"""The folder beside the families that holds the company of all examples."""
CASE = "--"
"""What stands between a KPI's id and the name of a further example: gmv.toml, gmv--euro.toml."""
STATUSES = ("ok", "empty", "insufficient")
DEFAULTS: Mapping[str, Any] = {"source": "x", "shop_id": "s"}
"""What an event may leave out."""

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a question is answered with; a part that is absent is not looked at, a value None is null."""

    value: Fraction | None
    parts: tuple[tuple[str, Fraction | None], ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Retraction:
    """One event taken back, and the answer then."""

    event: str
    expected: Expected


@dataclass(frozen=True, slots=True)
class Emptied:
    """The question with only some of the events (usually none), and the answer then."""

    events: tuple[str, ...]
    expected: Expected


@dataclass(frozen=True, slots=True)
class Worked:
    """One example; `files` replace or add to those of the base company."""

    file: str
    family: str
    kpi: str
    owner: str
    dimension: str | None
    period: str
    why: Label
    expected: Expected
    retraction: Retraction | None
    emptied: Emptied | None
    files: Mapping[str, str]
    events: tuple[Wire, ...]


def example_files(folder: Path) -> list[Path]:
    """The files of a folder of examples, family by family; of a KPI's the plain one first."""
    found = (path for path in folder.rglob("*.toml") if BASE not in path.relative_to(folder).parts[:-1])
    return sorted(found, key=lambda path: (path.parent, path.stem.split(CASE)))


def kpi_of(path: Path) -> str:
    """The KPI that a file's name promises an example of."""
    return path.stem.partition(CASE)[0]


def base_texts(folder: Path) -> dict[str, str]:
    """The definition files of the company that all examples of a folder share, by relative name."""
    base = folder / BASE
    return {path.relative_to(base).as_posix(): path.read_text("utf-8") for path in sorted(base.rglob("*.toml"))}


def read_example(path: Path) -> Worked:
    """The example in a file; DefinitionError lists everything that is wrong in it."""
    name = f"{path.parent.name}/{path.name}"
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError((Fault(name, "", f"is not TOML: {error}"),)) from error
    faults: list[Fault] = []
    root = Table(name, "", values, faults)
    example = _example(root, path)
    root.finish()
    if faults:
        raise DefinitionError(tuple(faults))
    return example


def _example(root: Table, path: Path) -> Worked:
    events = _events(root)
    ids = tuple(str(event["event_id"]) for event in events)
    example = Worked(
        file=root.file,
        family=path.parent.name,
        kpi=root.choice("kpi", (kpi_of(path),)),
        owner=root.text("owner"),
        dimension=root.text("dimension") if root.has("dimension") else None,
        period=root.period(),
        why=root.label("why"),
        expected=_expected(root),
        retraction=_retraction(root, ids),
        emptied=_emptied(root, ids),
        files=_files(root),
        events=events,
    )
    if example.owner[:2] not in ("e:", "t:", "s:", "c:"):
        root.fault("owner", f'is {example.owner!r}; write "e:<person>", "t:<team>", "s:<shop>" or "c:"')
    return example


def _expected(table: Table) -> Expected:
    parts = tuple((name, _number(table, name)) for name in ("numerator", "denominator") if table.has(name))
    status = table.choice("status", STATUSES, "") if table.has("status") else ""
    return Expected(_number(table, "value"), parts, status)


def _number(table: Table, name: str) -> Fraction | None:
    value = table.raw(name)
    if value == "null":
        return None
    if isinstance(value, str):
        try:
            return parse_number(value)
        except ValueError:
            pass
    table.fault(name, f'is {value!r}; write the number in quotes, such as "12.5" or "1/3", or "null"')
    return None


def _retraction(root: Table, ids: tuple[str, ...]) -> Retraction | None:
    table = root.table("retract")
    if table is None:
        return None
    found = Retraction(table.choice("event", ids), _expected(table))
    table.finish()
    return found


def _emptied(root: Table, ids: tuple[str, ...]) -> Emptied | None:
    table = root.table("empty")
    if table is None:
        return None
    kept = table.texts("events")
    for event in kept:
        if event not in ids:
            table.fault("events", f"{event!r} is no event of this file; known: {', '.join(ids)}")
    found = Emptied(kept, _expected(table))
    table.finish()
    return found


def _files(root: Table) -> dict[str, str]:
    table = root.table("definitions")
    if table is None:
        return {}
    found = {name: table.text(name, "") for name in table.values}
    for name in found:
        if not name.endswith(".toml"):
            table.fault(name, 'is no definitions file; write its relative name, such as "assignments.toml"')
    return found


def _events(root: Table) -> tuple[Wire, ...]:
    events: list[Wire] = []
    for table in root.tables("event"):
        for name in ("event_id", "event_type", "occurred_at"):
            table.text(name)
        event = {**DEFAULTS, **table.values}
        if event.get("event_id") in [earlier["event_id"] for earlier in events]:
            table.fault("event_id", f"{event['event_id']!r} stands twice; give each event its own id")
        # Which fields a kind of event has is known to the codec, which refuses an unknown one.
        events.append({"event_id": "", **event})
    return tuple(events)


__all__ = [
    "Emptied",
    "Expected",
    "Retraction",
    "Wire",
    "Worked",
    "base_texts",
    "example_files",
    "kpi_of",
    "read_example",
]
