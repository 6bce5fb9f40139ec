"""The list of alerts that do not stand at OK, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dashboards.alerts.watching import ActiveAlert
from dashboards.view.board import Part, Section
from dashboards.view.owners import Missing, owner_name
from dashboards.view.scene import Scene

ALERTS = "alerts"
"""The key of this part."""


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert; `phase` and `severity` are codes for the looks, the rest is text."""

    phase: str
    severity: str
    word: str
    severity_word: str
    owner: str
    href: str
    text: str
    since: str
    window: str
    silent: str


@dataclass(frozen=True, slots=True)
class AlertList:
    """The lines, the most urgent first; `empty` says why there are none."""

    lines: tuple[AlertLine, ...]
    empty: str


def attention_part(scene: Scene, owners: Collection[str] | None = None) -> Part:
    """Alerts of the given owners, or of everybody."""
    found = [alert for alert in scene.look.alerts or () if owners is None or alert.owner in owners]
    reason = "alert.no_rules" if scene.look.alerts is None or not scene.definitions.alerts else "alert.none"
    return Part("alerts", AlertList(tuple(_line(scene, alert) for alert in found), scene.voice.say(reason)))


def attention_section(scene: Scene) -> Section:
    """Where the list is placed."""
    return Section("parts", "alerts", scene.voice.say("alert.title"), (ALERTS,))


def _line(scene: Scene, alert: ActiveAlert) -> AlertLine:
    say, style, rule = scene.voice.say, scene.style, alert.rule
    kpi = scene.kpi(rule.kpi)
    sign, threshold = rule.fire
    try:
        owner = owner_name(scene.definitions, alert.owner, scene.voice)
    except Missing:
        owner = alert.owner
    return AlertLine(
        phase=alert.phase.value,
        severity=rule.severity,
        word=say(f"alert.phase.{alert.phase.value}"),
        severity_word=say(f"alert.severity.{rule.severity}"),
        owner=owner,
        href=owner_href(alert.owner),
        text=say(
            "alert.line",
            kpi=scene.voice.pick(kpi.name),
            value="—" if alert.value is None else style.figure(alert.value, kpi.unit),
            threshold=f"{sign} {style.figure(threshold, kpi.unit)}",
        ),
        since=say("alert.since", at=style.moment(alert.since_us)),
        window=say("alert.window", minutes=rule.window_minutes),
        silent=say("alert.no_data") if alert.is_silent else "",
    )


def owner_href(owner: str) -> str:
    """The path of an owner's page, "" when it has none."""
    kind, _, name = owner.partition(":")
    return {"e": f"/person/{name}", "t": f"/team/{name}", "c": "/"}.get(kind, "")
