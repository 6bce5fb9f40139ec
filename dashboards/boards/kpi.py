"""One KPI of one owner: what it means, how it is computed, and what it was on each of the last days."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.view.board import Board, Link, Part, Section
from dashboards.view.figures import exact_text
from dashboards.view.freshness import FRESH, fresh
from dashboards.view.owners import Missing, owner_name
from dashboards.view.scene import TREND_DAYS, Scene
from dashboards.view.tile import Ask, maturity_days, tile
from scoring.kpi import Kpi


@dataclass(frozen=True, slots=True)
class Definition:
    """What a KPI means, as pairs of term and text; `formula` is code."""

    about: str
    formula: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DayTable:
    """(day, value, exact text, share of the largest in thousandths) of each day, latest first."""

    columns: tuple[str, str]
    rows: tuple[tuple[str, str, str, int], ...]


def kpi(scene: Scene, argument: tuple[str, ...]) -> Board:
    """The KPI `argument[0]` of the owner `argument[1]` in the dimension `argument[2]`; Missing when one is unknown."""
    say, pick = scene.voice.say, scene.voice.pick
    kpi_id, owner, dimension = argument
    one = scene.definitions.kpis.get(kpi_id)
    if one is None or (dimension and dimension not in one.dimensions):
        raise Missing(f"no KPI {kpi_id!r} in dimension {dimension!r}")
    name = owner_name(scene.definitions, owner, scene.voice)
    ask = Ask(kpi_id, owner, dimension)
    parts = {
        FRESH: fresh(scene),
        ask.key(): Part("tile", tile(scene, ask)),
        "definition": Part("definition", _definition(scene, one)),
        "days": Part("days", _days(scene, one, ask)),
    }
    sections = (
        Section("tiles", "value", name, (ask.key(),)),
        Section("parts", "definition", say("kpi.about"), ("definition",)),
        Section("parts", "days", say("kpi.history", days=TREND_DAYS), ("days",)),
    )
    return Board("kpi", pick(one.name), f"{name} · {scene.month}", (Link(say("nav.overview"), "/"),), sections, parts)


def _definition(scene: Scene, one: Kpi) -> Definition:
    say = scene.voice.say
    formula = one.numerator.text if one.denominator is None else f"({one.numerator.text}) / ({one.denominator.text})"
    days = maturity_days(one)
    maturity = say("kpi.maturity.MAT", n=days) if days is not None else say(f"kpi.maturity.{one.live}")
    return Definition(
        about=scene.voice.pick(one.about),
        formula=formula,
        pairs=(
            (say("kpi.unit"), say(f"kpi.unit.{one.unit}", currency=scene.style.currency)),
            (say("kpi.direction"), say(f"kpi.direction.{one.direction}")),
            (say("kpi.maturity"), maturity),
            ("ID", f"{one.id} · {say('kpi.version', n=one.version)}"),
        ),
    )


def _days(scene: Scene, one: Kpi, ask: Ask) -> DayTable:
    values = scene.trend(ask.kpi, ask.owner, ask.dimension or None)
    largest = max((abs(value.value) for value in values if value.value is not None), default=None) or 1
    rows = []
    for day, value in zip(reversed(scene.days), reversed(values), strict=True):
        if value.value is None:
            rows.append((day, "—", "", 0))
        else:
            text = scene.style.figure(value.value, one.unit)
            rows.append((day, text, exact_text(value.value), int(abs(value.value) * 1000 / largest)))
    return DayTable((scene.voice.say("kpi.day"), scene.voice.say("kpi.value")), tuple(rows))
