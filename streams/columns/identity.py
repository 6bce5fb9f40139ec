"""The identity of the row as a field, for a line that has no number of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streams.columns.base import Reader, Rounding, checked


@dataclass(frozen=True, slots=True)
class IdentityColumn:
    """No settings: the value is the event_id that [identity] gives the row."""

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> IdentityColumn:
        checked(settings)
        return cls()

    def reader(self, places: Mapping[str, int], rounding: Rounding) -> Reader:
        def read(_cells: Sequence[str], identity: str) -> Any:
            return identity

        return read
