"""Orders and what follows them: payment, parcel, completion, returns, and brush orders that are found out later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from examples.shop.outbox import Outbox, yuan
from examples.shop.world import (
    CAMPAIGNS,
    DAY,
    HOUR,
    MINUTE,
    PRODUCT_PULL,
    PRODUCTS,
    PROMOTION_DAY,
    SHOP,
    WAREHOUSE,
    Product,
)

PLATFORM, DEPOT = "douyin", "wms"
UNPAID, CANCELLED, INTERNAL, TEST, BRUSH = 120, 20, 2, 1, 4  # of 1 000
BRUSH_DAY = 5  # the first order of the 5th is a brush order at any scale
RETURNS, LIVE_RETURNS = 130, 210
REASONS = ("size", "colour", "quality", "no_longer_wanted", "late", "not_as_shown")
BLAME = {"quality": "product", "late": "logistics", "not_as_shown": "content"}


@dataclass(frozen=True, slots=True)
class Bought:
    """A line that was paid, in fen."""

    line_id: str
    product: Product
    qty: int
    paid: int
    subsidy: int

    @property
    def rev(self) -> int:
        """What the merchant earns before refunds."""
        return self.paid + self.subsidy

    @property
    def cogs(self) -> int:
        """Standard cost of the line."""
        return self.product.cost * self.qty


@dataclass(slots=True)
class Order:
    """An order in the making; `header` holds the optional fields of its first events."""

    id: str
    buyer: str
    lines: tuple[Bought, ...]
    placed: int
    header: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    paid: int = 0


class Orders:
    """Places orders and plays their lives to the end, however late that is."""

    def __init__(self, box: Outbox) -> None:
        self.box = box
        self.rng = box.rng
        self.recent: list[tuple[str, str]] = []
        self._numbers: dict[str, int] = {}

    def buyer(self) -> str:
        """A customer: one in seven has bought here before."""
        if self.recent and self.rng.randrange(7) == 0:
            return self.recent[self.rng.randrange(len(self.recent))][0]
        return f"b{self.rng.getrandbits(40):010x}"

    def place(self, t: int, buyer: str, session: str = "", pays_after: int | None = None) -> Order:
        """An order placed at `t`; `pays_after` seconds fixes the payment, else the buyer decides."""
        box, rng = self.box, self.rng
        order = self._new(t, buyer, session)
        box.send(
            t, "order.placed", PLATFORM, self._id(order, PLATFORM, "placed"), order_id=order.id, buyer_id=buyer,
            lines=[_wire(line, costs=False) for line in order.lines], **order.header,
        )  # fmt: skip
        first = order.id.endswith("-0001")
        if pays_after is None and not first and rng.randrange(1_000) < UNPAID:
            box.send(
                t + 30 * MINUTE, "order.cancelled", PLATFORM, self._id(order, PLATFORM, "cancelled"),
                order_id=order.id, buyer_id=buyer,
            )  # fmt: skip
            return order
        self._pay(order, t + (self._hesitation() if pays_after is None else pays_after))
        if t < box.month_end and self._is_brush(order):
            self._brush(order)
        elif not first and rng.randrange(1_000) < CANCELLED:
            self._cancel(order)
        else:
            self._parcel(order)
        return order

    def _is_brush(self, order: Order) -> bool:
        number = order.id[5:]
        if number.endswith("-0001"):
            return number.startswith(f"{BRUSH_DAY:02d}")
        return self.rng.randrange(1_000) < BRUSH

    def _new(self, t: int, buyer: str, session: str) -> Order:
        day = self.box.iso_day(t)
        number = self._numbers[day] = self._numbers.get(day, 0) + 1
        order = Order(f"o{day[2:4]}{day[5:7]}{day[8:]}-{number:04d}", buyer, self._basket(t, bool(session)), t)
        if session:
            order.header = {"channel": "live", "live_session_id": session}
        elif self.rng.randrange(4) == 0:
            order.header["campaign_id"] = CAMPAIGNS[self.rng.randrange(len(CAMPAIGNS))].id
        if number > 1:
            draw = self.rng.randrange(1_000)
            if draw < TEST:
                order.header["is_test"] = True
            elif draw < TEST + INTERNAL:
                order.header["is_internal"] = True
        return order

    def _basket(self, t: int, live: bool) -> tuple[Bought, ...]:
        rng = self.rng
        count = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)[rng.randrange(10)]
        off = 15 if t // DAY + 1 == PROMOTION_DAY else 8 if live else rng.randrange(6)
        lines = []
        for number, product in enumerate(rng.choices(PRODUCTS, cum_weights=PRODUCT_PULL, k=count), start=1):
            qty = 2 if rng.randrange(14) == 0 else 1
            whole = product.price * qty * (100 - off) // 100
            subsidy = 500 * qty if rng.randrange(12) == 0 else 0
            lines.append(Bought(str(number), product, qty, whole - subsidy, subsidy))
        return tuple(lines)

    def _hesitation(self) -> int:
        draw = self.rng.randrange(100)
        if draw < 90:
            return 8 + self.box.soon(180)
        return 5 * MINUTE + self.box.soon(24 * MINUTE if draw < 98 else 110 * MINUTE)

    def _pay(self, order: Order, t: int) -> None:
        order.paid = t
        self.box.send(
            t, "order.paid", PLATFORM, self._id(order, PLATFORM, "paid"), order_id=order.id, buyer_id=order.buyer,
            placed_at=self.box.stamp(order.placed), paid_at=self.box.stamp(t),
            promised_ship_at=self.box.stamp(t + 2 * DAY),
            lines=[_wire(line, costs=True) for line in order.lines], **order.header,
        )  # fmt: skip
        self.recent.append((order.buyer, order.id))
        if len(self.recent) > 600:
            del self.recent[:200]
        if self.rng.randrange(150) == 0:
            line = order.lines[0]
            self.box.send(
                t + 3 * DAY + self.box.soon(6 * DAY), "cogs.adjusted", "erp", f"{order.id}-cogs", order_id=order.id,
                line_id=line.line_id, amount=yuan(line.cogs * (96 + self.rng.randrange(12)) // 100),
                period=self.box.iso_day(t)[:7],
            )  # fmt: skip

    def _brush(self, order: Order) -> None:
        """A faked sale: it looks like any other until it is found out, and then every event of it is taken back."""
        shipped = order.paid + 5 * HOUR
        self._shipped(order, shipped)
        self._delivered(order, shipped + DAY)
        for number, (source, event_id) in enumerate(order.events, start=1):
            self.box.send(
                order.paid + 3 * DAY + self.rng.randrange(4 * DAY), "event.retracted", "risk-control",
                f"{order.id}-retract-{number}", target_source=source, target_event_id=event_id,
                target_subject=f"customer|{SHOP}|{order.buyer}", reason_code="brush_order",
            )  # fmt: skip

    def _cancel(self, order: Order) -> None:
        t = order.paid + 10 * MINUTE + self.box.soon(20 * HOUR)
        self.box.send(
            t, "order.cancelled", PLATFORM, self._id(order, PLATFORM, "cancelled"), order_id=order.id,
            buyer_id=order.buyer, by_seller=self.rng.randrange(8) == 0,
        )  # fmt: skip
        for line in order.lines:
            self._refund(order, line, (t, t + HOUR), kind="refund_only", stage="pre_ship", amount=line.rev)

    def _parcel(self, order: Order) -> None:
        box, rng = self.box, self.rng
        busy = PROMOTION_DAY <= order.paid // DAY + 1 <= PROMOTION_DAY + 1
        late = rng.randrange(100) < (9 if busy else 3)
        shipped = order.paid + (49 * HOUR + box.soon(30 * HOUR) if late else 4 * HOUR + rng.randrange(40 * HOUR))
        self._shipped(order, shipped)
        delivered = shipped + 30 * HOUR + rng.randrange(72 * HOUR)
        self._delivered(order, delivered)
        live = "live_session_id" in order.header
        returned = rng.randrange(1_000) < (LIVE_RETURNS if live else RETURNS) and self._return(order, delivered)
        completed = delivered + (7 * DAY if rng.randrange(10) < 4 else DAY + rng.randrange(3 * DAY))
        if not returned and rng.randrange(50) > 0:
            box.send(
                completed, "order.completed", PLATFORM, self._id(order, PLATFORM, "completed"), order_id=order.id,
                buyer_id=order.buyer, completed_at=box.stamp(completed),
            )  # fmt: skip

    def _shipped(self, order: Order, t: int) -> None:
        self.box.send(
            t, "order.shipped", DEPOT, self._id(order, DEPOT, "shipped"), order_id=order.id, buyer_id=order.buyer,
            shipped_at=self.box.stamp(t), warehouse_id=WAREHOUSE,
        )  # fmt: skip

    def _delivered(self, order: Order, t: int) -> None:
        self.box.send(
            t, "order.delivered", DEPOT, self._id(order, DEPOT, "delivered"), order_id=order.id,
            buyer_id=order.buyer, delivered_at=self.box.stamp(t),
        )  # fmt: skip

    def _return(self, order: Order, delivered: int) -> bool:
        """Goods or money go back; True when the whole order went back before it could be completed."""
        box, rng = self.box, self.rng
        line = order.lines[rng.randrange(len(order.lines))]
        asked = delivered + 2 * HOUR + box.soon(14 * DAY)
        done = asked + DAY + box.soon(8 * DAY)
        draw = rng.randrange(100)
        if draw < 8:
            self._refund(order, line, (asked, done), kind="exchange", amount=0)
        elif draw < 15:
            self._refund(order, line, (asked, asked + 3 * HOUR), kind="compensation", amount=max(100, line.rev // 12))
        elif draw < 28:
            amount = line.rev if rng.randrange(2) else line.rev // 2
            self._refund(order, line, (asked, asked + 2 * DAY), kind="refund_only", amount=amount)
        elif draw < 31:
            self._claim(order, line, (asked, done), "rejected", kind="return_refund", amount=line.rev)
        else:
            amount = line.rev + 1_000 if rng.randrange(90) == 0 else line.rev
            self._refund(order, line, (asked, done), kind="return_refund", amount=amount)
            return len(order.lines) == 1
        return False

    def _refund(self, order: Order, line: Bought, when: tuple[int, int], **how: Any) -> None:
        self._claim(order, line, when, "completed", **how)

    def _claim(self, order: Order, line: Bought, when: tuple[int, int], end: str, **how: Any) -> None:
        """A refund from the request to its `end`; `how` gives kind, amount in fen, and stage."""
        box, rng = self.box, self.rng
        asked, done = when
        refund_id = f"r{order.id[1:]}-{line.line_id}"
        reason = REASONS[rng.randrange(len(REASONS))]
        back = line.cogs if how["kind"] == "return_refund" and rng.randrange(10) > 0 else 0
        fields = {
            "refund_id": refund_id, "order_id": order.id, "line_id": line.line_id, "buyer_id": order.buyer,
            "kind": how["kind"], "stage": how.get("stage", "after_delivery"), "reason_code": reason,
            "responsible": BLAME.get(reason, "buyer"), "refund_amt": yuan(how["amount"]),
            "refund_qty": line.qty if back else 0,
        }  # fmt: skip
        box.send(asked, "refund.requested", PLATFORM, f"{refund_id}-requested", requested_at=box.stamp(asked), **fields)
        if end == "completed":
            fields |= {"completed_at": box.stamp(done), "cogs_back": yuan(back if how["kind"] != "exchange" else 0)}
        # One refund in eighty of the month itself, and more of the live ones, is told only after the close.
        told_late = (
            end == "completed"
            and 0 <= done < box.month_end
            and rng.randrange(12 if "channel" in order.header else 80) == 0
        )
        when_told = (done, box.horizon + box.soon(3 * DAY)) if told_late else done
        box.send(when_told, f"refund.{end}", PLATFORM, f"{refund_id}-{end}", **fields)

    def _id(self, order: Order, source: str, step: str) -> str:
        event_id = f"{order.id}-{step}"
        order.events.append((source, event_id))
        return event_id


def _wire(line: Bought, costs: bool) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "line_id": line.line_id,
        "sku": line.product.sku,
        "category": line.product.category,
        "qty": line.qty,
        "paid_amt": yuan(line.paid),
    }
    if line.subsidy:
        wire["platform_subsidy_amt"] = yuan(line.subsidy)
    if costs:
        wire |= {"cogs": yuan(line.cogs), "platform_fee": yuan(line.rev // 20), "fulfil_cost": "6.00"}
    return wire
