"""Engines, one a file: how events get from sources into a pipeline."""

from __future__ import annotations

from streams.engines.embedded import EmbeddedEngine, Tally

ENGINES: dict[str, type[EmbeddedEngine]] = {"embedded": EmbeddedEngine}

__all__ = ["ENGINES", "EmbeddedEngine", "Tally"]
