"""`python -m examples.northwind HOME`: Northwind's orders to sales by employee, a closed month and nine statements."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from dashboards.cli.home import Home, closing_of, engine_of, pipeline_of, reader_of
from dashboards.cli.papers import latest_close, statements_of, write_statements
from dashboards.renderers import RENDERERS
from examples.northwind.adapter import DEFINITIONS, Northwind, source
from scoring.definitions import Definitions
from scoring.money import decimal_text
from streams.engines import Tally

MONTH = "1998-04"
FIRST, LAST = "1996-01-01", "1998-12-31"
KINDS = [kind for kind in RENDERERS if kind != "pdf"]


def play(folder: Path, data: Path | None = None) -> dict[str, Any]:
    """Fill the new home `folder`, close a month, write statements; what was found, as plain values."""
    if folder.exists():
        raise SystemExit(f"{folder} exists already: name a folder that does not")
    shutil.copytree(DEFINITIONS, folder / "definitions")
    home = Home(folder)
    definitions = home.definitions()
    pipeline = pipeline_of(home.open_to_write(), definitions)
    northwind, tally = source(data), Tally()
    assert isinstance(northwind, Northwind)
    for totals in engine_of(pipeline).read(northwind):
        tally = totals
    closing = closing_of(pipeline.store, definitions)
    draft = closing.draft(MONTH, "controller")
    closing.approve(MONTH, draft.digest, "vice-president")
    papers = statements_of(latest_close(home, MONTH))
    written = write_statements(papers, home.statements_folder, KINDS, "both", False)
    return {
        "events": {"in": tally.seen, "accepted": tally.accepted, "rejected": tally.rejected},
        **_sales(home, definitions),
        "rounding_difference": decimal_text(northwind.rounding.difference, 4),
        "lines_rounded": northwind.rounding.amounts,
        "closed": MONTH,
        "digest": draft.digest,
        "pay": {paper["person"]["id"]: paper["total"] for paper in papers},
        "statement_files": len(written),
    }


def _sales(home: Home, definitions: Definitions) -> dict[str, Any]:
    reader = reader_of(home.open_to_read(), definitions)

    def whole(kpi: str, owner: str) -> str:
        value = reader.between(kpi, owner, (FIRST, LAST), "1998").value
        return decimal_text(value, 2) if value is not None else "0"

    people = [person.id for person in definitions.reference.people]
    return {
        "orders": int(reader.between("orders_paid", "c:", (FIRST, LAST), "1998").value or 0),
        "sales": whole("gmv", "c:"),
        "sales_by_employee": {person: whole("gmv", f"e:{person}") for person in people},
    }


def main() -> None:
    """Print what `play` found."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("home", type=Path, help="folder to make and fill")
    print(json.dumps(play(arguments.parse_args().home), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
