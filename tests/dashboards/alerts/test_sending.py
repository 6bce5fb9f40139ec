"""The outbox: at least once, by a stable id, again later when it fails."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboards.alerts.book import MemoryBook
from dashboards.alerts.sending import FIRST_PAUSE_US, LONGEST_PAUSE_US, send_due
from dashboards.notifiers import Message, NotDelivered
from tests.dashboards.company import company

BODY = (
    '{"format":"scoreline.notice.v1","id":"n1","notice":"fire","rule":"cs_frt_high","kpi":"first_response_time_avg",'
    '"owner":"t:cs","severity":"high","notify":["cs_supervisor"],"threshold":">60","value":"84","at":"2026-10-16T13:30:00Z"}'
)


@dataclass
class Flaky:
    """A notifier that refuses a number of times."""

    refusals: int
    seen: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.seen.append(message)
        if len(self.seen) <= self.refusals:
            raise NotDelivered("busy")


def test_a_refused_notice_is_tried_again_after_a_growing_pause() -> None:
    """After one failure it waits five seconds, after two ten; every attempt carries the same id; then it is done."""
    book, notifier = MemoryBook(), Flaky(2)
    book.save({}, {"n1": BODY})
    definitions = company()
    assert send_due(book, notifier, definitions, "en", 1000) == 0
    assert send_due(book, notifier, definitions, "en", 1000 + FIRST_PAUSE_US - 1) == 0
    assert len(notifier.seen) == 1
    second = 1000 + FIRST_PAUSE_US
    assert send_due(book, notifier, definitions, "en", second) == 0
    assert send_due(book, notifier, definitions, "en", second + 2 * FIRST_PAUSE_US) == 1
    assert send_due(book, notifier, definitions, "en", second + LONGEST_PAUSE_US) == 0
    assert [message.id for message in notifier.seen] == ["n1"] * 3


def test_a_notice_is_a_sentence_in_the_chosen_language() -> None:
    """The message says who, what, how much and against which threshold, in either language."""
    for lang, text in (
        ("en", "Alert: Customer service First response time 1 m 24 s (threshold >1 m 00 s)"),
        ("zh", "预警：客服组 首次响应时间 1分24秒（阈值 >1分00秒）"),
    ):
        book, notifier = MemoryBook(), Flaky(0)
        book.save({}, {"n1": BODY})
        send_due(book, notifier, company(), lang, 0)
        assert notifier.seen[0].text == text


def test_saving_a_notice_twice_keeps_it_once() -> None:
    """A notice whose id is in the book stays as it is, delivered or not."""
    book, notifier = MemoryBook(), Flaky(0)
    book.save({}, {"n1": BODY})
    send_due(book, notifier, company(), "en", 0)
    book.save({}, {"n1": BODY})
    assert send_due(book, notifier, company(), "en", 10) == 0
