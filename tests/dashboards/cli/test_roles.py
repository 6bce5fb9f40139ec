"""`init --role`: plans out of the catalogue's roles, and what is left for the company to decide."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dashboards.cli.role_files import shipped_roles
from scoring.definitions import read_definitions
from scoring.definitions.checks import blockers_of, warnings_of
from scoring.settlement import settle
from streams.folder import folder_texts, load_definitions
from tests.dashboards.cli.shell import Shell


@pytest.fixture(scope="module")
def all_roles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all 24 roles at once."""
    home = tmp_path_factory.mktemp("roles") / "home"
    roles = [word for role in shipped_roles() for word in ("--role", role)]
    ended = Shell(home).run("init", home, *roles, "--period", "2026-12")
    assert ended.code == 0, ended.err
    return home


def test_every_role_makes_a_plan_that_reads(all_roles: Path) -> None:
    """24 plans without a fault; weights, sections, scales and duties are those of the roles (R3, R9)."""
    definitions = load_definitions(all_roles / "definitions")
    assert sorted(definitions.plans) == sorted(shipped_roles())
    for role in shipped_roles().values():
        plan = definitions.plans[role.id]
        assert (plan.scheme, plan.period, plan.purpose) == (role.scheme, role.period, role.purpose)
        pairs = list(zip(plan.items, role.items, strict=True))
        assert all((a.source.kpi, a.kind, a.weight, a.duties) == (b.kpi, b.kind, b.weight, b.duties) for a, b in pairs)
        for made, wanted in pairs:
            if wanted.kind != "V":
                assert made.scale == wanted.scale, (role.id, wanted.kpi)


def test_the_plans_are_unusual_in_one_thing_only(all_roles: Path) -> None:
    """Of all roles only the analyst is judged by more than its scheme allows: 25, as the specification has it."""
    warnings = warnings_of(load_definitions(all_roles / "definitions"))
    assert [warning.file for warning in warnings] == ["plans/data_analyst.toml"]
    assert "reviews weigh 25" in warnings[0].message


def test_nothing_is_published_before_it_is_looked_at(all_roles: Path) -> None:
    """Every starter value and every target that is the company's own is listed, none of them twice (R91)."""
    definitions = load_definitions(all_roles / "definitions")
    told = [(row.file, row.key) for row in blockers_of(definitions)]
    starters = sum(
        item.target is not None and not definitions.kpis[item.kpi].of_target
        for role in shipped_roles().values()
        for item in role.items
    )
    assert len(told) == len(set(told)) == starters + len(definitions.unfilled)
    assert {row.value for row in definitions.unfilled} == {0}
    assert definitions.reference.targets == ()


def test_leads_answer_for_their_team(all_roles: Path) -> None:
    """What is counted is the team's figure for a lead, what is judged is the lead's own, and a buyer has nobody's."""
    plans = load_definitions(all_roles / "definitions").plans
    owners = {item.source.kpi: item.source.owner for item in plans["cs_supervisor"].items}
    assert owners["csat"] == owners["staff_turnover_rate"] == "t:ecom"
    assert owners["review_team_management"] == "self"
    assert {item.source.owner for item in plans["promotion_specialist"].items} == {"self"}
    assert {item.source.dimension for item in plans["livestream_operator"].items} == {"live_op", ""}


def test_the_output_says_what_to_do(tmp_path: Path) -> None:
    """One role for one employee: how many targets to fill in, how many values to look at, and what comes next."""
    shell = Shell(tmp_path / "new")
    made = shell.run("init", shell.home, "--role", "cs_agent", "--employee", "e07", "--period", "2026-12")
    assert made.code == 0
    # Of its own are inquiry_paid_conversion and cs_sales; numbers come with six other KPIs.
    assert '2 targets are yours to fill in (targets.toml, value = "?")' in made.out
    assert "6 starter values to look at" in made.out
    assert "scoreline check" in made.out
    rows = tomllib.loads((shell.home / "definitions" / "targets.toml").read_text("utf-8"))["target"]
    assert [(row["owner"], row["kpi"], row["period"], row["value"]) for row in rows] == [
        ("e:e07", "inquiry_paid_conversion", "2026-12", "?"),
        ("e:e07", "cs_sales", "2026-12", "?"),
    ]
    checked = shell.run("check", shell.home)
    assert checked.code == 0
    assert "cs_agent: 55 of 100 is counted from events" in checked.out
    assert "8 to settle before publishing" in checked.out


def test_a_role_more_for_a_home(shell: Shell) -> None:
    """A home that exists gets the plan and the rows; what was there stays as it was, and a second time is refused."""
    folder = shell.home / "definitions"
    before = (folder / "targets.toml").read_text("utf-8")
    made = shell.run("init", shell.home, "--role", "cs_agent", "--employee", "p02", "--period", "2026-12", "--json")
    assert made.json()["unfilled"] == 2
    assert (folder / "targets.toml").read_text("utf-8").startswith(before)
    assert sorted(load_definitions(folder).plans) == ["cs_agent", "operations_specialist"]
    again = shell.run("init", shell.home, "--role", "cs_agent")
    assert again.code == 2
    assert "plans/cs_agent.toml exists already" in again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--role", "cs_agnt"), "'cs_agnt' is no role; known: amazon_director"),
        (("--role", "cs_agent", "--employee", "a", "--employee", "b"), "one employee for each role"),
    ],
)
def test_wrong_use(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """An unknown role, and more employees than roles, are refused before anything is written."""
    shell = Shell(tmp_path / "new")
    ended = shell.run("init", shell.home, *words)
    assert (ended.code, said in ended.err) == (2, True)
    assert not shell.home.exists()


def test_an_employee_who_is_nobody(shell: Shell) -> None:
    """In a home that exists the employee must be one of its people."""
    ended = shell.run("init", shell.home, "--role", "cs_agent", "--employee", "zoe")
    assert ended.code == 2
    assert "'zoe' is nobody of people.toml; known: p01, p02" in ended.err


def test_what_is_open_is_not_published(all_roles: Path) -> None:
    """`topics publish` refuses definitions with open targets, names them all, and does not even look for a broker."""
    ended = Shell(all_roles).at_home("topics", "publish")
    assert ended.code == 2
    assert "nothing was published" in ended.err
    assert 'is still "?"' in ended.err
    assert "has a starter value" in ended.err


AMOUNTS = {
    "money": "100000",
    "count": "100",
    "ratio": "0.5",
    "seconds": "60",
    "hours": "20",
    "multiple": "2",
    "points": "100",
}


def test_every_role_can_be_settled(all_roles: Path) -> None:
    """With the open targets filled in no scale refuses its target; without any facts no review becomes a 0."""
    texts = folder_texts(all_roles / "definitions")
    rows = [line for line in texts["targets.toml"].splitlines() if line.startswith("value =")]
    assert rows
    for unit, amount in AMOUNTS.items():
        texts["targets.toml"] = re.sub(
            rf'value = "\?"(  # .*, {unit}\b)', rf'value = "{amount}"\1', texts["targets.toml"]
        )
    definitions = read_definitions(texts)
    assert definitions.unfilled == ()
    settled = [*settle(definitions, "2026-12", lambda *_: ()), *settle(definitions, "2026-Q4", lambda *_: ())]
    assert {result.plan.id for result in settled} == set(shipped_roles())
    for result in settled:
        assert {row.status for row in result.items} <= {"ok", "empty", "insufficient"}, result.plan.id
        assert all(row.scored is None for row in result.items if row.item.kind == "V"), "an absent review is no 0"
