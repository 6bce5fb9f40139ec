"""Vendored files are what their makers published."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

FOLDERS = ["dashboards/web/static/vendor/uplot", "tests/dashboards/web/vendor/axe"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_vendored_files_are_unchanged(repository: Path, folder: str) -> None:
    """Each file has the recorded sum, none is unrecorded, and the licence is beside them."""
    place = repository / folder
    origin = tomllib.loads((place / "ORIGIN.toml").read_text("utf-8"))
    sums = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in place.iterdir()
        if path.name != "ORIGIN.toml"
    }
    assert sums == origin["sha256"]
    assert "LICENSE" in sums
    assert origin["version"]
    assert len(origin["tarball_sha256"]) == 64
