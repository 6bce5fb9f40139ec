"""Column maps: all faults at once, and each kind of column by its worked example."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from scoring.faults import DefinitionError
from streams.column_map import ColumnMap, load_column_map
from streams.columns import COLUMNS, OMITTED, CellFault, Rounding, SettingFault


def value(kind: str, settings: dict[str, Any], cells: dict[str, str], rounding: Rounding | None = None) -> Any:
    """What a column of this kind reads from a row."""
    places = {name: place for place, name in enumerate(cells)}
    reader = COLUMNS[kind].of(settings).reader(places, rounding or Rounding())
    return reader(list(cells.values()), "row-7")


def faults(text: str) -> list[str]:
    """The faults of a map as texts."""
    with pytest.raises(DefinitionError) as caught:
        ColumnMap.parse(text, "erp.toml")
    return [str(fault) for fault in caught.value.faults]


def test_every_fault_of_a_map_is_listed() -> None:
    """One reading of a map with eleven faults lists all of them, with file, key and what is known."""
    found = faults(
        """
        encoding = "utf-16"
        delimiter = ";;"
        colour = "red"
        event_type = "order.paid"
        [constants]
        source = 1.5
        chanel = "live"
        [identity]
        columns = []
        [fields]
        order_id = { column = "no", zone = "Asia/Shanghai" }
        occurred_at = { as = "moment", column = "at" }
        paid_at = { as = "instant", column = "at", zone = "Mars" }
        [line]
        paid_amt = { as = "amount", column = "x", rounding = "down" }
        """
    )
    for part in (
        "erp.toml: encoding: 'utf-16' is not read; use one of utf-8, gb18030, gbk",
        "erp.toml: delimiter: must be one character",
        "erp.toml: colour: is not known here",
        "erp.toml: constants.source: must be a text, a whole number or true/false, not 1.5",
        "erp.toml: constants.chanel: is not known here; did you mean channel?",
        "erp.toml: identity.columns: must list",
        "erp.toml: fields.order_id.zone: is no setting of this kind of column; known are column",
        "erp.toml: fields.occurred_at.as: 'moment' is no kind; use one of text, whole, flag, amount",
        "erp.toml: fields.paid_at.zone: 'Mars' is no time zone",
        'erp.toml: line.paid_amt.rounding: must be "half_up"',
        "erp.toml: fields.shop_id: is missing; this type of event needs it",
        "erp.toml: line.sku: is missing; every line needs it",
    ):
        assert any(fault.startswith(part) for fault in found), (part, found)


def test_an_unknown_event_type_names_the_nearest() -> None:
    """A map for no type of event is refused with near names; TOML errors and unreadable files are faults too."""
    assert "nearest are order.paid" in faults('event_type = "order.payd"')[0]
    assert "is not TOML" in faults("= 5")[0]
    with pytest.raises(DefinitionError, match=r"absent\.toml: cannot be read"):
        load_column_map(Path("absent.toml"))


def test_lines_belong_to_orders() -> None:
    """A map that gives a line to an event without lines is refused."""
    text = 'event_type = "chat.closed"\n[line]\nsku = { column = "a" }'
    assert any("erp.toml: line: this type of event has no lines" in fault for fault in faults(text))


@pytest.mark.parametrize(
    ("settings", "cells", "text", "difference"),
    [
        ({"column": "a"}, {"a": " 12.5 "}, "12.50", "0"),
        ({"column": "a"}, {"a": "-3"}, "-3.00", "0"),
        ({"column": "a", "absolute": True}, {"a": "-3"}, "3.00", "0"),
        ({"column": "a", "places": 0}, {"a": "1290"}, "1290", "0"),
        ({"column": "a"}, {"a": "1.5000"}, "1.50", "0"),
        ({"column": "a", "rounding": "half_up"}, {"a": "0.005"}, "0.01", "0.005"),
        ({"column": "a", "rounding": "half_up"}, {"a": "-0.005"}, "-0.01", "-0.005"),
        ({"column": "a", "rounding": "half_up"}, {"a": "0.0049999"}, "0.00", "-0.0049999"),
        ({"product": ["a", "b"]}, {"a": "2.55", "b": "6"}, "15.30", "0"),
        (
            {"product": ["a", "b"], "one_minus": ["c"], "rounding": "half_up"},
            {"a": "9.65", "b": "3", "c": "0.15"},
            "24.61",
            "0.0025",
        ),
        ({"product": ["a"], "one_minus": ["b"]}, {"a": "80", "b": "1"}, "0.00", "0"),
    ],
)
def test_amounts_are_exact_products(
    settings: dict[str, Any], cells: dict[str, str], text: str, difference: str
) -> None:
    """A product of cells is exact and rounded only where declared; the difference is kept."""
    rounding = Rounding()
    assert value("amount", settings, cells, rounding) == text
    assert rounding.difference == Fraction(difference)


def test_undeclared_rounding_is_refused() -> None:
    """More places than declared are rejected, with what would allow them."""
    with pytest.raises(CellFault) as caught:
        value("amount", {"column": "a"}, {"a": "1.005"})
    assert caught.value.reason == "BAD_AMOUNT"
    assert 'rounding = "half_up"' in caught.value.detail


@pytest.mark.parametrize(
    ("settings", "cell", "text"),
    [
        ({"zone": "Asia/Shanghai"}, "2026-09-03 12:00:00", "2026-09-03T12:00:00+08:00"),
        ({"zone": "Europe/London"}, "2011-07-01 08:26:00", "2011-07-01T08:26:00+01:00"),
        ({"zone": "America/New_York", "day_end": True}, "1996-08-01", "1996-08-01T23:59:59-04:00"),
        ({"zone": "America/New_York", "day_end": True}, "2026-11-01", "2026-11-01T23:59:59-05:00"),
        ({"zone": "Europe/London"}, "2011-10-30 01:30:00", "2011-10-30T01:30:00+01:00"),
        ({"zone": "Asia/Shanghai", "format": "%d/%m/%Y %H:%M"}, "03/09/2026 12:00", "2026-09-03T12:00:00+08:00"),
        ({}, "2026-09-03T12:00:00Z", "2026-09-03T12:00:00+00:00"),
        ({"zone": "Asia/Shanghai"}, "2026-09-03T12:00:00+09:00", "2026-09-03T12:00:00+09:00"),
    ],
)
def test_local_times_get_their_offset(settings: dict[str, Any], cell: str, text: str) -> None:
    """A local time has the offset of its zone at that time; of a doubled hour the first; an own offset stays."""
    assert value("instant", {"column": "a", **settings}, {"a": cell}) == text


@pytest.mark.parametrize(
    ("settings", "cell", "part"),
    [
        ({"zone": "Europe/London"}, "2011-03-27 01:30:00", "does not exist in Europe/London"),
        ({}, "2026-09-03 12:00:00", "has no offset"),
        ({"zone": "Asia/Shanghai"}, "20260903", "is not written as 2010-12-01 08:26:00"),
        ({"zone": "Asia/Shanghai", "format": "%d/%m/%Y"}, "０3/09/2026", "is not written as %d/%m/%Y"),
        ({"zone": "Asia/Shanghai", "format": "%d/%m/%Y"}, "13/13/2026", "the format of the column map"),
    ],
)
def test_times_that_are_none_are_refused(settings: dict[str, Any], cell: str, part: str) -> None:
    """A skipped hour, a missing offset, another format and other digits are refused, never guessed."""
    with pytest.raises(CellFault) as caught:
        value("instant", {"column": "a", **settings}, {"a": cell})
    assert caught.value.reason == "BAD_INSTANT"
    assert part in caught.value.detail


def test_texts_flags_and_numbers() -> None:
    """Texts are trimmed, shortened and translated, flags have declared meanings, numbers may lose their sign."""
    assert value("text", {"column": "a"}, {"a": " x "}) == "x"
    assert value("text", {"column": "a", "drop_suffix": ".0"}, {"a": "17850.0"}) == "17850"
    assert value("text", {"column": "a", "values": {"直播": "live"}}, {"a": "直播"}) == "live"
    assert value("flag", {"column": "a", "yes": ["是"], "no": ["否", ""]}, {"a": ""}) is False
    assert value("flag", {"column": "a", "yes": ["是"], "no": ["否", ""]}, {"a": "是"}) is True
    assert value("whole", {"column": "a"}, {"a": "-6"}) == -6
    assert value("whole", {"column": "a", "absolute": True}, {"a": "-6"}) == 6
    assert value("identity", {}, {"a": "x"}) == "row-7"


@pytest.mark.parametrize("kind", ["text", "whole", "amount", "instant"])
def test_an_empty_optional_cell_leaves_the_field_out(kind: str) -> None:
    """Empty is not zero: an optional field is left out, any other is refused."""
    zone = {"zone": "UTC"} if kind == "instant" else {}
    assert value(kind, {"column": "a", "optional": True, **zone}, {"a": " "}) is OMITTED
    with pytest.raises(CellFault) as caught:
        value(kind, {"column": "a", **zone}, {"a": " "})
    assert caught.value.reason == "MISSING_FIELD"


def test_unknown_words_are_refused_with_the_known() -> None:
    """A word that the map does not translate, and a flag that is neither yes nor no, name what is known."""
    for kind, settings in (("text", {"values": {"直播": "live"}}), ("flag", {"yes": ["直播"], "no": [""]})):
        with pytest.raises(CellFault) as caught:
            value(kind, {"column": "a", **settings}, {"a": "门店"})
        assert caught.value.reason == "UNKNOWN_CHOICE"
        assert "直播" in caught.value.detail


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("text", {}),
        ("text", {"column": 5}),
        ("text", {"column": "a", "values": {"x": 1}}),
        ("whole", {"column": "a", "rounding": "half_up"}),
        ("flag", {"column": "a", "yes": ["Y"], "no": ["Y"]}),
        ("amount", {"column": "a", "product": ["b"]}),
        ("amount", {"column": "a", "places": 9}),
        ("amount", {"product": [1]}),
        ("instant", {"column": "a", "format": "%d/%m/%Y"}),
        ("identity", {"column": "a"}),
    ],
)
def test_settings_that_make_no_sense_are_refused(kind: str, settings: dict[str, Any]) -> None:
    """Each kind of column checks its settings."""
    with pytest.raises(SettingFault):
        COLUMNS[kind].of(settings)
