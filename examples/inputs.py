"""Where the real input of an example lies: a given folder, the shared folder, or the committed fixture."""

from __future__ import annotations

import os
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parent.parent


def input_folder(example: str, given: Path | None = None) -> Path:
    """The folder with the files of an example ("northwind").

    In this order: `given`, `$SCORELINE_SHARED/data/<example>`, `../shared/data/<example>` beside the repository, and
    the slice in `examples/<example>/fixture`.
    """
    if given is not None:
        return given
    shared = Path(os.environ.get("SCORELINE_SHARED") or _REPOSITORY.parent / "shared")
    whole = shared / "data" / example
    return whole if whole.is_dir() else _REPOSITORY / "examples" / example / "fixture"
