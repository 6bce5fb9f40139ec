"""What every kind of statement paper offers."""

from __future__ import annotations

from typing import Protocol

from dashboards.paper.sections import Statement


class Renderer(Protocol):
    """Turns a statement into the bytes of a file."""

    @property
    def suffix(self) -> str:
        """The ending of the file's name, with its dot."""

    def render(self, statement: Statement, language: str) -> bytes:
        """The file in "zh", "en" or "both"; ValueError when the statement does not add up."""
