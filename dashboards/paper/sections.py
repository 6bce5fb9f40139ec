"""A statement as sections of plain rows: the one content that every kind of paper lays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from dashboards.paper.numbers import DASH, in_unit, money, number, percent
from dashboards.paper.words import (
    CHAIN,
    COLUMNS,
    CORRECTIONS,
    EARNED,
    FOOT,
    HEAD,
    LATE,
    MOVED,
    PROOF,
    RESULT,
    SCORE,
    STATUS,
    TOTAL,
    WHY,
    Words,
    named,
    step_words,
)
from scoring.money import decimal_text, exponent_of

Statement = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row; `amount` holds the exact amount where the cell is money, for spreadsheets."""

    text: Words
    amount: str | None = None


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
    return Words(words.zh + ending, words.en + ending)


def _text(text: str) -> Cell:
    return Cell(_same(text))


def _money(text: str | None) -> Cell:
    return Cell(_same(money(text)), text)


def earned(statement: Statement) -> Section:
    """One line a component, the corrections, and the total."""
    rows = [Row((Cell(named(row["name"])), _money(row["amount"]))) for row in statement["components"]]
    adjusted = sum((Fraction(row["amount"]) for row in statement["adjustments"]), Fraction(0))
    if statement["adjustments"]:
        places = exponent_of(statement["currency"])
        rows.append(Row((Cell(CORRECTIONS), _money(decimal_text(adjusted, places)))))
    rows.append(Row((Cell(TOTAL), _money(statement["total"])), "strong"))
    return Section("earned", EARNED, (COLUMNS["item"], COLUMNS["amount"]), tuple(rows), (1,))


def why(statement: Statement) -> Section:
    """Each component with the steps that add up to it."""
    rows: list[Row] = []
    for component in statement["components"]:
        rows.append(
            Row(
                (
                    Cell(named(component["name"])),
                    _text(_base(component)),
                    _text(""),
                    _text(""),
                    _money(component["amount"]),
                ),
                "strong",
            )
        )
        rows.extend(
            Row(
                (
                    Cell(step_words(detail["kind"])),
                    _text(detail["text"]),
                    _text(number(detail["base"])),
                    _text("" if detail["rate"] is None else percent(detail["rate"], 4)),
                    Cell(_same(money(detail["amount"], 4)), detail["amount"]),
                )
            )
            for detail in component["details"]
        )
    names = ("step", "how", "base", "rate", "amount")
    return Section("why", WHY, tuple(COLUMNS[name] for name in names), tuple(rows), (2, 3, 4))


def _base(component: Mapping[str, Any]) -> str:
    if component["base_kpi"] is None:
        return ""
    owner, dimension = component["base_owner"], component["base_dimension"]
    facts = f"{component['facts']} facts, {component['facts_digest'][:12]}"
    place = f"{owner}/{dimension}" if dimension else owner
    return f"{component['base_kpi']} ({place}) = {money(component['base'])}; {facts}"


def corrections(statement: Statement) -> Section:
    """Each correction of a sealed period: before, after, what moved, and the late events behind it."""
    rows: list[Row] = []
    for row in statement["adjustments"]:
        cells = (
            _joined(named(row["name"]), f" · {row['origin_period']}"),
            _same(""),
        )
        amounts = tuple(_money(row[name]) for name in ("before", "after", "already", "amount"))
        rows.append(Row((*(Cell(cell) for cell in cells), *amounts), "strong"))
        for name, words in MOVED.items():
            was, now = row["moved"][name]
            if was != now:
                change = f"{number(was, 4)} → {number(now, 4)}"
                rows.append(Row((Cell(words), _text(change), *(_text("") for _ in range(4)))))
        for was, now in _steps(row):
            rows.append(Row((_text(""), _text(f"{was} → {now}"), *(_text("") for _ in range(4))), "faint"))
        for fact in row["facts"]:
            seen = f"{fact['event_type']} {fact['event_id']} ({fact['source']}) {fact['occurred_at']}"
            rows.append(Row((Cell(LATE), _text(seen), *(_text("") for _ in range(4))), "faint"))
    names = ("item", "event", "before", "after", "already", "amount")
    return Section("corrections", CORRECTIONS, tuple(COLUMNS[name] for name in names), tuple(rows), (2, 3, 4, 5))


def _steps(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The steps of the computation that read differently before and after."""
    was, now = row["moved"]["details"]
    return [(one, other) for one, other in zip_longest(was, now, fillvalue=DASH) if one != other]


def score(statement: Statement) -> Section:
    """The score card: every KPI with what it was, should be, and gave."""
    rows = []
    for item in statement["items"]:
        ratio = "" if item["denominator"] is None else f" = {number(item['numerator'])} / {number(item['denominator'])}"
        status = STATUS.get(item["status"], _same(item["status"]))
        remark = Words(status.zh or item["reason"], status.en or item["reason"])
        rows.append(
            Row(
                (
                    Cell(named(item["name"])),
                    _text(in_unit(item["actual"], item["unit"]) + ratio),
                    _text(in_unit(item["target"], item["unit"])),
                    _text(percent(item["attainment"])),
                    _text(item["scale"]),
                    _text(number(item["score"])),
                    _text(number(item["weight"])),
                    _text(number(item["points"], 4)),
                    Cell(remark),
                )
            )
        )
    names = ("kpi", "actual", "target", "attainment", "scale", "score", "weight", "points", "remark")
    return Section("score", SCORE, tuple(COLUMNS[name] for name in names), tuple(rows), (2, 3, 5, 6, 7))


def result(statement: Statement) -> Section:
    """From the weighted total over points and red lines to the coefficient."""
    chain = statement["score"]
    rows = [Row((Cell(CHAIN["weighted"]), _text(number(chain["weighted"], 6))))]
    for point in chain["points"]:
        reason = _joined(named(point["reason"]), f" ({point.get('evidence', '')}): {number(point['points'])}")
        rows.append(Row((Cell(CHAIN["points_net"]), Cell(reason))))
    for line in chain.get("red_lines", []):
        ending = f" · {line['effect']} · {line['state']} {line['decided_by']}".rstrip()
        rows.append(Row((Cell(CHAIN["red_line"]), Cell(_joined(named(line["reason"]), ending)))))
    rows.append(Row((Cell(CHAIN["total"]), _total(chain)), "strong"))
    rows.append(Row((Cell(CHAIN["band"]), _text(chain["band"] or DASH))))
    rows.append(Row((Cell(CHAIN["coefficient"]), _text(number(chain["coefficient"], 4))), "strong"))
    if chain.get("manual"):
        ending = f" ({chain['manual']['decided_by']})"
        rows.append(Row((Cell(CHAIN["manual"]), Cell(_joined(named(chain["manual"]["reason"]), ending)))))
    return Section("result", RESULT, (COLUMNS["item"], COLUMNS["value"]), tuple(rows))


def _total(chain: Mapping[str, Any]) -> Cell:
    return Cell(STATUS["needs_manual"]) if chain["total"] is None else _text(chain["total"])


def foot(statement: Statement) -> Section:
    """Digests, and how to list the events behind an amount."""
    rows = [
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
