"""`ingest`: what became of every record, resuming, and tables that do not fit their map."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboards.cli.shell import MONTH, Shell, lines_of, november, paid

MAP = """
event_type = "order.paid"
[constants]
source = "erp"
shop_id = "my-shop"
[identity]
columns = ["订单号"]
prefix = "paid-"
[fields]
order_id = { column = "订单号" }
buyer_id = { column = "买家" }
occurred_at = { as = "instant", column = "付款时间", zone = "Asia/Shanghai" }
[line]
line_id = { column = "订单号" }
sku = { column = "商品" }
qty = { as = "whole", column = "数量" }
paid_amt = { as = "amount", column = "金额" }
"""
TABLE = "订单号,买家,商品,数量,金额,付款时间\nc1,王,裙子,2,300.00,2025-11-03 12:00:00\n"


@pytest.fixture
def column_map(tmp_path: Path) -> Path:
    """A column map beside the home."""
    path = tmp_path / "map.toml"
    path.write_text(MAP, "utf-8")
    return path


def test_every_record_is_accounted_for(shell: Shell) -> None:
    """6 lines = 3 accepted + 1 duplicate + 2 rejected, which are counted by reason."""
    events = november()
    summary = shell.ingest(*events, events[0], "{broken", paid("o5", "2025-11-06T10:00:00", "1_000"))
    counts = {name: summary[name] for name in ("in", "accepted", "duplicates", "rejected", "conflicts")}
    assert counts == {"in": 6, "accepted": 3, "duplicates": 1, "rejected": 2, "conflicts": 0}
    assert summary["rejected_by_reason"] == {"BAD_AMOUNT": 1, "BAD_JSON": 1}


def test_the_summary_for_people(shell: Shell, tmp_path: Path) -> None:
    """The text says the same sum, and where rejected lines can be seen."""
    path = tmp_path / "events.jsonl"
    path.write_text(lines_of(*november(), "{broken"))
    told = shell.ok("ingest", path)
    assert "4 in = 3 accepted + 0 duplicates + 1 rejected + 0 conflicts" in told
    assert "rejected BAD_JSON: 1" in told
    assert "scoreline quarantine list" in told


def test_a_second_time_adds_nothing(shell: Shell, tmp_path: Path) -> None:
    """The same file again is all duplicates, and no number moves."""
    path = tmp_path / "events.jsonl"
    path.write_text(lines_of(*november()))
    shell.ok("ingest", path)
    before = shell.value("net_sales", "c:")
    (again,) = shell.json("ingest", path)
    assert (again["accepted"], again["duplicates"]) == (0, 3)
    assert shell.value("net_sales", "c:") == before == "400000"


def test_a_grown_file_adds_what_is_new(shell: Shell, tmp_path: Path) -> None:
    """A file cut inside its last line is read as far as it goes; whole again, it adds the two missing orders."""
    path = tmp_path / "events.jsonl"
    whole = lines_of(*november())
    path.write_text(whole[: whole.index("\n") + 40])
    (first,) = shell.json("ingest", path)
    assert (first["accepted"], first["rejected"]) == (1, 1)
    assert shell.value("net_sales", "c:") == "250000"
    path.write_text(whole)
    (second,) = shell.json("ingest", path)
    assert (second["accepted"], second["duplicates"], second["rejected"]) == (2, 1, 0)
    assert shell.value("net_sales", "c:") == "400000"


def test_many_files_at_once(shell: Shell, tmp_path: Path) -> None:
    """Each file has a row of its own in the order given."""
    paths = []
    for number, event in enumerate(november()):
        paths.append(tmp_path / f"{number}.jsonl")
        paths[-1].write_text(lines_of(event))
    rows = shell.json("ingest", *paths)
    assert [(row["source"], row["accepted"]) for row in rows] == [(str(path), 1) for path in paths]


def test_a_table_through_a_map(shell: Shell, tmp_path: Path, column_map: Path) -> None:
    """A CSV row becomes an order: 300 yuan of which p01 has 60 %."""
    path = tmp_path / "orders.csv"
    path.write_text(TABLE, "utf-8")
    (row,) = shell.json("ingest", path, "--map", column_map)
    assert (row["in"], row["accepted"]) == (1, 1)
    assert shell.value("net_sales", "e:p01") == "180"


def test_missing_columns_are_named(shell: Shell, tmp_path: Path, column_map: Path) -> None:
    """A table without two of the map's columns is refused as a whole; both are named and nothing is stored."""
    path = tmp_path / "orders.csv"
    path.write_text(TABLE.replace("金额", "实付").replace("买家", "客户"), "utf-8")
    ended = shell.at_home("ingest", path, "--map", column_map)
    assert ended.code == 2
    assert "orders.csv" in ended.err
    assert all(name in ended.err for name in ("金额", "买家"))
    assert shell.json("kpi", "orders_paid", "--period", MONTH)["as_of"]["batch"] == 0


def test_another_encoding_is_recognised(shell: Shell, tmp_path: Path, column_map: Path) -> None:
    """A GBK table read as UTF-8 is refused with the encoding to set; with it set, the same table is accepted."""
    path = tmp_path / "orders.csv"
    path.write_bytes(TABLE.encode("gbk"))
    ended = shell.at_home("ingest", path, "--map", column_map)
    assert ended.code == 2
    assert "orders.csv" in ended.err
    assert 'set encoding = "gbk" in the column map' in ended.err
    column_map.write_text('encoding = "gbk"\n' + MAP, "utf-8")
    (row,) = shell.json("ingest", path, "--map", column_map)
    assert row["accepted"] == 1


def test_a_table_without_a_map(shell: Shell, tmp_path: Path) -> None:
    """A CSV without --map is wrong use, and the message says that a map is needed."""
    path = tmp_path / "orders.csv"
    path.write_text(TABLE, "utf-8")
    ended = shell.at_home("ingest", path)
    assert ended.code == 2
    assert "map" in ended.err


def test_a_file_that_is_not_there(shell: Shell, tmp_path: Path) -> None:
    """A path that does not exist is named."""
    ended = shell.at_home("ingest", tmp_path / "gone.jsonl")
    assert ended.code == 2
    assert "gone.jsonl" in ended.err
