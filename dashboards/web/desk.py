"""Where the board's reads happen: one thread, so that the reader is never asked twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from dashboards.alerts.duty import Duty
from dashboards.boards import BOARDS, Board, History, Look, Missing, see
from dashboards.texts import Voice
from dashboards.view.reading import Reader
from dashboards.web.address import Topic
from dashboards.web.settings import BoardSettings

T = TypeVar("T")


class Desk:
    """Builds boards from a reader. Everything that touches the reader or the book of alerts goes through `ask`."""

    def __init__(self, reader: Reader, settings: BoardSettings, duty: Duty) -> None:
        self.reader = reader
        self.settings = settings
        self.duty = duty
        self._history = History()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="board-reader")

    async def ask(self, question: Callable[[], T]) -> T:
        """The answer of a function that runs on the reader's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    async def board(self, topic: Topic) -> tuple[int, Board]:
        """The board of a topic and the version that it shows; Missing when something in it is not defined."""
        return await self.ask(lambda: self.build(topic))

    def build(self, topic: Topic) -> tuple[int, Board]:
        """As `board`, for code that runs on the reader's thread already."""
        make = BOARDS.get(topic.board)
        if make is None:
            raise Missing(f"no board {topic.board!r}; known: {', '.join(BOARDS)}")
        # The version is read first: a batch that is committed meanwhile is then shown once more, never left out.
        version = self.reader.version()
        look = Look(
            voice=Voice(topic.lang),
            now_us=self.settings.clock.now_us(),
            compact=topic.is_compact,
            company_kpis=self.settings.company_kpis,
            stale_after_us=self.settings.stale_after_seconds * 1_000_000,
            alerts=self.duty.watch.active(),
        )
        return version, make(see(self.reader, look, self._history), topic.argument)

    def close(self) -> None:
        """Let the thread end after what it is doing."""
        self._thread.shutdown(wait=False, cancel_futures=True)
