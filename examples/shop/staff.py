"""What concerns the people of the departments: reports and tasks, trainings, exams, goals, reviews, costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from examples.shop.departments import STAFF
from examples.shop.outbox import Outbox
from examples.shop.world import DAY, HOUR, MANAGERS, PEOPLE

BOARD, HR, REVIEW, LEDGER = "board", "hr", "review", "ledger"
CHIEF = STAFF["ecommerce_director"]
EVERYBODY = (*PEOPLE, *sorted(STAFF.values()))
ITEMS = (
    "review_execution",
    "review_teamwork",
    "review_initiative",
    "review_attitude",
    "review_ability",
    "review_report_quality",
    "review_problem_solving",
    "review_creativity",
    "review_market_insight",
    "review_team_management",
    "review_process_improvement",
    "review_external_relations",
    "review_decision_quality",
)
"""Every item of the catalogue; at scale 1 the narrow month reviews the people of world.py in the first two."""
TASKED = (STAFF["short_video_producer"], STAFF["visual_designer"], STAFF["data_analyst"], "e17")
EXAMINED = ("e12", "e17", "e18", STAFF["visual_designer"], STAFF["livestream_controller"])


class Staff:
    """The records about people."""

    def __init__(self, box: Outbox, is_whole: bool) -> None:
        self.box = box
        self.rng = box.rng
        self.is_whole = is_whole

    def before(self) -> None:
        """Everybody has joined some time before the month; last month's totals are settled."""
        for number, person in enumerate(EVERYBODY):
            boss = self.manager(person)
            joined = {"employee_id": person, "manager_id": boss}
            self.box.send(-DAY, "hr.joined", HR, f"since-{person}", **joined)
            year, month = self.box.month.split("-")
            before = f"{int(year) - (month == '01')}-{(int(month) - 2) % 12 + 1:02d}"
            total = {"period": before, "total": f"{82 + number % 17}"}
            self.box.send(-DAY + HOUR, "score.settled", HR, f"settled-{person}", subject_id=person, **total)

    def day(self, day: int) -> None:
        """One day of the month; reviews and exams come at its end."""
        self._tasks(day)
        self._reports(day)
        self._upwards(day)
        if day == 5:
            self._training()
        if day == 12:
            self.box.send((day - 1) * DAY + 9 * HOUR, "hr.left", HR, "left-e06", employee_id="e06", voluntary=True)
            away = {"from_at": self.box.stamp(day * DAY), "to_at": self.box.stamp((day + 2) * DAY)}
            self.box.send((day - 1) * DAY, "hr.leave", HR, "leave-e17", employee_id="e17", leave_type="annual", **away)
        if day == self.box.days_in_month:
            self._exams()
            self._goals()
            self._reviews()
            self._books()

    @staticmethod
    def manager(person: str) -> str:
        """Who leads a person; the director answers to the owner of the company."""
        return MANAGERS.get(person, "gm" if person == CHIEF else CHIEF)

    def _tasks(self, day: int) -> None:
        box, t = self.box, (day - 1) * DAY + 9 * HOUR
        who = {"task_id": f"job-{day:02d}", "assignee_id": TASKED[day % len(TASKED)]}
        name = who["task_id"]
        box.send(t, "task.created", BOARD, f"{name}-new", due_at=box.stamp(t + 2 * DAY), weight="1.5", **who)
        if day % 7 == 0:
            box.send(t + DAY, "task.rejected", BOARD, f"{name}-back", **who)
        if day % 9 == 0:
            later = {"due_at": box.stamp(t + 4 * DAY), "moved_by": CHIEF, "reason": "new brief"}
            box.send(t + HOUR, "task.due_moved", BOARD, f"{name}-moved", **later, **who)
        done = t + (3 if day % 5 == 0 else 1) * DAY + self.rng.randrange(8 * HOUR)
        box.send(done, "task.delivered", BOARD, f"{name}-done", **who)
        box.send(done + 4 * HOUR, "task.accepted", BOARD, f"{name}-taken", **who)

    def _reports(self, day: int) -> None:
        """A report a week from the analyst and the purchaser; the analyst's suggestions are decided two days later."""
        if day % 7 != 1:
            return
        box, t = self.box, (day - 1) * DAY + 8 * HOUR
        for role in ("data_analyst", "purchaser"):
            report = {"task_id": f"report-{role}-{day:02d}", "assignee_id": STAFF[role]}
            name = report["task_id"]
            box.send(t, "task.created", BOARD, f"{name}-new", kind="report", due_at=box.stamp(t + DAY), **report)
            wait = 30 * HOUR if day == 15 else 20 * HOUR
            box.send(t + wait, "task.delivered", BOARD, f"{name}-done", **report)
            if day == 8:
                box.send(t + 3 * DAY, "task.error_confirmed", BOARD, f"{name}-error", **report)
        idea = {"task_id": f"idea-{day:02d}", "assignee_id": STAFF["data_analyst"]}
        box.send(t + HOUR, "task.created", BOARD, f"idea-{day:02d}-new", kind="suggestion", **idea)
        box.send(t + 2 * DAY, "task.decided", BOARD, f"idea-{day:02d}-verdict", adopted=day != 22, **idea)

    def _upwards(self, day: int) -> None:
        """A check-in of everybody a week, and two proposals to the director."""
        box, t = self.box, (day - 1) * DAY + 17 * HOUR
        today = box.first + timedelta(days=day - 1)
        if today.isoweekday() == 5:
            year, week, _ = today.isocalendar()
            for number, person in enumerate(EVERYBODY):
                told = {
                    "subject_id": person,
                    "week": f"{year}-W{week:02d}",
                    "rating": str(60 + number),
                    "blockers": day % 3,
                }
                box.send(t, "checkin.submitted", REVIEW, f"week-{week}-{person}", **told)
        if day in (6, 18):
            proposal = {"proposal_id": f"proposal-{day:02d}"}
            author = {"author_id": "e17", "addressee_id": CHIEF}
            box.send(t, "proposal.submitted", BOARD, f"proposal-{day:02d}-new", **author, **proposal)
            verdict = {"decision": "adopted"} if day == 6 else {"decision": "rejected", "reason_code": "cost"}
            box.send(
                t + 2 * DAY,
                "proposal.decided",
                BOARD,
                f"proposal-{day:02d}-said",
                decided_by=CHIEF,
                **verdict,
                **proposal,
            )

    def _training(self) -> None:
        t = 4 * DAY + 14 * HOUR
        for place, person in enumerate(("e12", "e13", "e14", "e18")):
            part = {"employee_id": person, "trainer_id": "e11", "training_id": "returns-policy"}
            came = person != "e14"
            self.box.send(t, "hr.training", HR, f"trained-{person}", attended=came, passed=came and place != 1, **part)
        means = {"before": "0.36", "after": "0.4", "trained_at": self.box.stamp(t)}
        effect = {"employee_id": "e12", "trainer_id": "e11", "training_id": "returns-policy", "kpi": "csat"}
        self.box.send(t + 26 * DAY, "training.effect", HR, "effect-e12", **means, **effect)

    def _exams(self) -> None:
        t = self.box.month_end - 9 * HOUR
        for person in EXAMINED:
            score = f"{78 + self.rng.randrange(20)}"
            self.box.send(t, "exam.scored", HR, f"exam-{person}", subject_id=person, item="skill", score=score)

    def _goals(self) -> None:
        t = self.box.month_end - 8 * HOUR
        for number, done in enumerate(("0.8", "0.55"), start=1):
            goal = {"subject_id": CHIEF, "goal_id": f"new-{number}", "reviewer_id": "gm", "completion": done}
            self.box.send(t, "goal.milestone", HR, f"goal-{number}", weight=str(number), **goal)

    def _reviews(self) -> None:
        for number, person in enumerate(EVERYBODY):
            peers = [EVERYBODY[(number + step) % len(EVERYBODY)] for step in (3, 7, 11)]
            raters = [("manager", self.manager(person)), ("self", person), *(("peer", peer) for peer in peers)]
            for item in ITEMS:
                if self.is_whole and person in PEOPLE and item in ITEMS[:2]:
                    continue  # the narrow month has these
                for relation, rater in raters:
                    self._review(person, rater, relation, item)
                if item == "review_team_management":
                    self._upward(person, item)

    def _review(self, person: str, rater: str, relation: str, item: str) -> None:
        level = 74 + self.rng.randrange(16)
        fields: dict[str, Any] = {"evidence": "list-1"} if item == "review_process_improvement" else {}
        self.box.send(
            self.box.month_end - 6 * HOUR + self.rng.randrange(30 * HOUR), "review.submitted", REVIEW,
            f"view-{person}-{relation}-{rater}-{item}", subject_id=person, reviewer_id=rater,
            relation=relation, item=item, score=str(level), period=self.box.month, **fields,
        )  # fmt: skip

    def _upward(self, person: str, item: str) -> None:
        for answer in range(4):
            told = {"subject_id": person, "item": item, "period": self.box.month, "score": str(70 + answer * 5)}
            t = self.box.month_end - 5 * HOUR
            self.box.send(t, "survey.answered", REVIEW, f"survey-{person}-{answer}", **told)

    def _books(self) -> None:
        """What finance posts after the month: costs against the budget, the profit, and what the market sold."""
        t, period = self.box.month_end - 4 * HOUR, {"period": self.box.month}
        for account, amount in (("wages", "96000.00"), ("tools", "4200.00")):
            posted = {"cost_centre": "hanfeng-douyin", "account": account, "amount": amount}
            self.box.send(t, "cost.posted", LEDGER, f"cost-{account}", **posted, **period)
        profit = {"cost_centre": "hanfeng-douyin", "amount": "310000.00"}
        self.box.send(t, "profit.posted", LEDGER, "profit", **profit, **period)
        market = {"category": "dress", "own_share_num": "900000.00", "market_total": "61000000.00"}
        self.box.send(t, "market.posted", LEDGER, "market-dress", **market, **period)


__all__ = ["CHIEF", "EVERYBODY", "Staff"]
