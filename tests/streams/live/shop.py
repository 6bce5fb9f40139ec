"""A small shop with a live view beside it: what is sold goes through the pipeline, and the publisher is told of it."""

from __future__ import annotations

from streams.live.base import LiveView
from streams.live.memory import MemoryServer, MemoryView
from streams.live.numbers import LiveNumbers
from streams.live.publisher import Publisher
from tests.scenarios.shop import Desk, Teller
from tests.streams.live.conftest import Seconds


class LiveShop:
    """A memory store, a live view of the server's, what publishes to it and what reads it."""

    def __init__(self, server: MemoryServer, seconds: Seconds) -> None:
        self.server = server
        self.desk, self.tell = Desk(), Teller()
        self.publisher = Publisher(lambda: self.desk.store, self.open_view, seconds)
        self.numbers = LiveNumbers(self.desk.store, self.open_view, seconds)
        self._sold = [0]

    def open_view(self, identity: str) -> LiveView:
        """A view on the server."""
        return MemoryView(self.server, identity)

    def sell(self, *amounts: int, is_noted: bool = True) -> None:
        """A batch for each amount in yuan; a batch that is not noted is one of a worker that died."""
        for amount in amounts:
            event = self.tell.paid(f"o{self.tell.number}", "03 10:00:00", str(amount))
            outcome = self.desk.take(event)
            self._sold.append(self._sold[-1] + 100 * amount)
            if is_noted:
                self.publisher.note(0, outcome)

    def sold_after(self, batch: int) -> int:
        """What `gmv` of the company is after a batch, in fen."""
        return self._sold[batch]
