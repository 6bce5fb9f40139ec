"""A slice of the example shop's month that can be closed: few events, and coefficients for whoever has too few."""

from __future__ import annotations

import shutil
import tomllib
from fractions import Fraction
from pathlib import Path

from examples.shop.simulator import generate

REPOSITORY = Path(__file__).resolve().parents[2]
PERIOD = "2026-10"


def small_month(folder: Path, scale: Fraction, definitions: str = "d") -> Path:
    """Write `events.jsonl` and a definitions folder of this name; returns the folder."""
    (folder / "events.jsonl").write_bytes(b"".join(line + b"\n" for line in generate(7, scale=scale)))
    shutil.copytree(REPOSITORY / "examples" / "shop" / "definitions", folder / definitions)
    people = tomllib.loads((folder / definitions / "people.toml").read_text("utf-8"))["person"]
    with (folder / definitions / "points.toml").open("a", encoding="utf-8") as points:
        for person in people:
            points.write(
                f'\n[[manual]]\nperson = "{person["id"]}"\nperiod = "{PERIOD}"\ncoefficient = "1"\n'
                'reason = { zh = "样本小", en = "a small slice" }\ndecided_by = "e02"\n'
            )
    return folder
