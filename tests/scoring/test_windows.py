"""Windows of formulas: which days `name@window` means."""

from __future__ import annotations

import pytest

from scoring.windows import BEGINNING, span_of, window_fault

OCTOBER = ("2026-10-01", "2026-10-31")


@pytest.mark.parametrize(
    ("window", "days", "span"),
    [
        ("previous", OCTOBER, ("2026-09-01", "2026-09-30")),
        ("previous", ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        ("previous", ("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31")),
        ("previous", ("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31")),
        ("previous", ("2026-11-02", "2026-11-08"), ("2026-10-26", "2026-11-01")),
        ("previous", ("2026-10-01", "2026-10-01"), ("2026-09-30", "2026-09-30")),
        ("previous", ("2026-10-05", "2026-10-14"), ("2026-09-25", "2026-10-04")),
        ("yearago", OCTOBER, ("2025-10-01", "2025-10-31")),
        ("yearago", ("2028-02-01", "2028-02-29"), ("2027-02-01", "2027-02-28")),
        ("yearago", ("2029-02-01", "2029-02-28"), ("2028-02-01", "2028-02-29")),
        ("trailing90", OCTOBER, ("2026-08-03", "2026-10-31")),
        ("trailing1", OCTOBER, ("2026-10-31", "2026-10-31")),
        ("asof", OCTOBER, (BEGINNING, "2026-10-31")),
        ("opening", OCTOBER, (BEGINNING, "2026-09-30")),
        ("beforeyearago", OCTOBER, (BEGINNING, "2025-09-30")),
    ],
)
def test_the_days_of_a_window(window: str, days: tuple[str, str], span: tuple[str, str]) -> None:
    """Counted off on a calendar."""
    assert span_of(window, *days) == span


@pytest.mark.parametrize("window", ["", "before", "trailing", "trailing0", "trailing12345", "Previous"])
def test_an_unknown_window_is_named_with_the_known_ones(window: str) -> None:
    """The message lists what there is."""
    assert "known: previous, yearago, asof, opening, beforeyearago, trailing<days>" in (window_fault(window) or "")
    with pytest.raises(ValueError, match="known: previous"):
        span_of(window, *OCTOBER)
