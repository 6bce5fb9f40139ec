"""`kpi` and `explain`: the number, the events behind it, and what is said about names that do not exist."""

from __future__ import annotations

import pytest

from tests.dashboards.cli.shell import MONTH, Shell, november, paid

NOVEMBER = ("--period", MONTH)


@pytest.mark.parametrize(
    ("kpi", "owner", "expected"),
    [
        ("net_sales", "c:", "400000"),
        ("net_sales", "s:my-shop", "400000"),
        ("net_sales", "e:p01", "240000"),
        ("net_sales", "e:p02", "160000"),
        ("net_sales", "e:unassigned", "0"),
        ("sales_attainment", "e:p01", "0.8"),
        ("orders_paid", "c:", "2"),
        ("orders_paid", "e:p02", "0.8"),
        ("aov_order", "c:", "200000"),
    ],
)
def test_values(full: Shell, kpi: str, owner: str, expected: str) -> None:
    """400,000 yuan in two orders, of which p01 has 60 % and p02 40 %; p01's target is 300,000."""
    assert full.value(kpi, owner) == expected


def test_the_json_form(full: Shell) -> None:
    """A ratio keeps both its parts, and the answer says in which period, unit and as of when."""
    row = full.json("kpi", "sales_attainment", "--owner", "e:p01", *NOVEMBER)
    expected = {
        "format": "scoreline.kpi.v1",
        "kpi": "sales_attainment",
        "owner": "e:p01",
        "owner_name": {"zh": "张伟", "en": "Zhang Wei"},
        "dimension": "shop",
        "period": MONTH,
        "unit": "ratio",
        "status": "ok",
        "value": "0.8",
        "numerator": "240000",
        "denominator": "300000",
    }
    assert {name: row[name] for name in expected} == expected
    assert row["as_of"] == {"batch": 1, "watermark": "2025-12-09T02:00:00Z"}


def test_the_text_form(full: Shell) -> None:
    """Both names, the owner, the period, the value and its parts; and the target where there is one."""
    told = full.ok("kpi", "sales_attainment", "--owner", "e:p01", *NOVEMBER)
    assert f"Sales attainment · e:p01 · {MONTH}: 0.8 ratio (ok)" in told
    assert "= 240000 / 300000" in told
    assert "target 300000" in full.ok("kpi", "net_sales", "--owner", "e:p01", *NOVEMBER)
    assert "no value yet" in full.ok("kpi", "roas", *NOVEMBER)


def test_the_default_period_is_the_month_of_the_events(full: Shell) -> None:
    """Without --period the latest event decides: December with its 10 yuan."""
    row = full.json("kpi", "net_sales")
    assert (row["period"], row["value"]) == ("2025-12", "10")


def test_explain_lists_the_events(full: Shell) -> None:
    """Behind p01's 240,000 are two orders, 60 % of each in minor units, each with its event."""
    row = full.json("explain", "net_sales", "--owner", "e:p01", *NOVEMBER)
    assert (row["value"], row["cases"], row["dimension"]) == ("240000", 2, "shop")
    assert row["numerator"] == {"formula": "gmv - refund_amount", "value": "240000"}
    found = {one["case"]: (one["adds"], [event["event_id"] for event in one["events"]]) for one in row["listed"]}
    assert found == {
        "order|my-shop|o1": ({"gmv": 15_000_000}, ["o1-paid"]),
        "order|my-shop|o2": ({"gmv": 9_000_000}, ["o2-paid"]),
    }


def test_explain_for_people(full: Shell) -> None:
    """The text names case, event, source and time, and says when it left some out."""
    told = full.ok("explain", "net_sales", *NOVEMBER, "--limit", "1")
    assert "2025-11-03T02:00:00Z order.paid hand o1-paid" in told
    assert "o2-paid" not in told
    assert "1 more; --limit 0 lists all" in told
    assert "o2-paid" in full.ok("explain", "net_sales", *NOVEMBER, "--limit", "0")


@pytest.mark.parametrize("command", ["kpi", "explain"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("net_sale", *NOVEMBER), ("'net_sale' is no KPI", "net_sales", "known:")),
        (("net_sales", "--owner", "e:p77", *NOVEMBER), ("no owner 'e:p77'", "e:<person>, t:<team>, s:<shop>")),
        (("net_sales", "--owner", "p01", *NOVEMBER), ("no owner 'p01'", "e:<person>")),
        (("net_sales", "--period", "2025-13"), ("2025-13", "month must be in 1..12")),
        (("net_sales", "--period", "last"), ("'last'",)),
        (("net_sales", "--dimension", "moon", *NOVEMBER), ("no dimension 'moon'", "shop")),
    ],
)
def test_wrong_names_are_explained(full: Shell, command: str, words: tuple[str, ...], said: tuple[str, ...]) -> None:
    """An unknown KPI, owner, period or dimension is wrong use; the message has the word and what would be right."""
    ended = full.at_home(command, *words)
    assert ended.code == 2
    assert not ended.out
    assert all(part in ended.err for part in said), ended.err


def test_unassigned_work_is_shown_and_attributed_later(shell: Shell) -> None:
    """Without p02's assignment its 40 % are nobody's, shown as such; with it back, reading no event attributes them."""
    path = shell.home / "definitions" / "assignments.toml"
    whole = path.read_text("utf-8")
    path.write_text(whole[: whole.rindex("[[assignment]]")], "utf-8")
    shell.ingest(*november())
    owners = ("e:p01", "e:p02", "e:unassigned", "c:")
    assert [shell.value("net_sales", owner) for owner in owners] == ["240000", "0", "160000", "400000"]
    path.write_text(whole, "utf-8")
    assert shell.ingest()["in"] == 0
    assert [shell.value("net_sales", owner) for owner in owners] == ["240000", "160000", "0", "400000"]


def test_work_of_an_unknown_shop_is_unassigned(full: Shell) -> None:
    """An order of a shop that nobody is assigned to counts for the company and is kept as unassigned."""
    full.ingest(paid("x1", "2025-11-10T10:00:00", "77.00", shop_id="other-shop"))
    assert full.value("net_sales", "e:unassigned") == "77"
    assert full.value("net_sales", "c:") == "400077"


def test_the_default_period_needs_an_event(shell: Shell) -> None:
    """A store without any event has no current month: the message says so, and a named period is answered."""
    shell.ingest()
    ended = shell.at_home("kpi", "net_sales")
    assert ended.code == 2
    assert "holds no event yet" in ended.err
    assert shell.value("net_sales", "c:") == "0"
