"""The reader of example files refuses what nobody would notice: misspelt keys, events that are not there, floats."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from dashboards.worked import example_files, kpi_of, read_example
from scoring.faults import DefinitionError
from tests.dictionary.playing import SHIPPED, VARIABLE, Play, cases_folder, mismatches, retracting

GOOD = """
kpi = "orders_paid"
owner = "e:ann"
period = "2026-10"
why = { zh = "一单", en = "One order" }
value = "1"
denominator = "null"
status = "ok"
[retract]
event = "e1"
value = "0"
[empty]
value = "0"
[definitions]
"fx.toml" = ""
[[event]]
event_id = "e1"
event_type = "order.paid"
occurred_at = "2026-10-03T10:00:00+08:00"
order_id = "o1"
lines = [{ line_id = "1", sku = "A", qty = 1, paid_amt = "1" }]
"""


def written(folder: Path, text: str, name: str = "orders_paid.toml") -> Path:
    """A file of a family's folder."""
    (folder / "sales").mkdir(exist_ok=True)
    path = folder / "sales" / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_example(tmp_path: Path) -> None:
    """Every part of the format is read, and what an event leaves out is filled in."""
    example = read_example(written(tmp_path, GOOD))
    assert (example.family, example.kpi, example.owner, example.period) == ("sales", "orders_paid", "e:ann", "2026-10")
    assert example.expected.value == 1
    assert example.expected.parts == (("denominator", None),)
    assert example.retraction is not None and example.retraction.expected.value == 0
    assert example.emptied is not None and example.emptied.events == ()
    assert example.files == {"fx.toml": ""}
    assert (example.events[0]["source"], example.events[0]["shop_id"]) == ("x", "s")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('status = "ok"', 'state = "ok"', "state: is not known here"),
        ('status = "ok"', 'status = "good"', "known: ok, empty, insufficient"),
        ('value = "1"\n', "value = 1.5\n", "write the number in quotes"),
        ('value = "1"\n', "", "write the number in quotes"),
        ('event = "e1"', 'event = "e9"', "known: e1"),
        ("[empty]\n", '[empty]\nevents = ["e9"]\n', "no event of this file"),
        ("[empty]\n", '[empty]\nevent = "e1"\n', "empty.event: is not known here"),
        ('kpi = "orders_paid"', 'kpi = "gmv"', "known: orders_paid"),
        ('owner = "e:ann"', 'owner = "ann"', 'write "e:<person>"'),
        ('"fx.toml"', '"fx"', "no definitions file"),
        ('period = "2026-10"', 'period = "October"', "period"),
        ('en = "One order"', 'en = ""', "write both languages"),
        ('event_id = "e1"\nevent_type', "event_type", "event_id: is missing"),
        ("[retract]", "[retracted]", "retracted: is not known here"),
    ],
)
def test_what_is_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    """One wrong thing in a good file is named."""
    assert old in GOOD
    with pytest.raises(DefinitionError) as caught:
        read_example(written(tmp_path, GOOD.replace(old, new, 1)))
    assert fault in str(caught.value)


def test_an_unknown_field_of_an_event(tmp_path: Path) -> None:
    """The codec refuses a field that the event does not have, so an example can not rely on one."""
    example = read_example(written(tmp_path, GOOD.replace("order_id", "colour = 1\norder_id", 1)))
    with pytest.raises(AssertionError, match="colour"):
        Play(example).tell(example.events)


def test_further_examples_of_a_kpi(tmp_path: Path) -> None:
    """A file named <kpi>--<case> is about that KPI too; the base company is no example."""
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "company.toml").write_text("", encoding="utf-8")
    path = written(tmp_path, GOOD, "orders_paid--euro.toml")
    assert example_files(tmp_path) == [path]
    assert kpi_of(path) == read_example(path).kpi == "orders_paid"


def test_a_wrong_value_is_seen(tmp_path: Path) -> None:
    """The harness is not blind: a wrong value, part or status of an example is told, the right one is not."""
    example = read_example(written(tmp_path, GOOD))
    answer = Play(example).tell(example.events).answer()
    assert list(mismatches(answer, example.expected)) == []
    wrong = read_example(
        written(tmp_path, GOOD.replace('"1"\nd', '"2"\nd').replace('status = "ok"', 'status = "empty"'))
    )
    assert wrong.expected.value == Fraction(2)
    assert len(list(mismatches(answer, wrong.expected))) == 2


def test_shards_hold_what_the_store_holds(tmp_path: Path) -> None:
    """The two shards of a play add up to the store, with a retraction's negative rows in either of them."""
    example = read_example(written(tmp_path, GOOD))
    play = Play(example).tell(example.events, [retracting(example, "e1")])
    sums = {key: sum(shard.get(key, 0) for shard in play.shards) for shard in play.shards for key in shard}
    assert {key: amount for key, amount in sums.items() if amount} == play.cells() == {}


def test_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable names another folder; one without examples is an error, so that nothing passes unseen."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert cases_folder() == SHIPPED
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(ValueError, match=r"no <family>/<kpi>\.toml"):
        cases_folder()
    written(tmp_path, GOOD)
    assert cases_folder() == tmp_path
