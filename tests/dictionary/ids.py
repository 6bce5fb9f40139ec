"""The ids of the KPI dictionary: `python -m tests.dictionary.ids SPEC/3-kpis.md > tests/dictionary/ids.txt`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

LIST = Path(__file__).with_name("ids.txt")
_ROW = re.compile(r"^\| `([a-z0-9_]+)` \|", re.M | re.A)


def ids_of(page: str) -> list[str]:
    """The first cell of every row of the dictionary's tables, in the order of the page."""
    return _ROW.findall(page)


def listed_ids() -> list[str]:
    """The ids as they are kept in this repository."""
    return LIST.read_text(encoding="utf-8").split()


if __name__ == "__main__":
    print("\n".join(ids_of(Path(sys.argv[1]).read_text(encoding="utf-8"))))
