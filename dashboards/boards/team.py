"""One team: its own tiles, and its people as rows of a table that can be sorted by any KPI."""

from __future__ import annotations

from fractions import Fraction

from dashboards.view.attention import ALERTS, attention_part, attention_section
from dashboards.view.board import Board, Link, Part, Row, Section
from dashboards.view.freshness import FRESH, fresh
from dashboards.view.owners import main_kpis, members, plan_of, team_of
from dashboards.view.scene import Scene
from dashboards.view.tile import Ask, Tile, tile
from scoring.plan import SELF
from scoring.reference import Person

COLUMNS = 5


def team(scene: Scene, argument: tuple[str, ...]) -> Board:
    """The team `argument[0]`; `argument[1]`, when given, is the KPI to sort its people by. Missing: no such team."""
    say, pick = scene.voice.say, scene.voice.pick
    one = team_of(scene.definitions, argument[0])
    people = members(scene.definitions, one.id, scene.today)
    wanted = main_kpis(scene.definitions, people, scene.today)[:COLUMNS]
    parts: dict[str, Part] = {FRESH: fresh(scene)}
    parts[ALERTS] = attention_part(scene, {f"t:{one.id}", *(f"e:{person.id}" for person in people)})
    tiles = [Ask(kpi, f"t:{one.id}", dimension) for kpi, dimension in wanted[:4]]
    parts |= {ask.key(): Part("tile", tile(scene, ask)) for ask in tiles}
    lines = []
    for person in people:
        cells = _cells(scene, person, wanted)
        parts |= {cell.key: Part("cell", cell) for cell in cells if cell}
        keys = tuple(cell.key if cell else "" for cell in cells)
        lines.append((cells, Row(Link(pick(person.name), f"/person/{person.id}"), _role(scene, person), keys)))
    sort_by = argument[1] if len(argument) > 1 else ""
    rows = tuple(row for _, row in sorted(lines, key=lambda line: _rank(line[0], sort_by)))
    columns = tuple(Link(pick(scene.kpi(kpi).name), f"/team/{one.id}?sort={kpi}") for kpi, _ in wanted)
    sections = (
        Section("tiles", "team", say("tile.month"), tuple(ask.key() for ask in tiles)),
        Section("table", "people", say("team.people"), rows=rows, columns=columns, empty=say("team.none")),
        attention_section(scene),
    )
    crumbs = (Link(say("nav.overview"), "/"),)
    return Board("team", pick(one.name), f"{say('team.title')} · {scene.month}", crumbs, sections, parts)


def _cells(scene: Scene, person: Person, wanted: list[tuple[str, str]]) -> list[Tile | None]:
    plan = plan_of(scene.definitions, person, scene.today)
    own = {item.source.kpi: item for item in plan.items if item.source.owner == SELF} if plan else {}
    # Nobody is shown by what is not in his own plan: a zero there would read as a failure.
    items = [own.get(kpi) for kpi, _ in wanted]
    owner = f"e:{person.id}"
    return [
        tile(scene, Ask(item.source.kpi, owner, item.source.dimension, target=item.target)) if item else None
        for item in items
    ]


def _role(scene: Scene, person: Person) -> str:
    plan = plan_of(scene.definitions, person, scene.today)
    return scene.voice.pick(plan.name) if plan else ""


def _rank(cells: list[Tile | None], sort_by: str) -> tuple[bool, Fraction]:
    for cell in cells:
        if cell and cell.kpi == sort_by:
            # Largest first; who has no value comes last.
            return (not cell.exact, -Fraction(cell.exact) if cell.exact else Fraction(0))
    return (True, Fraction(0))
