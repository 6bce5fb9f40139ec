"""The 24 roles hold every cell of the specification's tables, and each of them makes a plan that reads."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from scoring.definitions.roles import read_roles
from scoring.faults import DefinitionError
from scoring.role import GENERAL_MANAGER, Role
from scoring.scales import Scale, table_of_scale
from streams.folder import catalogue_texts, role_tables
from tests.dictionary.ids import listed_ids

EXPECTED = tomllib.loads(Path(__file__).with_name("expected.toml").read_text(encoding="utf-8"))
SPECIFICATION = Path(__file__).resolve().parents[3] / "shared" / "spec" / "4-roles.md"
ROLES = read_roles(role_tables(), listed_ids())
ROW = re.compile(r"^\| `(\w+)` \| ([RPV]) \| (\d+) \| (.+?) \| (.+?) \|$", re.M)
HEAD = re.compile(r"^\| \d+ \| `(\w+)` \| (.+?) \| (.+?) \| (\w+)", re.M)


def curve_of(scale: Scale, target: Fraction | None) -> str:
    """The curve of a role as the tables of the specification write it, from the scale that was read."""
    table = {name: str(value) for name, value in table_of_scale(scale).items()}
    code = table["kind"]
    if code == "FT":
        return f"FT {Fraction(table['floor'])}→{target}" + (", cap 100" if table["cap"] == "1" else "")
    if code == "BAND":
        return f"BAND ±{Fraction(table['tol']) * 100} %/0 at ±{Fraction(table['zero']) * 100} %"
    if code == "DED":
        return f"DED {Fraction(table['step']) * 100} pp/{table['pts']} {table['better']}"
    return code


def curve_said(text: str) -> str:
    """The same from the text of a table cell."""
    if found := re.fullmatch(r"FT ([\d.]+)→([\d.]+)(, cap 100)?", text):
        return f"FT {Fraction(found[1])}→{Fraction(found[2])}{found[3] or ''}"
    if text.startswith("DED"):
        # A rate of errors: fewer is better.
        return f"DED {Fraction(text.split()[1])} pp/{text.rpartition('/')[2]} lower"
    return text


def target_said(text: str) -> Fraction | None:
    """The number of a target cell; None for "own", for the roster and for none."""
    number = re.match(r"[\d.]+", text)
    return Fraction(number[0]) if number else None


def test_there_are_24_roles() -> None:
    """The catalogue holds the 24 roles of the table, 15 named in the requirements and 9 inferred (R9, R89)."""
    assert sorted(ROLES) == sorted(EXPECTED)
    assert len(ROLES) == 24
    assert [sum(role.origin == origin for role in ROLES.values()) for origin in ("named", "inferred")] == [15, 9]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_cell_of_the_table(name: str) -> None:
    """Kind, weight, curve and target of each KPI, and the weights of the kinds, are those of the specification."""
    role, rows = ROLES[name], EXPECTED[name]["rows"]
    assert [item.kpi for item in role.items] == [row[0] for row in rows]
    for item, (kpi, kind, weight, curve, target) in zip(role.items, rows, strict=True):
        assert (item.kind, item.weight) == (kind, Fraction(weight)), kpi
        assert curve_of(item.scale, item.target) == curve_said(curve), kpi
        assert item.target == target_said(target), kpi
        assert item.needs_review == (item.target is not None), kpi
    assert [role.weight(kind) for kind in "RPV"] == EXPECTED[name]["weights"]


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="the specification is not beside the repository")
def test_the_expected_tables_are_the_specification() -> None:
    """The copy of the tables that the tests work with says what 4-roles.md says, cell by cell."""
    page = SPECIFICATION.read_text(encoding="utf-8")
    heads = HEAD.findall(page)
    assert [head[0] for head in heads] == list(EXPECTED)
    for name, zh, en, origin in heads:
        role = ROLES[name]
        assert (role.name.zh, role.name.en, role.origin) == (zh, en, origin)
        part = page.split(f"`{name}`\n\nScheme:")[1].split("\n### ")[0]
        assert [list(row) for row in ROW.findall(part)] == EXPECTED[name]["rows"]
        assert re.findall(r"[RPV] (\d+)", part.split("\n")[0]) == [str(w) for w in EXPECTED[name]["weights"]]


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.id)
def test_every_role_has_its_four_parts(role: Role) -> None:
    """Duties, entry requirements, pay structure and appraisal process are filled in both languages (R8)."""
    labels = [role.name, role.purpose, role.entry, role.process, *(duty.text for duty in role.duties)]
    labels += [pay.text for pay in role.pay] + [line.text for line in role.red_lines]
    assert all(label.zh and label.en for label in labels)
    assert len(role.duties) >= 3
    assert {duty for item in role.items for duty in item.duties} == {duty.id for duty in role.duties}


def test_no_sales_target_is_shipped() -> None:
    """Amounts, counts of sales and their attainment are the company's own to set (R91)."""
    sold = re.compile(r"sales|gmv|profit|margin|roas|orders|views|follower|traffic|conversion")
    shipped = [(role.id, item.kpi) for role in ROLES.values() for item in role.items if item.target is not None]
    assert not [pair for pair in shipped if sold.search(pair[1])]


def test_the_reporting_tree() -> None:
    """Everybody reports to somebody, and the ways up all end at the general manager."""
    for role in ROLES.values():
        level, tops = {role.id}, 0
        for _ in range(5):
            level = {up for name in level for up in ROLES[name].reports_to}
            tops += GENERAL_MANAGER in level
            level -= {GENERAL_MANAGER}
        assert (level, bool(tops)) == (set(), True), role.id


def test_faults_of_a_role_are_all_listed() -> None:
    """Weights of 110, an unknown KPI, a duty that is none and an unlooked-at number are four faults at once."""
    tables = role_tables()
    name = "catalogue/roles/cs_agent.toml"
    text = tables[name]
    items = [dict(item) for item in text["item"]]  # type: ignore[attr-defined]
    items[0] |= {"weight": "20", "kpi": "skil_exam_score"}
    items[1] |= {"duties": ["nothing"]}
    del items[1]["needs_review"]
    with pytest.raises(DefinitionError) as caught:
        read_roles({**tables, name: {**text, "item": items}}, listed_ids())
    said = str(caught.value)
    for word in ("did you mean 'skill_exam_score'?", "sum to 110", "'nothing' is no duty", "needs_review = true"):
        assert word in said
    assert len(caught.value.faults) == 5, "the section skill weighs 40 then, too"


def test_every_kpi_of_the_roles_is_in_the_catalogue() -> None:
    """Each role reads against the KPIs that are shipped, not only against the list of ids."""
    files = [tomllib.loads(text) for name, text in catalogue_texts().items() if "/kpis/" in name]
    shipped = {kpi for file in files for kpi in file["kpi"]}
    wanted = {item.kpi for role in ROLES.values() for item in role.items}
    assert sorted(wanted - shipped) == []
