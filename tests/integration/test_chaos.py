"""Two hundred kills of everything, by a seeded schedule, change no number; and the schedule is what it says it is."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest

from tests.chaos.actions import ACTIONS
from tests.chaos.run import Verdict, chaos
from tests.chaos.schedule import EARLY_SECONDS, KILLS, OTHERS, schedule
from tests.cluster.failing import STEPS
from tests.servers.fixtures import short_folder

KILLED, SEED = 200, 20261124
GOOD = Verdict(1, 10, 10, {"worker": 10}, 1, 2, 11, 5.0, (), 0)


def test_a_seed_decides_everything() -> None:
    """The same seed gives the same steps, another one others; there are as many kills as asked for, or one more."""
    assert schedule(50, 1) == schedule(50, 1) != schedule(50, 2)
    assert all(sum(step.kills for step in schedule(50, seed)) in (50, 51) for seed in range(20))


def test_a_long_schedule_holds_every_action() -> None:
    """Within a thousand kills everything happens, partitions grow once, and early kills are more than a fifth."""
    steps = schedule(1_000, SEED)
    assert {step.action for step in steps} == ACTIONS.keys() == KILLS.keys() | OTHERS.keys() | {"grow"}
    assert [step.action for step in steps].count("grow") == 1
    assert {step.detail.split(":")[0] for step in steps if step.action == "trap"} == set(STEPS)
    kills = [step for step in steps if step.action in ("kill", "kill_both")]
    assert sum(step.delay_seconds <= EARLY_SECONDS for step in kills) * 5 > 1_000


@pytest.mark.parametrize(
    "spoiled",
    [{"differences": ("cells: a and b",)}, {"view_differences": 1}, {"early": 1}],
)
def test_a_verdict_can_be_bad(spoiled: dict[str, object]) -> None:
    """A difference, a wrong cell in the live view, or too few early kills make a run fail."""
    assert GOOD.is_good
    assert not dataclasses.replace(GOOD, **spoiled).is_good  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.usefixtures("kafka", "postgres", "redis_server")  # so that a missing server is reported as everywhere
def test_two_hundred_kills_change_nothing() -> None:
    """Everything is killed, frozen, cut off, flushed, and partitions are added: the numbers are the quiet run's."""
    with short_folder() as folder:
        verdict = chaos(KILLED, SEED, folder, Fraction(1, 40))
    assert verdict.is_good, "\n".join(verdict.lines())
    assert sum(verdict.kills.values()) >= KILLED
