"""What people do about input that was not accepted: replay, fix, drop, and choose between conflicting bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from streams.clock import Clock
from streams.codec import Codec, Decoded, Rejected
from streams.intake import event_name
from streams.pipeline import Pipeline
from streams.stores.base import Conflict


class Repair:
    """Acts on quarantine and conflicts; every act is audited with who did it."""

    def __init__(self, pipeline: Pipeline, clock: Clock) -> None:
        self.pipeline = pipeline
        self.clock = clock
        self.codec: Codec = pipeline.codec

    def replay(self, ids: Sequence[int], who: str) -> tuple[int, int]:
        """Decode rejected input again (all when `ids` is empty): (accepted or known, still rejected).

        LookupError when a number is not open.
        """
        accepted: list[int] = []
        decoded: list[Decoded] = []
        self._refuse_unknown(ids)
        rows = [row for row in self.pipeline.store.quarantined() if not ids or row.id in ids]
        for row in rows:
            found = self.codec.decode(row.raw, row.place, self.clock.now_us())
            if isinstance(found, Decoded):
                accepted.append(row.id)
                decoded.append(found)
        self._apply(decoded, accepted, who, "quarantine.replay")
        return len(accepted), len(rows) - len(accepted)

    def fix(self, row_id: int, body: str, who: str) -> Decoded | Rejected:
        """Replace rejected input by a corrected event; LookupError when the number is not open."""
        self._refuse_unknown([row_id])
        found = self.codec.decode(body.encode(), f"quarantine {row_id}, corrected by {who}", self.clock.now_us())
        if isinstance(found, Decoded):
            self._apply([found], [row_id], who, "quarantine.fix")
        return found

    def drop(self, ids: Sequence[int], who: str, reason: str) -> None:
        """Mark rejected input as worthless; the bytes are kept. LookupError when a number is not open."""
        self._refuse_unknown(ids)
        with self.pipeline.store.unit() as unit:
            unit.set_quarantine_state(ids, "dropped")
            listed = ",".join(map(str, ids))
            unit.add_audit(self.clock.now_us(), who, "quarantine.drop", f"{listed}: {reason}")

    def _refuse_unknown(self, ids: Sequence[int]) -> None:
        absent = set(ids) - {row.id for row in self.pipeline.store.quarantined()} if ids else ()
        if absent:
            raise LookupError(f"nothing open in quarantine has the number {', '.join(map(str, sorted(absent)))}")

    def _apply(self, decoded: Sequence[Decoded], ids: Sequence[int], who: str, action: str) -> None:
        # The input was counted as rejected when it came; applying it again counts it as a new arrival.
        self.pipeline.apply(decoded, (), None, self.clock.now_us())
        with self.pipeline.store.unit() as unit:
            unit.set_quarantine_state(ids, "replayed")
            unit.add_audit(self.clock.now_us(), who, action, ",".join(map(str, ids)))

    def resolve(self, event_key: bytes, keep: bytes | None, who: str, reason: str) -> None:
        """Choose the body of a conflicting event: None keeps what counts now. LookupError when there is none."""
        rows = [row for row in self.pipeline.store.open_conflicts() if row.event_key == event_key]
        if not rows:
            raise LookupError(f"event {event_key.hex()} has no open conflict")
        if keep is not None and keep not in {row.content_hash for row in rows}:
            raise LookupError(f"body {keep.hex()} is not among the conflicting ones")
        chosen = next((row for row in rows if row.content_hash == keep), None)
        note = f"{who}: {reason}"
        if chosen is not None:
            self.pipeline.swap(chosen, note)
        with self.pipeline.store.unit() as unit:
            unit.hold([event_name(event_key)])
            open_rows: list[Conflict] = [row for row in unit.conflicts([event_key]) if not row.resolution]
            unit.put_conflicts([replace(row, resolution=note) for row in open_rows])
            unit.add_audit(self.clock.now_us(), who, "conflict.resolve", f"{event_key.hex()}: {reason}")
