"""Tasks by hand: whose they are when they fall due, moved due times, first deliveries, and what is shown as odd."""

from __future__ import annotations

from tests.scenarios.shop import PEOPLE, Desk, Teller, Wire, shop_texts

HANDED_OVER = PEOPLE.replace(
    'id = "acc-bob"\nfrom = "2026-09-01"',
    'id = "acc-bob"\nfrom = "2026-09-01"\n[[person.account]]\nid = "acc-desk"\nfrom = "2026-10-10"',
).replace(
    'id = "acc-ann"\nfrom = "2026-09-01"',
    'id = "acc-ann"\nfrom = "2026-09-01"\n[[person.account]]\nid = "acc-desk"\nfrom = "2026-09-01"\nto = "2026-10-10"',
)
assert HANDED_OVER.count("acc-desk") == 2


def told(*events: Wire, **files: str) -> Desk:
    """A desk after these events backwards; cells and recount agree."""
    desk = Desk(texts=shop_texts(**files))
    assert desk.take(*events[::-1]).rejected == 0
    assert desk.recounted("2026-01-01", "2026-12-31") == []
    return desk


def codes(desk: Desk) -> list[str]:
    """The codes of open problems."""
    return [problem.code for problem in desk.store.problems()]


class Work(Teller):
    """Tells of one assignee's work."""

    def __init__(self, who: str = "acc-ann") -> None:
        super().__init__()
        self.who = who

    def created(self, task: str, due: str, **fields: object) -> Wire:
        """Handed out on the 1st, due on a day of October at 18:00."""
        due_at = {"due_at": f"2026-10-{due}T18:00:00+08:00"} if due else {}
        return self.about("created", task, "01 09:00:00", **due_at, **fields)

    def about(self, what: str, task: str, time: str, **fields: object) -> Wire:
        """Another event of a task."""
        return self.event(f"task.{what}", time, task_id=task, assignee_id=self.who, **fields)


def test_an_open_task_is_a_miss_from_the_start() -> None:
    """A task that nobody delivered counts at its due time at once; once delivered by then, it is a hit: 0/1, 1/1."""
    work = Work()
    desk = told(work.created("t", "20"))
    assert desk.value("task_on_time_rate", "e:ann") == 0
    desk.take(work.about("delivered", "t", "20 18:00:00"))
    assert desk.value("task_on_time_rate", "e:ann") == 1
    assert desk.value("task_on_time_rate", "c:") == desk.value("task_on_time_rate", "t:ops") == 1


def test_an_account_that_changes_hands() -> None:
    """The account was Ann's until the 10th: the task due on the 9th is hers, that due on the 12th is Bob's.

    Accepted on the 11th, both weigh for Bob: credit is that of each KPI's own instant.
    """
    work = Work("acc-desk")
    events = [work.created("t1", "09"), work.created("t2", "12")]
    events += [work.about("accepted", task, "11 09:00:00") for task in ("t1", "t2")]
    desk = told(*events, people=HANDED_OVER)
    assert desk.kpi("task_on_time_rate", "e:ann").denominator == 1
    assert desk.kpi("task_on_time_rate", "e:bob").denominator == 1
    assert desk.value("task_count", "e:ann") == 0
    assert desk.value("task_count", "e:bob") == 2


def test_a_task_that_is_handed_over() -> None:
    """Bob takes Ann's task over after it was due: the miss stays hers, the weight is his."""
    ann, bob = Work("acc-ann"), Work("acc-bob")
    desk = told(
        ann.created("t", "10"),
        {**bob.about("delivered", "t", "12 09:00:00"), "event_id": "over"},
        {**bob.about("accepted", "t", "12 10:00:00"), "event_id": "done"},
    )
    assert desk.value("task_on_time_rate", "e:ann") == 0
    assert desk.value("task_on_time_rate", "e:bob") is None
    assert desk.value("task_count", "e:bob") == 1


def test_an_unknown_assignee_is_kept() -> None:
    """Work of an account that nobody has is nobody's, and the company's."""
    desk = told(Work("stranger").created("t", "20"))
    assert desk.kpi("task_on_time_rate", "e:unassigned").denominator == 1
    assert desk.kpi("task_on_time_rate", "c:").denominator == 1


def test_moved_due_times() -> None:
    """The requester's last move counts, the assignee's own (under her account or her name) never; both odd ones show.

    t1: due 10th, moved to the 12th in time, then on the 13th to the 15th: delivered on the 14th, a hit, moved late.
    t2: due 10th, moved by Ann herself to the 20th: delivered on the 11th, a miss.
    """
    work = Work()
    first = {"due_at": "2026-10-12T18:00:00+08:00", "moved_by": "boss"}
    second = {"due_at": "2026-10-15T18:00:00+08:00", "moved_by": "boss"}
    own = {"due_at": "2026-10-20T18:00:00+08:00", "moved_by": "ann"}
    desk = told(
        work.created("t1", "10"),
        work.about("due_moved", "t1", "09 12:00:00", **first),
        work.about("due_moved", "t1", "13 12:00:00", **second),
        work.about("delivered", "t1", "14 12:00:00"),
        work.created("t2", "10"),
        work.about("due_moved", "t2", "09 12:00:00", **own),
        work.about("delivered", "t2", "11 12:00:00"),
    )
    found = desk.kpi("task_on_time_rate", "e:ann")
    assert (found.numerator, found.denominator) == (1, 2)
    assert sorted(codes(desk)) == ["due_moved_by_assignee", "due_moved_late"]


def test_a_move_into_another_month() -> None:
    """A task moved from October into November is due there alone."""
    work = Work()
    moved = {"due_at": "2026-11-02T18:00:00+08:00", "moved_by": "boss"}
    desk = told(work.created("t", "30"), work.about("due_moved", "t", "29 12:00:00", **moved))
    assert desk.value("task_on_time_rate", "e:ann") is None
    assert desk.value("task_on_time_rate", "e:ann", "2026-11") == 0


def test_a_late_delivery_stays_a_miss() -> None:
    """Delivered late and accepted, it is a miss in the month in which it was due, and weighs where it was accepted."""
    work = Work()
    desk = told(
        work.created("t", "30", weight="2.5"),
        work.about("delivered", "t", "11-01 09:00:00"),
        work.about("accepted", "t", "11-02 09:00:00"),
    )
    assert desk.value("task_on_time_rate", "e:ann") == 0
    assert desk.value("task_count", "e:ann") == 0
    assert str(desk.value("task_count", "e:ann", "2026-11")) == "5/2"


def test_a_rejection_after_acceptance_is_rework() -> None:
    """A task that comes back after it was accepted was rejected at least once: 1/1, still at its first acceptance."""
    work = Work()
    desk = told(
        work.created("t", "20"),
        work.about("accepted", "t", "20 19:00:00"),
        work.about("rejected", "t", "21 09:00:00"),
        work.about("accepted", "t", "11-02 09:00:00"),
    )
    assert desk.value("rework_rate", "e:ann") == 1
    assert desk.value("rework_rate", "e:ann", "2026-11") is None


def test_odd_tasks_are_shown() -> None:
    """A delivery of what nobody created, and a report that is never due, count nowhere and are shown."""
    work = Work()
    desk = told(work.about("delivered", "t", "20 19:00:00"), work.created("r", "", kind="report"))
    assert desk.value("report_on_time_rate", "c:") is None
    assert sorted(codes(desk)) == ["task_unknown", "task_without_due"]


def test_the_twice_created_task_is_one() -> None:
    """A task that was created twice is one, as it was first told."""
    work = Work()
    again = work.about("created", "t", "02 09:00:00", due_at="2026-11-20T18:00:00+08:00", weight="9")
    desk = told(work.created("t", "20"), again, work.about("accepted", "t", "21 09:00:00"))
    assert desk.kpi("task_on_time_rate", "c:").denominator == 1
    assert desk.value("task_on_time_rate", "c:", "2026-11") is None
    assert desk.value("task_count", "c:") == 1
