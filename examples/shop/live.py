"""Live sessions: two a day, hosts who hand over in the middle, viewers by the minute, and the orders they place."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from examples.shop.orders import Orders
from examples.shop.outbox import Outbox
from examples.shop.world import DAY, HOST_PULL, HOSTS, HOUR, MINUTE, PRODUCTS, PROMOTION_DAY, PROMOTION_LIFT

ROOM = "douyin-live"
FULL_LENGTH_FROM = Fraction(1, 4)
VIOLATION_DAY = 14


@dataclass(frozen=True, slots=True)
class Session:
    """One session: when, how many watch at most, and who is on air from when to when."""

    id: str
    start: int
    end: int
    peak: int
    hosts: tuple[tuple[str, int, int], ...]

    def on_air(self, t: int) -> list[str]:
        """The hosts on air at `t`."""
        return [host for host, on, off in self.hosts if on <= t < off]


class Live:
    """A day's sessions."""

    def __init__(self, box: Outbox, orders: Orders) -> None:
        self.box = box
        self.rng = box.rng
        self.orders = orders

    def day(self, day: int) -> None:
        """The afternoon and the evening session of a day of the month, thinned at small scales."""
        for number in (1, 2):
            if self.box.keep("live session"):
                self._session(self._plan(day, number))

    def _plan(self, day: int, number: int) -> Session:
        box, rng = self.box, self.rng
        start = (day - 1) * DAY + (14 if number == 1 else 19) * HOUR + rng.randrange(-90, 240)
        length = (180 if number == 1 else 240) * MINUTE
        if number == 2 and day in (PROMOTION_DAY, box.days_in_month):
            length += 100 * MINUTE  # past midnight: the promotion's night, and the turn of the month
        if box.scale < FULL_LENGTH_FROM:
            length = max(12 * MINUTE, int(length * box.scale / FULL_LENGTH_FROM) // MINUTE * MINUTE)
        names = list(HOSTS.values())
        first, second = names[(day + number) % 3], names[(day + number + 1) % 3]
        middle = start + length // 2 + rng.randrange(-length // 12, length // 12)
        together = length // 8 if (day + number) % 3 == 0 else 0
        hosts = ((first, start + 20, middle + together), (second, middle, start + length - 10))
        busy = PROMOTION_LIFT * 3 // 4 if day == PROMOTION_DAY else 1
        iso = box.iso_day(start)
        peak = (150 if number == 1 else 330) * busy * (85 + rng.randrange(30)) // 100
        return Session(f"live-{iso[2:4]}{iso[5:7]}{iso[8:]}-{number}", start, start + length, peak, hosts)

    def _session(self, session: Session) -> None:
        box = self.box
        planned = (session.start + 5 * MINUTE) // (30 * MINUTE) * 30 * MINUTE
        self._note(
            session, session.start, "started", "start", planned_start_at=box.stamp(planned), title="汉风上新直播"
        )
        for host, on, off in session.hosts:
            self._note(session, on, "host_on", f"on-{host}", host_id=host)
            self._note(session, off, "host_off", f"off-{host}", host_id=host)
        self._note(session, session.end, "ended", "end")
        self._minutes(session)
        self._crowd(session)
        self._orders(session)

    def _minutes(self, session: Session) -> None:
        box, rng = self.box, self.rng
        views = viewers = watched = reset = 0
        outage = session.start + HOUR if session.id.endswith("09-2") else None
        restart = rng.randrange(100) < 3
        for minute in range((session.end - session.start) // MINUTE):
            t = session.start + minute * MINUTE
            if outage is not None and outage <= t < outage + 9 * MINUTE:
                continue  # the platform's connection was down: no heartbeat for nine minutes
            crowd = self._watching(session, t)
            self._note(session, t + 30, "audience", f"a{minute:03d}", concurrent=crowd)
            entered = crowd // 5 + rng.randrange(5)
            views, viewers, watched = views + entered, viewers + entered * 3 // 5, watched + crowd * MINUTE
            if restart and minute == 100:
                reset = 1
                views, viewers, watched = entered, entered * 3 // 5, crowd * MINUTE
            fields = {
                "minute_at": box.stamp((t + MINUTE) // MINUTE * MINUTE),
                "views_total": views,
                "viewers_total": viewers,
                "watch_seconds_total": watched,
                "follower_viewers": viewers // 4,
                "engaged_viewers": viewers // 9,
            }
            self._note(session, t + MINUTE, "counters", f"m{minute:03d}", **fields)
            if not reset and rng.randrange(150) == 0:
                fields |= {"watch_seconds_total": watched + 30, "revision": 2}
                self._note(session, t + MINUTE, "counters", f"m{minute:03d}-r2", **fields)

    def _watching(self, session: Session, t: int) -> int:
        """Viewers swell in the first quarter, hold, and drift away in the last; a better host holds more."""
        done = (t - session.start) * 100 // (session.end - session.start)
        level = 20 + done * 3 if done < 27 else 100 if done < 75 else 100 - (done - 75) * 3
        pull = max((HOST_PULL[host] for host in session.on_air(t)), default=70)
        return session.peak * level * pull * (92 + self.rng.randrange(17)) // 1_000_000

    def _crowd(self, session: Session) -> None:
        """What viewers do besides buying, and the runbook of the controller."""
        box, rng = self.box, self.rng
        length = session.end - session.start
        for number in range(length // MINUTE // 4):
            t = session.start + 60 + rng.randrange(length - 60)
            viewer = f"b{rng.getrandbits(40):010x}"
            kind = ("comment", "like", "like", "share")[rng.randrange(4)]
            self._note(session, t, "interaction", f"i{number:03d}", viewer_id=viewer, kind=kind)
            if rng.randrange(3) == 0:
                self._note(session, t + 5, "follow", f"f{number:03d}", viewer_id=viewer)
            if rng.randrange(12) == 0:
                self._note(session, t - 40, "entered", f"e{number:03d}", viewer_id=viewer)
                self._note(session, t + 50, "left", f"l{number:03d}", viewer_id=viewer)
        for number in range(length // (12 * MINUTE)):
            t = session.start + 3 * MINUTE + number * 12 * MINUTE
            product, host = PRODUCTS[rng.randrange(len(PRODUCTS))], (session.on_air(t) or [""])[0]
            watching = self._watching(session, t)
            self._note(session, t, "product_exposed", f"p{number:02d}", sku=product.sku, viewers=watching, host_id=host)
            clicked = watching * (9 + rng.randrange(8)) // 100
            self._note(session, t + 90, "product_clicked", f"k{number:02d}", sku=product.sku, viewers=clicked)
            step = {"step_id": f"step-{number + 1}", "planned_at": box.stamp(t), "controller_id": "e07"}
            self._note(session, t + box.soon(5 * MINUTE), "step_done", f"s{number:02d}", **step)
        if session.id.endswith(f"{VIOLATION_DAY}-2"):
            host, t = "zb-03", session.start + length // 3
            self._note(session, t, "violation", "v1", severity="severe", host_id=host, reason_code="exaggerated_claim")

    def _orders(self, session: Session) -> None:
        box, rng = self.box, self.rng
        wanted = Fraction(session.peak * (session.end - session.start), 3_600_000) * Fraction(17, 1) * box.scale
        if box.scale < FULL_LENGTH_FROM:
            wanted = Fraction(3)
        for _ in range(box.count("live order", wanted)):
            t = session.start + 2 * MINUTE + rng.randrange(session.end - session.start - 2 * MINUTE)
            pull = max((HOST_PULL[host] for host in session.on_air(t)), default=40)
            if rng.randrange(125) < pull:
                self.orders.place(t, self.orders.buyer(), session=session.id)

    def _note(self, session: Session, t: int, kind: str, name: str, /, **fields: Any) -> None:
        self.box.send(t, f"live.{kind}", ROOM, f"{session.id}-{name}", session_id=session.id, **fields)
