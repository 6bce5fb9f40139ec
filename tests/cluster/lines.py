"""A slice of the shop's month with more trouble in it than the simulator makes: conflicts, duplicates, damage."""

from __future__ import annotations

import json
from fractions import Fraction

from examples.shop.damage import DAMAGES, damaged
from examples.shop.simulator import generate

SEED = 7
EVERY = 12
"""An order in so many gets a conflicting body, a damaged copy, and is said a second time."""


def troubled(scale: Fraction) -> list[bytes]:
    """The slice in arrival order; each trouble comes some lines after the sound event that it was made from."""
    lines: list[bytes] = []
    waiting: list[tuple[int, bytes]] = []
    paid = 0
    for line in generate(SEED, scale=scale):
        lines.append(line)
        if b'"order.paid"' in line and line.endswith(b"}"):
            paid += 1
            if paid % EVERY == 0:
                waiting += [(len(lines) + 40 * after, row) for after, row in enumerate(_troubles(line, paid // EVERY))]
        lines += [row for due, row in waiting if due <= len(lines)]
        waiting = [(due, row) for due, row in waiting if due > len(lines)]
    return lines + [row for _, row in waiting]


def _troubles(line: bytes, turn: int) -> list[bytes]:
    try:
        event = json.loads(line)
    except ValueError:
        return []
    other = {**event, "lines": [{**row, "cogs": "1.00"} for row in event["lines"]]}
    conflict = json.dumps(other, ensure_ascii=False).encode()
    bad, _ = damaged(event, turn % len(DAMAGES))
    return [line, conflict, bad, conflict]
