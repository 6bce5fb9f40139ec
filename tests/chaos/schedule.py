"""What happens in a chaos run, decided by a seed before it begins: the same seed gives the same schedule."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.cluster.failing import STEPS

KILLS = {"kill": 50, "kill_both": 8, "trap": 20, "kill_database": 3, "kill_broker": 2, "forget_group": 2}
"""Actions that end processes by force, with their weights; only these are counted as kills."""
KILLED_AT_ONCE = {"kill_both": 2, "forget_group": 2}
"""How many workers an action ends, where it is not one."""
OTHERS = {"freeze": 3, "lose_commit": 5, "flush": 5, "roll": 4}
"""Other harm, with weights on the same scale."""
EARLY_SHARE = 0.5
"""So many kills of workers come within EARLY_SECONDS of the start of their victim."""
EARLY_SECONDS = 0.9
LATE_SECONDS = 2.0
PLACES = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One action; `delay_seconds` counts from the victim's latest start for a kill of a worker, else from now."""

    action: str
    place: int = 0
    delay_seconds: float = 0.0
    detail: str = ""

    @property
    def told(self) -> str:
        """For people."""
        return f"{self.action} place {self.place} {self.delay_seconds:.2f} s {self.detail}".rstrip()

    @property
    def kills(self) -> int:
        """How many processes end by force."""
        return KILLED_AT_ONCE.get(self.action, 1) if self.action in KILLS else 0


def schedule(kills: int, seed: int) -> list[Step]:
    """At least so many kills with other harm among them, and once, about half-way, more partitions."""
    rng = random.Random(seed)
    weights = KILLS | OTHERS
    steps: list[Step] = []
    done = 0
    while done < kills:
        step = _step(rng, rng.choices(list(weights), list(weights.values()))[0])
        steps.append(step)
        done += step.kills
    steps.insert(len(steps) // 2, Step("grow"))
    return steps


def _step(rng: random.Random, action: str) -> Step:
    place = rng.randrange(PLACES)
    if action in ("kill", "kill_both"):
        early = rng.random() < EARLY_SHARE
        low, high = (0.0, EARLY_SECONDS) if early else (EARLY_SECONDS, LATE_SECONDS)
        return Step(action, place, rng.uniform(low, high))
    if action == "trap":
        moment = rng.choice(("before", "after"))
        return Step(action, place, 0.0, f"{rng.choice(STEPS)}:{moment}:{rng.randint(1, 6)}")
    if action == "freeze":
        return Step(action, place, rng.uniform(1.5, 2.5))
    if action == "lose_commit":
        return Step(action, place, 0.0, rng.choice(("ANSWER_CUT", "ANSWER_SILENT", "LOST_CUT")))
    return Step(action, place, rng.uniform(0.1, 0.8))
