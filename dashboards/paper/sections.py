"""A statement as sections of plain rows: the one content that every kind of paper lays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.paper.numbers import DASH, in_unit, money, number, percent
from dashboards.paper.phrases import said
from dashboards.paper.words import (
    CHAIN,
    COLUMNS,
    CORRECTIONS,
    EARNED,
    EVENTS,
    FOOT,
    HEAD,
    KINDS,
    LATE,
    MOVED,
    PROOF,
    RESULT,
    SCORE,
    STATUS,
    TOTAL,
    TREATMENT,
    WHY,
    Words,
    named,
    step_words,
)
from scoring.money import decimal_text, exponent_of

Statement = Mapping[str, Any]

LISTED_FACTS = 20
"""So many late events of a correction are listed on paper; the JSON lists more, and says how many there are."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row; where it is a number, `amount` is that exactly and `style` how: money, number or percent."""

    text: Words
    amount: str | None = None
    style: str = "money"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `weight` says how it stands out: "strong", "plain" or "faint"."""

    cells: tuple[Cell, ...]
    weight: str = "plain"


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the paper; `numeric` are the columns that are set to the right."""

    id: str
    title: Words
    columns: tuple[Words, ...]
    rows: tuple[Row, ...]
    numeric: tuple[int, ...] = ()


def check_total(statement: Statement) -> None:
    """ValueError when the lines do not add up to the total: such a paper must not be made."""
    lines = sum((Fraction(row["amount"]) for row in statement["components"]), Fraction(0))
    lines += sum((Fraction(row["amount"]) for row in statement["adjustments"]), Fraction(0))
    if lines != Fraction(statement["total"]):
        person, period = statement["person"]["id"], statement["period"]["key"]
        raise ValueError(
            f"statement of {person} for {period}: its lines add up to {lines}, not to {statement['total']}; close again"
        )


def sections(statement: Statement) -> list[Section]:
    """Every section in reading order; ValueError when the lines do not add up."""
    check_total(statement)
    found = [earned(statement), why(statement)]
    if statement["adjustments"]:
        found.append(corrections(statement))
    return [*found, score(statement), result(statement), foot(statement)]


def head(statement: Statement) -> list[tuple[Words, Words]]:
    """Label and value of the lines above the sections."""
    person, period, plan = statement["person"], statement["period"], statement["plan"]
    span = f"{period['first_day']} – {period['last_day']} ({period['zone']})"
    run = statement["run"]
    return [
        (HEAD["person"], _joined(named(person["name"]), f" ({person['id']})")),
        (HEAD["team"], named(person["team"]["name"])),
        (HEAD["role"], _same(person["role"])),
        (HEAD["plan"], _joined(named(plan["name"]), f" ({plan['id']} v{plan['version']})")),
        (HEAD["purpose"], named(plan["purpose"])),
        (HEAD["period"], _same(f"{period['key']}: {span}")),
        (HEAD["run"], _joined(STATUS.get(run["status"], _same(run["status"])), f" · {run['run']}")),
    ]


def _same(text: str) -> Words:
    return Words(text, text)


def _joined(words: Words, ending: str) -> Words:
    return Words(words.zh, words.en, words.ending + ending)


def _text(text: str) -> Cell:
    return Cell(_same(text))


def _money(text: str | None, places: int) -> Cell:
    return Cell(_same(money(text, places, places)), text)


def _number(text: str | None, places: int = 2) -> Cell:
    return Cell(_same(number(text, places)), text, "number")


def _percent(text: str | None, places: int = 2) -> Cell:
    return Cell(_same(percent(text, places)), text, "percent")


def earned(statement: Statement) -> Section:
    """One line a component, the corrections, and the total."""
    places = exponent_of(statement["currency"])
    rows = [Row((Cell(named(row["name"])), _money(row["amount"], places))) for row in statement["components"]]
    adjusted = sum((Fraction(row["amount"]) for row in statement["adjustments"]), Fraction(0))
    if statement["adjustments"]:
        rows.append(Row((Cell(CORRECTIONS), _money(decimal_text(adjusted, places), places))))
    rows.append(Row((Cell(TOTAL), _money(statement["total"], places)), "strong"))
    return Section("earned", EARNED, (COLUMNS["item"], COLUMNS["amount"]), tuple(rows), (1,))


def why(statement: Statement) -> Section:
    """Each component with the steps that add up to it."""
    places = exponent_of(statement["currency"])
    units = {item["kpi"]: item["unit"] for item in statement["items"]}
    rows: list[Row] = []
    for component in statement["components"]:
        base = _text("")
        if component["base_kpi"] is not None:
            unit = units.get(component["base_kpi"], "money")
            base = Cell(_same(in_unit(component["base"], unit, places)), component["base"], "number")
        cells = (Cell(named(component["name"])), _text(_source(component)), base, _text(""))
        rows.append(Row((*cells, _money(component["amount"], places)), "strong"))
        rows.extend(
            Row(
                (
                    Cell(step_words(detail["kind"])),
                    Cell(said(detail["text"])),
                    _number(detail["base"]),
                    _text("") if detail["rate"] is None else _percent(detail["rate"], 4),
                    Cell(_same(money(detail["amount"], max(4, places), places)), detail["amount"]),
                )
            )
            for detail in component["details"]
        )
    names = ("step", "how", "base", "rate", "amount")
    return Section("why", WHY, tuple(COLUMNS[name] for name in names), tuple(rows), (2, 3, 4))


def _source(component: Mapping[str, Any]) -> str:
    """The KPI of a component, whose it is, how many facts are behind it and the digest over them."""
    if component["base_kpi"] is None:
        return ""
    owner, dimension = component["base_owner"], component["base_dimension"]
    place = f"{owner}/{dimension}" if dimension else owner
    return f"{component['base_kpi']} ({place}) · n = {component['facts']:,} · {component['facts_digest'][:12]}"


def corrections(statement: Statement) -> Section:
    """Each correction of a sealed period: before, after, what moved, and the late events behind it."""
    places, zone = exponent_of(statement["currency"]), statement["period"]["zone"]
    rows: list[Row] = []
    for row in statement["adjustments"]:
        name = _joined(named(row["name"]), f" · {row['origin_period']}")
        amounts = tuple(_money(row[key], places) for key in ("before", "after", "already", "amount"))
        rows.append(Row((Cell(name), _text(""), *amounts), "strong"))
        for key, words in MOVED.items():
            was, now = row["moved"][key]
            if was != now:
                rows.append(_note(words, _same(f"{number(was, 4)} → {number(now, 4)}"), "plain"))
        rows.extend(_note(_same(""), _arrow(said(was), said(now)), "faint") for was, now in _steps(row))
        rows.extend(_note(LATE, _seen(fact, zone), "faint") for fact in row["facts"][:LISTED_FACTS])
        more = row.get("facts_in_all", len(row["facts"])) - LISTED_FACTS
        if more > 0:
            rows.append(
                _note(LATE, Words(f"另有 {more} 个事件，见 JSON", f"{more} more events, see the JSON"), "faint")
            )
    names = ("item", "event", "before", "after", "already", "amount")
    return Section("corrections", CORRECTIONS, tuple(COLUMNS[name] for name in names), tuple(rows), (2, 3, 4, 5))


def _note(label: Words, text: Words, weight: str) -> Row:
    return Row((Cell(label), Cell(text), *(_text("") for _ in range(4))), weight)


def _arrow(was: Words, now: Words) -> Words:
    return Words(f"{was.zh} → {now.zh}", f"{was.en} → {now.en}")


def _seen(fact: Mapping[str, Any], zone: str) -> Words:
    """A late fact: what happened, its id and source, and when, in the company's zone."""
    at = datetime.fromisoformat(fact["occurred_at"]).astimezone(ZoneInfo(zone)).isoformat(sep=" ")
    kind = EVENTS.get(fact["event_type"], _same(fact["event_type"]))
    return _joined(kind, f" {fact['event_id']} ({fact['source']}) {at}")


def _steps(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The steps of the computation that read differently before and after."""
    was, now = row["moved"]["details"]
    return [(one, other) for one, other in zip_longest(was, now, fillvalue=DASH) if one != other]


def score(statement: Statement) -> Section:
    """The score card: every KPI with what it was, should be, and gave."""
    places = exponent_of(statement["currency"])
    rows = []
    for item in statement["items"]:
        ratio = "" if item["denominator"] is None else f" = {number(item['numerator'])} / {number(item['denominator'])}"
        status = STATUS.get(item["status"], _same(item["status"]))
        status = TREATMENT.get(item.get("treatment", ""), status)
        remark = status if status.en else said(item["reason"])
        rows.append(
            Row(
                (
                    Cell(named(item["name"])),
                    _text(in_unit(item["actual"], item["unit"], places) + ratio),
                    _text(in_unit(item["target"], item["unit"], places)),
                    _percent(item["attainment"]),
                    _text(item["scale"]),
                    _number(item["score"]),
                    _number(item["weight"]),
                    _number(item["points"], 4),
                    Cell(remark),
                )
            )
        )
    if statement["score"]["weighted"] is not None:
        whole = sum((Fraction(item["weight"]) for item in statement["items"]), Fraction(0))
        blend = statement["score"].get("blend")
        own = blend["individual"] if blend else statement["score"]["weighted"]
        figures = (_number(str(whole)), _number(own, 4))
        rows.append(Row((Cell(CHAIN["weighted"]), *(_text("") for _ in range(5)), *figures, _text("")), "strong"))
    names = ("kpi", "actual", "target", "attainment", "scale", "score", "weight", "points", "remark")
    return Section("score", SCORE, tuple(COLUMNS[name] for name in names), tuple(rows), (2, 3, 5, 6, 7))


def result(statement: Statement) -> Section:
    """From the weighted total over points and red lines to the coefficient."""
    chain = statement["score"]
    subtotals = chain.get("subtotals", {})
    rows = [Row((Cell(words), _number(subtotals[kind], 4))) for kind, words in KINDS.items() if kind in subtotals]
    if chain.get("blend"):
        own, team, alpha = (number(chain["blend"][name]) for name in ("individual", "team", "alpha"))
        rows.append(Row((Cell(CHAIN["blend"]), _text(f"{alpha} x {own} + (1 - {alpha}) x {team}"))))
    rows.append(Row((Cell(CHAIN["weighted"]), _number(chain["weighted"], 4))))
    for point in chain["points"]:
        reason = _joined(named(point["reason"]), f" ({point.get('evidence', '')}): {number(point['points'])}")
        rows.append(Row((Cell(CHAIN["points_net"]), Cell(reason))))
    for line in chain.get("red_lines", []):
        reason, effect, state = named(line["reason"]), said(line["effect"]), said(line["state"])
        told = Words(f"{reason.zh} · {effect.zh} · {state.zh}", f"{reason.en} · {effect.en} · {state.en}")
        rows.append(Row((Cell(CHAIN["red_line"]), Cell(_joined(told, f" {line['decided_by']}".rstrip())))))
    rows.append(Row((Cell(CHAIN["total"]), _total(chain)), "strong"))
    rows.append(Row((Cell(CHAIN["band"]), Cell(said(chain["band"] or DASH)))))
    rows.append(Row((Cell(CHAIN["coefficient"]), _number(chain["coefficient"], 4)), "strong"))
    if chain.get("manual"):
        ending = f" ({chain['manual']['decided_by']})"
        rows.append(Row((Cell(CHAIN["manual"]), Cell(_joined(named(chain["manual"]["reason"]), ending)))))
    return Section("result", RESULT, (COLUMNS["item"], COLUMNS["value"]), tuple(rows))


def _total(chain: Mapping[str, Any]) -> Cell:
    return (
        Cell(STATUS[chain.get("status") or "needs_manual"])
        if chain["total"] is None
        else Cell(_same(chain["total"]), chain["total"])
    )


def foot(statement: Statement) -> Section:
    """The sum of the lines, digests, and how to list the events behind an amount."""
    rows = [
        Row((Cell(PROOF["lines"]), _text(_sum_text(statement)))),
        Row((Cell(PROOF["digest"]), _text(statement["digest"]))),
        Row((Cell(PROOF["definitions"]), _text(statement["definitions"]))),
    ]
    if "cells" in statement["cut"]:
        rows.append(Row((Cell(PROOF["cells"]), _text(statement["cut"]["cells"]))))
    for component in statement["components"]:
        if component["base_kpi"] is not None:
            where = f" --dimension {component['base_dimension']}" if component["base_dimension"] else ""
            command = f"scoreline explain {component['base_kpi']} --owner {component['base_owner']}{where}"
            rows.append(Row((Cell(PROOF["explain"]), _text(f"{command} --period {statement['period']['key']}"))))
    return Section("foot", FOOT, (COLUMNS["item"], COLUMNS["value"]), tuple(rows))


def _sum_text(statement: Statement) -> str:
    """The lines as a sum, "1,200.00 + 42.00 - 14.40 = 1,227.60", which `check_total` has checked."""
    places = exponent_of(statement["currency"])
    lines = [money(row["amount"], places, places) for row in (*statement["components"], *statement["adjustments"])]
    sum_text = " + ".join(lines).replace("+ -", "- ")
    return f"{sum_text or '0'} = {money(statement['total'], places, places)}"
