"""What the overview says about the input."""

from __future__ import annotations

from dashboards.boards import History, Look, see
from dashboards.texts import Voice
from dashboards.view.quality import Quality, quality_part
from tests.dashboards.company import company
from tests.dashboards.memory_reader import Fresh, MemoryReader
from tests.dashboards.month import NOW_US


def test_work_of_nobody_is_shown() -> None:
    """Orders credited to nobody, rejected lines, conflicts and problems are each counted in a sentence."""
    reader = MemoryReader(company())
    reader.fresh = Fresh(NOW_US, NOW_US, 1, {"rejected": 12, "conflicts": 1})
    reader.put("orders_paid", "e:unassigned", "2026-10", 7)
    reader.put("net_sales", "e:unassigned", "2026-10", 903)
    reader.put("missed_session_rate", "e:unassigned", "2026-10", 1, 1204)
    reader.put("live_hours", "e:unassigned", "2026-10", 3)
    reader.found_problems = {"refund_without_line": 2, "missing_fx": 4}
    quality = quality_part(see(reader, Look(Voice("en"), NOW_US), History())).model
    assert isinstance(quality, Quality)
    assert [line.split(":")[0] for line in quality.lines] == [
        "Events of one id with different bodies",
        "Orders of this month credited to nobody",
        "Conversations of this month credited to nobody",
        "Time on air of this month credited to nobody",
        "Lines that could not be taken in",
        "missing_fx",
        "refund_without_line",
    ]
    assert "7, net sales ¥903.00" in quality.lines[1]
    assert ": 1,204;" in quality.lines[2]
    assert ": 3.0 h;" in quality.lines[3]
