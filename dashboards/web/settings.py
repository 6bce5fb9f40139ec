"""Settings of the web board: one frozen record, read once at the entry point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry

from streams.clock import Clock, SystemClock

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


class Bell(Protocol):
    """Tells when numbers have changed, so that the board need not look so often."""

    @property
    def is_heard(self) -> bool:
        """Whether a change would be told now."""

    def listen(self, ring: Callable[[], object]) -> None:
        """Call `ring`, from any thread, for each change from now on."""

    def close(self) -> None:
        """Call it no more."""


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """How the board behaves. `allowed_hosts` are the names in the address bar that are answered ("*": every name):
    a page of another site can then not read the board through a name that it points at this machine.
    """

    company_kpis: tuple[str, ...] = ("net_sales", "orders_paid", "live_gmv", "refund_rate_amount", "roas")
    allowed_hosts: tuple[str, ...] = LOOPBACK
    red_means_up: bool = False
    poll_seconds: float = 0.2
    bell: Bell | None = None
    outdated: Callable[[str], None] | None = None
    heartbeat_seconds: float = 10
    stale_after_seconds: int = 120
    clock: Clock = field(default_factory=SystemClock)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
