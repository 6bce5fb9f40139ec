"""The latest live sessions, those on air first."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from dashboards.view.board import Board, Link, Part, Section
from dashboards.view.freshness import FRESH, fresh
from dashboards.view.owners import Missing, owner_name
from dashboards.view.reading import LiveSessionView
from dashboards.view.scene import Scene

SESSIONS = 30


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session in a list."""

    title: str
    href: str
    shop: str
    started: str
    length: str
    is_on_air: bool
    word: str
    hosts: str


@dataclass(frozen=True, slots=True)
class SessionList:
    """Sessions, newest first among those on air and those that ended."""

    lines: tuple[SessionLine, ...]
    empty: str


def live(scene: Scene, argument: tuple[str, ...]) -> Board:
    """The list; takes no argument."""
    del argument
    say = scene.voice.say
    found = sorted(scene.reader.live_sessions(SESSIONS), key=lambda one: (one.end_us is not None, -one.start_us))
    lines = tuple(_line(scene, session) for session in found)
    parts = {FRESH: fresh(scene), "sessions": Part("sessions", SessionList(lines, say("live.none")))}
    sections = (Section("parts", "sessions", say("live.sessions"), ("sessions",)),)
    return Board("live", say("live.title"), scene.today, (Link(say("nav.overview"), "/"),), sections, parts)


def session_title(scene: Scene, session: LiveSessionView) -> str:
    """Its title, or its id when the platform sent none."""
    return session.title or session.session_id


def length_seconds(scene: Scene, session: LiveSessionView) -> int:
    """How long it lasts, until now when it is on air."""
    until = session.end_us if session.end_us is not None else scene.freshness.watermark_us or session.start_us
    return max(until - session.start_us, 0) // 1_000_000


def name_of(scene: Scene, owner: str) -> str:
    """An owner's name; the key itself when the definitions do not know it (any more)."""
    try:
        return owner_name(scene.definitions, owner, scene.voice)
    except Missing:
        return owner.partition(":")[2]


def _line(scene: Scene, session: LiveSessionView) -> SessionLine:
    is_on_air = session.end_us is None
    hosts = dict.fromkeys(name_of(scene, f"e:{person}") for person, _, _ in session.segments)
    return SessionLine(
        title=session_title(scene, session),
        href=f"/live/{quote(session.session_id)}",
        shop=name_of(scene, f"s:{session.shop}"),
        started=scene.style.moment(session.start_us),
        length=scene.style.span(length_seconds(scene, session)),
        is_on_air=is_on_air,
        word=scene.voice.say("live.on_air" if is_on_air else "live.ended"),
        hosts=" · ".join(hosts),
    )
