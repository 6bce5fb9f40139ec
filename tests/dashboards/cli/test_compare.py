"""`compare`: a draft of the definitions against what is in force, and a home that stays as it was."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.dashboards.cli.shell import MONTH, Shell, paid

ROW = '[[assignment]]\nperson = "{}"\ntag = "owner"\nshop = "my-shop"\nshare = "1"\nfrom = "{}"\n{}'

OWN = """
[kpi.own]
version = 1
name = { zh = "自有", en = "Own" }
about = { zh = "自有", en = "Own" }
unit = "money"
direction = "up"
dimensions = ["shop"]
"""


def handover(day: str) -> str:
    """p01 owns the shop until a day, p02 from it on."""
    return ROW.format("p01", "2025-01-01", f'to = "{day}"\n') + ROW.format("p02", day, "")


def refunded(order: str, at: str, amount: str) -> dict[str, Any]:
    """A completed refund of an order's line."""
    return {
        "event_id": f"{order}-refund",
        "event_type": "refund.completed",
        "occurred_at": f"{at}+08:00",
        "source": "hand",
        "shop_id": "my-shop",
        "order_id": order,
        "refund_id": f"r-{order}",
        "line_id": "1",
        "refund_amt": amount,
    }


def with_handover(shell: Shell) -> Path:
    """A home whose shop is handed over on the 17th, with orders around the week before; a draft of the 10th."""
    assignments = shell.home / "definitions" / "assignments.toml"
    assignments.write_text(handover("2025-11-17"), "utf-8")
    shell.ingest(
        paid("o1", "2025-11-09T23:59:59", "100.00"),
        paid("o2", "2025-11-10T00:00:00", "5.00"),
        paid("o3", "2025-11-12T10:00:00", "30.00"),
        paid("o4", "2025-11-17T00:00:00", "7.00"),
        paid("o5", "2025-11-20T10:00:00", "200.00"),
        refunded("o3", "2025-11-25T10:00:00", "10.00"),
    )
    draft = shell.home.parent / "draft"
    shutil.copytree(shell.home / "definitions", draft)
    (draft / "assignments.toml").write_text(handover("2025-11-10"), "utf-8")
    return draft


def content_of(home: Path) -> dict[str, object]:
    """The rows of the store and the bytes of every other file.

    The store is compared by its rows: when a connection closes, SQLite moves its log into the file.
    """
    paths = [path for path in home.rglob("*") if path.is_file() and not path.name.startswith("scoreline.db")]
    found: dict[str, object] = {str(path.relative_to(home)): path.read_bytes() for path in paths}
    with closing(sqlite3.connect(home / "scoreline.db")) as store:
        found["scoreline.db"] = list(store.iterdump())
    return found


def test_a_handover_one_week_earlier(shell: Shell) -> None:
    """Of p01's 125 = 100 + 5 + 30 - 10 the week's 25 move to p02, who has 7 + 200 = 207; the company's total stays."""
    draft = with_handover(shell)
    told = shell.json("compare", draft, "--period", MONTH, "--kpi", "net_sales")
    assert [(row["owner"], row["before"], row["after"], row["difference"]) for row in told["rows"]] == [
        ("e:p01", "125", "100", "-25"),
        ("e:p02", "207", "232", "25"),
    ]
    assert told["company"] == {"unchanged": ["net_sales"], "moved": []}
    assert told["before"] == shell.run("check", shell.home, "--json").json()["fingerprint"] != told["after"]
    assert (told["period"], told["facts"], told["problems"]) == (MONTH, 6, [])


def test_the_same_for_people(shell: Shell) -> None:
    """The text names owners and KPIs in both languages, both values, the difference, and that the company stays."""
    draft = with_handover(shell)
    shown = shell.ok("compare", draft, "--period", MONTH, "--kpi", "net_sales", "--kpi", "gmv")
    assert "2025-11: 6 facts replayed under the draft, 2 KPIs compared; nothing was changed." in shown
    assert "Company totals are unchanged: net_sales, gmv." in shown
    assert "4 value(s) of shops, teams and people differ:" in shown
    assert "e:p01 张伟 / Zhang Wei\n  净销售额 / Net sales (net_sales) by shop: 125 -> 100 (-25)\n" in shown
    assert "207 -> 232 (+25)" in shown


def test_ratios_for_people(shell: Shell) -> None:
    """Ratios are percentages, differences percentage points: 10 of p01's 135 came back, then 10 of p02's 242."""
    draft = with_handover(shell)
    shown = shell.ok("compare", draft, "--period", MONTH, "--kpi", "refund_rate_cohort")
    assert "(refund_rate_cohort) by shop: 7.4074% -> 0% (-7.4074 pp)\n" in shown
    assert "(refund_rate_cohort) by shop: 0% -> 4.1322% (+4.1322 pp)\n" in shown


def test_the_home_is_untouched(shell: Shell) -> None:
    """No row of the store and no file of the home changes, and the home still answers with its own rules."""
    draft = with_handover(shell)
    before = content_of(shell.home)
    shell.ok("compare", draft, "--period", MONTH)
    assert content_of(shell.home) == before
    assert shell.value("net_sales", "e:p01") == "125"


def test_default_kpis(shell: Shell) -> None:
    """Without --kpi those of the plan are compared: 125 of 300,000 is 1/2400 attained and 100 is 1/3000."""
    draft = with_handover(shell)
    told = shell.json("compare", draft, "--period", MONTH)
    assert told["kpis"] == ["sales_attainment", "refund_rate_cohort", "review_execution", "net_sales"]
    rows = {(row["owner"], row["kpi"]): (row["before"], row["after"]) for row in told["rows"]}
    assert rows["e:p01", "sales_attainment"] == ("1/2400", "1/3000")
    # 10 of p01's 135 came back; the refunded order is p02's under the draft: 10 of 242.
    assert rows["e:p01", "refund_rate_cohort"] == ("2/27", "0")
    assert rows["e:p02", "refund_rate_cohort"] == ("0", "5/121")
    assert told["company"]["moved"] == []


def test_a_total_that_moves(shell: Shell) -> None:
    """A draft that counts another way is named before everything else: without refunds 332 become 342."""
    draft = with_handover(shell)
    for folder, formula in ((shell.home / "definitions", "gmv - refund_amount"), (draft, "gmv")):
        path = folder / "catalogue" / "kpis" / "own.toml"
        path.parent.mkdir(parents=True)
        path.write_text(f'{OWN}numerator = "{formula}"\n', "utf-8")
    told = shell.json("compare", draft, "--period", MONTH, "--kpi", "own", "--kpi", "net_sales")
    assert told["company"] == {"unchanged": ["net_sales"], "moved": ["own"]}
    assert [told["rows"][0][name] for name in ("owner", "before", "after", "difference")] == ["c:", "332", "342", "10"]
    shown = shell.ok("compare", draft, "--period", MONTH, "--kpi", "own", "--kpi", "net_sales")
    assert "1 total(s) of the company moved:\n  自有 / Own (own): 332 -> 342 (+10)\n" in shown
    assert "The others are unchanged: net_sales." in shown


def test_an_identical_folder(shell: Shell) -> None:
    """The home's own definitions, or the home itself, differ in nothing; both fingerprints are the same."""
    with_handover(shell)
    for folder in (shell.home / "definitions", shell.home):
        shown = shell.ok("compare", folder, "--period", MONTH)
        assert "Nothing differs." in shown
        told = shell.json("compare", folder, "--period", MONTH)
        assert (told["rows"], told["before"]) == ([], told["after"])


def test_a_draft_with_faults(shell: Shell) -> None:
    """Every fault of the draft is listed, with the text and the exit code of `check`; nothing is compared."""
    draft = with_handover(shell)
    (draft / "assignments.toml").write_text(ROW.format("nobody", "2025-01-01", 'colour = "red"\n'), "utf-8")
    ended = shell.at_home("compare", draft, "--period", MONTH)
    broken = shell.home.parent / "broken"
    shutil.copytree(draft, broken / "definitions")
    checked = shell.run("check", broken)
    assert (ended.code, ended.out, ended.err) == (2, "", checked.err)
    assert "nobody" in ended.err and "colour" in ended.err
    listed = shell.at_home("compare", draft, "--period", MONTH, "--json")
    assert listed.code == 2
    assert json.loads(listed.out) == json.loads(shell.run("check", broken, "--json").out)


def test_wrong_use(shell: Shell) -> None:
    """A folder, KPI or period that is none, and a store of other rules end with code 2 and say what to do."""
    draft = with_handover(shell)
    ended = shell.at_home("compare", shell.home.parent / "absent", "--period", MONTH)
    assert (ended.code, "is no folder" in ended.err) == (2, True)
    ended = shell.at_home("compare", draft, "--period", MONTH, "--kpi", "net_sale")
    assert (ended.code, "did you mean 'net_sales'" in ended.err) == (2, True)
    ended = shell.at_home("compare", draft, "--period", "October")
    assert (ended.code, "October" in ended.err) == (2, True)
    assert shell.at_home("compare", draft).code == 2
    shutil.copy(draft / "assignments.toml", shell.home / "definitions" / "assignments.toml")
    ended = shell.at_home("compare", draft, "--period", MONTH)
    assert (ended.code, "was computed with other definitions" in ended.err) == (2, True)


def test_no_store(shell: Shell) -> None:
    """Without a store there is nothing to replay: code 3, as for every command that reads numbers."""
    assert shell.at_home("compare", shell.home / "definitions", "--period", MONTH).code == 3
