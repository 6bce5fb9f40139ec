"""The close: what blocks it by name, who may approve, and that a sealed period stays as it was paid."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from scoring.statement import digest_of
from streams.closing import CloseError, DigestChanged
from streams.stores import SqliteStore
from tests.scenarios.shop import TARGETS, Desk, Teller, Wire, shop_texts

MORE_REFUND = "20 10:00:00"


def october(tell: Teller) -> list[Wire]:
    """1,000 yuan in October and 1,000 in November, both split 60 / 40, so that October is over."""
    return [
        tell.paid("o1", "03 10:00:00", "1000.00", event_id="o1"),
        tell.paid("o2", "11-03 10:00:00", "1000.00", event_id="o2"),
    ]


def blocks(desk: Desk, period: str = "2026-10") -> str:
    """What keeps the draft from being made, as one text."""
    with pytest.raises(CloseError) as caught:
        desk.closing.draft(period, "ann")
    return str(caught.value)


def totals(body: dict[str, object]) -> dict[str, str]:
    """The totals by person."""
    return {row["person"]["id"]: row["total"] for row in body["statements"]}  # type: ignore[index,attr-defined]


def test_draft_and_seal() -> None:
    """A draft settles everybody with a plan; approved by its digest it is sealed as it was, and says by whom."""
    desk, tell = Desk(), Teller()
    desk.take(*october(tell))
    draft = desk.closing.draft("2026-10", "ann")
    # 600 of 600 and 400 of 400: score 100, coefficient 1.2 on 1,000, and a tenth of the sales.
    assert totals(draft.body) == {"ann": "1260.00", "bob": "1240.00"}
    assert draft.body["total"] == "2500.00"
    sealed = desk.closing.approve("2026-10", draft.digest, "boss")
    (stored,) = desk.store.closes()
    assert stored == sealed
    assert (stored.state, stored.requested_by, stored.approved_by, stored.run) == ("sealed", "ann", "boss", 1)
    assert json.loads(stored.body) == draft.body
    assert desk.closing.verify("2026-10") == (stored, draft.digest)
    assert [row[1:3] for row in desk.store.audit()] == [("ann", "close.draft"), ("boss", "close.sealed")]


def test_statements_carry_run_and_digest() -> None:
    """Each statement of a draft names period, run, state and the digest of the whole settlement."""
    desk = Desk()
    desk.take(*october(Teller()))
    draft = desk.closing.draft("2026-10", "ann")
    for paper in draft.statements:
        assert paper["run"] == {"period": "2026-10", "run": 1, "status": "draft"}
        assert paper["digest"] == draft.digest == digest_of(draft.body)


def test_drafting_again_changes_nothing() -> None:
    """The same facts give the same digest, whoever asks and however often; there is one draft."""
    desk = Desk()
    desk.take(*october(Teller()))
    digests = {desk.closing.draft("2026-10", who).digest for who in ("ann", "bob", "ann")}
    assert len(digests) == 1
    assert len(desk.store.closes()) == 1


def test_the_digest_does_not_depend_on_arrival() -> None:
    """Other batches, another order and copies give the same settlement."""
    one, other = Desk(), Desk()
    events = [*october(Teller()), *(Teller().paid(f"x{n}", "05 10:00:00", "3.33", event_id=f"x{n}") for n in range(9))]
    one.take(*events)
    for event in [*events[::-1], events[0]]:
        other.take(event)
    assert one.closing.draft("2026-10", "ann").digest == other.closing.draft("2026-10", "bob").digest


def test_an_open_period() -> None:
    """A period that events have not passed is refused, with both instants; so is one without any event."""
    desk, tell = Desk(), Teller()
    assert "the period is still open: events have reached nothing" in blocks(desk)
    desk.take(tell.paid("o1", "31 23:59:59", "1.00"))
    message = blocks(desk)
    assert "2026-10 can not be closed yet" in message
    assert "events have reached 2026-10-31T15:59:59Z, the period ends 2026-10-31T16:00:00Z" in message
    desk.take(tell.paid("o2", "11-01 00:00:00", "1.00"))
    assert desk.closing.draft("2026-10", "ann")


def test_no_period() -> None:
    """A key that names no period is refused with examples."""
    with pytest.raises(CloseError, match="names no period"):
        Desk().closing.draft("October", "ann")


def test_a_sealed_period_is_closed() -> None:
    """After the seal there is no second draft; the message says where later facts go."""
    desk = Desk()
    desk.take(*october(Teller()))
    desk.closing.approve("2026-10", desk.closing.draft("2026-10", "ann").digest, "boss")
    assert "2026-10 is already closed (run 1" in blocks(desk)
    assert "correction in the next open period" in blocks(desk)


def test_nobody_approves_alone() -> None:
    """Who requested the close can not approve it; nothing is sealed."""
    desk = Desk()
    desk.take(*october(Teller()))
    draft = desk.closing.draft("2026-10", "ann")
    with pytest.raises(CloseError, match="ann requested this close and can not approve it"):
        desk.closing.approve("2026-10", draft.digest, "ann")
    assert [row.state for row in desk.store.closes()] == ["draft"]


def test_only_what_was_read_is_approved() -> None:
    """Another digest than the draft's is refused, before and after the seal; a period without draft has nothing."""
    desk = Desk()
    desk.take(*october(Teller()))
    with pytest.raises(CloseError, match="2026-10 has no draft"):
        desk.closing.approve("2026-10", "d", "boss")
    draft = desk.closing.draft("2026-10", "ann")
    with pytest.raises(DigestChanged, match=f"has the digest {draft.digest}, not {'0' * 64}"):
        desk.closing.approve("2026-10", "0" * 64, "boss")
    desk.closing.approve("2026-10", draft.digest, "boss")
    with pytest.raises(DigestChanged, match="is sealed with another digest"):
        desk.closing.approve("2026-10", "0" * 64, "boss")


def test_approving_twice_is_once() -> None:
    """Repeating an approval answers with the same close and writes nothing."""
    desk = Desk()
    desk.take(*october(Teller()))
    draft = desk.closing.draft("2026-10", "ann")
    first = desk.closing.approve("2026-10", draft.digest, "boss")
    audit = desk.store.audit()
    assert desk.closing.approve("2026-10", draft.digest, "bob") == first
    assert desk.store.audit() == audit
    assert desk.store.closes() == [first]


def test_facts_between_draft_and_approval() -> None:
    """What moves an amount after the draft makes its digest worthless; what moves nothing does no harm."""
    desk, tell = Desk(), Teller()
    desk.take(*october(tell))
    draft = desk.closing.draft("2026-10", "ann")
    desk.take(tell.refunded("o1", MORE_REFUND, "200.00"))
    with pytest.raises(DigestChanged, match="the facts of the period changed since the draft"):
        desk.closing.approve("2026-10", draft.digest, "boss")
    again = desk.closing.draft("2026-10", "ann")
    assert again.digest != draft.digest
    desk.take(tell.event("order.delivered", "11-02 10:00:00", order_id="o1"), tell.paid("o3", "11-05 10:00:00", "5.00"))
    assert desk.closing.approve("2026-10", again.digest, "boss").state == "sealed"


def test_definitions_between_draft_and_approval() -> None:
    """A changed target needs a new draft; changed assignments first need the cells to be computed again."""
    desk = Desk()
    desk.take(*october(Teller()))
    draft = desk.closing.draft("2026-10", "ann")
    other = Desk(desk.store, shop_texts(targets=TARGETS.replace('"600"', '"700"')))
    with pytest.raises(DigestChanged, match="the definitions changed since the draft"):
        other.closing.approve("2026-10", draft.digest, "boss")
    shifted = Desk(desk.store, shop_texts(assignments=""))
    with pytest.raises(CloseError, match="to recompute the cells"):
        shifted.closing.approve("2026-10", draft.digest, "boss")
    assert desk.closing.approve("2026-10", draft.digest, "boss").state == "sealed"


def test_a_conflict_blocks_by_name() -> None:
    """An event with two bodies blocks the close with its id, source and case, until somebody chooses."""
    desk, tell = Desk(), Teller()
    desk.take(*october(tell), tell.paid("o9", "05 10:00:00", "1.00", event_id="twice"))
    desk.take(tell.paid("o9", "05 10:00:00", "2.00", event_id="twice"))
    assert "event twice of test (order|s|o9) came with another body" in blocks(desk)
    (conflict,) = desk.store.open_conflicts()
    assert f"quarantine resolve {conflict.event_key.hex()}" in blocks(desk)
    desk.repair.resolve(conflict.event_key, conflict.content_hash, "boss", "the platform says so")
    assert desk.closing.draft("2026-10", "ann")


def test_a_missing_rate_blocks_by_name() -> None:
    """An order in a currency without a rate blocks with order, currency and day; a rate unblocks it."""
    desk, tell = Desk(), Teller()
    desk.take(*october(tell), tell.paid("usd", "05 10:00:00", "10.00", currency="USD"))
    assert "order|s|usd: no USD rate on 2026-10-05; add it to fx.toml" in blocks(desk)
    rates = '[[rate]]\ncurrency = "USD"\nday = "2026-10-01"\nrate = "7"\n'
    better = Desk(desk.store, shop_texts(fx=rates))
    assert "to recompute the cells" in blocks(better)
    list(better.pipeline.rebuild())
    assert better.closing.draft("2026-10", "ann").body["total"]
    assert better.value("gmv", "c:") == 1070


def test_a_missing_target_blocks_by_name() -> None:
    """A plan item without its target is an open question of the settlement, named with owner and KPI."""
    desk = Desk(texts=shop_texts(targets=""))
    desk.take(*october(Teller()))
    message = blocks(desk)
    assert "e:ann has no usable target for net_sales in 2026-10" in message
    assert "e:bob has no usable target" in message


def test_everything_that_blocks_is_listed_at_once() -> None:
    """One refusal names the open period, the conflict and the missing rate together."""
    desk, tell = Desk(), Teller()
    desk.take(
        tell.paid("usd", "05 10:00:00", "10.00", currency="USD"), tell.paid("a", "05 10:00:00", "1.00", event_id="x")
    )
    desk.take(tell.paid("a", "05 10:00:00", "2.00", event_id="x"))
    with pytest.raises(CloseError) as caught:
        desk.closing.draft("2026-10", "ann")
    assert len(caught.value.blocks) == 3


def test_a_changed_cell_blocks(tmp_path: Path) -> None:
    """A cell that does not follow from the facts stops draft and approval, and the message shows both figures."""
    path = tmp_path / "a.db"
    desk, tell = Desk(SqliteStore(path)), Teller()
    desk.take(*october(tell), tell.paid("o3", "12-01 10:00:00", "1.00"))
    draft = desk.closing.draft("2026-10", "ann")

    def tamper(by: int) -> None:
        outside = sqlite3.connect(path)
        sql = "UPDATE cells SET value = value + ? WHERE owner = 'e:ann' AND measure = 'gmv' AND period = '2026-10-03'"
        assert outside.execute(sql, (by,)).rowcount == 1
        outside.commit()
        outside.close()

    tamper(1)
    with pytest.raises(CloseError) as caught:
        desk.closing.approve("2026-10", draft.digest, "boss")
    assert "the independent recount of 2026-10 differs in 1 place(s)" in str(caught.value)
    assert "e:ann shop gmv: cells say 60001, facts say 60000" in str(caught.value)
    assert "differs" in blocks(desk)
    tamper(-1)
    assert desk.closing.approve("2026-10", draft.digest, "boss").state == "sealed"
    tamper(1)
    assert "differs" in blocks(desk, "2026-11"), "a correction would have paid from a wrong cell"
    desk.store.close()


def test_a_changed_seal_is_found(tmp_path: Path) -> None:
    """Verifying recomputes the digest from the stored body, so a changed amount shows."""
    path = tmp_path / "a.db"
    desk = Desk(SqliteStore(path))
    desk.take(*october(Teller()))
    draft = desk.closing.draft("2026-10", "ann")
    desk.closing.approve("2026-10", draft.digest, "boss")
    outside = sqlite3.connect(path)
    outside.execute("UPDATE closes SET body = replace(body, '1260.00', '9260.00')")
    outside.commit()
    outside.close()
    close, digest = desk.closing.verify("2026-10")
    assert close.digest == draft.digest != digest
    with pytest.raises(CloseError, match="was never closed"):
        desk.closing.verify("2026-11")
    desk.store.close()
