"""decisions.toml, grants.toml and careers.toml: what is read, and what is refused with file and key."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from scoring.definitions import DefinitionError, Definitions, read_definitions
from tests.scenarios.shop import shop_texts

PEOPLE_OF_THE_PAGE = """
[[team]]
id = "sales"
name = { zh = "运营组", en = "Sales" }
[[person]]
id = "p01"
name = { zh = "张伟", en = "Zhang Wei" }
"""
DECISIONS = """
[[decision]]
id = "second-host"
title = { zh = "双主播", en = "A second host" }
owner = "ann"
start = "2026-10-01"
end = "2026-10-31"
kpi = "gmv"
measured_on = "s:s"
expected = "0.1"
relative = true
"""
GRANTS = """
[[grant]]
person = "boss"
right = "veto"
scope = "t:desk"
from = "2026-01-01"
granted_by = "owner"
"""
CAREERS = """
[[step]]
from_role = "seller"
to_role = "lead"
exam = "leading"
pass_mark = "80"
[[goal]]
id = "sell-more"
person = "ann"
title = { zh = "多卖", en = "Sell more" }
kpi = "gmv"
wanted = "1000"
from = "2026-01-01"
"""


def read(**changed: str) -> Definitions:
    """The small shop with these files."""
    return read_definitions(shop_texts(**{"decisions": DECISIONS, "grants": GRANTS, "careers": CAREERS, **changed}))


def test_what_is_read() -> None:
    """The three files become records; a step's defaults are three good quarters of four and 90 points."""
    found = read().governance
    assert [(row.id, row.expected, row.relative, row.end) for row in found.decisions] == [
        ("second-host", Fraction(1, 10), True, "2026-10-31")
    ]
    assert [(row.person, row.right, row.scope, row.to_day) for row in found.grants] == [
        ("boss", "veto", "t:desk", None)
    ]
    (step,) = found.steps
    assert (step.quarters, step.at_least, step.total, step.pass_mark) == (4, 3, 90, 80)
    assert [(goal.id, goal.kpi, goal.wanted) for goal in found.goals] == [("sell-more", "gmv", 1000)]


def test_none_of_them_is_needed() -> None:
    """Without the files nothing is decided and nobody has a right."""
    found = read_definitions(shop_texts()).governance
    assert (found.decisions, found.grants, found.steps, found.goals) == ((), (), (), ())


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "words"),
    [
        ("decisions", 'kpi = "gmv"', 'kpi = "gvm"', "decision[1].kpi", "did you mean 'gmv'?"),
        ("decisions", 'owner = "ann"', 'owner = "amy"', "decision[1].owner", "not a person of people.toml"),
        ("decisions", 'end = "2026-10-31"', 'end = "2026-09-30"', "decision[1].end", "before start"),
        ("decisions", '"s:s"', '"s"', "decision[1].measured_on", 'write "e:<person>"'),
        ("decisions", 'expected = "0.1"', "expected = 0.1", "decision[1].expected", "exact number in quotes"),
        ("grants", '"veto"', '"vote"', "grant[1].right", "known: plan, suggest, veto, dispatch"),
        ("grants", '"t:desk"', '"t:dask"', "grant[1].scope", "did you mean 't:desk'?"),
        ("grants", 'granted_by = "owner"', "", "grant[1].granted_by", "is missing"),
        ("careers", 'exam = "leading"', 'exam = "leading"\nat_least = 5', "step[1].at_least", "more than the 4"),
        ("careers", 'kpi = "gmv"', "", "goal[1].kpi", "either a kpi or an exam"),
        ("careers", 'wanted = "1000"', 'wanted = "1000"\nweight = 5', "goal[1].weight", "not known here"),
    ],
)
def test_what_is_refused(file: str, old: str, new: str, key: str, words: str) -> None:
    """One wrong thing in a good file is one fault with file, key and what would be right."""
    good = {"decisions": DECISIONS, "grants": GRANTS, "careers": CAREERS}[file]
    assert old in good
    with pytest.raises(DefinitionError) as caught:
        read(**{file: good.replace(old, new, 1)})
    (fault,) = caught.value.faults
    assert (fault.file, fault.key) == (f"{file}.toml", key)
    assert words in fault.message


def test_ids_are_unique() -> None:
    """The same decision twice is a fault."""
    with pytest.raises(DefinitionError, match="decision second-host"):
        read(decisions=DECISIONS * 2)


def test_the_examples_of_the_page_are_read() -> None:
    """The example files of docs/organisation.md are read with the company of docs/definitions.md, without a fault."""
    docs = Path(__file__).resolve().parents[3] / "docs"
    texts = shop_texts()
    for page in ("definitions.md", "organisation.md"):
        blocks = re.findall(r"^```toml (\S+)\n(.*?)^```", (docs / page).read_text(encoding="utf-8"), re.M | re.S)
        texts |= {name: body for name, body in blocks if page == "organisation.md" or name == "company.toml"}
    texts["people.toml"] = PEOPLE_OF_THE_PAGE
    del texts["assignments.toml"], texts["targets.toml"], texts["plans/seller.toml"]
    found = read_definitions(texts).governance
    assert [len(rows) for rows in (found.decisions, found.grants, found.steps, found.goals)] == [1, 1, 1, 1]
