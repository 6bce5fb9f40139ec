"""`targets`: what is asked for, held against what was reached before."""

from __future__ import annotations

import json

from tests.dashboards.cli.shell import Shell, paid

ROW = '[[target]]\nowner = "e:p01"\nkpi = "net_sales"\nperiod = "2025-12"\nvalue = "{}"\nsource = "own_history"\n{}\n'


def with_target(shell: Shell, value: str, more: str = "") -> Shell:
    """A home with sales in the six months before December, of 60 % for p01: 90, 110, 100, 95, 105 and 100."""
    (shell.home / "definitions" / "targets.toml").write_text(ROW.format(value, more), "utf-8")
    sold = ["150.00", "183.33", "166.67", "158.33", "175.00", "166.67"]
    shell.ingest(*(paid(f"o{n}", f"2025-{n + 6:02d}-10T10:00:00", amount) for n, amount in enumerate(sold)))
    return shell


def test_a_target_far_from_the_past(shell: Shell) -> None:
    """200 on a mean of 100 was never reached: it needs a reason and a second person; the exit code says so (S20)."""
    ended = with_target(shell, "200").at_home("targets", "--period", "2025-12")
    assert ended.code == 1
    assert "e:p01 net_sales 200: needs_second_approver (0 of 6 past periods reached it, 200" in ended.out
    assert "needs a reason and approved_by" in ended.err


def test_a_target_that_was_approved(shell: Shell) -> None:
    """With a reason and somebody who approved it the same target stands."""
    more = 'reason = "second shop opens"\napproved_by = "p02"'
    (row,) = with_target(shell, "200", more).json("targets", "--period", "2025-12")["targets"]
    assert (row["verdict"], row["open"], row["periods"], row["hits"]) == ("needs_second_approver", False, 6, 0)


def test_a_target_that_was_often_reached(shell: Shell) -> None:
    """99.90 was reached in four of six months."""
    (row,) = with_target(shell, "99.90").json("targets", "--period", "2025-12")["targets"]
    assert (row["verdict"], row["hit_share"]) == ("ok", "2/3")


def test_no_history(shell: Shell) -> None:
    """A shop of one month has no history, and months without a target have nothing to check."""
    shell.ingest(paid("o1", "2025-11-03T10:00:00", "100.00"))
    rows = shell.json("targets", "--period", "2025-11")["targets"]
    assert {row["verdict"] for row in rows} == {"no_history"}
    assert shell.json("targets", "--period", "2025-10")["targets"] == []
    assert shell.at_home("targets", "--period", "October").code == 2


def test_where_people_are_heading(shell: Shell) -> None:
    """By the 16th of 30 days p01 has 240 and p02 160 of 300 and 1,000: heading for 150 % and 30 %.

    240 of 300 is 80 %, in 30 days instead of 16 150 %; 16 % are 30 %. The refund rate, which adds up to nothing, does
    not enter. One of two is outside 60-150 %, and more than half of the month has passed: an alarm.
    """
    rows = ROW.replace("2025-12", "2025-11").format(300, "") + ROW.replace("2025-12", "2025-11").replace(
        "e:p01", "e:p02"
    ).format(1000, "")
    (shell.home / "definitions" / "targets.toml").write_text(rows, "utf-8")
    shell.ingest(paid("o1", "2025-11-16T10:00:00", "400.00"))
    ended = shell.at_home("signal", "--period", "2025-11", "--json")
    told = json.loads(ended.out)
    assert told["as_of"] == "2025-11-16"
    assert (told["too_low"], told["too_high"], told["share"], told["alarm"]) == (["p02"], [], "0.5", True)
    assert (ended.code, "1 of 2 people are outside" in ended.err) == (1, True)


def test_too_early_for_a_signal(shell: Shell) -> None:
    """On the 3rd nothing is an alarm yet, however the first days went; without events there is nothing to say."""
    assert shell.at_home("signal", "--period", "2025-11").code != 0
    shell.ingest(paid("o1", "2025-11-03T10:00:00", "1.00"))
    ended = shell.at_home("signal", "--period", "2025-11")
    assert ended.code == 0
    assert "no alarm yet" in ended.out
