"""What happens at one moment of a session: its plan, follows, interactions, products, violations, runbook steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scoring.atoms.base import MINUTE, SECOND, Atom, Setting
from scoring.atoms.room import Room, host_spread, place_of
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.live import (
    LiveEvent,
    LiveFollow,
    LiveInteraction,
    LivePlanned,
    LiveProductClicked,
    LiveProductExposed,
    LiveStarted,
    LiveStepDone,
    LiveStepPlanned,
    LiveViolation,
)

LATEST_START = 5 * MINUTE
KindT = TypeVar("KindT", bound=Event)


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A planned session that the company did not cancel, and whether it went on air within five minutes."""

    shop: str
    credits: Mapping[str, Spread]
    planned_at: int
    on_time: int


@dataclass(frozen=True, slots=True)
class Follow:
    """A viewer who turned follower (+1) or stopped being one (-1); `is_new`: follower at the end and not before."""

    shop: str
    credits: Mapping[str, Spread]
    at: int
    session_at: int
    change: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Engagement:
    """A comment, like or share; `viewer` is the same for all of one viewer's in one session."""

    shop: str
    credits: Mapping[str, Spread]
    session_at: int
    viewer: str


@dataclass(frozen=True, slots=True)
class ProductCard:
    """Viewers to whom a product card was shown, or who opened it."""

    shop: str
    credits: Mapping[str, Spread]
    session_at: int
    exposed: int
    clicked: int


@dataclass(frozen=True, slots=True)
class Violation:
    """A breach of the platform's rules."""

    shop: str
    credits: Mapping[str, Spread]
    at: int
    is_minor: bool
    is_major: bool
    is_severe: bool


@dataclass(frozen=True, slots=True)
class RunbookStep:
    """A planned step of the runbook, and whether it was done by its time."""

    shop: str
    credits: Mapping[str, Spread]
    session_at: int
    on_time: int


@dataclass(frozen=True, slots=True)
class Scene:
    """The session in which moments lie: its shop and start, who is credited at an instant, and its controller."""

    shop: str
    start: int
    credit: Callable[[int], dict[str, Spread]]
    controller: Spread
    setting: Setting


def moments(facts: Sequence[LiveEvent], scene: Scene) -> Iterator[tuple[str, Atom]]:
    """Follows, interactions, product cards and violations."""
    yield from _follows(facts, scene)
    for fact in facts:
        if isinstance(fact, LiveInteraction):
            viewer = f"{scene.shop}|{fact.session_id}|{fact.viewer_id}"
            yield "live_engagement", Engagement(scene.shop, scene.credit(fact.occurred_at), scene.start, viewer)
        elif isinstance(fact, LiveProductExposed | LiveProductClicked):
            credit = {**scene.credit(fact.occurred_at), "controller": scene.controller}
            shown = (fact.viewers, 0) if isinstance(fact, LiveProductExposed) else (0, fact.viewers)
            yield "live_product", ProductCard(scene.shop, credit, scene.start, *shown)
        elif isinstance(fact, LiveViolation):
            yield "live_violation", _violation(fact, scene)


def _follows(facts: Sequence[LiveEvent], scene: Scene) -> Iterator[tuple[str, Atom]]:
    told: dict[str, list[LiveFollow]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, LiveFollow):
            told[fact.viewer_id].append(fact)
    for rows in told.values():
        # Said twice in a row it changes nothing.
        turns = [row for place, row in enumerate(rows) if not place or row.unfollow != rows[place - 1].unfollow]
        stayed = not turns[0].unfollow and not turns[-1].unfollow
        for row in turns:
            at, change = row.occurred_at, -1 if row.unfollow else 1
            is_new = stayed and row is turns[-1]
            yield "live_follow", Follow(scene.shop, scene.credit(at), at, scene.start, change, is_new)


def _violation(fact: LiveViolation, scene: Scene) -> Violation:
    at, attribution = fact.occurred_at, scene.setting.attribution
    credit = scene.credit(at)
    if fact.host_id:
        credit["host"] = attribution.of_people([attribution.person(fact.host_id, at)], at)
    degrees = (fact.severity == degree for degree in ("minor", "major", "severe"))
    return Violation(scene.shop, credit, at, *degrees)


def plan_atoms(facts: Sequence[Event], room: Room, setting: Setting) -> Iterator[tuple[str, Atom]]:
    """The planned session: announced by itself, else as told when it started."""
    starts = _of(facts, LiveStarted)
    plans: Sequence[LivePlanned | LiveStarted] = _of(facts, LivePlanned)
    plans = plans or [fact for fact in starts if fact.planned_start_at is not None]
    if not plans:
        return
    plan = plans[0]
    due = plan.planned_start_at
    if due is None or (isinstance(plan, LivePlanned) and plan.is_cancelled):
        return
    place = place_of(plan.shop_id, plan.channel, plan.session_id, setting)
    first_on = min((on for _, on, _ in room.segments), default=0)
    hosts = [setting.attribution.person(host, on) for host, on, _ in room.segments if on == first_on]
    if isinstance(plan, LivePlanned) and plan.host_id:
        hosts = [setting.attribution.person(plan.host_id, due)]
    credit = {
        "host": host_spread(hosts, place, due, setting),
        "live_op": setting.attribution.of_tag("live_op", place, due),
    }
    on_time = bool(starts) and starts[0].occurred_at <= due + LATEST_START
    yield "live_plan", PlannedSession(plan.shop_id, credit, due, int(on_time))


def step_atoms(facts: Sequence[Event], room: Room, setting: Setting) -> Iterator[tuple[str, Atom]]:
    """The planned steps of the runbook, done or not."""
    planned = {fact.step_id: fact for fact in _of(facts, LiveStepPlanned)}
    done: dict[str, list[LiveStepDone]] = defaultdict(list)
    for fact in _of(facts, LiveStepDone):
        done[fact.step_id].append(fact)
    announced = next((fact.planned_start_at for fact in _of(facts, LivePlanned)), None)
    for step in sorted(planned.keys() | done.keys()):
        plan, doing = planned.get(step), done.get(step, [])
        due = plan.planned_at if plan else next((row.planned_at for row in doing if row.planned_at is not None), None)
        if due is None or (plan and plan.is_cancelled):
            continue
        head: LiveStepPlanned | LiveStepDone = plan or doing[0]
        start = next((at for at in (room.start, announced) if at is not None), due)
        named = [*(row.controller_id for row in doing[:1]), plan.controller_id if plan else ""]
        credit = {"controller": _controller(head, next((name for name in named if name), ""), start, setting)}
        latest = due + setting.policy.live_step_grace_seconds * SECOND
        on_time = bool(doing) and doing[0].occurred_at <= latest
        yield "live_step", RunbookStep(head.shop_id, credit, start, int(on_time))


def _controller(fact: LiveEvent, account: str, at: int, setting: Setting) -> Spread:
    if account:
        return setting.attribution.of_people([setting.attribution.person(account, at)], at)
    place = place_of(fact.shop_id, fact.channel, fact.session_id, setting)
    return setting.attribution.of_tag("controller", place, at)


def _of(facts: Sequence[Event], kind: type[KindT]) -> list[KindT]:
    return [fact for fact in facts if isinstance(fact, kind)]
