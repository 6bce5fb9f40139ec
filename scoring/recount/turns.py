"""What conversations are worth, recounted: turns by limit, queues, sessions, messages, ratings (2-events.md §2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from scoring.recount.book import MICRO, SECOND_US, Book, Credit
from scoring.recount.chats import NEVER, Chat, Conversations, Shifts, sent

LIMITS = (
    ("turns", "turns_3min", 180 * SECOND_US),
    ("first_turns", "first_turns_30s", 30 * SECOND_US),
)
HOUR_US = 3600 * SECOND_US
Owners = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A customer waits from the first instant of `asked`; `agent` replied at `replied_at` or let it pass (None)."""

    asked: list[int]
    agent: str
    replied_at: int | None
    closing: bool

    @property
    def opened_at(self) -> int:
        return self.asked[0]

    @property
    def end(self) -> int:
        return NEVER if self.replied_at is None else self.replied_at


def turns(book: Book, chat: Chat, shifts: Shifts) -> list[Turn]:
    """Every run of customer messages, with who answered it or who had it last when it stayed open."""
    found: list[Turn] = []
    asked: list[tuple[int, bool]] = []
    for message in chat.messages:
        if message.sender == "customer":
            if not message.is_offline_message and not shifts.deserted(sent(message)):
                asked.append((sent(message), message.is_short))
        elif asked and message in chat.answers:
            found.append(_turn(book, asked, message.agent_id, sent(message), bool(found)))
            asked = []
    if asked:
        found.append(_turn(book, asked, chat.moves[-1][1] if chat.moves else "", None, bool(found)))
    return found


def _turn(book: Book, asked: list[tuple[int, bool]], agent: str, replied_at: int | None, later: bool) -> Turn:
    thanks = book.policy.closing_turn_filter and later and all(short for _, short in asked)
    return Turn([at for at, _ in asked], agent, replied_at, thanks)


def _held(book: Book, shop: str, stretches: list[tuple[int, int]]) -> int:
    """How long a wait is for the rates."""
    if book.policy.rate_window == "pause_clock" and all(high < NEVER for _, high in stretches):
        return window_seconds(book, shop, stretches) * SECOND_US
    return sum(high - low for low, high in stretches)


def own_wait(chat: Chat, turn: Turn, shifts: Shifts) -> list[tuple[int, int]]:
    """When the customer waited for the turn's agent; an offline agent who answers is there from going offline on."""
    clock = max(turn.opened_at, chat.got(turn.agent, turn.end, turn.opened_at))
    there = shifts.there(turn.agent, clock, turn.end)
    if turn.replied_at is not None:
        there.append((max([clock, *(high for _, high in there)]), turn.end))
    return [(low, high) for low, high in there if low < high]


def givers(chat: Chat, turn: Turn, shifts: Shifts) -> list[tuple[str, list[tuple[int, int]]]]:
    """Who handed the conversation on during the turn, and when each had let the customer wait."""
    found = []
    for move in chat.handed_over:
        if turn.opened_at < move.occurred_at < turn.end:
            begin = max(turn.opened_at, chat.got(move.from_agent_id, move.occurred_at, turn.opened_at))
            found.append((move.from_agent_id, shifts.there(move.from_agent_id, begin, move.occurred_at)))
    return found


def count_conversation(book: Book, chat: Chat, told: Conversations) -> None:
    """Add a conversation; a filtered one adds nothing."""
    if chat.filtered:
        return
    shifts = told.shifts[chat.shop, chat.session_id]
    all_turns = turns(book, chat, shifts)
    counted = [turn for turn in all_turns if not turn.closing]
    agents = {book.doer(agent, at) for at, agent in chat.replies}
    for number, turn in enumerate(counted):
        gave = {book.doer(giver, turn.opened_at) for giver, _ in givers(chat, turn, shifts)}
        agents |= {_whose(book, turn), *gave}
        _count_limits(book, chat, turn, shifts, number == 0)
        _count_seconds(book, chat, turn, shifts, number == 0)
    _count_session(book, chat, told, agents)
    _count_messages(book, chat, all_turns)
    _count_left(book, chat, shifts)
    if chat.ratings:
        rated = chat.ratings[-1]
        last_at, last = (chat.replies or chat.moves or [(0, "")])[-1]
        credits = [book.credit_person("agent", book.doer(last, last_at), rated.occurred_at)]
        book.add("ratings", chat.shop, rated.occurred_at, MICRO, credits)
        book.add("ratings_good", chat.shop, rated.occurred_at, MICRO if rated.rating >= 4 else 0, credits)
        book.add("ratings_bad", chat.shop, rated.occurred_at, MICRO if rated.rating <= 2 else 0, credits)


def _count_limits(book: Book, chat: Chat, turn: Turn, shifts: Shifts, is_first: bool) -> None:
    """Hits and misses; one who went offline before the limit missed nothing, his or her team did."""
    at = turn.opened_at
    if not in_window(book, chat.shop, at) and book.policy.rate_window == "exclude_if_started_outside":
        return
    totals: Owners = [(f"s:{chat.shop}", ""), ("c:", "")]
    mine, teams = _owners(book, _whose(book, turn), at)
    wait = _held(book, chat.shop, own_wait(chat, turn, shifts))
    for all_name, hit_name, limit in LIMITS:
        if all_name == "first_turns" and not is_first:
            continue
        late = turn.replied_at is None and wait >= limit
        owners = [*totals, *teams] if turn.replied_at is None and not late else [*totals, *mine, *teams]
        hit = turn.replied_at is not None and wait // SECOND_US <= limit // SECOND_US
        _post(book, chat, at, (all_name, hit_name, hit), owners)
        for giver, waited in givers(chat, turn, shifts):
            if _held(book, chat.shop, waited) >= limit:
                person, above = _owners(book, giver, at)
                _post(book, chat, at, (all_name, hit_name, False), [*person, *(t for t in above if t not in teams)])


def _whose(book: Book, turn: Turn) -> str:
    """Who answered the turn; of an open one, whose it was when it opened."""
    return book.doer(turn.agent, turn.opened_at if turn.replied_at is None else turn.replied_at)


def _owners(book: Book, account: str, at: int) -> tuple[Owners, Owners]:
    person = book.person(account, at)
    return [(f"e:{person}", "agent")], [(f"t:{team}", "agent") for team in book.teams(person, book.day(at))]


def _post(book: Book, chat: Chat, at: int, what: tuple[str, str, bool], owners: Owners) -> None:
    if not book.first_day <= book.day(at) <= book.last_day:
        return
    all_name, hit_name, hit = what
    item = f"{chat.shop}|{chat.customer or '#' + chat.session_id}|{book.day(at)}"
    for owner, dimension in owners:
        for name in (all_name, *([hit_name] if hit else [])):
            key = (owner, dimension, name)
            book.sums[key] = book.sums.get(key, 0) + MICRO
        for name in ("customer_days", *([] if hit else ["customer_days_slow"])) if all_name == "turns" else ():
            book.items.setdefault((owner, dimension, name), set()).add(item)


def _count_seconds(book: Book, chat: Chat, turn: Turn, shifts: Shifts, is_first: bool) -> None:
    at = turn.opened_at
    _count_queue(book, chat, turn, shifts)
    if turn.replied_at is None:
        return
    credits = [book.credit_person("agent", _whose(book, turn), at)]
    stretches = own_wait(chat, turn, shifts)
    seconds = window_seconds(book, chat.shop, stretches)
    if book.policy.average_window == "exclude_if_started_outside":
        if not in_window(book, chat.shop, at):
            return
        seconds = sum(high - low for low, high in stretches) // SECOND_US
    book.add("replies", chat.shop, at, MICRO, credits)
    book.add("reply_seconds", chat.shop, at, seconds * MICRO, credits)
    if is_first:
        book.add("first_replies", chat.shop, at, MICRO, credits)
        book.add("first_reply_seconds", chat.shop, at, seconds * MICRO, credits)
        book.note("first_reply_p90", chat.shop, at, seconds, credits)


def _count_queue(book: Book, chat: Chat, turn: Turn, shifts: Shifts) -> None:
    """Seconds in which nobody had the conversation, or who had it was away; for shop, company and team only."""
    at = turn.opened_at
    if not chat.formal:
        return
    end = turn.replied_at
    if end is None:
        ends = [moved for moved in [*(moved for moved, _ in chat.moves), *sorted(chat.closed)[-1:]] if moved > at]
        end = max(ends, default=at)
    clock = max(at, chat.got(turn.agent, end, at)) if turn.replied_at is not None else end
    marks = sorted({at, end, clock, *(moved for moved, _ in chat.moves if at < moved < end)})
    missing: list[tuple[int, int]] = []
    for low, high in pairwise(marks):
        agent = chat.holder(low)
        there = [] if agent is None else shifts.there(agent, low, high)
        if turn.replied_at is not None and low >= clock:
            there = [(max(low, a), min(high, b)) for a, b in own_wait(chat, turn, shifts) if a < high and b > low]
        missing += _gaps(low, high, there)
    seconds = window_seconds(book, chat.shop, missing)
    if seconds and book.first_day <= book.day(at) <= book.last_day:
        _, teams = _owners(book, _whose(book, turn), at)
        for owner, dimension in [(f"s:{chat.shop}", ""), ("c:", ""), *teams]:
            key = (owner, dimension, "queue_seconds")
            book.sums[key] = book.sums.get(key, 0) + seconds * MICRO


def _gaps(low: int, high: int, there: list[tuple[int, int]]) -> list[tuple[int, int]]:
    edges = [low, *(edge for stretch in there for edge in stretch), high]
    return [(edges[n], edges[n + 1]) for n in range(0, len(edges), 2) if edges[n] < edges[n + 1]]


def _count_session(book: Book, chat: Chat, told: Conversations, agents: set[str]) -> None:
    if chat.start is None:
        return
    at, item = chat.start, f"{chat.shop}|{chat.session_id}"
    gone = [move for move in chat.handed_over if not move.is_skill_routing]
    out = {book.doer(move.from_agent_id, move.occurred_at) for move in gone}
    for names, accounts in (
        (["sessions_held", "sessions_transferred"], out),
        (["sessions_held", *_session_measures(chat, told)], agents),
    ):
        people = {book.person(agent, at): Fraction(1) for agent in accounts}
        for name in names if people else ():
            book.mark(name, chat.shop, at, item, [Credit("agent", people, book.day(at))])


def _session_measures(chat: Chat, told: Conversations) -> list[str]:
    """The measures that a received session counts in."""
    names = ["sessions"]
    personal = any(message.sender == "agent" and not message.is_auto for message in chat.messages)
    if chat.closed and not personal and not chat.replies:
        names.append("sessions_missed")
    own = told.own[chat.shop, chat.session_id]
    if not own.customer:
        return names
    names.append("sessions_known")
    own_start, own_topic = (chat.start, chat.topic) if own.filtered or own.start is None else (own.start, own.topic)
    assert own_start is not None
    again = [
        other
        for other in told.pieces
        if (other.shop, other.customer) == (chat.shop, own.customer)
        and other.root != chat.session_id
        and not other.filtered
        and other.asked_at is not None
        and other.start is not None
        and other.topic == own_topic
        and own_start < other.start <= own_start + 72 * HOUR_US
    ]
    return names if again else [*names, "sessions_final"]


def _count_messages(book: Book, chat: Chat, all_turns: list[Turn]) -> None:
    """For each agent the customer's messages and his or her own, of which two count for each of the customer's."""
    spoken: dict[str, list[tuple[int, bool]]] = {}
    for turn in all_turns:
        spoken.setdefault(_whose(book, turn), []).extend((at, True) for at in turn.asked)
    for message in chat.answers:
        if not message.is_auto:
            who = book.doer(message.agent_id, sent(message))
            spoken.setdefault(who, []).append((sent(message), False))
    for agent, rows in spoken.items():
        before = 0
        for day in sorted({book.day(at) for at, _ in rows}):
            today = [at for at, _ in rows if book.day(at) == day]
            until = [asked for at, asked in rows if book.day(at) <= day]
            asked_today = sum(asked for at, asked in rows if book.day(at) == day)
            counted = min(until.count(False), 2 * until.count(True))
            credits = [book.credit_person("agent", agent, min(today))]
            book.add("customer_messages", chat.shop, min(today), asked_today * MICRO, credits)
            book.add("agent_messages", chat.shop, min(today), (counted - before) * MICRO, credits)
            before = counted


def _count_left(book: Book, chat: Chat, shifts: Shifts) -> None:
    """Messages left while nobody was there: answered within an hour of the next service hours or not."""
    for message in chat.messages:
        at = sent(message)
        if message.sender != "customer" or not (message.is_offline_message or shifts.deserted(at)):
            continue
        answers = [sent(m) for m in chat.messages if m.sender == "agent" and not m.is_auto and sent(m) > at]
        holder = chat.holder(at) or (chat.moves[0][1] if chat.moves else "")
        credits = [book.credit_person("agent", holder, at)]
        book.add("offline_messages", chat.shop, at, MICRO, credits)
        if answers and min(answers) <= _opening(book, chat.shop, at) + HOUR_US:
            book.add("offline_messages_answered", chat.shop, at, MICRO, credits)


def window(book: Book, shop: str) -> tuple[str, str]:
    """The service hours of a shop."""
    own = [one.service_window for one in book.reference.shops if one.id == shop and one.service_window]
    return own[0] if own else book.policy.service_window


def in_window(book: Book, shop: str, us: int) -> bool:
    opens, closes = window(book, shop)
    return opens <= book.local(us).strftime("%H:%M") < closes


def _opening(book: Book, shop: str, us: int) -> int:
    """The instant itself within service hours, else their next beginning."""
    opens, closes = window(book, shop)
    day = book.local(us).date()
    if us >= book.instant(day, closes):
        day += timedelta(days=1)
    return max(us, book.instant(day, opens))


def window_seconds(book: Book, shop: str, stretches: list[tuple[int, int]]) -> int:
    """Whole seconds of the stretches inside the service hours of all days (policy B)."""
    opens, closes = window(book, shop)
    inside = 0
    for start, end in stretches:
        day = book.local(start).date()
        while start < end and day <= book.local(end).date():
            overlap = min(end, book.instant(day, closes)) - max(start, book.instant(day, opens))
            inside += max(0, overlap)
            day += timedelta(days=1)
    return inside // SECOND_US
