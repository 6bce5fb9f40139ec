"""A KPI as JSON."""

from __future__ import annotations

import json

import pytest

from dashboards.boards import Missing, read_kpi_json
from tests.dashboards.month import month_reader


def test_a_kpi_is_exported_exactly() -> None:
    """The exported value is the exact one, with its target, its parts and the point in time that it stands for."""
    reader = month_reader()
    reader.put("csat", "t:cs", "2026-10", 87, 95)
    found = read_kpi_json(reader, "csat", "t:cs", "2026-10", None)
    assert json.loads(json.dumps(found)) == {
        "format": "scoreline.kpi.v1",
        "kpi": "csat",
        "version": 1,
        "name": {"zh": "客户满意度", "en": "Customer satisfaction"},
        "owner": "t:cs",
        "owner_name": {"zh": "客服组", "en": "Customer service"},
        "dimension": "agent",
        "period": "2026-10",
        "unit": "ratio",
        "currency": None,
        "direction": "up",
        "status": "ok",
        "value": "87/95",
        "numerator": "87",
        "denominator": "95",
        "sample": 95,
        "target": "0.92",
        "as_of": {"batch": 1, "watermark": "2026-10-16T13:30:00Z"},
    }


def test_unknown_owners_are_refused() -> None:
    """Nobody's number is not exported."""
    with pytest.raises(Missing):
        read_kpi_json(month_reader(), "csat", "e:e99", "2026-10", None)
