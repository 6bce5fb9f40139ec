"""One person: the KPIs of the plan that holds today, what needs attention first. Shows no pay."""

from __future__ import annotations

from dashboards.view.attention import ALERTS, attention_part, attention_section
from dashboards.view.board import Board, Link, Part, Section
from dashboards.view.freshness import FRESH, fresh
from dashboards.view.owners import person_of, plan_of, team_of
from dashboards.view.scene import Scene
from dashboards.view.tile import Ask, attention, tile
from scoring.plan import PlanItem


def person(scene: Scene, argument: tuple[str, ...]) -> Board:
    """The person `argument[0]`; Missing when there is none."""
    say, pick = scene.voice.say, scene.voice.pick
    one = person_of(scene.definitions, argument[0])
    plan = plan_of(scene.definitions, one, scene.today)
    owner = f"e:{one.id}"
    asks = [_ask(item, owner, plan.period) for item in plan.items] if plan else []
    tiles = {ask.key(): tile(scene, ask) for ask in asks}
    parts: dict[str, Part] = {key: Part("tile", model) for key, model in tiles.items()}
    parts |= {FRESH: fresh(scene), ALERTS: attention_part(scene, {owner})}
    keys = tuple(sorted(tiles, key=lambda key: attention(tiles[key])))
    sections = (
        Section("tiles", "kpis", say("tile.month"), keys, empty=say("person.no_plan")),
        attention_section(scene),
    )
    crumbs = [Link(say("nav.overview"), "/")]
    position = one.position(scene.today)
    if position:
        crumbs.append(Link(pick(team_of(scene.definitions, position.team).name), f"/team/{position.team}"))
    subtitle = say("person.plan", plan=pick(plan.name), month=scene.month) if plan else scene.month
    return Board("person", pick(one.name), subtitle, tuple(crumbs), sections, parts)


def _ask(item: PlanItem, owner: str, grain: str) -> Ask:
    return Ask(item.source.kpi, item.source.of(owner), item.source.dimension, grain, item.target)
