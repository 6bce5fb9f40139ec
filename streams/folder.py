"""Reads a definitions folder and the shipped catalogue from disk."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from scoring.definitions import KPIS, MEASURES, DefinitionError, Definitions, Fault, read_definitions
from scoring.definitions.roles import ROLES


def catalogue_texts() -> dict[str, str]:
    """The shipped measures and KPIs, by relative name."""
    catalogue = files("scoring") / "catalogue"
    return {
        f"{folder}{file.name}": file.read_text("utf-8")
        for folder in (MEASURES, KPIS)
        for file in sorted((catalogue / Path(folder).name).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    }


def role_tables() -> dict[str, dict[str, object]]:
    """The shipped roles as parsed files, by relative name."""
    folder = files("scoring") / "catalogue" / Path(ROLES).name
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return {f"{ROLES}{name}": tomllib.loads((folder / name).read_text("utf-8")) for name in names}


def folder_texts(folder: Path) -> dict[str, str]:
    """Every TOML file of a definitions folder, by relative name, over the shipped catalogue."""
    if not folder.is_dir():
        raise DefinitionError((Fault(str(folder), "", "is no folder; name one with company.toml in it"),))
    texts = catalogue_texts()
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_text("utf-8")
        except (UnicodeDecodeError, OSError) as error:
            raise DefinitionError((Fault(str(path), "", f"can not be read as UTF-8 text: {error}"),)) from error
    return texts


def load_definitions(folder: Path) -> Definitions:
    """The definitions of a folder; DefinitionError lists every fault."""
    return read_definitions(folder_texts(folder))
