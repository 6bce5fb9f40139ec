"""How old the numbers are: live, replaying a past month, stale, or not there yet."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.view.board import Part
from dashboards.view.scene import Scene

FRESH = "fresh"
"""The key of this part on every page."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """`state` live, replay, stale or empty; the page counts the age on from `ingest_ms`, the last batch.

    `notice` says that the live view is away and the numbers come from the store, "" when that is not so.
    """

    state: str
    word: str
    as_of: str
    ingest_ms: int
    stale_after_ms: int
    age: str
    notice: str = ""


def fresh(scene: Scene) -> Part:
    """The age of the numbers of a scene; a replay is fresh input about a time that has long gone."""
    at, ingest = scene.freshness.watermark_us, scene.freshness.last_ingest_us
    if at is None or ingest is None:
        return Part("fresh", Fresh("empty", scene.voice.say("fresh.empty"), "", 0, 0, ""))
    now, limit = scene.look.now_us, scene.look.stale_after_us
    state = "stale" if now - ingest > limit else "replay" if now - at > limit else "live"
    key = "fresh.last_event" if state == "stale" else "fresh.updated"
    return Part(
        "fresh",
        Fresh(
            state=state,
            word=scene.voice.say(f"fresh.{state}"),
            as_of=scene.voice.say("fresh.as_of", at=scene.style.moment(at)),
            ingest_ms=ingest // 1000,
            stale_after_ms=limit // 1000,
            age=scene.voice.say(key, age=scene.style.age(now - ingest)),
            notice=scene.voice.say("fresh.store") if scene.reader.source == "store" else "",
        ),
    )
