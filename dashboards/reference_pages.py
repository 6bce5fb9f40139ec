"""Pages of docs/ from the code: every KPI, measure and event. Run `python -m dashboards.reference_pages docs`."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from dashboards.kpi_pages import catalogue_of, docstring, index_page, kpi_page, page_name, takes
from dashboards.requirements_page import requirements_page
from dashboards.role_page import role_page
from scoring.definitions import MEASURES, Definitions, read_definitions
from scoring.events import EVENT_TYPES, FAMILIES, Event
from scoring.events.order import OrderLine
from scoring.measures import Measure
from streams.codec.shape import Field, Shape, shape_of
from streams.folder import catalogue_texts

NOTICE = "<!-- Written by `python -m dashboards.reference_pages docs`; a test fails when it differs from the code. -->"
COMPANY = '[company]\nid = "any"\nname = { zh = "任一", en = "any" }\n'
KINDS = {
    "text": "text",
    "whole": "whole number",
    "flag": "true or false",
    "minor": "amount",
    "instant": "time",
    "micro": "decimal",
    "lines": "list of lines",
}
FOLDER = "kpis"
REPOSITORY = Path(__file__).resolve().parents[1]
EXAMPLES, DOCS = REPOSITORY / "examples" / "kpis", REPOSITORY / "docs"


def shipped() -> Definitions:
    """The catalogue as it is shipped, without anybody in it."""
    return read_definitions({**catalogue_texts(), "company.toml": COMPANY})


def kpi_pages() -> dict[str, str]:
    """docs/kpis/: the index and a page for every KPI, by file name."""
    catalogue = catalogue_of(shipped(), EXAMPLES)
    pages = {page_name(kpi): kpi_page(catalogue, kpi, NOTICE) for kpi in catalogue.definitions.kpis}
    return {f"{FOLDER}/{name}": page for name, page in {**pages, "README.md": index_page(catalogue, NOTICE)}.items()}


def measure_page() -> str:
    """docs/measures.md: every measure of the catalogue, family by family, and what the atoms are that it counts."""
    measures = shipped().measures
    lines = [
        f"# Measures\n\n{NOTICE}\n",
        f"The {len(measures)} measures of `scoring/catalogue/measures/`: what KPIs are formulas over.",
        "[counting.md](counting.md) tells the rules by which facts become atoms, and [kpis/](kpis/README.md) lists the",
        "KPIs. A measure takes a field of its atoms, dates it at an instant of theirs and credits it in its",
        "dimensions; shop and company get the whole unless it says otherwise. The independent recount",
        "(`scoring/recount`) counts each one again.",
    ]
    for name, text in catalogue_texts().items():
        if name.startswith(MEASURES):
            lines += _measure_family(Path(name).stem, [measures[key] for key in tomllib.loads(text).get("measure", {})])
    return "\n".join([*lines, ""])


def _measure_family(family: str, measures: list[Measure]) -> Iterator[str]:
    yield f"\n## {family}\n"
    yield "| measure | takes | kind | dated at | credited in | shop and company |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for measure in measures:
        totals = {"always": "all", "never": "none"}.get(measure.totals, f"where `{measure.totals}`")
        kind = f"{measure.kind}, {measure.unit}{', by the minute too' if measure.rolling else ''}"
        credit = ", ".join(measure.dimensions) or "nobody"
        yield f"| `{measure.name}` | {takes(measure)} | {kind} | `{measure.at}` | {credit} | {totals} |"
    yield ""
    for atom in sorted({atom for measure in measures for atom in measure.atoms}):
        yield f"- `{atom}`: {docstring(atom)}"


def event_page() -> str:
    """docs/events.md: the fields of every event, family by family."""
    head = [
        f"# Events\n\n{NOTICE}\n",
        f"The closed set of {len(EVENT_TYPES)} types. One event is one flat JSON object; [concepts.md](concepts.md)",
        "says how values are written and which families are measured. **Bold** fields must be there. The word in",
        "brackets says how a type is written: `append` is a fact, `upsert` restates a row (the highest `revision`",
        "counts), `retract` cancels an event.\n",
        "## Fields of every event\n",
        *_table(shape_of(Event), frozenset()),
        "",
        "## Lines of an order\n",
        "`lines` of `order.placed` and `order.paid` is a list of objects with these fields:\n",
        *_table(shape_of(OrderLine), frozenset()),
        "",
    ]
    envelope = shape_of(Event).names
    return "\n".join([*head, *(line for name, family in FAMILIES.items() for line in _family(name, family, envelope))])


def _family(name: str, family: tuple[type[Event], ...], envelope: frozenset[str]) -> Iterator[str]:
    yield f"## Family {name}\n"
    for kind in family:
        purpose = (kind.__doc__ or "").strip().split("\n")[0]
        yield f"### `{kind.EVENT_TYPE}` ({kind.WRITE})\n\n{purpose}\n"
        rows = list(_table(shape_of(kind), envelope))
        yield from (*rows, "") if len(rows) > 2 else ("No field beside those of every event.\n",)


def _table(shape: Shape, left_out: frozenset[str]) -> Iterator[str]:
    yield "| field | value |"
    yield "| --- | --- |"
    for field in shape.fields.values():
        if field.name not in left_out:
            yield f"| {_field(field)} |"


def _field(field: Field) -> str:
    name = f"**`{field.name}`**" if field.required else f"`{field.name}`"
    kind = " · ".join(f"`{choice}`" for choice in field.choices) if field.choices else KINDS[field.kind]
    return f"{name} | {kind}{' or null' if field.nullable else ''}"


PAGES: dict[str, Callable[[], str]] = {
    "measures.md": measure_page,
    "events.md": event_page,
    "roles.md": lambda: role_page(dict(shipped().kpis), NOTICE),
    "requirements.md": lambda: requirements_page(DOCS, NOTICE),
}
"""Page by file name; those of KPIs are `kpi_pages`."""


def main(folder: Path) -> None:
    """Write every page into a folder, and remove pages of KPIs that there are no more."""
    (folder / FOLDER).mkdir(exist_ok=True)
    pages = kpi_pages() | {name: page() for name, page in PAGES.items()}
    for path in (folder / FOLDER).glob("*.md"):
        if f"{FOLDER}/{path.name}" not in pages:
            path.unlink()
    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
