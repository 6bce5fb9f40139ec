"""Stops the start when something else on this machine answers to one of our three generic import names."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

DISTRIBUTION = "scoreline"
IMPORT_NAMES = ("scoring", "streams", "dashboards")
EXIT_INFRASTRUCTURE = 3


class NameClash(RuntimeError):
    """Another distribution or folder owns one of the import names; `str()` says which and what to do."""

    def __init__(self, clashes: Sequence[str]) -> None:
        self.clashes = tuple(clashes)
        super().__init__(
            "\n".join(self.clashes)
            + f"\n{DISTRIBUTION} is an application: install it into a virtual environment of its own, and start it from"
            " a folder that has no folder or file of these names."
        )


def check_import_names(
    owners: Mapping[str, Sequence[str]] | None = None, folders: Mapping[str, Path | None] | None = None
) -> None:
    """Raise `NameClash` unless the three import names are ours.

    `owners` maps an import name to the distributions that own it (default: what is installed); `folders` maps an
    import name to the folder that Python imports it from (default: what the import system finds, None = not there).
    """
    owners = packages_distributions() if owners is None else owners
    folders = {name: package_folder(name) for name in IMPORT_NAMES} if folders is None else folders
    clashes = [*foreign_owners(owners), *foreign_folders(folders)]
    if clashes:
        raise NameClash(clashes)


def foreign_owners(owners: Mapping[str, Sequence[str]]) -> list[str]:
    """One sentence per import name that a distribution other than ours owns, alone or together with us."""
    clashes = []
    for name in IMPORT_NAMES:
        others = sorted({owner for owner in owners.get(name, ()) if owner != DISTRIBUTION})
        if others:
            clashes.append(
                f"the import name '{name}' is also owned by the installed distribution {', '.join(others)}:"
                f" uninstall it here (pip uninstall {' '.join(others)})."
            )
    return clashes


def foreign_folders(folders: Mapping[str, Path | None]) -> list[str]:
    """One sentence per import name that Python finds elsewhere than beside this package, or not at all."""
    home = Path(__file__).resolve().parent.parent
    clashes = []
    for name in IMPORT_NAMES:
        folder = folders.get(name)
        if folder is None:
            clashes.append(f"the package '{name}' is not there: install {DISTRIBUTION} again.")
        elif folder.resolve() != home / name:
            clashes.append(f"the import name '{name}' leads to {folder}, not to {home / name}.")
    return clashes


def package_folder(name: str) -> Path | None:
    """The folder that `import name` would read, found without importing it; None when there is none."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def stop_on_name_clash() -> None:
    """For entry points: on a clash, print the message and exit with the infrastructure code (3)."""
    try:
        check_import_names()
    except NameClash as clash:
        print(f"{DISTRIBUTION} cannot start:\n{clash}", file=sys.stderr)
        raise SystemExit(EXIT_INFRASTRUCTURE) from clash
