"""Live changes: one task looks for a new version, draws what somebody watches, and wakes who watches it.

A watcher holds no queue: it compares the newest drawing with what it has sent, so a slow one skips what is out of date
and never holds up anybody.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from dashboards.alerts.sending import BATCH, attempt
from dashboards.boards import Missing
from dashboards.notifiers import Notifier
from dashboards.web.address import Topic, View
from dashboards.web.desk import Desk
from dashboards.web.parts import Drawing, Drawn
from streams.stores import StoreError
from streams.stores.base import OtherDefinitions

log = logging.getLogger("scoreline.board")

REDRAW_SECONDS = 10
"""Ages and silence change without a new version; so often everything watched is drawn anew."""

BELL_SECONDS = 1
"""With a bell the board looks when it rings, though never more often than without, and so often if it does not."""

SEND_SECONDS = 1

STORE_FAULTS = (StoreError, sqlite3.Error, OSError)
"""What a store that is away for a while raises; the board goes on and tries again."""


@dataclass(eq=False)
class Watcher:
    """Somebody who looks at a topic: woken by `bell`, remembers what it has been sent."""

    topic: Topic
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    sent: dict[str, str] = field(default_factory=dict)
    version: int = -1


class Feed:
    """Keeps the newest drawing of every topic that is watched."""

    def __init__(self, desk: Desk, drawing: Drawing) -> None:
        self._desk = desk
        self._drawing = drawing
        self._watchers: set[Watcher] = set()
        self._newest: dict[Topic, Drawn] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._rung = asyncio.Event()
        self.is_closing = False
        self.fault = "the first look at the numbers is still under way"

    @property
    def watching(self) -> int:
        """How many streams are open."""
        return len(self._watchers)

    def start(self) -> None:
        """Begin to look; call inside a running event loop."""
        if self._desk.settings.bell is not None:
            loop = asyncio.get_running_loop()
            self._desk.settings.bell.listen(lambda: loop.call_soon_threadsafe(self._rung.set))
        self._tasks = [asyncio.create_task(self._look()), asyncio.create_task(self._send())]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        # A fault of the program, not of the store: nothing may look alive that has stopped, so the streams end too.
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.critical("the live board has stopped; restart it", exc_info=error)
            self.fault = f"the live board has stopped: {type(error).__name__}"
            self.close()

    def close(self) -> None:
        """End every stream; safe to call from any callback of the loop, and twice."""
        self.is_closing = True
        for watcher in self._watchers:
            watcher.bell.set()

    async def stop(self) -> None:
        """End the tasks."""
        self.close()
        if self._desk.settings.bell is not None:
            await asyncio.to_thread(self._desk.settings.bell.close)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stream(self, topic: Topic) -> AsyncIterator[bytes]:
        """Server-sent events of a topic: a snapshot, then changes; Missing before the first byte when it is unknown."""
        watcher = Watcher(topic)
        drawn = await self._draw(topic)
        self._watchers.add(watcher)
        try:
            yield b"retry: 1000\n\n" + self._event("snapshot", watcher, drawn)
            while not self.is_closing:
                try:
                    await asyncio.wait_for(watcher.bell.wait(), self._desk.settings.heartbeat_seconds)
                except TimeoutError:
                    yield self._beat()
                    continue
                watcher.bell.clear()
                newest = self._newest.get(topic)
                if newest is not None and newest.version >= watcher.version and not self.is_closing:
                    yield self._event("change", watcher, newest)
        finally:
            self._watchers.discard(watcher)
            if not any(other.topic == topic for other in self._watchers):
                self._newest.pop(topic, None)

    def _event(self, kind: str, watcher: Watcher, drawn: Drawn) -> bytes:
        changed = {key: html for key, html in drawn.parts.items() if watcher.sent.get(key) != html}
        watcher.sent, watcher.version = dict(drawn.parts), drawn.version
        body = {"now_ms": self._now_ms(), "structure": drawn.structure, "parts": changed}
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return f"id: {drawn.version}\nevent: {kind}\ndata: {text}\n\n".encode()

    def _beat(self) -> bytes:
        return f'event: beat\ndata: {{"now_ms":{self._now_ms()}}}\n\n'.encode()

    def _now_ms(self) -> int:
        return self._desk.settings.clock.now_us() // 1000

    async def _draw(self, topic: Topic) -> Drawn:
        version, board = await self._desk.board(topic)
        drawn = self._drawing.drawn(board, version, View(topic.lang, is_kiosk=topic.is_compact))
        newest = self._newest.get(topic)
        if newest is None or newest.version <= drawn.version:
            self._newest[topic] = drawn
        return drawn

    async def _look(self) -> None:
        loop, reader = asyncio.get_running_loop(), self._desk.reader
        seen, drawn_at, is_told = (-1, ""), loop.time(), False
        while not self.is_closing:
            try:
                found = await self._desk.ask(lambda: (reader.version(), reader.source))
                if found != seen or loop.time() - drawn_at >= REDRAW_SECONDS:
                    await self._renew()
                    seen, drawn_at = found, loop.time()
                self.fault, is_told = "", False
            except OtherDefinitions as error:
                self.fault = str(error)
                if self._desk.settings.outdated is not None:
                    self._desk.settings.outdated(self.fault)
            except STORE_FAULTS as error:
                if not is_told:
                    log.exception("the board cannot read; it tries again")
                self.fault, is_told = f"the board cannot read its numbers: {type(error).__name__}", True
            await self._pause()

    async def _pause(self) -> None:
        settings = self._desk.settings
        await asyncio.sleep(settings.poll_seconds)
        if settings.bell is not None and settings.bell.is_heard:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._rung.wait(), BELL_SECONDS)
        self._rung.clear()

    async def _renew(self) -> None:
        now_us = self._desk.settings.clock.now_us()
        await self._desk.ask(lambda: self._desk.duty.watch.evaluate(now_us))
        for topic in {watcher.topic for watcher in self._watchers}:
            try:
                await self._draw(topic)
            except Missing:
                # A session that aged out of the list: its page keeps what it shows until it is loaded anew.
                continue
            for watcher in self._watchers:
                if watcher.topic == topic:
                    watcher.bell.set()

    async def _send(self) -> None:
        notifier = self._desk.duty.notifier
        while notifier is not None and not self.is_closing:
            try:
                await self._send_due(notifier)
            except STORE_FAULTS:
                log.exception("notices could not be sent; they stay in the outbox")
            await asyncio.sleep(SEND_SECONDS)

    async def _send_due(self, notifier: Notifier) -> None:
        duty, definitions = self._desk.duty, self._desk.reader.definitions
        now_us = self._desk.settings.clock.now_us()
        for posting in await self._desk.ask(lambda: duty.book.due(now_us, BATCH)):
            # A receiver that hangs must not hold the reader's thread, hence another one for the sending itself.
            next_us = await asyncio.to_thread(attempt, posting, notifier, definitions, duty.lang, now_us)
            await self._desk.ask(partial(duty.book.settle, posting.id, posting.attempts + 1, next_us))
