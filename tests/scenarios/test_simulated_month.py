"""A slice of the simulated shop from file to correction: intake, recount, close, late facts, next close."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from examples.shop.simulator import generate, late
from streams.closing import CloseError
from streams.closing.corrections import corrections
from streams.engines import EmbeddedEngine
from streams.folder import folder_texts
from streams.sources import open_source
from streams.stores import SqliteStore
from tests.scenarios.shop import Desk, Wire

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "shop" / "definitions"
SCALE = Fraction(1, 40)


def shop_of_hanfeng() -> dict[str, str]:
    """The shop's definitions, in which a coefficient stands ready for whoever can not be scored on a slice."""
    texts = folder_texts(FOLDER)
    for person in tomllib.loads(texts["people.toml"])["person"]:
        texts["points.toml"] += (
            f'\n[[manual]]\nperson = "{person["id"]}"\nperiod = "2026-10"\ncoefficient = "1"\n'
            'reason = { zh = "样本小", en = "a small slice" }\ndecided_by = "e02"\n'
        )
    return texts


def refunds_of_the_last_day() -> Iterator[bytes]:
    """Every second order of October is refunded in full on its last day, and that becomes known only later."""
    number = 0
    for raw in generate(7, scale=SCALE):
        if b'"order.paid"' not in raw or not raw.endswith(b"}"):
            continue
        event = json.loads(raw)
        number += 1
        if number % 2 or not event["occurred_at"].startswith("2026-10-1"):
            continue
        for line in event["lines"]:
            refund = {name: event[name] for name in ("shop_id", "order_id", "source")}
            refund |= {"event_type": "refund.completed", "event_id": f"late-{event['order_id']}-{line['line_id']}"}
            refund |= {"refund_id": f"late-{line['line_id']}", "line_id": line["line_id"]}
            refund |= {"refund_amt": line["paid_amt"]}
            yield json.dumps({**refund, "occurred_at": "2026-10-31T12:00:00+08:00"}).encode()


def read(desk: Desk, path: Path, lines: Iterable[bytes]) -> None:
    """Write lines to a file and take them in."""
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    for _ in EmbeddedEngine(desk.pipeline, desk.clock).read(open_source(path)):
        pass


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The month taken in."""
    folder = tmp_path_factory.mktemp("month")
    desk = Desk(SqliteStore(folder / "s.db"), shop_of_hanfeng())
    read(desk, folder / "month.jsonl", generate(7, scale=SCALE))
    return desk


def test_the_counts_add_up(desk: Desk) -> None:
    """Every line is accepted, a duplicate, rejected or a conflict; the damage done on purpose is all seen."""
    counts = desk.reader.counts()
    assert counts["in"] == sum(amount for name, amount in counts.items() if name != "in")
    assert counts["in"] > 5000
    assert counts["duplicates"] > 0
    assert counts["rejected"] == len(desk.store.quarantined())


def test_cells_and_recount_agree(desk: Desk) -> None:
    """Every measure of every owner in the month is what the independent recount says."""
    assert desk.recounted() == []
    assert len(desk.cells()) > 5000


def test_the_month_twice_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    """The same lines under another file name are duplicates or rejected again; no cell moves, no fact is added."""
    cells, facts = desk.cells(), desk.reader.counts()["accepted"]
    read(desk, tmp_path / "again.jsonl", generate(7, scale=SCALE))
    assert desk.cells() == cells
    assert desk.reader.counts()["accepted"] == facts


def test_late_facts_become_corrections(desk: Desk, tmp_path: Path) -> None:
    """Sealed with what was there, the month stays; what arrives late moves money in November, with its facts."""
    draft = desk.closing.draft("2026-10", "e01")
    desk.closing.approve("2026-10", draft.digest, "e02")
    (sealed,) = desk.store.closes()
    read(desk, tmp_path / "late.jsonl", [*late(7, scale=SCALE), *refunds_of_the_last_day()])
    assert desk.recounted() == []
    with pytest.raises(CloseError, match="already closed"):
        desk.closing.draft("2026-10", "e01")
    assert desk.store.closes() == [sealed]
    assert desk.closing.verify("2026-10")[1] == draft.digest
    november = _corrections(desk)
    assert november, "the late facts moved nothing"
    for row in november:
        assert row["origin_period"] == "2026-10"
        assert row["facts"], row
        assert Fraction(row["before"]) + Fraction(row["already"]) + Fraction(row["amount"]) == Fraction(row["after"])


def _corrections(desk: Desk) -> list[Wire]:
    closing = desk.closing
    return [row for rows in corrections(closing, closing.period("2026-11")).values() for row in rows]
