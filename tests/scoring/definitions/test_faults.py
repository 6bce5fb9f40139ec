"""A folder with many mistakes is refused once, and every mistake is listed with its file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.definitions import DefinitionError, Fault
from streams.folder import load_definitions
from tests.scenarios.shop import COMPANY, PEOPLE, SELLER, SIXTY_FORTY, TARGETS

OWN = {
    "company.toml": COMPANY,
    "people.toml": PEOPLE,
    "assignments.toml": SIXTY_FORTY,
    "targets.toml": TARGETS,
    "plans/seller.toml": SELLER,
}
TEAM = '[[team]]\nid = "{0}"\nname = {{ zh = "{0}", en = "{0}" }}\nparent = "{1}"\n'
STEPS = """{ kind = "STEP", steps = [
    { below = "0.8", score = "0" }, { from = "0.7", below = "1", score = "80" }, { from = "1", score = "100" },
] }"""


def written(folder: Path, **changed: str) -> Path:
    """The small shop's folder with some files replaced or added; "plans/x" is written as plans__x."""
    texts = OWN | {f"{name.replace('__', '/')}.toml": text for name, text in changed.items()}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> list[Fault]:
    """The faults of a folder that must not load."""
    with pytest.raises(DefinitionError) as caught:
        load_definitions(folder)
    found = list(caught.value.faults)
    assert str(caught.value).count("\n") == len(found) - 1, "one line for each fault"
    return found


def holds(faults: list[Fault], file: str, key: str, message: str) -> bool:
    """Whether one of the faults is about this file and key and says this."""
    return any(fault.file == file and fault.key == key and message in fault.message for fault in faults)


def test_the_folder_without_mistakes_loads(tmp_path: Path) -> None:
    """The folder that the tests below damage is sound, also with an empty file beside it."""
    definitions = load_definitions(written(tmp_path, alerts=""))
    assert sorted(definitions.plans) == ["seller"]
    assert [person.id for person in definitions.reference.people] == ["ann", "bob", "boss"]


def test_twelve_mistakes_are_twelve_lines(tmp_path: Path) -> None:
    """Twelve different mistakes in seven files: one error names each with file, key, and what to do."""
    folder = written(
        tmp_path,
        company=COMPANY.replace("[policy]", "[policy]\nreturn_window_days = 7.5\ninquiry_windw_days = 1"),
        people=PEOPLE.replace('id = "acc-bob"', 'id = "acc-ann"').replace(
            'team = "ops"\nrole = "lead"\nfrom = "2026-09-01"', 'team = "ops"\nrole = "lead"\nfrom = "2026-02-30"'
        )
        + TEAM.format("round", "round"),
        assignments=SIXTY_FORTY.replace('"0.4"', '"0.5"')
        + '[[assignment]]\nperson = "nobody"\ntag = "campaign"\nfrom = "2026-09-01"\n',
        targets='[[target]]\nowner = "e:ann"\nkpi = "net_sale"\nperiod = "2026-10"\nvalue = "1"\nsource = "strategy"\n',
        fx='[[rate]]\ncurrency = "USD"\nday = "2026-10-01"\nrate = 7.2\n',
        plans__seller=SELLER.replace('purpose = { zh = "卖好货", en = "Sell well" }\n', "")
        .replace('weight = "100"', 'weight = "90"')
        .replace('{ kind = "PROP", cap = "1.2", threshold = "0.6" }', STEPS),
        points='[[red_line]]\nperson = "bob"\nperiod = "2026-10"\neffect = "shoot"\nstate = "raised"\n'
        'reason = { zh = "错", en = "wrong" }\n',
    )
    faults = faults_of(folder)
    expected = [
        ("company.toml", "policy.return_window_days", "is 7.5; write a whole number"),
        ("company.toml", "policy.inquiry_windw_days", "did you mean 'inquiry_window_days'?"),
        ("people.toml", "account acc-ann", "belongs to ann and bob at once from 2026-09-01"),
        ("people.toml", "person[3].position[1].from", "is not a day of the calendar"),
        ("people.toml", "team round", "form a circle"),
        ("assignments.toml", "owner of everything", "shares add up to 11/10 on 2026-09-01"),
        ("assignments.toml", "assignment[3].person", "'nobody' is not a person of people.toml"),
        ("targets.toml", "target[1].kpi", "did you mean 'net_sales'?"),
        ("fx.toml", "rate[1].rate", "is 7.2; write an exact number in quotes"),
        ("plans/seller.toml", "plan.purpose", "write both languages"),
        ("plans/seller.toml", "item", "90"),
        ("points.toml", "red_line[1].effect", "is 'shoot'; write one of"),
    ]
    for file, key, message in expected:
        assert holds(faults, file, key, message), (file, key, message, [str(fault) for fault in faults])
    overlap = [fault for fault in faults if "overlap" in fault.message]
    assert [fault.file for fault in overlap] == ["plans/seller.toml"]
    assert len(faults) == len(expected) + 1, [str(fault) for fault in faults]


def test_a_file_that_nobody_reads(tmp_path: Path) -> None:
    """A misspelt file name is a fault with the name that was meant, not a file that is silently left out."""
    faults = faults_of(written(tmp_path, asignments=SIXTY_FORTY))
    assert holds(faults, "asignments.toml", "", "did you mean 'assignments.toml'?")


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    """A folder that is not there and one without company.toml are said as such."""
    assert holds(faults_of(tmp_path / "none"), str(tmp_path / "none"), "", "is no folder")
    (tmp_path / "empty").mkdir()
    assert holds(faults_of(tmp_path / "empty"), "company.toml", "", "is missing")


def test_broken_toml_and_broken_text(tmp_path: Path) -> None:
    """A file that is not TOML, or not UTF-8, is named with the place."""
    assert holds(faults_of(written(tmp_path, fx="[[rate]\n")), "fx.toml", "", "is not TOML")
    (tmp_path / "fx.toml").write_bytes(b"# \xff\n")
    (fault,) = faults_of(tmp_path)
    assert fault.file.endswith("fx.toml")
    assert "can not be read as UTF-8 text" in fault.message


@pytest.mark.parametrize(
    ("changed", "file", "key", "message"),
    [
        (
            {"company": COMPANY.replace("Asia/Shanghai", "Asia/Shangai")},
            "company.toml",
            "company.zone",
            "unknown time zone",
        ),
        ({"company": COMPANY.replace('"CNY"', '"RMB"')}, "company.toml", "company.currency", "ISO 4217"),
        ({"company": COMPANY.replace('"09:00"', '"23:30"')}, "company.toml", "policy.service_window", "in order"),
        ({"company": COMPANY.replace('"09:00"', '"０９:00"')}, "company.toml", "policy.service_window", "local times"),
        ({"company": COMPANY + COMPANY[COMPANY.index("[[shop]]") :]}, "company.toml", "shop s", "is defined twice"),
        (
            {"people": PEOPLE.replace('team = "desk"', 'team = "dsk"', 1)},
            "people.toml",
            "person[1].position[1].team",
            "did you mean 'desk'?",
        ),
        (
            {"people": PEOPLE.replace('plan = "seller"', 'plan = "seler"', 1)},
            "people.toml",
            "person[1].position[1].plan",
            "did you mean 'seller'?",
        ),
        (
            {"people": PEOPLE.replace('parent = "ops"', 'parent = "op"')},
            "people.toml",
            "team desk",
            "parent 'op' is not a team",
        ),
        (
            {"people": PEOPLE.replace('lead = "boss"', 'lead = "chef"')},
            "people.toml",
            "team ops",
            "lead 'chef' is not a person",
        ),
        ({"people": PEOPLE.replace('id = "boss"', 'id = "unassigned"')}, "people.toml", "person[3].id", "is reserved"),
        ({"people": PEOPLE.replace('id = "bob"', 'id = "ann"')}, "people.toml", "person ann", "is defined twice"),
        (
            {"people": PEOPLE.replace('performance_base = "1000"', "performance_base = 1000.5", 1)},
            "people.toml",
            "person[1].position[1].performance_base",
            "is 1000.5",
        ),
        (
            {"assignments": SIXTY_FORTY.replace('"0.6"', '"1.5"')},
            "assignments.toml",
            "assignment[1].share",
            "at most 1",
        ),
        (
            {"assignments": SIXTY_FORTY.replace('tag = "owner"', 'tag = "ownr"', 1)},
            "assignments.toml",
            "assignment[1].tag",
            "did you mean 'owner'?",
        ),
        (
            {"assignments": SIXTY_FORTY.replace('tag = "owner"', 'tag = "owner"\nshop = "t"', 1)},
            "assignments.toml",
            "assignment[1].shop",
            "is not a shop",
        ),
        (
            {"assignments": SIXTY_FORTY.replace('tag = "owner"', 'tag = "owner"\nsuk = "A"', 1)},
            "assignments.toml",
            "assignment[1].suk",
            "did you mean 'sku'?",
        ),
        ({"targets": TARGETS + TARGETS}, "targets.toml", "target[7].owner", "has two targets for net_sales in 2026-10"),
        ({"targets": TARGETS.replace("e:bob", "e:rob", 1)}, "targets.toml", "target[2].owner", "'e:rob' is nobody"),
        ({"targets": TARGETS.replace("2026-10", "October", 1)}, "targets.toml", "target[1].period", "names no period"),
        (
            {"targets": TARGETS.replace("own_history", "external", 1)},
            "targets.toml",
            "target[1].reason",
            "needs a reason",
        ),
        (
            {"fx": '[[rate]]\ncurrency = "USD"\nday = "2026-10-01"\nrate = "0"\n'},
            "fx.toml",
            "rate[1].rate",
            "must be above 0",
        ),
        ({"plans__other": SELLER}, "plans/seller.toml", "plan.id", "another file's plan too"),
        (
            {"plans__seller": SELLER.replace('kpi = "net_sales"', 'kpi = "net"')},
            "plans/seller.toml",
            "item[1].kpi",
            "known: ",
        ),
        (
            {"plans__seller": SELLER.replace('kind = "flat"', 'kind = "flatt"')},
            "plans/seller.toml",
            "component[2].kind",
            "did you mean 'flat'?",
        ),
        (
            {"plans__seller": SELLER.replace('kind = "performance"\n', 'kind = "performance"\nbase = "gmv"\n')},
            "plans/seller.toml",
            "component[1].base",
            "leave it out",
        ),
        (
            {"plans__seller": SELLER + 'dimension = "host"\n'},
            "plans/seller.toml",
            "component[2].dimension",
            "has no dimension 'host'",
        ),
        (
            {"plans__seller": SELLER.replace('target = "own"', 'target = "own"\nduties = ["x"]')},
            "plans/seller.toml",
            "item[1].duties",
            "is no duty of this plan",
        ),
        (
            {"plans__seller": SELLER + '[[duty]]\nid = "d"\ntext = { zh = "责", en = "d" }\n'},
            "plans/seller.toml",
            "duty d",
            "no item names this duty",
        ),
    ],
)
def test_one_mistake_is_one_fault(tmp_path: Path, changed: dict[str, str], file: str, key: str, message: str) -> None:
    """Each single mistake is found with its file and key, and says what was meant or what to do."""
    faults = faults_of(written(tmp_path, **changed))
    assert holds(faults, file, key, message), [str(fault) for fault in faults]


def test_positions_may_stand_in_any_order(tmp_path: Path) -> None:
    """Positions are read by date, so a later one may be written first; two at once are a fault."""
    later = '[[person.position]]\nteam = "ops"\nrole = "lead"\nfrom = "2026-08-01"\nto = "2026-09-01"\n'
    definitions = load_definitions(written(tmp_path, people=PEOPLE + later))
    assert [row.from_day for row in definitions.reference.people[2].positions] == ["2026-08-01", "2026-09-01"]
    overlapping = later.replace('to = "2026-09-01"', 'to = "2026-09-02"')
    faults = faults_of(written(tmp_path, people=PEOPLE + overlapping))
    assert holds(faults, "people.toml", "person[3].position", "two positions overlap from 2026-09-01")


def test_fingerprints() -> None:
    """Any change of a text changes the fingerprint; the program's changes only with what decides contributions."""
    from tests.scenarios.shop import Desk, shop_texts

    one, same = Desk().definitions, Desk(texts=dict(reversed(shop_texts().items()))).definitions
    assert one.fingerprint() == same.fingerprint()
    target = Desk(texts=shop_texts(targets=TARGETS + "\n")).definitions
    assert target.fingerprint() != one.fingerprint()
    assert target.program_fingerprint() == one.program_fingerprint()
    owner = Desk(texts=shop_texts(assignments=SIXTY_FORTY + "\n")).definitions
    assert owner.program_fingerprint() != one.program_fingerprint()
