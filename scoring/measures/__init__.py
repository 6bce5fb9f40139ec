"""Kinds of aggregation, one a file; every cell is a counted multiset of items, read by one function each."""

from __future__ import annotations

from scoring.measures.base import MICRO, Aggregation, Measure, Rows, merged
from scoring.measures.distinct import Distinct
from scoring.measures.distinct_day import DistinctDay
from scoring.measures.last import Last
from scoring.measures.maximum import Maximum
from scoring.measures.median import Median
from scoring.measures.percentile import Percentile90
from scoring.measures.repeated import Repeated
from scoring.measures.standing import Standing
from scoring.measures.sum import Sum
from scoring.measures.trial import Trial

AGGREGATIONS: dict[str, Aggregation] = {
    "sum": Sum(),
    "distinct": Distinct(),
    "distinct_day": DistinctDay(),
    "last": Last(),
    "maximum": Maximum(),
    "median": Median(),
    "percentile": Percentile90(),
    "repeated": Repeated(),
    "standing": Standing(),
    "idle": Standing(idle_only=True),
    "trial": Trial(),
}

__all__ = ["AGGREGATIONS", "MICRO", "Aggregation", "Measure", "Rows", "merged"]
