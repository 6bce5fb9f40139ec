"""The company at a glance: its tiles on top, below them each team with the KPIs its people are measured by."""

from __future__ import annotations

from dashboards.view.attention import ALERTS, attention_part, attention_section
from dashboards.view.board import Board, Link, Part, Row, Section
from dashboards.view.freshness import FRESH, fresh
from dashboards.view.owners import main_kpis, members, person_of, teams_in_order
from dashboards.view.quality import QUALITY, quality_part, quality_section
from dashboards.view.scene import Scene
from dashboards.view.tile import Ask, tile
from scoring.reference import Team

CELLS = 4
"""KPIs per team: what a lead can take in between two conversations."""


def overview(scene: Scene, argument: tuple[str, ...]) -> Board:
    """The overview; takes no argument."""
    del argument
    say = scene.voice.say
    parts: dict[str, Part] = {
        FRESH: fresh(scene),
        ALERTS: attention_part(scene),
        QUALITY: quality_part(scene),
    }
    company = [Ask(kpi, "c:") for kpi in scene.look.company_kpis if kpi in scene.definitions.kpis]
    parts |= {ask.key(): Part("tile", tile(scene, ask)) for ask in company}
    rows = []
    for team, depth in teams_in_order(scene.definitions):
        row, cells = _team(scene, team, depth)
        rows.append(row)
        parts |= cells
    sections = (
        Section("tiles", "company", say("overview.company"), tuple(ask.key() for ask in company)),
        attention_section(scene),
        Section("rows", "teams", say("overview.teams"), rows=tuple(rows)),
        quality_section(scene),
    )
    name = scene.voice.pick(scene.definitions.reference.company.name)
    return Board("overview", say("overview.title"), f"{name} · {scene.month}", (), sections, parts)


def _team(scene: Scene, team: Team, depth: int) -> tuple[Row, dict[str, Part]]:
    people = members(scene.definitions, team.id, scene.today)
    owner = f"t:{team.id}"
    asks = [Ask(kpi, owner, dimension) for kpi, dimension in main_kpis(scene.definitions, people, scene.today)[:CELLS]]
    note = scene.voice.say("overview.people", count=len(people))
    if team.lead:
        lead = scene.voice.pick(person_of(scene.definitions, team.lead).name)
        note += " · " + scene.voice.say("overview.lead", name=lead)
    keys = tuple(ask.key() for ask in asks)
    row = Row(Link(scene.voice.pick(team.name), f"/team/{team.id}"), note, keys, depth)
    return row, {ask.key(): Part("labelled", tile(scene, ask)) for ask in asks}
