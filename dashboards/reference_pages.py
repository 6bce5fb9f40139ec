"""Pages of docs/ written from the code: every KPI, every event. Run `python -m dashboards.reference_pages docs`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from scoring.definitions import Definitions, read_definitions
from scoring.events import EVENT_TYPES, FAMILIES, Event
from scoring.events.order import OrderLine
from scoring.kpi import Kpi
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
BETTER = {"up": "higher", "down": "lower", "band": "near the target"}


def shipped() -> Definitions:
    """The catalogue as it is shipped, without anybody in it."""
    return read_definitions({**catalogue_texts(), "company.toml": COMPANY})


def kpi_page() -> str:
    """docs/kpis.md: every KPI of the catalogue in the order of its file."""
    kpis = shipped().kpis
    head = [
        f"# KPIs\n\n{NOTICE}\n",
        f"The {len(kpis)} KPIs of `scoring/catalogue/kpis/`. [measures.md](measures.md) says what the measures in",
        "a formula count. A ratio is null when its denominator is zero or negative; a KPI below its minimum sample is",
        "`insufficient` and is not scored. Money is in the company's currency.\n",
    ]
    return "\n".join([*head, *(_kpi(kpi) for kpi in kpis.values())])


def _kpi(kpi: Kpi) -> str:
    formula = f"`{kpi.numerator.text}`"
    if kpi.denominator is not None:
        formula += f" / `{kpi.denominator.text}`"
    facts = [
        f"unit {kpi.unit}",
        f"better {BETTER[kpi.direction]}",
        f"dated {kpi.time}",
        f"credit {', '.join(kpi.dimensions)}",
        f"live class {kpi.live}",
    ]
    if kpi.min_sample:
        facts.append(f"minimum sample {kpi.min_sample}")
    if kpi.of_target:
        facts.append(f"holds the target of `{kpi.of_target}` inside")
    if kpi.additive_target:
        facts.append("target prorated by days")
    if kpi.empty_scores_zero:
        facts.append("scores 0 when there is a numerator but no denominator")
    return "\n".join(
        (
            f"## `{kpi.id}` · {kpi.name.zh} · {kpi.name.en}\n",
            f"{kpi.about.zh}。  ",
            f"{kpi.about.en}.\n",
            f"- {formula}",
            f"- {'; '.join(facts)}\n",
        )
    )


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


PAGES: dict[str, Callable[[], str]] = {"kpis.md": kpi_page, "events.md": event_page}
"""Page by file name."""


def main(folder: Path) -> None:
    """Write every page into a folder."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
