"""One live session: its audience over time with the hosts' shifts as bands, the shop's live KPIs, the hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.boards.live import length_seconds, name_of, session_title
from dashboards.view.audience import Audience, audience
from dashboards.view.board import Board, Link, Part, Section
from dashboards.view.freshness import FRESH, fresh
from dashboards.view.owners import Missing
from dashboards.view.reading import LiveSessionView
from dashboards.view.scene import Scene
from dashboards.view.tile import Ask, plain, tile
from scoring.period import local_days

LOOK_BACK = 200
"""How many of the latest sessions have a page."""

KPIS = ("live_gmv", "live_gpm", "live_conversion_rate", "live_acu", "live_pcu", "live_views")


@dataclass(frozen=True, slots=True)
class HostLine:
    """One host: shifts and time on air in this session, sales of the day in the dimension host."""

    name: str
    href: str
    band: int
    shifts: str
    on_air: str
    gmv: str
    per_hour: str


@dataclass(frozen=True, slots=True)
class HostTable:
    """The hosts in order of their first shift, and what the columns are called."""

    lines: tuple[HostLine, ...]
    columns: tuple[str, ...]
    caption: str
    empty: str


@dataclass(frozen=True, slots=True)
class Pulse:
    """The three figures of the session itself."""

    pairs: tuple[tuple[str, str], ...]
    is_on_air: bool
    word: str


def live_session(scene: Scene, argument: tuple[str, ...]) -> Board:
    """The session `argument[0]`; Missing when it is not among the latest."""
    say = scene.voice.say
    session = next((one for one in scene.reader.live_sessions(LOOK_BACK) if one.session_id == argument[0]), None)
    if session is None:
        raise Missing(f"no live session {argument[0]!r}")
    day = local_days(scene.style.zone).day(session.start_us)
    series = scene.reader.live_series(session.shop, session.session_id)
    people = list(dict.fromkeys(person for person, _, _ in session.segments))
    owner = f"s:{session.shop}"
    tiles = [Ask(kpi, owner, "", "day") for kpi in KPIS if kpi in scene.definitions.kpis]
    parts = {ask.key(): Part("tile", plain(tile(_on(scene, day), ask))) for ask in tiles}
    parts |= {
        FRESH: fresh(scene),
        "pulse": Part("pulse", _pulse(scene, session, series)),
        "audience": Part("audience", audience(scene, session, series)),
        "hosts": Part("hosts", _hosts(scene, session, people, day)),
    }
    sections = (
        Section("parts", "audience", say("live.audience"), ("pulse", "audience")),
        Section("tiles", "day", say("live.shop_day", day=day), tuple(ask.key() for ask in tiles)),
        Section("parts", "hosts", say("live.hosts"), ("hosts",)),
    )
    crumbs = (Link(say("nav.overview"), "/"), Link(say("nav.live"), "/live"))
    shop, length = name_of(scene, owner), scene.style.span(length_seconds(scene, session))
    subtitle = f"{shop} · {scene.style.moment(session.start_us)} · {length}"
    return Board("live_session", session_title(scene, session), subtitle, crumbs, sections, parts)


def _on(scene: Scene, day: str) -> Scene:
    return scene if day == scene.today else scene.on(day)


def _pulse(scene: Scene, session: LiveSessionView, series: Sequence[tuple[int, int, int]]) -> Pulse:
    say = scene.voice.say
    peak = max((now for _, now, _ in series), default=None)
    pairs = [(say("live.peak"), peak), (say("live.views"), series[-1][2] if series else None)]
    if session.end_us is None:
        pairs.insert(0, (say("live.now"), series[-1][1] if series else None))
    return Pulse(
        tuple((name, "—" if number is None else f"{number:,}") for name, number in pairs),
        session.end_us is None,
        say("live.on_air" if session.end_us is None else "live.ended"),
    )


def _hosts(scene: Scene, session: LiveSessionView, people: list[str], day: str) -> HostTable:
    say = scene.voice.say
    columns = ("live.host", "live.on_air_time", "live.shifts")
    names = [say(key) for key in columns]
    names += [scene.voice.pick(scene.kpi(kpi).name) for kpi in ("live_gmv", "live_gmv_per_hour")]
    lines = tuple(_host(scene, session, person, band, day) for band, person in enumerate(people))
    return HostTable(lines, tuple(names), say("live.shop_day", day=day), say("live.no_hosts"))


def _host(scene: Scene, session: LiveSessionView, person: str, band: int, day: str) -> HostLine:
    style = scene.style
    shifts = [(on, off) for one, on, off in session.segments if one == person]
    money = []
    for kpi in ("live_gmv", "live_gmv_per_hour"):
        value = scene.reader.kpi(kpi, f"e:{person}", day, "host").value
        money.append("—" if value is None else style.figure(value, "money"))
    return HostLine(
        name=name_of(scene, f"e:{person}"),
        href=f"/person/{person}" if scene.definitions.person(person) else "",
        band=band % Audience.BANDS,
        shifts=" · ".join(f"{style.clock(on)}–{style.clock(off)}" for on, off in shifts),
        on_air=style.span(sum(max(off - on, 0) for on, off in shifts) // 1_000_000),
        gmv=money[0],
        per_hour=money[1],
    )
