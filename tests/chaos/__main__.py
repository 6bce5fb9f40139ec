"""`python -m tests.chaos --kills N --seed S`: exit code 0 when nothing was lost or doubled."""

from __future__ import annotations

import argparse
import tempfile
from fractions import Fraction
from pathlib import Path

from tests.chaos.run import chaos


def main() -> int:
    """Run, print the verdict, and append it to a file if one is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--scale", type=Fraction, default=Fraction(1, 40), help="size of the month that is read meanwhile"
    )
    parser.add_argument("--append", type=Path, help="a Markdown file to add the verdict to")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scoreline-chaos-") as folder:
        Path(folder).chmod(0o755)
        verdict = chaos(given.kills, given.seed, Path(folder), given.scale)
    text = "\n".join(verdict.lines())
    print(text)
    if given.append:
        with given.append.open("a", encoding="utf-8") as page:
            page.write(f"\n```\n$ make chaos KILLS={given.kills} SEED={given.seed}\n{text}\n```\n")
    return 0 if verdict.is_good else 1


raise SystemExit(main())
