"""What does not come from customers: ad reports, traffic, stock, shifts, tasks, content, partners and reviews."""

from __future__ import annotations

from typing import Any

from examples.shop.outbox import Outbox, yuan
from examples.shop.world import (
    AGENTS,
    CAMPAIGNS,
    DAY,
    HOUR,
    HOUR_SHARE,
    JOINING_DAY,
    MANAGERS,
    MINUTE,
    PEERS,
    PEOPLE,
    PRODUCTS,
    STANDING,
    WAREHOUSE,
    Campaign,
    account_of,
)

ADS, TRAFFIC, ERP, HR, DESK = "qianchuan", "compass", "erp", "hr", "feige"
ORIGINS = {"organic": 38, "paid": 31, "live": 14, "content": 12, "other": 5}
REVIEWED = ("review_execution", "review_teamwork")


class Office:
    """The reports and records of a day."""

    def __init__(self, box: Outbox) -> None:
        self.box = box
        self.rng = box.rng

    def day(self, day: int, demand: int) -> None:
        """Everything of one day of the month; `demand` in percent of an ordinary day."""
        self._reports(day, demand)
        self._stock(day)
        self._people(day)
        self._work(day)
        if day == self.box.days_in_month:
            self.reviews()

    def _reports(self, day: int, demand: int) -> None:
        for hour in range(24):
            start = (day - 1) * DAY + hour * HOUR
            share = demand * HOUR_SHARE[hour] // 45
            for campaign in CAMPAIGNS:
                if self.box.keep("ad hour"):
                    self._ad(campaign, start, share)
            for origin, percent in ORIGINS.items():
                if self.box.keep("traffic hour"):
                    self._visitors(start, origin, share * percent * (90 + self.rng.randrange(21)) // 1_200)

    def _ad(self, campaign: Campaign, start: int, share: int) -> None:
        """An hour's report at once, restated the next day for half of the hours and again later for some."""
        box, rng = self.box, self.rng
        cost = campaign.spend * share * (80 + rng.randrange(41)) // 10_000
        clicks = cost // campaign.click_fen
        gmv = cost * campaign.yield_percent * (70 + rng.randrange(61)) // 10_000
        restated = (1, 1, 1, 1, 1, 2, 2, 2, 2, 3)[rng.randrange(10)]
        for revision in range(1, restated + 1):
            known = 100 if revision == restated else 62 if revision == 1 else 91
            arrives = start + HOUR + 5 * MINUTE + rng.randrange(240)
            if revision > 1:
                arrives += DAY * (1 if revision == 2 else 3)
            box.send(
                (start + HOUR, arrives), "ad.report", ADS, f"{campaign.id}-{start // HOUR + 100:04d}-{revision}",
                campaign_id=campaign.id, interval_start=box.stamp(start), revision=revision,
                impressions=clicks * 1_000 // campaign.click_permille + rng.randrange(20), clicks=clicks,
                cost=yuan(cost), attributed_orders=gmv * known // 2_200_000, attributed_gmv=yuan(gmv * known // 100),
                attributed_new_buyers=gmv * known // 3_900_000, budget=yuan(campaign.spend * 24),
            )  # fmt: skip

    def _visitors(self, start: int, origin: str, uv: int) -> None:
        box = self.box
        for revision in (1, 2) if self.rng.randrange(12) == 0 else (1,):
            box.send(
                (start + HOUR, start + HOUR + 10 * MINUTE + (revision - 1) * DAY), "traffic.day", TRAFFIC,
                f"uv-{origin}-{start // HOUR + 100:04d}-{revision}", interval_start=box.stamp(start),
                interval_seconds=HOUR, origin=origin, revision=revision, uv=uv + revision, pv=uv * 3,
            )  # fmt: skip

    def _stock(self, day: int) -> None:
        box, rng = self.box, self.rng
        start = (day - 1) * DAY
        for number, product in enumerate(PRODUCTS):
            if not box.keep("stock row"):
                continue
            held = max(0, 620 - 11 * ((day * 3 + number * 5) % 53) + rng.randrange(30))
            box.send(
                start + 23 * HOUR, "stock.snapshot", ERP, f"stock-{product.sku}-{day:+03d}", sku=product.sku,
                warehouse_id=WAREHOUSE, day_at=box.stamp(start), on_hand_qty=held,
                on_hand_cost=yuan(held * product.cost), age_days=20 + (number * 13 + day) % 60,
            )  # fmt: skip
        if day % 7 == 3 and box.keep("stock received"):
            product = PRODUCTS[day % len(PRODUCTS)]
            event_id = f"in-{product.sku}-{day:+03d}"
            box.send(
                start + 10 * HOUR, "stock.received", ERP, event_id, sku=product.sku, warehouse_id=WAREHOUSE,
                qty_ok=480, qty_bad=rng.randrange(9),
            )  # fmt: skip

    def _people(self, day: int) -> None:
        box = self.box
        start = (day - 1) * DAY
        for place, person in enumerate(PEOPLE):
            if person == "e15" and day < JOINING_DAY:
                continue
            if (day + place) % 7 > 4 or not box.keep("shift"):
                continue
            opening = start + (8 if (day + place) % 2 else 10) * HOUR
            times = {"from_at": box.stamp(opening), "to_at": box.stamp(opening + 9 * HOUR)}
            box.send(start + 7 * HOUR, "hr.shift", HR, f"shift-{person}-{day:+03d}", employee_id=person, **times)
        if day == JOINING_DAY:
            box.send(
                start + 9 * HOUR, "hr.joined", HR, "joined-e15", employee_id="e15", role="cs_agent", manager_id="e11"
            )
        for agent in AGENTS:
            if (agent.person == "e15" and day < JOINING_DAY) or not box.keep("presence"):
                continue
            account = account_of(agent.person, day)
            for hour, state in ((8, "online"), (12, "busy"), (13, "online"), (22, "offline")):
                t = start + hour * HOUR + self.rng.randrange(MINUTE)
                box.send(
                    t, "agent.presence", DESK, f"presence-{account}-{day:+03d}-{hour}", agent_id=account, state=state
                )

    def _work(self, day: int) -> None:
        """A few events of the families that no plan here reads yet, so that they are seen to pass through."""
        if day % 2 == 0 and self.box.keep("task"):
            self._task(day)
        if day % 3 == 0 and self.box.keep("content"):
            self._content(day)
        if day % 5 == 0 and self.box.keep("partner"):
            self._partner(day)
        if day % 4 == 0 and self.box.keep("ticket"):
            self._ticket(day)
        if day == 3:
            t, posted = 2 * DAY + 17 * HOUR, {"cost_centre": "hanfeng-douyin", "period": self.box.month}
            self.box.send(t, "cost.posted", ERP, "cost-rent", amount="18000.00", account="rent", **posted)

    def _task(self, day: int) -> None:
        box, rng = self.box, self.rng
        start, task = (day - 1) * DAY + 10 * HOUR, f"task-{day:+03d}"
        who: dict[str, Any] = {"task_id": task, "assignee_id": ("e17", "e02", "e03")[day % 3]}
        box.send(start, "task.created", "board", f"{task}-created", due_at=box.stamp(start + 2 * DAY), **who)
        done = start + DAY + rng.randrange(30 * HOUR)
        box.send(done, "task.delivered", "board", f"{task}-delivered", **who)
        box.send(done + 3 * HOUR, "task.accepted", "board", f"{task}-accepted", **who)

    def _content(self, day: int) -> None:
        box, rng = self.box, self.rng
        start, post = (day - 1) * DAY + 18 * HOUR, f"video-{day:+03d}"
        box.send(start, "content.published", "douyin", f"{post}-out", content_id=post, author_id="e17")
        views = 2_000 + rng.randrange(9_000)
        figures = {"views": views, "finished_views": views // 4, "likes": views // 21, "comments": views // 160}
        box.send(
            start + 6 * HOUR, "content.stats", "douyin", f"{post}-stats", content_id=post,
            day_at=box.stamp((day - 1) * DAY), attributed_gmv=yuan(views * 9), **figures,
        )  # fmt: skip

    def _partner(self, day: int) -> None:
        start, partner = (day - 1) * DAY + 15 * HOUR, f"daren-{day:+03d}"
        self.box.send(start, "partner.contacted", "crm", f"{partner}-hello", partner_id=partner, two_way=day % 2 == 0)
        inquiry = {"inquiry_id": f"wholesale-{day:+03d}", "buyer_id": f"w{day:+03d}"}
        self.box.send(start + HOUR, "inquiry.received", "crm", f"{inquiry['inquiry_id']}-in", agent_id="e03", **inquiry)
        self.box.send(
            start + 3 * HOUR, "inquiry.replied", "crm", f"{inquiry['inquiry_id']}-out", agent_id="e03", **inquiry
        )

    def _ticket(self, day: int) -> None:
        start, ticket = (day - 1) * DAY + 11 * HOUR, f"ticket-{day:+03d}"
        case = {"ticket_id": ticket, "agent_id": "kf-07", "customer_id": f"b{day:+03d}"}
        self.box.send(start, "ticket.opened", DESK, f"{ticket}-open", **case)
        self.box.send(start + 5 * HOUR, "ticket.resolved", DESK, f"{ticket}-done", **case)
        score = f"{78 + self.rng.randrange(18)}.5"
        self.box.send(start + 6 * HOUR, "qa.scored", DESK, f"{ticket}-qa", agent_id="kf-01", score=score)

    def reviews(self) -> None:
        """At the month's end the manager, three peers and the person score each of two items."""
        for person in PEOPLE:
            if person != "e02" and not self.box.keep("reviewed"):
                continue
            raters = [("self", person), *(("peer", peer) for peer in PEERS[person])]
            raters.insert(0, ("manager", MANAGERS.get(person, "gm")))
            for item in REVIEWED:
                for relation, rater in raters:
                    self._review(person, rater, relation, item)

    def _review(self, person: str, rater: str, relation: str, item: str) -> None:
        box, rng = self.box, self.rng
        level = STANDING[person] + rng.randrange(-4, 5) + (2 if relation == "self" else 0)
        half = ".5" if rng.randrange(3) == 0 and level < 99 else ""
        t = box.month_end - 2 * HOUR + rng.randrange(40 * HOUR)
        for revision in (1, 2) if (person, rater, item) == ("e13", "e11", REVIEWED[0]) else (1,):
            score = min(100, level + 3 * (revision - 1))
            fields: dict[str, Any] = {"comment": "见附件数据与事例"} if score > 89 or score < 60 else {}
            box.send(
                t + (revision - 1) * DAY, "review.submitted", "review", f"review-{person}-{rater}-{item}-{revision}",
                subject_id=person, reviewer_id=rater, relation=relation, item=item, score=f"{score}{half}",
                period=box.month, revision=revision, **fields,
            )  # fmt: skip
