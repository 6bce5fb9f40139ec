"""Everything that alerts need to be on duty in one process: the watch, its book, and where notices go."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.alerts.book import AlertBook, MemoryBook
from dashboards.alerts.watching import Watch, Windows
from dashboards.notifiers import Notifier, notifier_for


@dataclass(frozen=True, slots=True)
class Duty:
    """A watch with its book; `notifier` None keeps notices in the book and sends none."""

    watch: Watch
    book: AlertBook
    notifier: Notifier | None
    lang: str = "zh"


def on_duty(reader: Windows, book: AlertBook, address: str, lang: str = "zh") -> Duty:
    """Alerts that are kept in `book` and sent to `address` ("" writes them to the log); ValueError: unknown scheme."""
    return Duty(Watch(reader, book), book, notifier_for(address), lang)


def look_only(reader: Windows) -> Duty:
    """Alerts that are only shown: nothing is kept over a restart and nothing is sent."""
    book = MemoryBook()
    return Duty(Watch(reader, book), book, None)
