"""A tile: one KPI of one owner with its target, trend, change and state, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

from dashboards.view.figures import exact_text
from dashboards.view.scene import TREND_DAYS, Scene
from dashboards.view.spark import Spark, spark
from scoring.kpi import Kpi, KpiValue
from scoring.money import round_half_up
from scoring.period import key_containing, parse_day, period_of

BULLET_FULL = Fraction(5, 4)
"""A bullet bar ends at 125 % of the target, so that passing it is visible."""

WIDTH = 1000
SAMPLE_IS_LARGE = 10
"""So many times the least sample of a KPI is no longer worth a mention."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Which number: a KPI of an owner, in a credit dimension or "" for the KPI's first, in a period of `grain`."""

    kpi: str
    owner: str
    dimension: str = ""
    grain: str = "month"
    target: Fraction | None = None

    def key(self) -> str:
        """Names the number on a page."""
        return "|".join((self.kpi, self.owner, self.dimension, self.grain))

    def href(self) -> str:
        """The path of the page that defines and lists this number."""
        query = f"owner={self.owner}" + (f"&dimension={self.dimension}" if self.dimension else "")
        return f"/kpi/{self.kpi}?{query}"


@dataclass(frozen=True, slots=True)
class Bullet:
    """A bar against a target, in thousandths of its width: how far it is, where the target and the plan lie."""

    fill: int
    mark: int
    pace: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a value means for its target: texts, and `tone` good, bad or "" when it is not to be judged."""

    target: str = ""
    verdict: str = ""
    tone: str = ""
    bullet: Bullet | None = None
    attainment: Fraction | None = None
    is_wanted: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """A change against the same weekday a week before: `sense` up, down or flat; `tone` good, bad or ""."""

    text: str
    sense: str
    tone: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One number as it is shown; `state` is ok, empty, insufficient or provisional; texts are in one language."""

    key: str
    kpi: str
    title: str
    about: str
    href: str
    value: str
    exact: str
    state: str
    note: str
    sample: str
    today: str
    judgement: Judgement
    change: Change | None
    trend: Spark


def tile(scene: Scene, ask: Ask) -> Tile:
    """The number that is asked for, at the scene's watermark."""
    kpi = scene.kpi(ask.kpi)
    period_key = key_containing(scene.today, ask.grain)
    value = scene.reader.kpi(ask.kpi, ask.owner, period_key, ask.dimension or None)
    trend = scene.trend(ask.kpi, ask.owner, ask.dimension or None)
    state, note = _state(scene, kpi, value)
    today = trend[-1].value
    return Tile(
        key=ask.key(),
        kpi=ask.kpi,
        title=scene.voice.pick(kpi.name),
        about=scene.voice.pick(kpi.about),
        href=ask.href(),
        value="—" if value.value is None else scene.style.figure(value.value, kpi.unit),
        exact="" if value.value is None else exact_text(value.value),
        state=state,
        note=note,
        sample=_sample(scene, kpi, value),
        today="" if today is None or ask.grain == "day" else scene.style.figure(today, kpi.unit),
        judgement=_judgement(scene, kpi, value, _target(scene, ask, period_key)),
        change=_change(scene, kpi, trend),
        trend=_spark(scene, kpi, trend),
    )


def plain(one: Tile) -> Tile:
    """The same tile without what a judgement of the whole period needs; for numbers of a single day."""
    return replace(one, judgement=Judgement(is_wanted=False), change=None, today="")


def attention(one: Tile) -> tuple[int, Fraction]:
    """Sorts by need of attention: furthest below target first, then without a target, then without a value."""
    if one.state in ("empty", "insufficient"):
        return (2, Fraction(0))
    if one.judgement.attainment is None:
        return (1, Fraction(0))
    return (0, one.judgement.attainment)


def is_additive(kpi: Kpi) -> bool:
    """Whether the KPI grows over the period, so that half a period means half the target."""
    return bool(kpi.of_target) or (kpi.denominator is None and kpi.unit in ("money", "count", "hours"))


def _target(scene: Scene, ask: Ask, period_key: str) -> Fraction | None:
    return ask.target if ask.target is not None else scene.reader.target(ask.kpi, ask.owner, period_key)


def _state(scene: Scene, kpi: Kpi, value: KpiValue) -> tuple[str, str]:
    say = scene.voice.say
    if value.status == "empty" or value.value is None:
        return "empty", say("state.manual" if kpi.live == "MAN" else "state.empty")
    if value.status == "insufficient":
        return "insufficient", say("state.insufficient", n=value.sample or 0)
    days = maturity_days(kpi)
    if days is not None:
        last = parse_day(period_of(value.period, scene.style.zone).last_day) + timedelta(days=days)
        if scene.today <= last.isoformat():
            return "provisional", say("state.provisional", day=last.strftime("%m-%d"))
    return "ok", ""


def _sample(scene: Scene, kpi: Kpi, value: KpiValue) -> str:
    # A large sample is no news; one near the least that is needed is.
    if value.sample is None or not kpi.min_sample or value.sample >= SAMPLE_IS_LARGE * kpi.min_sample:
        return ""
    return scene.voice.say("tile.sample", n=value.sample)


def maturity_days(kpi: Kpi) -> int | None:
    """Days after a period's end until the KPI is final: 15 for "MAT(15)"; None for KPIs that are not provisional."""
    if not kpi.live.startswith("MAT("):
        return None
    return int(kpi.live.removeprefix("MAT(").removesuffix(")"))


def _judgement(scene: Scene, kpi: Kpi, value: KpiValue, target: Fraction | None) -> Judgement:
    if target is None or target <= 0:
        return Judgement()
    say, style = scene.voice.say, scene.style
    is_down = kpi.direction == "down"
    figure = style.figure(target, kpi.unit)
    target_text = say("tile.target_most" if is_down else "tile.target", value=figure)
    if value.value is None or value.status != "ok" or kpi.direction == "band":
        return Judgement(target=target_text)
    share = value.value / target
    plan = scene.elapsed(value.period) if is_additive(kpi) else Fraction(1)
    is_good = share <= plan if is_down else share >= plan
    on_plan, off_plan = ("tile.ahead", "tile.behind") if plan < 1 and not is_down else ("tile.met", "tile.missed")
    reached = share / plan if plan else Fraction(1)
    return Judgement(
        target=target_text if is_down else say("tile.attained", share=style.percent(share), target=figure),
        verdict=say(on_plan if is_good else off_plan),
        tone="good" if is_good else "bad",
        bullet=_bullet(share, plan if plan < 1 else None, say("tile.bullet", value=style.percent(share))),
        attainment=reached if not is_down else (1 / reached if reached > 0 else Fraction(1)),
    )


def _bullet(share: Fraction, plan: Fraction | None, label: str) -> Bullet:
    def place(part: Fraction) -> int:
        return round_half_up(min(max(part, Fraction(0)), BULLET_FULL) / BULLET_FULL * WIDTH)

    return Bullet(place(share), place(Fraction(1)), None if plan is None else place(plan), label)


def _change(scene: Scene, kpi: Kpi, trend: list[KpiValue]) -> Change | None:
    yesterday, before = trend[-2].value, trend[-9].value
    if yesterday is None or before is None or before <= 0:
        return None
    text = scene.style.change(yesterday, before, kpi.unit)
    sense = {"+": "up", "−": "down"}.get(text[0], "flat")
    tone = "" if sense == "flat" or kpi.direction == "band" else "good" if sense == kpi.direction else "bad"
    return Change(text, sense, tone)


def _spark(scene: Scene, kpi: Kpi, trend: list[KpiValue]) -> Spark:
    known = [value.value for value in trend if value.value is not None]
    if known:
        label = scene.voice.say("tile.trend", days=TREND_DAYS, value=scene.style.figure(known[-1], kpi.unit))
    else:
        label = scene.voice.say("tile.trend_empty", days=TREND_DAYS)
    values = [value.value for value in trend]
    # Zeros before the first value are days before the records begin, not days without sales.
    start = next((place for place, value in enumerate(values) if value), 0)
    return spark([None] * start + values[start:], is_additive(kpi), label)
