"""What is wrong with the input: rejected lines, conflicts, problems of cases, work that is credited to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.view.board import Part, Section
from dashboards.view.scene import Scene
from scoring.reference import UNASSIGNED

QUALITY = "quality"
"""The key of this part."""

NOBODY = f"e:{UNASSIGNED}"


@dataclass(frozen=True, slots=True)
class Quality:
    """One sentence per kind of problem, each with its count; `empty` when there is none."""

    lines: tuple[str, ...]
    empty: str


def quality_part(scene: Scene) -> Part:
    """The problems of a scene, those that block a close or lose credit first."""
    say, counts = scene.voice.say, scene.freshness.counts
    lines = []
    if counts.get("conflicts"):
        lines.append(say("problems.conflicts", count=f"{counts['conflicts']:,}"))
    orders = scene.reader.kpi("orders_paid", NOBODY, scene.month).value
    if orders:
        sales = scene.reader.kpi("net_sales", NOBODY, scene.month).value or orders * 0
        figures = scene.style.figure(orders, "count"), scene.style.figure(sales, "money")
        lines.append(say("problems.unassigned", count=figures[0], value=figures[1]))
    lines.extend(_other_work_of_nobody(scene))
    if counts.get("rejected"):
        lines.append(say("problems.rejected", count=f"{counts['rejected']:,}"))
    for code, count in sorted(scene.reader.problems().items(), key=lambda pair: (-pair[1], pair[0])):
        lines.append(say("problems.code", code=code, count=f"{count:,}"))
    return Part("quality", Quality(tuple(lines), say("problems.none")))


def _other_work_of_nobody(scene: Scene) -> Iterator[str]:
    """Conversations and time on air of this month under accounts that map to nobody (2-events.md G10)."""
    # A company may have replaced the family of KPIs that holds one of them.
    known = scene.reader.definitions.kpis
    if "missed_session_rate" in known:
        sessions = scene.reader.kpi("missed_session_rate", NOBODY, scene.month).denominator
        if sessions:
            yield scene.voice.say("problems.unassigned_chats", count=scene.style.figure(sessions, "count"))
    if "live_hours" in known:
        hours = scene.reader.kpi("live_hours", NOBODY, scene.month).value
        if hours:
            yield scene.voice.say("problems.unassigned_live", hours=scene.style.figure(hours, "hours"))


def quality_section(scene: Scene) -> Section:
    """Where they are placed."""
    return Section("parts", "problems", scene.voice.say("problems.title"), (QUALITY,))
