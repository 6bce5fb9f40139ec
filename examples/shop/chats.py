"""Conversations: bot, queue, turns, transfers, nights, ratings, and the orders that follow an inquiry."""

from __future__ import annotations

from typing import Any

from examples.shop.orders import Orders
from examples.shop.outbox import Outbox
from examples.shop.world import DAY, HOUR, HOUR_PULL, MINUTE, PROMOTION_DAY, STRANGER, Agent, account_of, on_shift

DESK = "feige"
NOBODY = Agent("", 240, 20, 70)


class Chat:
    """One conversation while it is written down."""

    __slots__ = ("box", "customer", "id", "intent", "number")

    def __init__(self, box: Outbox, session_id: str, customer: str, intent: str) -> None:
        self.box = box
        self.id = session_id
        self.customer = customer
        self.intent = intent
        self.number = 0

    def note(self, t: int, kind: str, /, **fields: Any) -> None:
        """Send one event of the conversation."""
        self.number += 1
        event_id = f"{self.id}-{self.number:02d}"
        self.box.send(t, f"chat.{kind}", DESK, event_id, session_id=self.id, customer_id=self.customer, **fields)


class Chats:
    """A day's conversations."""

    def __init__(self, box: Outbox, orders: Orders) -> None:
        self.box = box
        self.rng = box.rng
        self.orders = orders
        self._numbers: dict[int, int] = {}

    def day(self, day: int, count: int) -> None:
        """`count` conversations opened on a day of the month (1 is the first)."""
        hours = self.rng.choices(range(24), cum_weights=HOUR_PULL, k=count)
        for t in sorted((day - 1) * DAY + hour * HOUR + self.rng.randrange(HOUR) for hour in hours):
            draw = self.rng.randrange(100)
            intent = "presale" if draw < 62 else "aftersale" if draw < 95 else "unknown"
            known = intent != "presale" and self.orders.recent
            customer = self._earlier_buyer() if known else self.orders.buyer()
            self.talk(t, customer, intent)

    def talk(self, t: int, customer: str, intent: str, again: bool = True) -> None:
        """One conversation from its opening to its close, and what the customer does then."""
        day, rng = t // DAY + 1, self.rng
        number = self._numbers[day] = self._numbers.get(day, 0) + 1
        iso = self.box.iso_day(t)
        chat = Chat(self.box, f"c{iso[2:4]}{iso[5:7]}{iso[8:]}-{number:04d}", customer, intent)
        spam = rng.randrange(70) == 0
        chat.note(t, "opened", intent=intent, **({"is_filtered": True} if spam else {}))
        start = t + 1 + rng.randrange(8)
        chat.note(start, "message", sender="customer")
        chat.note(start + 1, "message", sender="bot", is_auto=True)
        agents = on_shift(day, t % DAY, intent == "presale")
        if spam:
            chat.note(start + 5 * MINUTE, "closed")
        elif agents:
            self._served(chat, start, agents[rng.randrange(len(agents))], again)
        else:
            self._at_night(chat, start)

    def _served(self, chat: Chat, start: int, agent: Agent, again: bool) -> None:
        day, rng, box = start // DAY + 1, self.rng, self.box
        rush = 3 if day == PROMOTION_DAY else 1
        account = account_of(agent.person, day)
        if rng.randrange(33) == 0:
            agent, account = NOBODY, STRANGER
        assigned = start + 1 + box.soon(18 * rush)
        chat.note(assigned, "assigned", agent_id=account, intent=chat.intent)
        end, answered = self._turns(chat, (start, assigned), agent, account)
        chat.note(end + MINUTE + rng.randrange(4 * MINUTE), "closed")
        if answered and rng.randrange(100) < 30:
            good = rng.randrange(100) < agent.happy - (4 if rush > 1 else 0)
            rating = 4 + (rng.randrange(4) > 0) if good else 1 + rng.randrange(3)
            chat.note(end + 20 + box.soon(2 * HOUR), "rated", rating=rating)
        if chat.intent == "presale" and answered:
            self._decide(chat, end, agent, again)

    def _turns(self, chat: Chat, begun: tuple[int, int], agent: Agent, account: str) -> tuple[int, bool]:
        """The exchange of messages; gives the last message's time and whether anybody answered at all."""
        rng, box = self.rng, self.box
        asked, free = begun
        rush = 2 if asked // DAY + 1 == PROMOTION_DAY else 1
        t, answered = asked, False
        for turn in range((1, 2, 2, 3, 3, 4, 5)[rng.randrange(7)]):
            if turn:
                t += 8 + box.soon(150)
                chat.note(t, "message", sender="customer")
            if rng.randrange(4) == 0:
                t += 2 + rng.randrange(15)
                chat.note(t, "message", sender="customer")
            if rng.randrange(30) == 0:
                chat.note(t + 3, "message", sender="agent", agent_id=account, is_auto=True)
            if rng.randrange(28) == 0:
                t, agent, account = self._transfer(chat, t, account)
                free = t
            if rng.randrange(60) == 0:
                return t, answered
            t = max(t, free) + 4 + box.soon(agent.slow * rush)
            chat.note(t, "message", sender="agent", agent_id=account)
            answered = True
            if rng.randrange(5) == 0:
                t += 3 + rng.randrange(20)
                chat.note(t, "message", sender="agent", agent_id=account)
        if rng.randrange(7) == 0:
            t += 6 + box.soon(90)
            chat.note(t, "message", sender="customer", is_short=True)
            if rng.randrange(12):
                t += 3 + box.soon(agent.slow)
                chat.note(t, "message", sender="agent", agent_id=account, is_short=True)
        return t, answered

    def _transfer(self, chat: Chat, t: int, account: str) -> tuple[int, Agent, str]:
        day = t // DAY + 1
        others = [agent for agent in on_shift(day, t % DAY, True) if account_of(agent.person, day) != account]
        waited = t + 25 + self.box.soon(6 * MINUTE)
        if not others:
            return t, NOBODY, account
        agent = others[self.rng.randrange(len(others))]
        to = account_of(agent.person, day)
        chat.note(waited, "transferred", from_agent_id=account, to_agent_id=to)
        return waited, agent, to

    def _at_night(self, chat: Chat, start: int) -> None:
        """Nobody is on shift: an unmapped night account answers some, the morning shift others, the bot the rest."""
        rng, day = self.rng, start // DAY + 1
        draw = rng.randrange(10)
        if draw < 2:
            chat.note(start + 40, "assigned", agent_id=STRANGER, intent=chat.intent)
            end, _ = self._turns(chat, (start, start + 40), NOBODY, STRANGER)
            chat.note(end + 5 * MINUTE, "closed")
        elif draw < 6:
            late = start % DAY >= 23 * HOUR
            opening = (day if late else day - 1) * DAY + 8 * HOUR + self.box.soon(25 * MINUTE)
            agent = on_shift(day + late, 9 * HOUR, True)[0]
            account = account_of(agent.person, day + late)
            chat.note(opening, "assigned", agent_id=account, intent=chat.intent)
            chat.note(opening + 5 + self.box.soon(60), "message", sender="agent", agent_id=account)
            chat.note(opening + 10 * MINUTE, "closed")
        else:
            chat.note(start + 20, "message", sender="customer", is_offline_message=True)
            chat.note(start + 10 * MINUTE, "closed")

    def _decide(self, chat: Chat, end: int, agent: Agent, again: bool) -> None:
        """The customer buys soon, comes back to ask somebody else, buys too late to count, or does not buy."""
        rng, box = self.rng, self.box
        draw = rng.randrange(100)
        if draw < agent.charm:
            pays = None if draw % 5 else 9 * HOUR + box.soon(14 * HOUR)
            self.orders.place(end + 40 + box.soon(3 * HOUR), chat.customer, pays_after=pays)
        elif draw < agent.charm + 4:
            self.orders.place(end + 2 * DAY + box.soon(DAY), chat.customer)
        elif again and draw > 93 and on_shift(end // DAY + 1, (end + 2 * HOUR) % DAY, True):
            self.talk(end + 2 * HOUR, chat.customer, "presale", again=False)

    def _earlier_buyer(self) -> str:
        return self.orders.recent[self.rng.randrange(len(self.orders.recent))][0]
