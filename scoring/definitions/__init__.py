"""Definitions: every TOML file of a company read into records, or one error with every fault."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scoring.contribution import Program
from scoring.definitions.alerts import AlertRule, read_alerts, rolling_kpis
from scoring.definitions.attainment import with_attainments
from scoring.definitions.catalogue import read_kpis, read_measures
from scoring.definitions.goals import read_goals, read_receipts
from scoring.definitions.governance import GOVERNANCE_FILES, read_governance
from scoring.definitions.organisation import (
    read_assignments,
    read_company,
    read_people,
    read_points,
    read_rates,
)
from scoring.definitions.plans import read_plan
from scoring.definitions.presence import read_presence
from scoring.definitions.rosters import read_rosters
from scoring.definitions.table import Table, nearest
from scoring.definitions.targets import read_targets
from scoring.faults import DefinitionError, Fault
from scoring.goals import Goal
from scoring.kpi import Kpi
from scoring.measures import Measure
from scoring.organisation.records import Governance
from scoring.plan import Plan
from scoring.presence import Presence
from scoring.receipts import Receipt
from scoring.reference import Person, Position, Reference, Target

MEASURES, KPIS = "catalogue/measures/", "catalogue/kpis/"
"""Folders of the catalogue, one file a family; a company's own file replaces the shipped one of its name."""
KNOWN_FILES = (
    "company.toml",
    "people.toml",
    "assignments.toml",
    "targets.toml",
    "fx.toml",
    "rosters.toml",
    "points.toml",
    "alerts.toml",
    "calendar.toml",
    "goals.toml",
    "receipts.toml",
    *GOVERNANCE_FILES,
    "catalogue/measures.toml",
    "catalogue/kpis.toml",
)
KNOWN_FOLDERS = ("plans/", MEASURES, KPIS)
REFERENCE_FILES = ("company.toml", "people.toml", "assignments.toml", "fx.toml", "rosters.toml")
"""Files that decide, with the measures, what facts contribute; a change in one of them re-evaluates every case."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """What a company has defined. `texts` are the files as they were read, for seals and fingerprints.

    `unfilled` are target rows whose value is still "?".
    """

    texts: Mapping[str, str]
    reference: Reference
    measures: Mapping[str, Measure]
    kpis: Mapping[str, Kpi]
    plans: Mapping[str, Plan]
    alerts: tuple[AlertRule, ...]
    notify_url: str = ""
    unfilled: tuple[Target, ...] = ()
    presence: Presence = field(default_factory=Presence)
    goals: tuple[Goal, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    governance: Governance = field(default_factory=Governance)

    def fingerprint(self) -> str:
        """SHA-256 over every file, by name; pinned by every settlement."""
        return _digest(self.texts, tuple(sorted(self.texts)))

    def program_fingerprint(self) -> str:
        """SHA-256 over the files that decide contributions."""
        return _digest(self.texts, (*REFERENCE_FILES, *_in_folder(self.texts, MEASURES)))

    def program(self) -> Program:
        """The compiled measures."""
        return Program(tuple(self.measures.values()), self.reference)

    def person(self, person_id: str) -> Person | None:
        """A person by id."""
        return next((person for person in self.reference.people if person.id == person_id), None)

    def plan_of(self, position: Position) -> Plan | None:
        """The plan of a position: its variant for the stage of the position's shop, else the plan that it names."""
        stage = next((shop.stage for shop in self.reference.shops if shop.id == position.shop), "")
        for plan in self.plans.values():
            if stage and (plan.variant_of, plan.stage) == (position.plan, stage):
                return plan
        return self.plans.get(position.plan)

    def target(self, owner: str, kpi: str, period: str) -> Target | None:
        """The owner's target for a KPI in a period."""
        wanted = (owner, kpi, period)
        return next((row for row in self.reference.targets if (row.owner, row.kpi, row.period) == wanted), None)


def _in_folder(texts: Mapping[str, str], folder: str) -> list[str]:
    """The files of a folder; sealed definitions of the first release have one file in place of a catalogue folder."""
    return sorted(name for name in texts if name.startswith(folder) or name == f"{folder.rstrip('/')}.toml")


def _digest(texts: Mapping[str, str], names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        body = texts.get(name, "").encode()
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()


def read_definitions(texts: Mapping[str, str]) -> Definitions:
    """Definitions from file texts by relative name, catalogue included; DefinitionError lists every fault."""
    faults: list[Fault] = []
    roots = {name: _root(name, text, faults) for name, text in texts.items()}

    def root(name: str) -> Table:
        return roots.get(name) or Table(name, "", {}, faults)

    faults.extend(_file_faults(texts))
    plan_files = _in_folder(texts, "plans/")
    measures = read_measures([roots[name] for name in _in_folder(texts, MEASURES)])
    kpis = read_kpis([roots[name] for name in _in_folder(texts, KPIS)], measures)
    kpis = with_attainments(kpis, root("targets.toml"), [roots[name] for name in plan_files])
    company, policy, shops = read_company(root("company.toml"))
    teams, people = read_people(root("people.toml"), tuple(_plan_id(roots[name]) for name in plan_files))
    names = {person.id for person in people}
    owners = _owners(names, [team.id for team in teams], [shop.id for shop in shops])
    targets = read_targets(root("targets.toml"), tuple(kpis), owners)
    points, red_lines, manuals, gaps = read_points(root("points.toml"), names, tuple(kpis))
    reference = Reference(
        company=company,
        policy=policy,
        shops=shops,
        teams=teams,
        people=people,
        assignments=read_assignments(root("assignments.toml"), names, {shop.id for shop in shops}),
        rates=read_rates(root("fx.toml")),
        shifts=read_rosters(root("rosters.toml"), names),
        targets=targets.rows,
        points=points,
        red_lines=red_lines,
        manuals=manuals,
        gaps=gaps,
    )
    goals = read_goals(root("goals.toml"), tuple(kpis), owners)
    plans = _plans([roots[name] for name in plan_files], kpis, owners, tuple(goal.id for goal in goals))
    receipts = read_receipts(root("receipts.toml"), names, tuple(plans))
    _check_positions(root("people.toml"), people, tuple(shop.id for shop in shops))
    presence = read_presence(root("calendar.toml"), names)
    governance = read_governance(root, tuple(kpis), owners)
    alerts, notify_url = read_alerts(root("alerts.toml"), rolling_kpis(kpis, measures))
    if faults:
        raise DefinitionError(tuple(faults))
    rest = (targets.unfilled, presence, goals, receipts, governance)
    return Definitions(dict(texts), reference, measures, kpis, plans, alerts, notify_url, *rest)


def _owners(people: Iterable[str], teams: Iterable[str], shops: Iterable[str]) -> set[str]:
    """Everybody who can own a figure, as keys of cells."""
    return {"c:", *(f"e:{one}" for one in people), *(f"t:{one}" for one in teams), *(f"s:{one}" for one in shops)}


def _file_faults(texts: Mapping[str, str]) -> list[Fault]:
    known = f"{', '.join(KNOWN_FILES)}, plans/<id>.toml, {MEASURES}<family>.toml, {KPIS}<family>.toml"
    faults = [
        Fault(name, "", f"is not read; known: {known}{nearest(name, KNOWN_FILES)}")
        for name in texts
        if name not in KNOWN_FILES and not name.startswith(KNOWN_FOLDERS)
    ]
    if "company.toml" not in texts:
        faults.append(Fault("company.toml", "", "is missing; a definitions folder starts with company.toml"))
    return faults


def _plans(roots: list[Table], kpis: Mapping[str, Kpi], owners: set[str], goals: tuple[str, ...]) -> dict[str, Plan]:
    plans: dict[str, Plan] = {}
    pairs: list[tuple[Table, Plan]] = []
    for root in roots:
        plan = read_plan(root, kpis, owners, goals)
        if plan.id in plans:
            root.fault("plan.id", f"{plan.id!r} is another file's plan too; give each plan its own id")
        plans[plan.id] = plan
        pairs.append((root, plan))
    _check_variants(pairs, tuple(plans))
    return plans


def _check_variants(pairs: list[tuple[Table, Plan]], known: tuple[str, ...]) -> None:
    seen: set[tuple[str, str]] = set()
    for root, plan in pairs:
        if not plan.variant_of:
            continue
        if plan.variant_of not in known or plan.variant_of == plan.id:
            hint = nearest(plan.variant_of, known)
            root.fault("plan.variant_of", f"is {plan.variant_of!r}; known: {', '.join(known)}{hint}")
        if (plan.variant_of, plan.stage) in seen:
            root.fault("plan.stage", f"{plan.variant_of} has two variants for the stage {plan.stage!r}; keep one")
        seen.add((plan.variant_of, plan.stage))


def _check_positions(root: Table, people: tuple[Person, ...], shops: tuple[str, ...]) -> None:
    for number, person in enumerate(people, start=1):
        for position in person.positions:
            if position.shop and position.shop not in shops:
                hint = nearest(position.shop, shops)
                root.fault(f"person[{number}].position", f"{position.shop!r} is no shop of company.toml{hint}")


def _root(name: str, text: str, faults: list[Fault]) -> Table:
    try:
        return Table(name, "", tomllib.loads(text), faults)
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(name, "", f"is not TOML: {error}"))
        return Table(name, "", {}, [])


def _plan_id(root: Table) -> str:
    plan = root.values.get("plan")
    return str(plan.get("id", "")) if isinstance(plan, Mapping) else ""


__all__ = ["AlertRule", "DefinitionError", "Definitions", "Fault", "read_definitions"]
