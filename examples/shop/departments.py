"""The departments that the narrow month leaves out: goods, listings, creatives, members, partners and foreign trade."""

from __future__ import annotations

from typing import Any

from examples.shop.office import ERP
from examples.shop.outbox import Outbox, yuan
from examples.shop.world import DAY, HOUR, PRODUCTS, WAREHOUSE, Product

#: Who works in the departments, beside the people of world.py.
STAFF = {
    "content_operator": "e19",
    "short_video_producer": "e20",
    "livestream_controller": "e21",
    "merchandiser": "e22",
    "visual_designer": "e23",
    "member_operator": "e24",
    "influencer_bd": "e25",
    "foreign_trade_operator": "e26",
    "purchaser": "e27",
    "data_analyst": "e28",
    "amazon_director": "e29",
    "amazon_operator": "e30",
    "ecommerce_director": "e31",
}
MARKET, CRM, STUDIO = "douyin", "crm", "studio"
MEMBERS = 60
PARTNERS = 8
PUBLISHERS = (STAFF["merchandiser"], "e17", "e02", STAFF["livestream_controller"])


class Departments:
    """What happens on a day outside of orders, conversations and the live room."""

    def __init__(self, box: Outbox, has_all_sessions: bool) -> None:
        self.box = box
        self.rng = box.rng
        self.has_all_sessions = has_all_sessions

    def before(self) -> None:
        """What stands when the month begins: members of the shop."""
        for number in range(MEMBERS):
            self.box.send(-DAY, "member.joined", CRM, f"member-{number:03d}-in", member_id=f"mb{number:03d}")

    def day(self, day: int) -> None:
        """Everything of one day of the month."""
        self._members(day)
        self._partners(day)
        self._trade(day)
        self._purchase(day)
        self._listings(day)
        self._creatives(day)
        self._warehouse(day)
        self._runbook(day)

    def _order(self, t: int, order: str, product: Product, **header: Any) -> None:
        """One order of one line: paid, shipped after a day and delivered on the fourth."""
        qty = 1 + self.rng.randrange(2)
        line = {
            "line_id": "1", "sku": product.sku, "category": product.category, "qty": qty,
            "paid_amt": yuan(product.price * qty), "cogs": yuan(product.cost * qty), "fulfil_cost": "4.50",
        }  # fmt: skip
        who = {"order_id": order, "buyer_id": header.pop("buyer_id", f"b-{order}")}
        due = {
            "promised_ship_at": self.box.stamp(t + 2 * DAY),
            "promised_deliver_at": self.box.stamp(t + 5 * DAY),
        }
        self.box.send(t, "order.paid", MARKET, f"{order}-paid", lines=[line], **who, **due, **header)
        self.box.send(t + DAY, "order.shipped", "wms", f"{order}-shipped", warehouse_id=WAREHOUSE, **who)
        self.box.send(t + 4 * DAY, "order.delivered", MARKET, f"{order}-delivered", **who)
        if self.rng.randrange(20) == 0:
            dearer = {"line_id": "1", "amount": yuan(product.cost * qty * 104 // 100), "period": self.box.month}
            self.box.send(t + 6 * DAY, "cogs.adjusted", ERP, f"{order}-cost", order_id=who["order_id"], **dearer)
        if self.rng.randrange(3) == 0:
            stars = (5, 5, 5, 5, 4, 2)[self.rng.randrange(6)]
            told = {"kind": "review", "stars": stars, "line_id": "1"}
            self.box.send(t + 5 * DAY, "feedback.received", MARKET, f"{order}-stars", **who, **told)

    def _members(self, day: int) -> None:
        box, start = self.box, (day - 1) * DAY
        box.send(start + 9 * HOUR, "member.joined", CRM, f"member-new-{day:02d}", member_id=f"mn{day:02d}")
        if day % 6 == 0:
            box.send(start + 9 * HOUR, "member.left", CRM, f"member-gone-{day:02d}", member_id=f"mb{day:03d}")
        for turn in range(3):
            member = f"mb{(day * 7 + turn * 19) % MEMBERS:03d}"
            told = {"member_id": member, "action": "opened"}
            box.send(start + (10 + turn) * HOUR, "member.interacted", CRM, f"seen-{day:02d}-{turn}", **told)
            product = PRODUCTS[(day + turn * 3) % len(PRODUCTS)]
            about = {"buyer_id": member, "channel": "private_domain"}
            self._order(start + (12 + turn) * HOUR, f"m{day:02d}-{turn}", product, **about)

    def _partners(self, day: int) -> None:
        box, t = self.box, (day - 1) * DAY + 14 * HOUR
        partner = f"kol-{day % PARTNERS}"
        who = {"partner_id": partner}
        box.send(t, "partner.contacted", CRM, f"{partner}-{day:02d}-hello", two_way=day % 3 != 0, **who)
        if day <= PARTNERS:
            box.send(t + HOUR, "partner.sample_sent", CRM, f"{partner}-sample", sku=PRODUCTS[day].sku, **who)
            if day % 4:
                box.send(t + 6 * DAY, "partner.first_live", CRM, f"{partner}-live", sku=PRODUCTS[day].sku, **who)
        if day > PARTNERS:
            self._order(t + 5 * HOUR, f"k{day:02d}", PRODUCTS[day % PARTNERS], partner_id=partner)
        if day % 10 == 0:
            deal = {"subject_id": STAFF["influencer_bd"], **who}
            box.send(t + 2 * HOUR, "partner.deal", CRM, f"{partner}-{day:02d}-deal", **deal)

    def _trade(self, day: int) -> None:
        """Foreign trade: an inquiry a day, most answered within hours; some lead to an invoice and a payment."""
        box, t, rep = self.box, (day - 1) * DAY + 10 * HOUR, STAFF["foreign_trade_operator"]
        case = {"inquiry_id": f"rfq-{day:02d}", "buyer_id": f"importer-{day % 12:02d}"}
        box.send(t, "inquiry.received", CRM, f"rfq-{day:02d}-in", agent_id=rep, **case)
        if day % 11 == 0:
            box.send(t + 3 * HOUR, "inquiry.marked_spam", CRM, f"rfq-{day:02d}-spam", **case)
            return
        wait = 30 * HOUR if day % 9 == 0 else HOUR + self.rng.randrange(5 * HOUR)
        box.send(t + wait, "inquiry.replied", CRM, f"rfq-{day:02d}-out", agent_id=rep, **case)
        if day % 4 == 0:
            due = box.stamp(t + 7 * DAY)
            bill = {
                "invoice_id": f"inv-{day:02d}", "buyer_id": case["buyer_id"], "invoice_amt": "8800.00",
                "due_at": due, "agent_id": rep,
            }  # fmt: skip
            box.send(t + DAY, "invoice.issued", CRM, f"inv-{day:02d}-out", **bill)
            paid = "8800.00" if day % 8 else "5000.00"
            box.send(t + 5 * DAY, "payment.received", CRM, f"inv-{day:02d}-paid", paid_amt=paid, **bill)
            self._order(
                t + 2 * DAY, f"w{day:02d}", PRODUCTS[day], buyer_id=case["buyer_id"], channel="b2b", agent_id=rep
            )

    def _purchase(self, day: int) -> None:
        box, t = self.box, (day - 1) * DAY + 9 * HOUR
        if day % 3:
            return
        product = PRODUCTS[day % len(PRODUCTS)]
        line = {"po_id": f"po-{day:02d}", "line_id": "1", "sku": product.sku}
        box.send(
            t, "po.created", ERP, f"po-{day:02d}-new", qty=200, due_at=box.stamp(t + 6 * DAY),
            category=product.category,
            unit_price=yuan(product.cost * 96 // 100), reference_price=yuan(product.cost), supplier_id="mill-1", **line,
        )  # fmt: skip
        arrives = t + (8 if day % 5 == 0 else 4) * DAY
        bad = self.rng.randrange(7)
        box.send(arrives, "po.received", ERP, f"po-{day:02d}-in", qty_ok=200 - bad, qty_bad=bad, **line)

    def _listings(self, day: int) -> None:
        """A new listing every other day by each publisher in turn, changes, a few mistakes, and daily figures."""
        box, t = self.box, (day - 1) * DAY + 11 * HOUR
        publisher = PUBLISHERS[day // 2 % len(PUBLISHERS)]
        if day % 2 == 0:
            new = {"sku": f"NEW-{day // 2:02d}", "publisher_id": publisher, "category": "tops"}
            due = box.stamp(t + DAY)
            box.send(t, "listing.planned", ERP, f"{new['sku']}-plan", due_at=due, **new)
            late = 2 * DAY if day % 12 == 6 else 4 * HOUR
            box.send(t + late, "listing.published", ERP, f"{new['sku']}-out", due_at=due, **new)
        elif day % 3 == 0:
            who = {"sku": PRODUCTS[day % len(PRODUCTS)].sku, "publisher_id": publisher}
            box.send(t, "listing.changed", ERP, f"change-{day:02d}", is_optimisation=True, **who)
            if day % 9 == 0:
                box.send(t + 5 * HOUR, "listing.error", ERP, f"error-{day:02d}", kind="content", **who)
        for number in (4, 13, 22):
            sku, lift = PRODUCTS[number % len(PRODUCTS)].sku, 3 if day > number else 0
            figures = {"visitors": 400 + self.rng.randrange(60), "buyers": 12 + lift + self.rng.randrange(4)}
            start = box.stamp((day - 1) * DAY)
            box.send(
                t + 13 * HOUR, "listing.stats", MARKET, f"lst-{sku}-{day:02d}", sku=sku, day_at=start,
                publisher_id="e17", **figures,
            )  # fmt: skip

    def _creatives(self, day: int) -> None:
        box, t = self.box, (day - 1) * DAY + 12 * HOUR
        start = box.stamp((day - 1) * DAY)
        shown = 3_000 + self.rng.randrange(900)
        picture = {"creative_id": f"pic-{day // 7}", "author_id": STAFF["visual_designer"], "day_at": start}
        clicks = shown * (26 + self.rng.randrange(9)) // 1_000
        box.send(t, "creative.report", STUDIO, f"pic-{day:02d}", impressions=shown, clicks=clicks, **picture)
        if day % 2 == 0:
            author = STAFF["content_operator" if day % 4 else "short_video_producer"]
            self._video(day, t, author)

    def _video(self, day: int, t: int, author: str) -> None:
        box, video = self.box, f"post-{day:02d}"
        planned = box.stamp(t + HOUR)
        box.send(
            t - DAY, "content.planned", STUDIO, f"{video}-plan", content_id=video, author_id=author, planned_at=planned
        )
        late = 5 * HOUR if day % 10 == 0 else 30 * 60
        if day == 22:
            box.send(t + 2 * DAY, "content.deleted", STUDIO, f"{video}-gone", content_id=video)
        box.send(t + late, "content.published", STUDIO, f"{video}-out", content_id=video, author_id=author)
        for later in range(1, 6):
            views = (1_500 + self.rng.randrange(4_000)) // later
            figures = {
                "views": views, "finished_views": views * 3 // 10, "likes": views // 18, "comments": views // 120,
                "shares": views // 200, "saves": views // 90, "new_followers": views // 260,
                "attributed_gmv": yuan(views * 11), "boosted_views": views // 5,
            }  # fmt: skip
            when = t + later * DAY
            box.send(
                when, "content.stats", STUDIO, f"{video}-{later}", content_id=video,
                day_at=box.stamp(when - when % DAY), **figures,
            )  # fmt: skip

    def _warehouse(self, day: int) -> None:
        box, t = self.box, (day - 1) * DAY + 16 * HOUR
        product = PRODUCTS[day % len(PRODUCTS)]
        goods = {"sku": product.sku, "warehouse_id": WAREHOUSE, "category": product.category}
        book = 300 + day
        counted = book - (day % 8 == 0)
        box.send(t, "stock.counted", ERP, f"count-{day:02d}", counted_qty=counted, book_qty=book, **goods)
        if day % 12 == 0:
            order = {"order_id": f"m{day - 5:02d}-1", "buyer_id": f"mb{((day - 5) * 7 + 19) % MEMBERS:03d}"}
            box.send(t, "shipment.error", "wms", f"wrong-{day:02d}", warehouse_id=WAREHOUSE, kind="wrong", **order)
        shift = {"from_at": box.stamp(t - 8 * HOUR), "to_at": box.stamp(t), "warehouse_id": WAREHOUSE}
        box.send(t - 9 * HOUR, "hr.shift", "hr", f"picker-{day:02d}", employee_id="e16", **shift)

    def _runbook(self, day: int) -> None:
        """Steps of the live rooms; below scale 1 only the first room is sure to be on air."""
        box, controller = self.box, STAFF["livestream_controller"]
        for number in (1, 2) if self.has_all_sessions else (1,) if day == 1 else ():
            start, iso = (day - 1) * DAY + (14 if number == 1 else 19) * HOUR, box.iso_day((day - 1) * DAY)
            room = f"live-{iso[2:4]}{iso[5:7]}{iso[8:]}-{number}"
            for place, step in enumerate(("list", "price", "coupon", "pin")):
                t = start + (place + 1) * 240
                about = {"session_id": room, "step_id": step, "planned_at": box.stamp(t)}
                box.send(
                    start - HOUR, "live.step_planned", STUDIO, f"{room}-{step}-plan", controller_id=controller, **about
                )
                if (day + place) % 7:
                    late = 600 if (day + place) % 9 == 0 else 30
                    done = {"controller_id": controller, "session_id": room, "step_id": step}
                    box.send(t + late, "live.step_done", STUDIO, f"{room}-{step}-done", **done)


__all__ = ["STAFF", "Departments"]
