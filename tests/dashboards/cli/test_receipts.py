"""`receipts`: plans that their holders have read and accepted, by events and by the file."""

from __future__ import annotations

from typing import Any

from tests.dashboards.cli.shell import Shell


def read(number: int, person: str, day: str, version: int = 1) -> dict[str, Any]:
    """Somebody acknowledged a version of the starter's plan."""
    return {
        "event_id": f"ack-{number}",
        "event_type": "plan.acknowledged",
        "occurred_at": f"{day}T09:00:00+08:00",
        "source": "portal",
        "shop_id": "my-shop",
        "employee_id": person,
        "plan": "operations_specialist",
        "version": version,
    }


def test_events_are_receipts(shell: Shell) -> None:
    """Both positions begin on 2025-01-01: who read the plan the day before is in time, the day after is late."""
    shell.ingest(read(1, "p01", "2024-12-31"), read(2, "p02", "2025-01-02"))
    ended = shell.at_home("receipts")
    assert ended.code == 1
    assert "50% of the plans in force are acknowledged." in ended.out
    assert "p02: operations_specialist version 1, in force from 2025-01-01" in ended.out


def test_the_file_counts_too(shell: Shell) -> None:
    """A row of receipts.toml does what an event does; with both people nothing is open."""
    shell.ingest(read(1, "p01", "2024-12-31"))
    row = '[[receipt]]\nperson = "p02"\nplan = "operations_specialist"\nversion = 1\nday = "2025-01-01"\n'
    (shell.home / "definitions" / "receipts.toml").write_text(row, "utf-8")
    assert shell.json("receipts") == {"share": "1", "open": []}


def test_a_new_version_is_read_again(shell: Shell) -> None:
    """A receipt of version 1 is none for version 2, which applies from July and is acknowledged in June."""
    path = shell.home / "definitions" / "plans" / "operations_specialist.toml"
    path.write_text(path.read_text("utf-8").replace("version = 1", 'version = 2\napplies_from = "2025-07-01"'), "utf-8")
    shell.ingest(read(1, "p01", "2024-12-31"), read(2, "p02", "2025-06-20", 2))
    ended = shell.at_home("receipts", "--json")
    assert ended.code == 1
    assert '"person": "p01"' in ended.out
    assert '"p02"' not in ended.out


def test_a_receipt_that_is_taken_back(shell: Shell) -> None:
    """A retracted event is no receipt, and a version of 0 is refused."""
    gone = {"event_id": "back", "event_type": "event.retracted", "occurred_at": "2025-01-03T09:00:00+08:00"}
    shell.ingest(read(1, "p01", "2024-12-31"), read(2, "p02", "2024-12-31"))
    assert shell.json("receipts")["share"] == "1"
    shell.ingest(
        {**gone, "source": "portal", "shop_id": "my-shop", "target_source": "portal", "target_event_id": "ack-1"}
    )
    assert shell.at_home("receipts").code == 1
    assert shell.ingest(read(3, "p01", "2024-12-31", 0))["rejected"] == 1
