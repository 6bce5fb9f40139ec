"""The family of scales: curves from a KPI's actual value to its score (5-scoring.md §5.2-5.4)."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.fields import Fields, one_of, table_of
from scoring.scales.add import Addition
from scoring.scales.band import Band
from scoring.scales.base import Scale, Scored
from scoring.scales.ded import Deduction
from scoring.scales.ft import FloorTarget
from scoring.scales.fts import FloorTargetSigned
from scoring.scales.li import InverseLower
from scoring.scales.ll import LinearLower
from scoring.scales.pf import PassFail
from scoring.scales.prop import Prop
from scoring.scales.pwl import PiecewiseLinear
from scoring.scales.rev import Rev, Review
from scoring.scales.step import S8, Step

__all__ = ["S8", "SCALES", "Rev", "Review", "Scale", "Scored", "read_scale", "table_of_scale"]

SCALES: dict[str, type[Scale]] = {
    "PROP": Prop,
    "LL": LinearLower,
    "LI": InverseLower,
    "FT": FloorTarget,
    "FTS": FloorTargetSigned,
    "STEP": Step,
    "PWL": PiecewiseLinear,
    "DED": Deduction,
    "ADD": Addition,
    "PF": PassFail,
    "BAND": Band,
    "REV": Rev,
}


def read_scale(table: Mapping[str, object], file: str, key: str) -> Scale:
    """The scale of a table such as `{kind = "PROP", cap = "1.2"}`.

    A `target` key, where the target is part of the definition, is checked against the scale and not kept. Raises
    DefinitionError with every fault: unknown kind or key, number not exact, cap not above 0, floor not below the
    target, table with gaps, overlaps or turns, knots that do not ascend.
    """
    fields = Fields(table, file, key)
    kind = fields.text("kind")
    target = fields.optional_number("target")
    scale_type = SCALES.get(kind)
    if scale_type is None:
        fields.require("kind", False, f"unknown scale {kind!r}: {one_of(SCALES, kind)}")
        fields.stop()
    scale = scale_type.read(fields)
    target_fault = None if target is None or fields.faults else scale.target_fault(target)
    fields.fault_each("target", [] if target_fault is None else [target_fault])
    fields.finish()
    return scale


def table_of_scale(scale: Scale) -> dict[str, object]:
    """The table that `read_scale` turns back into this scale."""
    return {"kind": scale.code, **table_of(scale)}
