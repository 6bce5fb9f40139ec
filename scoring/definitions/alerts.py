"""Reads alerts.toml: threshold rules as data (8-alerts.md §8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.definitions.table import Table, exact_number
from scoring.kpi import Kpi, measures_read
from scoring.measures import Measure

SEVERITIES = ("low", "medium", "high", "critical")
SCOPES = ("employee", "team", "shop", "company")


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When to speak up about a KPI; `fire` and `clear` are (comparison, threshold) in the KPI's natural unit."""

    id: str
    kpi: str
    window_minutes: int
    scope: str
    owners: tuple[str, ...]
    fire: tuple[str, Fraction]
    for_seconds: int
    clear: tuple[str, Fraction]
    keep_seconds: int
    min_sample: int
    severity: str
    notify: tuple[str, ...]


def rolling_kpis(kpis: Mapping[str, Kpi], measures: Mapping[str, Measure]) -> tuple[str, ...]:
    """KPIs whose measures all keep minute cells; only these can be watched over minutes."""
    found = []
    for kpi in kpis.values():
        names = {*kpi.numerator.names, *(kpi.denominator.names if kpi.denominator else ())}
        read = measures_read(kpi, kpis)
        is_plain = not any(name.startswith(("target.", "period.")) for name in names)
        if is_plain and read and all(measures[name].rolling and not window for name, window in read):
            found.append(kpi.id)
    return tuple(found)


def read_alerts(root: Table, kpis: tuple[str, ...]) -> tuple[tuple[AlertRule, ...], str]:
    """The rules of alerts.toml over `kpis`, and the address that notices go to (empty: the log)."""
    rules = []
    for table in root.tables("rule"):
        rules.append(
            AlertRule(
                id=table.text("id"),
                kpi=table.choice("kpi", kpis),
                window_minutes=table.whole("window_minutes", 5, 1),
                scope=table.choice("scope", SCOPES, "employee"),
                owners=table.texts("owners"),
                fire=_comparison(table, "fire"),
                for_seconds=table.whole("for_seconds", 0),
                clear=_comparison(table, "clear"),
                keep_seconds=table.whole("keep_seconds", 0),
                min_sample=table.whole("min_sample", 0),
                severity=table.choice("severity", SEVERITIES, "medium"),
                notify=table.texts("notify"),
            )
        )
        table.finish()
    notify, url = root.table("notify"), ""
    if notify is not None:
        url = notify.text("url", "")
        notify.finish()
    root.finish()
    return tuple(rules), url


def _comparison(table: Table, name: str) -> tuple[str, Fraction]:
    text = table.text(name)
    sign = text[:1]
    number = exact_number(text[1:].strip())
    if sign not in ("<", ">") or number is None:
        table.fault(name, f'is {text!r}; write a comparison such as ">60" or "<1.5"')
        return ">", Fraction(0)
    return sign, number
