"""Statements: every amount carries its reasons, numbers are exact texts, and equal settlements have equal digests."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from scoring.money import decimal_text
from scoring.statement import canonical, digest_of, exact_text, money_text, totals
from tests.scenarios.shop import Desk, Teller, shop_texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(5), "5"),
        (Fraction(500), "500"),
        (Fraction(-3, 2), "-1.5"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-1, 3), "-1/3"),
        (Fraction("0.000001"), "0.000001"),
        (Fraction("0.0000001"), "1/10000000"),
        (Fraction("1234.50"), "1234.5"),
        (None, None),
    ],
)
def test_exact_texts(value: Fraction | None, text: str | None) -> None:
    """At most six decimals, else a fraction; nothing is rounded, unknown stays unknown."""
    assert exact_text(value) == text
    assert value is None or Fraction(str(text)) == value


def test_money_texts() -> None:
    """Minor units in the decimals of the currency."""
    assert [money_text(-105, "CNY"), money_text(0, "CNY"), money_text(105, "JPY")] == ["-1.05", "0.00", "105"]


def test_canonical_texts_and_digests() -> None:
    """The order of keys does not matter, every value does, and a binary fraction that is no number is refused."""
    assert canonical({"b": 1, "a": ["汉", None]}) == '{"a":["汉",null],"b":1}'
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1}) != digest_of({"a": 1, "b": 3})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


def statements() -> list[dict[str, Any]]:
    """October's draft of Ann and Bob with points and an open red line."""
    notes = (
        '[[point]]\nperson = "ann"\nperiod = "2026-10"\npoints = "5"\nreason = { zh = "好", en = "idea" }\n'
        'evidence = "m"\n'
        '[[red_line]]\nperson = "ann"\nperiod = "2026-10"\neffect = "zero_total"\nstate = "heard"\n'
        'reason = { zh = "疑", en = "doubt" }\n'
    )
    desk, tell = Desk(texts=shop_texts(points=notes)), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "1000.01"), tell.paid("o2", "11-03 10:00:00", "1.00"))
    return desk.closing.draft("2026-10", "ann").statements


def floats_in(value: object) -> list[float]:
    """Every binary fraction below a value."""
    if isinstance(value, float):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for part in parts for found in floats_in(part)]


def test_a_statement_is_plain_and_exact() -> None:
    """It survives JSON unchanged and holds no binary fraction."""
    for paper in statements():
        assert json.loads(json.dumps(paper)) == paper
        assert floats_in(paper) == []


def test_every_amount_carries_its_reasons() -> None:
    """Details sum to their component, components and adjustments to the total, points of items to the score."""
    for paper in statements():
        for row in paper["components"]:
            assert sum(Fraction(detail["amount"]) for detail in row["details"]) == Fraction(row["amount"])
            assert all(detail["text"] for detail in row["details"])
        rows = [*paper["components"], *paper["adjustments"]]
        assert sum(Fraction(row["amount"]) for row in rows) == Fraction(paper["total"])
        assert sum(Fraction(row["points"]) for row in paper["items"]) == Fraction(paper["score"]["weighted"])
        weighted, net = (Fraction(paper["score"][name]) for name in ("weighted", "points_net"))
        assert decimal_text(weighted + net, 2) == paper["score"]["total"]


def test_what_a_statement_says() -> None:
    """Person, plan, period, target with its source, facts, points, and red lines that did not act."""
    ann, bob = statements()
    assert (ann["person"]["id"], ann["person"]["name"]["zh"], ann["person"]["team"]["name"]["en"]) == (
        "ann",
        "安",
        "Desk",
    )
    assert (ann["plan"]["id"], ann["plan"]["version"], ann["plan"]["purpose"]["en"]) == ("seller", 1, "Sell well")
    assert (ann["period"]["first_day"], ann["period"]["last_day"], ann["period"]["share"]) == (
        "2026-10-01",
        "2026-10-31",
        "1",
    )
    (item,) = ann["items"]
    assert (item["target"], item["target_source"], item["actual"], item["scale"]) == (
        "600",
        "own_history",
        "600.01",
        "PROP",
    )
    assert ann["score"]["points"] == [{"points": "5", "reason": {"zh": "好", "en": "idea"}, "evidence": "m"}]
    assert (ann["score"]["red_line"], [row["state"] for row in ann["score"]["red_lines"]]) == (None, ["heard"])
    commission = ann["components"][1]
    assert (commission["base"], commission["amount"], commission["facts"]) == ("600.01", "60.00", 1)
    assert bob["score"]["points"] == []


def test_the_sum_of_totals() -> None:
    """Totals add up exactly in minor units."""
    assert totals([{"total": "0.10"}, {"total": "0.20"}, {"total": "-5.00"}], "CNY") == "-4.70"
