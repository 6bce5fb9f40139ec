"""What happens at moments of a live session recounted: plans, follows, interactions, products, violations, steps."""

from __future__ import annotations

from scoring.events.live import (
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
from scoring.recount.book import MICRO, NOBODY, SECOND_US, Book, Credit, newest
from scoring.recount.live import Room, Span, host_credit, merged, pieces
from scoring.recount.story import Story

LATEST_START_US = 5 * 60 * SECOND_US


def count_airtime(book: Book, story: Story) -> None:
    """Seconds on air of each host; two sessions at once count once."""
    spans: dict[tuple[str, str], list[Span]] = {}
    for room in story.rooms.values():
        for on, off, account in room.accounts:
            person = book.person(account, on)
            who = (person, account if person == NOBODY else "")
            spans.setdefault(who, []).extend(pieces(book, room, (on, off)))
    for (person, _), found in spans.items():
        # A span over midnight is two spans that touch: cut them again after they became one.
        for span in merged(found):
            for start, stop in book.cut_at_midnights(*span):
                credit = book.credit_person("host", person, start)
                book.add("live_seconds", "", start, (stop - start) // SECOND_US * MICRO, [credit])


def count_live_moments(book: Book, story: Story) -> None:
    """Add what happened in each session."""
    for room in story.rooms.values():
        operators = book.credit_tag("live_op", "live_op", room.place, room.start)
        controller = book.credit_tag("controller", "controller", room.place, room.start)
        _count_follows(book, room, operators)
        for fact in room.facts:
            credits = [host_credit(book, room.hosts(fact.occurred_at), room.place, fact.occurred_at), operators]
            if isinstance(fact, LiveInteraction):
                viewer = f"{room.shop}|{room.session}|{fact.viewer_id}"
                book.mark("live_engaged", room.shop, room.start, viewer, credits)
            elif isinstance(fact, LiveProductExposed):
                credits.append(controller)
                book.add("live_product_exposed", room.shop, room.start, fact.viewers * MICRO, credits)
            elif isinstance(fact, LiveProductClicked):
                credits.append(controller)
                book.add("live_product_clicks", room.shop, room.start, fact.viewers * MICRO, credits)
            elif isinstance(fact, LiveViolation):
                _count_violation(book, room, fact, credits)


def _count_follows(book: Book, room: Room, operators: Credit) -> None:
    follows = [fact for fact in room.facts if isinstance(fact, LiveFollow)]
    for viewer in {fact.viewer_id for fact in follows}:
        mine = [fact for fact in follows if fact.viewer_id == viewer]
        last_turn = mine[0]
        for place, fact in enumerate(mine):
            if place and fact.unfollow == mine[place - 1].unfollow:
                continue
            last_turn = fact
            credits = [host_credit(book, room.hosts(fact.occurred_at), room.place, fact.occurred_at), operators]
            book.add("live_follower_gain", room.shop, fact.occurred_at, -MICRO if fact.unfollow else MICRO, credits)
        if not mine[0].unfollow and not mine[-1].unfollow:
            at = last_turn.occurred_at
            credits = [host_credit(book, room.hosts(at), room.place, at), operators]
            book.add("live_new_followers_session", room.shop, room.start, MICRO, credits)


def _count_violation(book: Book, room: Room, fact: LiveViolation, credits: list[Credit]) -> None:
    if fact.host_id:
        credits = [book.credit_person("host", fact.host_id, fact.occurred_at), *credits[1:]]
    for measure in ("live_violations", f"live_violations_{fact.severity}"):
        book.add(measure, room.shop, fact.occurred_at, MICRO, credits)


def count_live_plans(book: Book, story: Story) -> None:
    """Add planned sessions and planned steps, also of sessions that never were."""
    plans: dict[tuple[str, str], LivePlanned | LiveStarted] = {}
    plans.update({_session(row): row for row in newest(story.of(LivePlanned), _session)})
    starts = {_session(fact): fact for fact in story.of(LiveStarted)[::-1]}
    for fact in story.of(LiveStarted):
        if fact.planned_start_at is not None:
            plans.setdefault(_session(fact), fact)
    for key, plan in plans.items():
        due = plan.planned_start_at
        if due is not None and not (isinstance(plan, LivePlanned) and plan.is_cancelled):
            in_time = key in starts and starts[key].occurred_at <= due + LATEST_START_US
            credits = _plan_credits(book, plan, due, story.rooms.get(key))
            book.add("live_planned_sessions", plan.shop_id, due, MICRO, credits)
            book.add("live_sessions_on_time", plan.shop_id, due, MICRO * in_time, credits)
    _count_steps(book, story)


def _session(fact: LivePlanned | LiveStarted | LiveStepPlanned | LiveStepDone) -> tuple[str, str]:
    return fact.shop_id, fact.session_id


def _plan_credits(book: Book, plan: LivePlanned | LiveStarted, due: int, room: Room | None) -> list[Credit]:
    place = {"shop": plan.shop_id, "channel": plan.channel, "session": plan.session_id}
    people: list[str] = []
    if isinstance(plan, LivePlanned) and plan.host_id:
        people = [book.person(plan.host_id, due)]
    elif room is not None and room.on_air:
        first = min(on for on, _, _ in room.on_air)
        people = [person for on, _, person in room.on_air if on == first]
    return [host_credit(book, people, place, due), book.credit_tag("live_op", "live_op", place, due)]


def _count_steps(book: Book, story: Story) -> None:
    planned = {(*_session(row), row.step_id): row for row in newest(story.of(LiveStepPlanned), _step)}
    announced = {_session(row): row.planned_start_at for row in newest(story.of(LivePlanned), _session)}
    done: dict[tuple[str, str, str], list[LiveStepDone]] = {}
    for fact in story.of(LiveStepDone):
        done.setdefault(_step(fact), []).append(fact)
    for step in planned.keys() | done.keys():
        plan, doings = planned.get(step), done.get(step, [])
        told = [fact.planned_at for fact in doings if fact.planned_at is not None]
        due = plan.planned_at if plan else next(iter(told), None)
        if due is None or (plan and plan.is_cancelled):
            continue
        room = story.rooms.get(step[:2])
        start = room.start if room else announced.get(step[:2], due)
        names = [doings[0].controller_id if doings else "", plan.controller_id if plan else ""]
        account = next((name for name in names if name), "")
        channel = plan.channel if plan else doings[0].channel
        place = {"shop": step[0], "channel": channel, "session": step[1]}
        credit = (
            book.credit_person("controller", account, start)
            if account
            else book.credit_tag("controller", "controller", place, start)
        )
        latest = due + book.policy.live_step_grace_seconds * SECOND_US
        book.add("live_steps_planned", step[0], start, MICRO, [credit])
        if doings and doings[0].occurred_at <= latest:
            book.add("live_steps_on_time", step[0], start, MICRO, [credit])


def _step(fact: LiveStepPlanned | LiveStepDone) -> tuple[str, str, str]:
    return fact.shop_id, fact.session_id, fact.step_id
