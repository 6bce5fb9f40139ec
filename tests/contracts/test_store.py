"""One contract for every store: what a unit writes becomes visible together or not at all, and reads agree."""

from __future__ import annotations

import pytest

from streams.stores import (
    Close,
    Conflict,
    Counts,
    Fact,
    MemoryStore,
    Position,
    ProblemRow,
    Progress,
    Standing,
    Store,
    StoreError,
    TakenOver,
)

CLOSE = Close("2026-10", 1, "draft", "d1", 7, "ann", "", '{"a":1}', '{"x.toml":""}')
PROGRESS = Progress(2, 70, 80, Counts(6, 3, 1, 1, 1))
GMV = ("e:ann", "shop", "gmv", "2026-10-03", "")


def fact(name: str, case: str = "order|s|o1", batch: int = 1, retracted: bool = False) -> Fact:
    """A fact whose identity and content come from its name."""
    return Fact(
        name.encode(), f"h-{name}".encode(), case, "order.paid", 123, batch, b"body-" + name.encode(), retracted
    )


def fill(store: Store) -> None:
    """Write one row of everything in one unit."""
    with store.unit() as unit:
        unit.add_facts([fact("a"), fact("b"), fact("c", "order|s|o2", 2)])
        unit.add_retractions([b"x", b"y"])
        unit.publish([("live|s|1", "live|s|1", b"v1"), ("orders|s|b", "order|s|o1", b"v2")], [])
        unit.add_readers({("live|s|1", "order|s|o1"), ("orders|s|b", "inquiry|s|b|d")})
        unit.add_cells({GMV: 100, ("c:", "", "buyers", "2026-10-03", "b1"): 2, ("c:", "", "turns", "m:100", ""): 5})
        unit.put_problems(["order|s|o1"], [ProblemRow("order|s|o1", "missing_fx", "no rate", True)])
        unit.add_quarantined([("BAD_JSON", "cut off", "a:1", b'{"\xff', 1)])
        unit.put_conflicts([Conflict(b"a", b"h2", "order.paid", "order|s|o1", 5, b"other")])
        unit.set_setting("color", "red")
        assert unit.begin_batch() == unit.progress().batch + 1
        unit.advance(PROGRESS)
        unit.mark_sources({"pos": 70, "chat": 60})
        assert unit.move(Position("a.jsonl", None, "10"))
        unit.put_close(CLOSE)
        unit.add_audit(9, "ann", "close.draft", "2026-10")


def seen(store: Store) -> dict[str, object]:
    """Everything that a store shows, without its own bookkeeping settings."""
    settings = {name: value for name, value in store.settings().items() if name not in ("schema", "epoch")}
    return {
        "facts": list(store.all_facts()),
        "cases": store.all_cases(),
        "derived": store.derived_cases(),
        "cells": list(store.all_cells("0", "9")),
        "minutes": store.cells("c:", "", "turns", "m:0", "m:999"),
        "live": store.projections_like("live|"),
        "projections": store.find_projections(["live|s|1", "orders|s|b"]),
        "problems": store.problems(),
        "quarantine": store.quarantined(None),
        "conflicts": store.open_conflicts(),
        "settings": settings,
        "shards": store.shards(),
        "standings": store.standings(),
        "marks": store.source_watermarks(),
        "closes": store.closes(),
        "audit": store.audit(),
    }


def test_what_a_unit_writes_is_there_afterwards(store: Store) -> None:
    """After the block every read returns what was written, in the promised order."""
    fill(store)
    found = seen(store)
    assert found["facts"] == [fact("a"), fact("b"), fact("c", "order|s|o2", 2)]
    assert found["cases"] == ["order|s|o1", "order|s|o2"]
    assert found["derived"] == ["inquiry|s|b|d", "order|s|o1"]
    assert found["cells"] == [(("c:", "", "buyers", "2026-10-03", "b1"), 2), (GMV, 100)]
    assert found["minutes"] == [("m:100", "", 5)]
    assert found["live"] == {"live|s|1": [b"v1"]}
    assert found["projections"] == {"live|s|1": {"live|s|1": b"v1"}, "orders|s|b": {"order|s|o1": b"v2"}}
    assert found["problems"] == [ProblemRow("order|s|o1", "missing_fx", "no rate", True)]
    assert found["settings"] == {"color": "red"}
    assert found["shards"] == {0: PROGRESS}
    assert found["standings"] == {"a.jsonl": Standing("10")}
    assert found["marks"] == {"pos": 70, "chat": 60}
    assert found["closes"] == [CLOSE]
    assert found["audit"] == [(9, "ann", "close.draft", "2026-10")]


def test_an_exception_leaves_everything_as_it_was(store: Store) -> None:
    """A unit that ends by an exception has changed nothing, neither in an empty store nor in a filled one."""
    for prepare in (lambda: None, lambda: fill(store)):
        prepare()
        before = seen(store)
        with pytest.raises(RuntimeError, match="power cut"), store.unit() as unit:
            unit.add_facts([fact("z", "order|s|o9")])
            unit.add_cells({GMV: 1})
            unit.drop_facts([("order|s|o1", b"a")])
            unit.clear_derived()
            unit.put_problems(["order|s|o1"], [])
            unit.add_quarantined([("BAD_JSON", "", "", b"", 1)])
            unit.put_conflicts([Conflict(b"q", b"h", "order.paid", "order|s|o1", 5, b"")])
            unit.set_setting("color", "blue")
            unit.advance(Progress(99))
            unit.mark_sources({"pos": 99})
            unit.move(Position("a.jsonl", store.standings().get("a.jsonl", Standing()).position, "99"))
            unit.put_close(Close("2026-11", 1, "draft", "", 0, "", "", "", ""))
            unit.add_audit(1, "", "", "")
            unit.prune_minutes(1000)
            raise RuntimeError("power cut")
        assert seen(store) == before


def test_a_unit_sees_its_own_writes(store: Store) -> None:
    """Reads inside the block include what the block has written."""
    with store.unit() as unit:
        unit.add_facts([fact("a")])
        unit.set_setting("color", "green")
        unit.advance(Progress(4))
        unit.publish([("k", "order|s|o1", b"v")], [])
        unit.add_readers({("k", "order|s|o2")})
        assert unit.known([b"a", b"zz"]) == {b"a": (b"h-a", "order|s|o1")}
        assert unit.setting("color") == "green"
        assert unit.progress() == Progress(4)
        assert unit.setting("nothing") is None
        assert unit.projections(["k", "other"]) == {"k": {"order|s|o1": b"v"}}
        assert unit.published(["order|s|o1", "order|s|o2"]) == {"order|s|o1": {"k": b"v"}}
        assert unit.readers(["k"]) == {"order|s|o2"}
        assert list(unit.all_cases()) == ["order|s|o1"]


def test_facts_are_replaced_by_their_key(store: Store) -> None:
    """Adding a fact with a known event key replaces it, and `known` answers with the new content and case."""
    fill(store)
    with store.unit() as unit:
        assert unit.known([b"a"]).keys() == {b"a"}
        unit.add_facts([fact("a", retracted=True)])
    assert [row.event_key for row in store.all_facts()] == [b"b", b"c"]
    assert {row.event_key: row.is_retracted for row in store.find_facts(["order|s|o1"])["order|s|o1"]} == {
        b"a": True,
        b"b": False,
    }


def test_a_fact_can_move_to_another_case(store: Store) -> None:
    """Dropping a fact from one case and adding it to another leaves it in exactly one, and empty cases vanish."""
    fill(store)
    with store.unit() as unit:
        assert unit.known([b"c"]).keys() == {b"c"}
        unit.drop_facts([("order|s|o2", b"c")])
        unit.add_facts([fact("c", "order|s|o3", 3)])
    assert store.all_cases() == ["order|s|o1", "order|s|o3"]
    assert store.find_facts(["order|s|o2"]) == {}
    with store.unit() as unit:
        assert unit.known([b"c"]) == {b"c": (b"h-c", "order|s|o3")}


def test_dropping_what_is_not_there_is_nothing(store: Store) -> None:
    """A fact that only existed inside a batch was never stored, so dropping it changes nothing."""
    with store.unit() as unit:
        unit.drop_facts([("order|s|never", b"never")])
    assert store.all_cases() == []


def test_facts_after_a_batch(store: Store) -> None:
    """`facts_after` returns later batches only, retracted facts included."""
    fill(store)
    with store.unit() as unit:
        unit.add_facts([fact("d", "order|s|o3", 3, retracted=True)])
    assert [row.event_key for row in store.facts_after(1)] == [b"c", b"d"]
    assert [row.event_key for row in store.facts_after(3)] == []


def test_retractions_are_remembered(store: Store) -> None:
    """A retracted key is remembered also before its fact arrives; adding it twice is once."""
    with store.unit() as unit:
        unit.add_retractions([b"x"])
        unit.add_retractions([b"x", b"y"])
    with store.unit() as unit:
        assert unit.retractions([b"x", b"z"]) == {b"x"}
        assert unit.retractions([]) == set()


def test_cells_add_up(store: Store) -> None:
    """Changes add to what is there, a cell that comes to zero is not shown, and cells may be negative."""
    fill(store)
    with store.unit() as unit:
        unit.add_cells({GMV: -130, ("c:", "", "buyers", "2026-10-03", "b1"): -2})
    assert list(store.all_cells("0", "9")) == [(GMV, -30)]
    assert store.cells("e:ann", "shop", "gmv", "2026-10-03", "2026-10-03") == [("2026-10-03", "", -30)]
    assert store.cells("c:", "", "buyers", "2026-10-01", "2026-10-31") == []


def test_cells_by_day_and_minute_do_not_mix(store: Store) -> None:
    """A range of days holds both ends and no minutes; a range of minutes compares numbers, not texts."""
    with store.unit() as unit:
        rows = {("c:", "", "turns", day, ""): 1 for day in ("2026-10-01", "2026-10-02", "2026-10-04")}
        unit.add_cells({**rows, **{("c:", "", "turns", f"m:{minute}", ""): minute for minute in (9, 10, 100)}})
    days = store.cells("c:", "", "turns", "2026-10-01", "2026-10-02")
    assert sorted(days) == [("2026-10-01", "", 1), ("2026-10-02", "", 1)]
    assert sorted(store.cells("c:", "", "turns", "m:9", "m:10")) == [("m:10", "", 10), ("m:9", "", 9)]
    assert [key[3] for key, _ in store.all_cells("0", "zzz")] == ["2026-10-01", "2026-10-02", "2026-10-04"]


def test_pruning_drops_old_minutes_only(store: Store) -> None:
    """Minutes before the border go, the border itself and all days stay."""
    with store.unit() as unit:
        unit.add_cells({("c:", "", "turns", f"m:{minute}", ""): 1 for minute in (98, 99, 100)})
        unit.add_cells({("c:", "", "turns", "2026-10-01", ""): 1})
        unit.prune_minutes(99)
    assert [row[0] for row in sorted(store.cells("c:", "", "turns", "m:0", "m:999"))] == ["m:100", "m:99"]
    assert len(list(store.all_cells("0", "9"))) == 1


def test_published_values_are_replaced_and_removed(store: Store) -> None:
    """A value belongs to (key, case): others under the same key stay when one is replaced or removed."""
    with store.unit() as unit:
        unit.publish([("k", "c1", b"1"), ("k", "c2", b"2"), ("k2", "c1", b"3")], [])
        unit.publish([("k", "c1", b"9")], [("k", "c2"), ("never", "c1")])
    assert store.find_projections(["k", "k2"]) == {"k": {"c1": b"9"}, "k2": {"c1": b"3"}}
    assert store.projections_like("k") == {"k": [b"9"], "k2": [b"3"]}
    assert store.projections_like("k2") == {"k2": [b"3"]}


def test_readers_are_a_set(store: Store) -> None:
    """The same reader twice is one; unknown keys have none."""
    with store.unit() as unit:
        unit.add_readers({("k", "c1")})
        unit.add_readers({("k", "c1"), ("k", "c2"), ("q", "c3")})
        assert unit.readers(["k", "nothing"]) == {"c1", "c2"}
    assert store.derived_cases() == ["c1", "c2", "c3"]


def test_clearing_what_is_derived_keeps_facts(store: Store) -> None:
    """Cells, minutes, published values, readers and problems go; facts, quarantine, conflicts and closes stay."""
    fill(store)
    with store.unit() as unit:
        unit.clear_derived()
    found = seen(store)
    assert [found[name] for name in ("cells", "minutes", "live", "problems", "derived")] == [[], [], {}, [], []]
    assert found["cases"] == ["order|s|o1", "order|s|o2"]
    assert found["closes"] == [CLOSE]
    assert len(store.quarantined()) == 1
    assert len(store.open_conflicts()) == 1


def test_problems_are_those_of_the_latest_evaluation(store: Store) -> None:
    """Putting the problems of a case replaces them and leaves those of other cases."""
    one, other = ProblemRow("c1", "missing_fx", "USD", True), ProblemRow("c2", "odd", "x", False)
    with store.unit() as unit:
        unit.put_problems(["c1", "c2"], [one, one, other])
    assert store.problems() == [one, other]
    with store.unit() as unit:
        unit.put_problems(["c1"], [])
    assert store.problems() == [other]


def test_quarantine_keeps_the_bytes(store: Store) -> None:
    """Rejected input keeps its raw bytes, gets ascending numbers, and is filtered by state."""
    raws = [b"", b'{"a": "\xff\x00"}', "汉".encode()]
    with store.unit() as unit:
        unit.add_quarantined([("BAD_JSON", f"detail {n}", f"a:{n}", raw, 4) for n, raw in enumerate(raws)])
    rows = store.quarantined()
    assert [row.raw for row in rows] == raws
    assert [(row.reason, row.detail, row.place, row.batch, row.state) for row in rows][1] == (
        "BAD_JSON", "detail 1", "a:1", 4, "open",
    )  # fmt: skip
    assert rows[0].id < rows[1].id < rows[2].id
    with store.unit() as unit:
        unit.set_quarantine_state([rows[1].id], "replayed")
    assert [row.id for row in store.quarantined()] == [rows[0].id, rows[2].id]
    assert [row.id for row in store.quarantined("replayed")] == [rows[1].id]
    assert len(store.quarantined(None)) == 3


def test_the_same_rejected_line_is_kept_once(store: Store) -> None:
    """A file that is read again brings its rejected lines again: the same bytes at the same place stay one row."""
    rows = [("BAD_JSON", "d", "a:1", b"{", 1), ("BAD_JSON", "d", "a:2", b"{", 1), ("BAD_JSON", "d", "a:1", b"[", 1)]
    with store.unit() as unit:
        unit.add_quarantined([*rows, rows[0]])
    with store.unit() as unit:
        unit.add_quarantined([(*row[:4], 2) for row in rows])
    assert [(row.place, row.raw, row.batch) for row in store.quarantined()] == [
        ("a:1", b"{", 1),
        ("a:2", b"{", 1),
        ("a:1", b"[", 1),
    ]
    with store.unit() as unit:
        unit.set_quarantine_state([store.quarantined()[0].id], "dropped")
        unit.add_quarantined(rows[:1])
    assert len(store.quarantined()) == 2, "what somebody dropped came back"


def test_conflicts_by_key_and_content(store: Store) -> None:
    """Bodies of one event are kept side by side; resolving one replaces its row and hides it from the open ones."""
    rows = [
        Conflict(key, content, "order.paid", "c", 1, b"") for key, content in ((b"a", b"1"), (b"a", b"2"), (b"b", b"1"))
    ]
    with store.unit() as unit:
        unit.put_conflicts(rows)
        assert unit.conflicts([b"a"]) == rows[:2]
        assert unit.conflicts() == rows
        assert unit.conflicts([]) == []
        unit.put_conflicts([Conflict(b"a", b"1", "order.paid", "c", 1, b"", "ann: typo")])
    assert store.open_conflicts() == rows[1:]


def test_closes_are_kept_by_period_and_run(store: Store) -> None:
    """The same period and run is replaced, another run is kept beside it, in order."""
    with store.unit() as unit:
        for period, run, state in (("2026-11", 1, "draft"), ("2026-10", 2, "draft"), ("2026-10", 1, "replaced")):
            unit.put_close(Close(period, run, state, "d", 1, "ann", "", "{}", "{}"))
        unit.put_close(Close("2026-11", 1, "sealed", "d", 1, "ann", "bob", "{}", "{}"))
    assert [(row.period, row.run, row.state) for row in store.closes()] == [
        ("2026-10", 1, "replaced"),
        ("2026-10", 2, "draft"),
        ("2026-11", 1, "sealed"),
    ]


def test_the_audit_log_only_grows(store: Store) -> None:
    """Entries come back in the order of writing, equal ones each."""
    rows = [(5, "ann", "a", ""), (3, "bob", "b", ""), (5, "ann", "a", "")]
    for row in rows:
        with store.unit() as unit:
            unit.add_audit(*row)
    assert store.audit() == rows


def test_many_keys_at_once(store: Store) -> None:
    """Lookups by more keys than one SQL statement takes find every one."""
    names = [f"e{n:05}" for n in range(1203)]
    with store.unit() as unit:
        unit.add_facts([fact(name, f"case|{name}") for name in names])
        unit.add_retractions([name.encode() for name in names])
        unit.publish([(f"k|{name}", f"case|{name}", b"v") for name in names], [])
        unit.add_readers({(f"k|{name}", f"case|{name}") for name in names})
        keys = {name.encode() for name in names}
        assert unit.known(keys).keys() == keys
        assert unit.retractions(keys) == keys
        assert len(unit.projections({f"k|{name}" for name in names})) == 1203
        assert len(unit.published({f"case|{name}" for name in names})) == 1203
        assert len(unit.readers({f"k|{name}" for name in names})) == 1203
    assert len(store.find_facts([f"case|{name}" for name in names])) == 1203


def test_a_result_does_not_change_under_the_reader(store: Store) -> None:
    """Lists returned earlier stay as they were when the store is written later."""
    fill(store)
    facts, audit, settings = store.find_facts(["order|s|o1"]), store.audit(), store.settings()
    with store.unit() as unit:
        unit.add_facts([fact("new")])
        unit.add_audit(1, "x", "y", "z")
        unit.set_setting("color", "blue")
    assert [len(facts["order|s|o1"]), len(audit), settings["color"]] == [2, 1, "red"]


def test_a_source_moves_only_from_where_it_stands(store: Store) -> None:
    """A move with another position or epoch than the stored one changes nothing and says so."""
    fill(store)
    with store.unit() as unit:
        for position in (
            Position("a.jsonl", None, "20"),
            Position("a.jsonl", "9", "20"),
            Position("a.jsonl", "10", "20", epoch=1),
        ):
            assert not unit.move(position)
    assert store.standings()["a.jsonl"] == Standing("10")
    with store.unit() as unit:
        assert unit.move(Position("a.jsonl", "10", "20"))
    assert store.standings()["a.jsonl"] == Standing("20")


def test_who_claims_a_source_keeps_others_from_moving_it(store: Store) -> None:
    """Each claim raises the epoch and keeps the position; only the latest epoch may move the source or try it."""
    fill(store)
    assert store.claim("a.jsonl") == Standing("10", 1)
    assert store.claim("a.jsonl") == Standing("10", 2)
    assert store.claim("fresh") == Standing(None, 1)
    with store.unit() as unit:
        assert not unit.move(Position("a.jsonl", "10", "20", epoch=1))
        assert unit.move(Position("a.jsonl", "10", "20", epoch=2))
        assert unit.move(Position("fresh", None, "1", epoch=1))
    with pytest.raises(TakenOver, match=r"a\.jsonl"):
        store.note("a.jsonl", 1, "mine")
    assert store.standings() == {"a.jsonl": Standing("20", 2), "fresh": Standing("1", 1)}


def test_a_note_stays_until_it_is_replaced(store: Store) -> None:
    """A note survives claims and moves, and only the latest epoch may write it."""
    store.claim("s")
    store.note("s", 1, "first")
    assert store.claim("s") == Standing(None, 2, "first")
    with pytest.raises(TakenOver, match="s is now read by another"):
        store.note("s", 1, "late")
    with store.unit() as unit:
        assert unit.move(Position("s", None, "10", epoch=2))
    assert store.standings()["s"] == Standing("10", 2, "first")
    store.note("s", 2, "")
    assert store.standings()["s"] == Standing("10", 2)


def test_shards_add_up(store: Store) -> None:
    """Each shard keeps its own progress; the store's is the sum of counts and the latest of the rest; cells merge."""
    for shard, progress in ((1, Progress(1, 50, 90, Counts(3, 2, 1))), (2, Progress(2, 70, 80, Counts(2, 1, 0, 1)))):
        with store.unit(shard) as unit:
            assert unit.begin_batch() == progress.batch
            unit.advance(progress)
            unit.add_cells({GMV: shard * 10, ("c:", "", "turns", "2026-10-03", ""): shard * 2 - 3})
    assert store.shards() == {1: Progress(1, 50, 90, Counts(3, 2, 1)), 2: Progress(2, 70, 80, Counts(2, 1, 0, 1))}
    assert store.progress() == Progress(2, 70, 90, Counts(5, 3, 1, 1))
    assert list(store.all_cells("0", "9")) == [(GMV, 30)]
    assert store.cells(*GMV[:3], "2026-10-01", "2026-10-31") == [("2026-10-03", "", 30)]
    with store.unit(2) as unit:
        unit.add_cells({GMV: -30})
    assert list(store.all_cells("0", "9")) == []


def test_a_shard_gives_its_own_part_of_cells(store: Store) -> None:
    """Chosen cells and all recent ones, by the shard that keeps them; the parts of all shards add up to the cells."""
    minute = ("c:", "", "turns", "m:100", "")
    old, old_minute = ("e:ann", "shop", "gmv", "2026-06-30", ""), ("c:", "", "turns", "m:99", "")
    absent = ("e:nobody", "", "gmv", "2026-10-03", "x"), ("e:nobody", "", "turns", "m:100", "")
    for shard, batch in ((1, 1), (2, 2)):
        with store.unit(shard) as unit:
            assert unit.begin_batch() == batch
            unit.advance(Progress(batch, 10 * batch))
            unit.add_cells({GMV: shard * 10, minute: shard, old: 7, old_minute: 8})
    kept = {store.kept_in(shard) for shard in (1, 2)}
    asked = [GMV, minute, *absent]
    values = [store.shard_rows(shard, asked) for shard in sorted(kept)]
    assert [sum(rows[key] for _, rows in values) for key in asked] == [30, 3, 0, 0]
    assert max(progress.batch for progress, _ in values) == 2
    assert store.shard_rows(99, [GMV]) == (Progress() if kept == {1, 2} else store.progress(), {GMV: 0})
    found = list(store.shard_cells(kept, "2026-07-01", 100))
    assert {shard for shard, _, _ in found} == kept
    assert {key for _, key, _ in found} == {GMV, minute}
    assert [sum(value for _, key, value in found if key == one) for one in (GMV, minute)] == [30, 3]
    one = min(kept)
    assert {(key, value) for _, key, value in store.shard_cells([one], "2026-07-01", 100)} == {
        (key, value) for shard, key, value in found if shard == one
    }
    assert list(store.shard_cells([99], "0", 0)) == []


def test_marks_never_go_back(store: Store) -> None:
    """The latest event time of a source stays when an older one comes."""
    for watermark in (70, 60, 80):
        with store.unit() as unit:
            unit.mark_sources({"pos": watermark})
    assert store.source_watermarks() == {"pos": 80}


def test_a_snapshot_stands_still(store: Store) -> None:
    """What is written after a snapshot was taken is not in it."""
    fill(store)
    with store.snapshot() as frozen:
        before = seen(frozen)
        with store.unit() as unit:
            unit.add_facts([fact("new", "order|s|o7", 3)])
            unit.add_cells({GMV: 1})
            unit.advance(Progress(3))
        assert seen(frozen) == before
        assert seen(store) != before
    assert store.progress().batch == 3


def test_a_cell_that_grows_too_large_stays_exact(store: Store) -> None:
    """A sum beyond 64 bits fails loudly and changes nothing, or is kept exactly; it never becomes inexact."""
    with store.unit() as unit:
        unit.add_cells({GMV: 2**62})
    try:
        with store.unit() as unit:
            unit.add_cells({GMV: 2**62})
    except StoreError:
        assert list(store.all_cells("0", "9")) == [(GMV, 2**62)]
    else:
        assert list(store.all_cells("0", "9")) == [(GMV, 2**63)]
        assert isinstance(store, MemoryStore)


def test_another_instance_works_beside_the_first(store: Store) -> None:
    """A reopened store sees the content; what it writes and takes back is nowhere, and the first goes on."""
    fill(store)
    other = store.reopened()
    before = seen(other)
    with pytest.raises(RuntimeError, match="taken back"), other.unit() as unit:
        unit.add_facts([fact("z", "order|s|o9")])
        raise RuntimeError("taken back")
    assert seen(other) == before
    other.close()
    with store.unit() as unit:
        unit.set_setting("color", "blue")
    assert store.settings()["color"] == "blue"
