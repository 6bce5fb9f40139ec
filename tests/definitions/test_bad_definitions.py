"""Every fault of a definitions folder is told with its file, its key, what is wrong and what is known there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from scoring.definitions import DefinitionError, Fault, read_definitions
from scoring.definitions.checks import blockers_of, warnings_of
from streams.folder import catalogue_texts

HERE = Path(__file__).parent
GOOD = {path.relative_to(HERE / "good").as_posix(): path.read_text("utf-8") for path in (HERE / "good").rglob("*.toml")}
CATALOGUE = catalogue_texts()
FAULTS: list[dict[str, Any]] = tomllib.loads((HERE / "faults.toml").read_text("utf-8"))["fault"]
AT_ONCE = (
    "a zone that is none",
    "a team that is none",
    "shares above 1",
    "a target of nobody",
    "a rate of nothing",
    "an effect that is none",
    "an alert on a KPI without minutes",
    "a type of leave that is none",
    "a parent goal that is none",
    "a receipt of nobody",
    "a section that weighs too little",
    "a stage without its plan",
    "shifts that overlap",
)
"""Rows of faults.toml in different files, to be made all in one folder."""


def changed(texts: dict[str, str], row: dict[str, Any]) -> dict[str, str]:
    """The folder with one row's change; the text to replace must be there."""
    text = texts[row["file"]]
    assert row["replace"] in text, row["about"]
    return {**texts, row["file"]: text.replace(row["replace"], row["by"], 1)}


def faults_of(texts: dict[str, str]) -> tuple[Fault, ...]:
    """The faults of a folder that must not load."""
    with pytest.raises(DefinitionError) as caught:
        read_definitions({**CATALOGUE, **texts})
    return caught.value.faults


def tells(faults: tuple[Fault, ...], row: dict[str, Any]) -> bool:
    """Whether one of the faults has the row's file and key and says all its words."""
    place = (row.get("said_in", row["file"]), row["key"])
    return any((found.file, found.key) == place and all(w in found.message for w in row["says"]) for found in faults)


def test_the_folder_is_sound() -> None:
    """The folder that is damaged below loads, warns of nothing but what it is meant to, and may be published."""
    definitions = read_definitions({**CATALOGUE, **GOOD})
    assert sorted(definitions.plans) == ["seller", "seller-launch"]
    assert [warning.key for warning in warnings_of(definitions)] == ["ann"]
    assert blockers_of(definitions) == ()


def test_there_are_many_different_faults() -> None:
    """At least forty rows, no two of them the same change, over every file of the folder."""
    assert len({(row["file"], row["replace"], row["by"], row["key"]) for row in FAULTS}) == len(FAULTS) >= 40
    assert {row["file"] for row in FAULTS} == set(GOOD)


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row["about"].replace(" ", "-"))
def test_each_fault_is_told(row: dict[str, Any]) -> None:
    """One change, and the message names the file, the key, what is wrong and what would be right."""
    faults = faults_of(changed(GOOD, row))
    assert tells(faults, row), [str(fault) for fault in faults]


def test_all_faults_at_once() -> None:
    """A change in every file of one folder: all their messages stand in one error, none hides another."""
    texts, rows = GOOD, [row for row in FAULTS if row["about"] in AT_ONCE]
    for row in rows:
        texts = changed(texts, row)
    faults = faults_of(texts)
    assert [row["about"] for row in rows if not tells(faults, row)] == []
    assert {row["file"] for row in rows} == set(GOOD)
