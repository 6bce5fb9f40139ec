"""The simulated month: the same seed gives the same bytes, and what is promised about it is in it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import MISSING, fields
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from examples.shop.damage import DAMAGES
from examples.shop.outbox import Line
from examples.shop.simulator import generate, late, lines
from scoring.events import EVENT_TYPES, FAMILIES
from scoring.events.order import OrderLine
from scoring.period import parse_instant, period_of
from streams.codec import Codec, Decoded, Rejected

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop"
NOW_US = parse_instant("2026-11-12T00:00:00+08:00")
OCTOBER = period_of("2026-10", "Asia/Shanghai")


@pytest.fixture(scope="module")
def month() -> list[Line]:
    """The whole month at scale 1."""
    return list(lines(7))


@pytest.fixture(scope="module")
def events(month: list[Line]) -> list[dict[str, Any]]:
    """Every sound event of the month once, in arrival order."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for line in month:
        if not line.fault:
            event = json.loads(line.raw)
            found.setdefault((event["source"], event["event_id"]), event)
    return list(found.values())


def of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The events of one type."""
    return [event for event in events if event["event_type"] == kind]


def test_the_slice_in_git_is_what_the_generator_writes() -> None:
    """Regenerating with the slice's seed and scale gives the committed file byte for byte."""
    assert b"".join(raw + b"\n" for raw in generate(7, scale="1/800")) == (SHOP / "slice.jsonl").read_bytes()


def test_a_seed_decides_every_byte() -> None:
    """Two runs of one seed are equal and another seed differs, for the month and for the late stream."""
    assert list(generate(3, scale="1/200")) == list(generate(3, scale=Fraction(1, 200)))
    assert list(generate(3, scale="1/200")) != list(generate(4, scale="1/200"))
    assert list(late(3, scale="1/20")) == list(late(3, scale="1/20"))


def test_the_month_is_as_large_as_promised(month: list[Line]) -> None:
    """At scale 1 there are 220,000 to 265,000 lines, about one in a hundred twice and about 220 damaged."""
    sound = Counter(json.loads(line.raw)["event_id"] for line in month if not line.fault)
    twice = sum(count - 1 for count in sound.values())
    assert 220_000 <= len(month) <= 265_000
    assert 8 <= twice * 1_000 // len(sound) <= 12
    assert 180 <= sum(1 for line in month if line.fault) <= 260


def test_every_family_is_there_even_in_the_slice(events: list[dict[str, Any]]) -> None:
    """The month and the slice hold at least one event of each family of 2-events.md §2.2, departments the rest."""
    small = {json.loads(line.raw)["event_type"] for line in lines(7, scale="1/800") if not line.fault}
    whole = {event["event_type"] for event in events}
    wide = {json.loads(line.raw)["event_type"] for line in lines(7, scale="1/800", families="all") if not line.fault}
    for family, kinds in FAMILIES.items():
        names = {kind.EVENT_TYPE for kind in kinds}
        assert names & wide, family
        if family not in ("feedback", "member", "organisation"):
            assert names & whole, family
            assert names & small, family


def test_every_sound_line_decodes_and_every_damaged_one_is_refused(month: list[Line]) -> None:
    """The codec accepts all sound lines, and refuses each kind of damage for one stable reason."""
    codec = Codec()
    reasons: dict[str, set[str]] = {}
    for number, line in enumerate(month):
        read = codec.decode(line.raw, str(number), NOW_US)
        if line.fault:
            assert isinstance(read, Rejected), (line.fault, line.raw)
            reasons.setdefault(line.fault, set()).add(read.reason)
        else:
            assert isinstance(read, Decoded), (read, line.raw)
    assert reasons.keys() == DAMAGES.keys()
    assert all(len(found) == 1 for found in reasons.values()), reasons


def test_fields_are_those_of_the_events(events: list[dict[str, Any]]) -> None:
    """Each event has the required fields of its dataclass and no field that the dataclass lacks."""
    required = {name: {f.name for f in fields(kind) if f.default is MISSING} for name, kind in EVENT_TYPES.items()}
    known = {name: {f.name for f in fields(kind)} for name, kind in EVENT_TYPES.items()}
    line_fields = {field.name for field in fields(OrderLine)}
    for event in events:
        kind, names = event["event_type"], event.keys() - {"event_type"}
        assert required[kind] <= names <= known[kind], event
        assert all(line.keys() <= line_fields for line in event.get("lines", ())), event


def test_the_promotion_day_stands_out(events: list[dict[str, Any]]) -> None:
    """On the 20th three to five times as many orders are paid as on the mean other day of October."""
    days = Counter(event["paid_at"][:10] for event in of(events, "order.paid") if event["paid_at"][:7] == "2026-10")
    others = [count for day, count in days.items() if day != "2026-10-20"]
    assert len(days) == 31
    assert 3 <= Fraction(days["2026-10-20"] * len(others), sum(others)) <= 5


def test_arrival_is_in_order_and_events_are_not(month: list[Line]) -> None:
    """Some events arrive more than a day after later ones, and the last ones lie nine days after the month."""
    occurred = [
        parse_instant(json.loads(line.raw)["occurred_at"])
        for line in month
        if not line.fault and not json.loads(line.raw)["event_type"].startswith(("ad.", "traffic."))
    ]
    seen = 0
    backwards = []
    for earlier, at in pairwise(occurred):
        seen = max(seen, earlier)
        backwards.append(seen - at)
    assert max(backwards) > 24 * 3_600 * 1_000_000
    assert sum(1 for by in backwards if by > 60 * 1_000_000) * 100 > len(backwards)
    assert max(occurred) > OCTOBER.end_us + 9 * 86_400 * 1_000_000


def test_refunds_are_of_every_kind_and_come_late(events: list[dict[str, Any]]) -> None:
    """All four kinds occur, some above the line's amount, some for October orders completed in November."""
    done = of(events, "refund.completed")
    assert {event["kind"] for event in done} == {"refund_only", "return_refund", "exchange", "compensation"}
    revenue = {
        (event["order_id"], line["line_id"]): Fraction(line["paid_amt"])
        + Fraction(line.get("platform_subsidy_amt", "0"))
        for event in of(events, "order.paid")
        for line in event["lines"]
    }
    assert any(Fraction(event["refund_amt"]) > revenue[event["order_id"], event["line_id"]] for event in done)
    assert any(event["order_id"][:5] == "o2610" and event["completed_at"][:7] == "2026-11" for event in done)
    assert any(event["order_id"][:5] == "o2609" and event["completed_at"][:7] == "2026-10" for event in done)


def test_a_brush_order_is_taken_back_whole(events: list[dict[str, Any]]) -> None:
    """Every order with one retracted event has all its events retracted, each by source and id."""
    taken = {(event["target_source"], event["target_event_id"]) for event in of(events, "event.retracted")}
    ids = {event["event_id"] for event in events}
    orders = {event_id.rpartition("-")[0] for _, event_id in taken}
    sent = {
        (event["source"], event["event_id"])
        for event in events
        if event["event_type"].startswith(("order.", "refund.")) and event.get("order_id") in orders
    }
    assert len(orders) > 20
    assert sent == taken
    assert {event_id for _, event_id in taken} <= ids


def test_hosts_hand_over_inside_a_session(events: list[dict[str, Any]]) -> None:
    """Every session of the month has two hosts, on some of them both are on air at once for a while."""
    on = {(e["session_id"], e["host_id"]): e["occurred_at"] for e in of(events, "live.host_on")}
    off = {(e["session_id"], e["host_id"]): e["occurred_at"] for e in of(events, "live.host_off")}
    sessions: dict[str, list[tuple[str, str]]] = {}
    for key, start in on.items():
        sessions.setdefault(key[0], []).append((start, off[key]))
    together = sum(1 for pair in sessions.values() if max(pair[0][0], pair[1][0]) < min(pair[0][1], pair[1][1]))
    assert len(sessions) == 62
    assert {len(pair) for pair in sessions.values()} == {2}
    assert 10 <= together < 31


def test_ad_figures_are_restated(events: list[dict[str, Any]]) -> None:
    """Some hours of a campaign are reported twice and some three times, with rising revisions."""
    revisions: dict[tuple[str, str], list[int]] = {}
    for event in of(events, "ad.report"):
        revisions.setdefault((event["campaign_id"], event["interval_start"]), []).append(event["revision"])
    assert {tuple(sorted(found)) for found in revisions.values()} == {(1,), (1, 2), (1, 2, 3)}


def test_an_inquiry_leads_to_an_order_of_the_same_customer(events: list[dict[str, Any]]) -> None:
    """More than a thousand customers wrote before they placed an order."""
    wrote: dict[str, str] = {}
    for event in of(events, "chat.opened"):
        at = event["occurred_at"]
        wrote[event["customer_id"]] = min(at, wrote.get(event["customer_id"], at))
    bought = {e["buyer_id"] for e in of(events, "order.placed") if wrote.get(e["buyer_id"], "9") < e["occurred_at"]}
    assert len(bought) > 1_000


def test_what_comes_after_the_close_belongs_to_the_month() -> None:
    """The late stream holds refunds of October orders, some paid back in October, and a higher ad revision."""
    found = [json.loads(raw) for raw in late(7)]
    refunds = of(found, "refund.completed")
    assert 20 <= len(refunds) <= 90
    assert all(event["order_id"].startswith("o2610") for event in refunds)
    inside = [event for event in refunds if event["completed_at"].startswith("2026-10")]
    assert 5 <= len(inside) < len(refunds)
    assert [event["revision"] for event in of(found, "ad.report")] == [9]


def test_the_late_stream_is_not_in_the_month(month: list[Line]) -> None:
    """No late line arrived before: each is news to a store that holds the month."""
    known = {json.loads(line.raw)["event_id"] for line in month if not line.fault}
    assert not known & {json.loads(raw)["event_id"] for raw in late(7)}


def test_the_conflict_has_a_taken_id_and_another_body() -> None:
    """conflict.jsonl repeats (source, event_id) of a line of the slice with other contents."""
    (line,) = (SHOP / "conflict.jsonl").read_bytes().splitlines()
    conflict = json.loads(line)
    taken = [json.loads(raw) for raw in generate(7, scale="1/800") if conflict["event_id"].encode() in raw]
    same = [
        event for event in taken if (event["source"], event["event_id"]) == (conflict["source"], conflict["event_id"])
    ]
    assert same
    assert conflict not in same


def test_a_scale_must_be_above_zero() -> None:
    """A scale of 0 is refused instead of giving an empty month."""
    with pytest.raises(ValueError, match="above 0"):
        next(generate(1, scale=0))


def test_departments_change_no_line_of_the_demo() -> None:
    """With all families every line of the demo comes in the same order, the others are sound or damaged on purpose."""
    narrow, wide = list(lines(7, scale="1/800")), list(lines(7, scale="1/800", families="all"))
    plain = {line.raw for line in narrow}
    assert [line for line in wide if line.raw in plain] == narrow
    codec = Codec()
    more = [line for line in wide if line.raw not in plain]
    assert len(more) > 2_000
    assert not [
        line.raw for line in more if not line.fault and isinstance(codec.decode(line.raw, "", NOW_US), Rejected)
    ]
    assert more == [line for line in lines(7, scale="1/800", families="all") if line.raw not in plain]


def test_departments_bring_what_the_demo_lacks() -> None:
    """Members, feedback, partners, invoices, purchase orders, listings, creatives, trainings, exams and goals."""
    wide = {json.loads(line.raw)["event_type"] for line in lines(7, scale="1/800", families="all") if not line.fault}
    narrow = {json.loads(line.raw)["event_type"] for line in lines(7, scale="1/800") if not line.fault}
    assert wide - narrow >= {
        "member.joined", "member.interacted", "feedback.received", "partner.sample_sent", "partner.deal",
        "invoice.issued", "payment.received", "po.created", "po.received", "listing.published", "listing.changed",
        "stock.counted", "creative.report", "content.planned", "hr.training", "exam.scored", "goal.milestone",
        "survey.answered", "score.settled", "task.decided", "profit.posted", "market.posted",
    }  # fmt: skip
    with pytest.raises(ValueError, match="known: demo, all"):
        next(lines(7, families="every"))
