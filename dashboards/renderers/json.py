"""Statements as canonical JSON: the same statement gives the same bytes."""

from __future__ import annotations

from dashboards.paper.sections import Statement, check_total
from scoring.statement import canonical


class JsonPaper:
    """A statement for programs; the language plays no part, both are in it."""

    suffix = ".json"

    def render(self, statement: Statement, language: str) -> bytes:
        """UTF-8 JSON with sorted keys."""
        check_total(statement)
        return canonical(statement).encode() + b"\n"
