"""The close of a period: barrier, recount, draft with a digest, approval by digest by somebody else, seal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from scoring.contribution import Program
from scoring.definitions import Definitions, read_definitions
from scoring.kpi import KpiValue
from scoring.measures import Rows
from scoring.period import Period, instant_text, period_of
from scoring.settlement import PersonResult, settle
from scoring.statement import Json, canonical, digest_of, statement, totals
from streams.clock import Clock
from streams.closing.barrier import WAIT_SECONDS, Cut, no_log, silent, taken, unread
from streams.closing.corrections import corrections
from streams.closing.recounting import LISTED, differences_behind
from streams.codec import Codec
from streams.evidence import Extent, cells_digest, cells_of, gather
from streams.stores.base import Close, Store

DRAFT, SEALED, REPLACED = "draft", "sealed", "replaced"
FORMAT = "scoreline.settlement.v1"


class CloseError(Exception):
    """The close can not go on; `blocks` names every reason, each with what to do."""

    def __init__(self, headline: str, blocks: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join((headline, *(f"  - {block}" for block in blocks))))
        self.headline = headline
        self.blocks = blocks


class DigestChanged(CloseError):
    """What was approved is not what stands now."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A computed settlement; `body` is the canonical JSON that the digest is over."""

    period: str
    run: int
    digest: str
    body: Json

    @property
    def statements(self) -> list[Json]:
        """The statements, each with the run and the digest."""
        return with_run(self.body, self.run, self.digest, DRAFT)


def with_run(body: Json, run: int, digest: str, state: str) -> list[Json]:
    """Statements as they are shown: with run number, state and digest of the settlement."""
    head = {"run": {"period": body["period"], "run": run, "status": state}, "digest": digest, "cut": body["cut"]}
    return [{**row, **head} for row in body["statements"]]


class Closing:
    """Closes periods of one store under one set of definitions. Every command can be repeated without harm."""

    def __init__(
        self, store: Store, codec: Codec, definitions: Definitions, clock: Clock, log: Callable[[], Cut] = no_log
    ) -> None:
        self.store = store
        self.codec = codec
        self.definitions = definitions
        self.clock = clock
        self.log = log
        self.wait_seconds = WAIT_SECONDS
        self.program: Program = definitions.program()

    def draft(self, period_key: str, requested_by: str, progress: Callable[[str], None] = lambda step: None) -> Draft:
        """Compute the settlement and keep it as the draft of the period; CloseError names everything that blocks."""
        period = self.period(period_key)
        self._refuse_sealed(period)
        with self._cut() as frozen:
            draft, cut = frozen._drafted(period, progress)
        with self.store.unit() as unit:
            body, definitions = canonical(draft.body), canonical(dict(self.definitions.texts))
            unit.put_close(Close(period_key, draft.run, DRAFT, draft.digest, cut, requested_by, "", body, definitions))
            detail = f"{period_key} run {draft.run} {draft.digest}"
            unit.add_audit(self.clock.now_us(), requested_by, "close.draft", detail)
        return draft

    @contextmanager
    def _cut(self) -> Iterator[Closing]:
        """The close on a store that stands still, taken after the workers have read what is on the log now."""
        cut = taken(self.store, self.log, self.wait_seconds)
        with self.store.snapshot() as frozen:
            yield Closing(frozen, self.codec, self.definitions, self.clock, lambda: cut)

    def _drafted(self, period: Period, progress: Callable[[str], None]) -> tuple[Draft, int]:
        progress("gate")
        blocks = self.blocks(period)
        if blocks:
            raise CloseError(f"{period.key} can not be closed yet", tuple(blocks))
        progress("recount")
        self._recount(period)
        progress("settle")
        cut = self.store.progress().batch
        body = self.compute(period, cut)
        return Draft(period.key, self._run(period.key), digest_of(body), body), cut

    def approve(self, period_key: str, digest: str, approved_by: str) -> Close:
        """Seal the draft with this digest. Repeating the same approval changes nothing."""
        close = self._latest(period_key)
        if close is None:
            raise CloseError(f"{period_key} has no draft: run `scoreline close --period {period_key}` first")
        if close.state == SEALED:
            if close.digest == digest:
                return close
            raise DigestChanged(f"{period_key} is sealed with another digest, {close.digest}")
        if close.requested_by == approved_by:
            raise CloseError(f"{approved_by} requested this close and can not approve it: a second person must")
        if close.digest != digest:
            raise DigestChanged(f"the draft of {period_key} has the digest {close.digest}, not {digest}: read it again")
        with self._cut() as frozen:
            frozen._check_unchanged(close)
        sealed = replace(close, state=SEALED, approved_by=approved_by)
        with self.store.unit() as unit:
            unit.put_close(sealed)
            unit.add_audit(self.clock.now_us(), approved_by, "close.sealed", f"{period_key} run {close.run} {digest}")
        return sealed

    def _check_unchanged(self, close: Close) -> None:
        period = self.period(close.period)
        blocks = self.blocks(period)
        if blocks:
            raise CloseError(f"{close.period} can not be sealed", tuple(blocks))
        self._recount(period)
        now = digest_of(self.compute(period, close.cut_batch))
        if now != close.digest:
            what = "definitions" if self._definitions_changed(close) else "facts of the period"
            raise DigestChanged(
                f"the {what} changed since the draft; its digest would now be {now}: close {close.period} again"
            )

    def _definitions_changed(self, close: Close) -> bool:
        return close.definitions != canonical(dict(self.definitions.texts))

    def verify(self, period_key: str) -> tuple[Close, str]:
        """The latest close of a period and the digest that its own stored body gives now."""
        close = self._latest(period_key)
        if close is None:
            raise CloseError(f"{period_key} was never closed")
        return close, digest_of(json.loads(close.body))

    def blocks(self, period: Period) -> list[str]:
        """Everything that keeps the period from being closed, each as a sentence with what to do."""
        settings = self.store.settings()
        found = []
        watermark = self.store.progress().watermark_us
        if watermark < period.end_us:
            seen = instant_text(watermark) if watermark else "nothing"
            found.append(
                f"the period is still open: events have reached {seen}, the period ends {instant_text(period.end_us)}; "
                "wait for later events of every source"
            )
        found.extend(unread(self.store.standings(), self.log()))
        required = self.definitions.reference.policy.close_sources
        found.extend(silent(self.store.source_watermarks(), required, period))
        if settings.get("program") not in (None, self.definitions.program_fingerprint()):
            found.append(
                "the definitions changed: run `scoreline run` or `scoreline ingest` once to recompute the cells"
            )
        found.extend(self._conflicts())
        found.extend(f"{row.case}: {row.detail}" for row in self.store.problems() if row.blocks)
        return found

    def _conflicts(self) -> list[str]:
        conflicts = self.store.open_conflicts()
        found = []
        for row in conflicts[:LISTED]:
            event = self.codec.restore(row.event_type, row.body)
            found.append(
                f"event {event.event_id} of {event.source} ({row.case}) came with another body: choose with "
                f"`scoreline quarantine resolve {row.event_key.hex()}`"
            )
        if len(conflicts) > LISTED:
            found.append(f"... and {len(conflicts) - LISTED} more events with two bodies")
        return found

    def _recount(self, period: Period) -> None:
        """Recount the period and every earlier sealed one that it may correct."""
        earlier = [self.period(close.period) for close in self.sealed()]
        first_day = min([period.first_day, *(old.first_day for old in earlier if old.end_us <= period.start_us)])
        wrong = differences_behind(self.store, self.codec, self.definitions, first_day, period)
        if wrong:
            lines = [f"{' '.join(cell)}: cells say {cells}, facts say {facts}" for cell, cells, facts in wrong[:LISTED]]
            raise CloseError(
                f"the independent recount of {period.key} differs in {len(wrong)} place(s): do not pay; report this",
                tuple(lines),
            )

    def compute(self, period: Period, cut: int) -> Json:
        """The body of a settlement: statements and what they rest on. It holds no batch number and no wall time.

        Facts that arrived after the batch `cut` are not named behind an amount; what they change shows in the cells.
        """
        results = settle(self.definitions, period.key, self.read)
        if not results:
            raise CloseError(
                f"nobody has a plan that is settled by {period.key}: close a month, quarter or year of a plan"
            )
        questions = sorted({question for result in results for question in result.open_questions})
        if questions:
            raise CloseError(f"{period.key} can not be settled", tuple(questions))
        facts = self._facts(results, Extent(period.first_day, period.last_day, cut))
        adjusted = corrections(self, period)
        statements = [
            statement(result, self.definitions, adjusted.pop(result.scope.person.id, ()), facts) for result in results
        ]
        if adjusted:
            raise CloseError(
                f"{period.key} can not be settled",
                tuple(f"{person} has corrections of an earlier period but no plan in this one" for person in adjusted),
            )
        currency = self.definitions.reference.company.currency
        return {
            "format": FORMAT,
            "period": period.key,
            "cut": {"first_day": period.first_day, "last_day": period.last_day, "cells": self.cells_digest(period)},
            "definitions": self.definitions.fingerprint(),
            "currency": currency,
            "total": totals(statements, currency),
            "statements": statements,
        }

    def read(self, owner: str, dimension: str, measure: str, first: str, last: str) -> Rows:
        """Stored rows of a measure."""
        return self.store.cells(owner, dimension, measure, first, last)

    def cells_digest(self, period: Period) -> str:
        """SHA-256 over every day cell of the period."""
        return cells_digest(self.store, period.first_day, period.last_day)

    def _facts(self, results: tuple[PersonResult, ...], extent: Extent) -> Callable[[KpiValue], Mapping[str, Any]]:
        values = [row.base for result in results for row in result.components if row.base is not None]
        groups = {cells_of(value, self.definitions) for value in values}
        found = gather(self.store, self.codec, self.program, groups, extent)
        return lambda value: found[cells_of(value, self.definitions)]

    def sealed(self) -> list[Close]:
        """Sealed closes, by period and run."""
        return [close for close in self.store.closes() if close.state == SEALED]

    def definitions_of(self, close: Close) -> Definitions:
        """The definitions that a close was computed with."""
        return read_definitions(json.loads(close.definitions))

    def period(self, key: str) -> Period:
        """The period of a key in the company's zone; CloseError when it names none."""
        try:
            return period_of(key, self.definitions.reference.company.zone)
        except ValueError as error:
            raise CloseError(str(error)) from error

    def _latest(self, period_key: str) -> Close | None:
        runs = [close for close in self.store.closes() if close.period == period_key]
        return runs[-1] if runs else None

    def _refuse_sealed(self, period: Period) -> None:
        close = self._latest(period.key)
        if close is not None and close.state == SEALED:
            raise CloseError(
                f"{period.key} is already closed (run {close.run}, digest {close.digest}): what comes later is "
                "settled as a correction in the next open period"
            )

    def _run(self, period_key: str) -> int:
        close = self._latest(period_key)
        return close.run if close is not None else 1
