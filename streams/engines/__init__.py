"""Engines, one a file: how events get from sources into a pipeline."""

from __future__ import annotations

from streams.engines.embedded import GC_THRESHOLDS, EmbeddedEngine, Tally

ENGINES: dict[str, type[EmbeddedEngine]] = {"embedded": EmbeddedEngine}

__all__ = ["ENGINES", "GC_THRESHOLDS", "EmbeddedEngine", "Tally"]
