"""`scoreline targets` and `signal`: targets held against the own past, and against what is reached now (R90, R93)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboards.cli.home import closing_of, default_home, home_of, reader_of
from dashboards.cli.options import HomeOption, JsonOption, PeriodOption
from dashboards.cli.screen import FINDING, WRONG_USE, exits, fail, out, print_json
from scoring.definitions import Definitions
from scoring.early_signal import heading, is_mid_period
from scoring.money import percent_text
from scoring.period import grain_of, local_days, period_of, previous_period
from scoring.plan_quality import early_signal
from scoring.proration import TargetCheck, check_target, comparable
from scoring.reference import Target
from scoring.scales import Scale
from scoring.settlement import settle
from scoring.statement import exact_text
from streams.reading import Reader

PAST_PERIODS = 12
"""So many periods before the target's are looked at."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A target and what the owner's past says about it; `is_open` when it needs a reason and a second person."""

    row: Target
    periods: int
    check: TargetCheck
    is_open: bool


def targets(
    period: PeriodOption,
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Hold every target of a period against the owner's last 12 periods. Exit code 1 when one needs approval first."""
    with exits():
        place = home_of(home)
        definitions = place.definitions()
        try:
            grain_of(period)
        except ValueError as error:
            raise fail(str(error), WRONG_USE) from error
        reader = reader_of(place.open_current(definitions), definitions)
        rows = [_checked(row, reader) for row in definitions.reference.targets if row.period == period]
        if as_json:
            print_json({"period": period, "targets": [_json(row) for row in rows]})
        else:
            _print(period, rows)
        if any(row.is_open for row in rows):
            raise fail("a target far from its past needs a reason and approved_by in targets.toml", FINDING)


def signal(
    period: PeriodOption,
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Who is heading for less than 60 % or more than 150 % of the targets; code 1 when these are too many (R93)."""
    with exits():
        place = home_of(home)
        definitions = place.definitions()
        reader = reader_of(place.open_current(definitions), definitions)
        watermark = reader.freshness().watermark_us
        if watermark is None:
            raise fail(f"{place.store_name} holds no event yet: ingest some first", WRONG_USE)
        as_of = local_days(definitions.reference.company.zone).day(watermark)
        try:
            results = settle(definitions, period, closing_of(reader.store, definitions).read)
        except ValueError as error:
            raise fail(str(error), WRONG_USE) from error
        ends = {row.scope.person.id: value for row in results if (value := heading(row, as_of)) is not None}
        found = early_signal(ends)
        is_late = any(is_mid_period(row, as_of) for row in results)
        alarm = found.is_alarming and is_late
        if as_json:
            shown = {name: exact_text(value) for name, value in sorted(ends.items())}
            lists = {"too_low": found.too_low, "too_high": found.too_high}
            print_json({"as_of": as_of, "heading": shown, **lists, "share": exact_text(found.share), "alarm": alarm})
        else:
            for name, value in sorted(ends.items()):
                out.print(f"{name}: heading for {percent_text(value)} on {as_of}", markup=False)
            if not is_late:
                out.print("Less than half of the period has passed: no alarm yet.")
        if alarm:
            outside = len(found.too_low) + len(found.too_high)
            raise fail(f"{outside} of {len(ends)} people are outside 60-150 %: look at the targets", FINDING)


def _checked(row: Target, reader: Reader) -> Checked:
    definitions = reader.definitions
    period = period_of(row.period, definitions.reference.company.zone)
    values = []
    for _ in range(PAST_PERIODS):
        period = previous_period(period)
        found = reader.kpi(row.kpi, row.owner, period.key)
        values.append(found.value if found.status == "ok" else None)
    history = comparable(values[::-1])
    lower = definitions.kpis[row.kpi].direction == "down"
    check = check_target(history, row.value, lower_is_better=lower, scale=_scale(row, definitions))
    needs = check.verdict == "needs_second_approver" and not (row.reason and row.approved_by)
    return Checked(row, len(history), check, needs)


def _scale(row: Target, definitions: Definitions) -> Scale | None:
    """The curve that the owner's plan scores this KPI by, if any; none for a target that the curve cannot take."""
    for person in definitions.reference.people:
        for position in person.positions:
            plan = definitions.plan_of(position)
            for item in plan.items if plan else ():
                if item.source.kpi == row.kpi and item.source.of(f"e:{person.id}") == row.owner:
                    return None if item.scale.target_fault(row.value) else item.scale
    return None


def _json(checked: Checked) -> dict[str, Any]:
    row, check = checked.row, checked.check
    return {
        "owner": row.owner,
        "kpi": row.kpi,
        "target": exact_text(row.value),
        "source": row.source,
        "periods": checked.periods,
        "ratio": exact_text(check.ratio),
        "percentile": exact_text(check.percentile),
        "hits": check.hits,
        "hit_share": exact_text(check.hit_share),
        "scores": [exact_text(score) for score in check.scores],
        "verdict": check.verdict,
        "open": checked.is_open,
    }


def _print(period: str, rows: list[Checked]) -> None:
    out.print(f"{len(rows)} targets of {period}.", markup=False)
    for row in rows:
        told = f"{row.row.owner} {row.row.kpi} {exact_text(row.row.value)}: {row.check.verdict}"
        ratio = "" if row.check.ratio is None else f", {percent_text(row.check.ratio)} of the mean"
        out.print(f"{told} ({row.check.hits} of {row.periods} past periods reached it{ratio})", markup=False)
