"""Who is credited: accounts, scopes, shares and teams as of an instant; shares always sum to one."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from scoring.attribution import Attribution, Spread
from scoring.period import LocalDays, parse_instant
from scoring.reference import (
    UNASSIGNED,
    Account,
    Assignment,
    Company,
    Label,
    Person,
    Position,
    Rate,
    Reference,
    Shift,
    Shop,
    Team,
)

NAME = Label("名", "Name")
START = "2026-09-01"


def at(text: str) -> int:
    """An instant of 2026 in Shanghai: "10-03 12:00"."""
    return parse_instant(f"2026-{text.replace(' ', 'T')}:00+08:00")


def person(name: str, *positions: Position, accounts: tuple[Account, ...] = ()) -> Person:
    """A person."""
    return Person(name, NAME, positions, accounts)


def place(team: str, since: str = START, until: str | None = None) -> Position:
    """A position in a team."""
    return Position(team, "any", "", since, until)


def owner(who: str, share: str = "1", since: str = START, until: str | None = None, **scope: str) -> Assignment:
    """An assignment with the tag owner."""
    return Assignment(who, "owner", tuple(scope.items()), Fraction(share), since, until)


def attribution(*assignments: Assignment, people: tuple[Person, ...] = (), rates: tuple[Rate, ...] = ()) -> Attribution:
    """A company with teams ops > cs, and ops > live."""
    reference = Reference(
        company=Company("c", NAME, "Asia/Shanghai", "CNY"),
        shops=(Shop("s", NAME, "hanfeng"),),
        teams=(Team("ops", NAME), Team("cs", NAME, "ops"), Team("live", NAME, "ops")),
        people=people or tuple(person(name, place("cs")) for name in ("a", "b", "c")),
        assignments=assignments,
        rates=rates,
    )
    return Attribution(reference, LocalDays("Asia/Shanghai"))


def shares(spread: Spread) -> dict[str, Fraction]:
    """Shares by person."""
    pairs = zip(spread.people, spread.weights, strict=True)
    return {who.removeprefix("e:"): Fraction(weight, spread.whole) for who, weight in pairs}


ORDER = {"brand": "hanfeng", "shop": "s", "channel": "live", "category": "dress", "sku": "A"}


def test_an_account_changes_hands_at_local_midnight() -> None:
    """Until before the day it ends the account is the old user's, from then on the new one's, in between nobody's."""
    found = attribution(
        people=(
            person("a", accounts=(Account("x", START, "2026-10-02"),)),
            person("b", accounts=(Account("x", "2026-10-03", None),)),
        )
    )
    moments = ("08-31 23:59", "09-01 00:00", "10-01 23:59", "10-02 00:00", "10-02 23:59", "10-03 00:00")
    assert [found.person("x", at(moment)) for moment in moments] == [UNASSIGNED, "a", "a", UNASSIGNED, UNASSIGNED, "b"]


def rostered(*shifts: Shift) -> Attribution:
    """An account x that is a's until the 4th by its dated row, split by these shifts."""
    people = (person("a", accounts=(Account("x", START, "2026-10-04"),)), person("b"), person("c"))
    reference = Reference(Company("c", NAME, "Asia/Shanghai", "CNY"), people=people, shifts=shifts)
    return Attribution(reference, LocalDays("Asia/Shanghai"))


def test_a_shift_comes_before_the_dated_rows() -> None:
    """In a shift the account is whose shift it is, from its first instant until before its last; else as dated."""
    found = rostered(
        Shift("x", "c", at("10-03 22:00"), at("10-04 02:00")), Shift("x", "b", at("10-03 09:00"), at("10-03 18:00"))
    )
    moments = {
        "10-03 08:59": "a",
        "10-03 09:00": "b",
        "10-03 17:59": "b",
        "10-03 18:00": "a",
        "10-03 22:00": "c",
        "10-04 01:59": "c",
        "10-04 02:00": UNASSIGNED,
    }
    assert {moment: found.person("x", at(moment)) for moment in moments} == moments
    assert found.person("x", at("10-03 09:00") - 1) == "a"
    assert found.person("x", at("10-03 18:00") - 1) == "b"
    assert found.person("b", at("10-03 10:00")) == "b"


def test_who_acted_under_a_shared_account_is_its_user_then() -> None:
    """An account with shifts stands for who had it at the act; any other stays an account until credit is given."""
    found = rostered(Shift("x", "b", at("10-05 09:00"), at("10-05 18:00")))
    assert [found.actor("x", at(moment)) for moment in ("10-03 12:00", "10-05 12:00", "10-05 18:00")] == [
        "a",
        "b",
        UNASSIGNED,
    ]
    assert found.actor("y", at("10-05 12:00")) == "y"
    assert (found.is_rostered("x"), found.is_rostered("y")) == (True, False)
    assert found.handed_over("x", at("10-05 09:00"), at("10-06 09:00")) == [at("10-05 18:00")]
    assert found.handed_over("y", 0, at("10-06 09:00")) == []


def test_a_person_may_be_named_directly() -> None:
    """An employee's id stands for the employee; what is neither account nor employee is nobody's."""
    found = attribution()
    assert [found.person(name, at("10-03 12:00")) for name in ("a", "ghost", "")] == ["a", UNASSIGNED, UNASSIGNED]


@pytest.mark.parametrize(
    ("scopes", "winner"),
    [
        (({}, {"brand": "hanfeng"}), 1),
        (({"brand": "hanfeng"}, {"shop": "s"}), 1),
        (({"shop": "s"}, {"channel": "live"}), 1),
        (({"channel": "live"}, {"category": "dress"}), 1),
        (({"category": "dress"}, {"sku": "A"}), 1),
        (({"category": "dress", "shop": "s", "channel": "live", "brand": "hanfeng"}, {"sku": "A"}), 1),
        (({"category": "dress"}, {"category": "dress", "brand": "hanfeng"}), 1),
        (({"channel": "live", "shop": "s", "brand": "hanfeng"}, {"category": "dress"}), 1),
        (({"shop": "s"}, {"sku": "B"}), 0),
        (({"shop": "s"}, {"campaign": "k"}), 0),
    ],
)
def test_the_most_specific_scope_wins(scopes: tuple[dict[str, str], dict[str, str]], winner: int) -> None:
    """sku > category > channel > shop > brand > everything; all keys must match; the order of rows does not matter."""
    rows = [owner("a", **scopes[0]), owner("b", **scopes[1])]
    for assignments in (rows, rows[::-1]):
        assert shares(attribution(*assignments).of_tag("owner", ORDER, at("10-03 12:00"))) == {"ab"[winner]: 1}


def test_the_rest_is_unassigned() -> None:
    """What the winning scope leaves over is nobody's, and a wider scope does not fill it."""
    found = attribution(owner("a", "0.6", sku="A"), owner("b", "1"))
    assert shares(found.of_tag("owner", ORDER, at("10-03 12:00"))) == {"a": Fraction(3, 5), UNASSIGNED: Fraction(2, 5)}
    assert shares(found.of_tag("owner", {**ORDER, "sku": "B"}, at("10-03 12:00"))) == {"b": 1}
    assert shares(found.of_tag("campaign", ORDER, at("10-03 12:00"))) == {UNASSIGNED: 1}


def test_several_rows_of_one_person_add_up() -> None:
    """0.5 and 0.25 of the same scope are 0.75 of one person."""
    found = attribution(owner("a", "0.5"), owner("b", "0.25"), owner("a", "0.25"))
    assert shares(found.of_tag("owner", ORDER, at("10-03 12:00"))) == {"a": Fraction(3, 4), "b": Fraction(1, 4)}


def test_assignments_have_dates() -> None:
    """An assignment counts from its first day until before its last, in local days."""
    found = attribution(owner("a", until="2026-10-02"), owner("b", since="2026-10-02"))
    moments = ("10-01 23:59", "10-02 00:00")
    assert [shares(found.of_tag("owner", ORDER, at(moment))) for moment in moments] == [{"a": 1}, {"b": 1}]


def test_equal_shares_of_people() -> None:
    """People on air share equally, once for each account; nobody on air is unassigned."""
    found = attribution()
    noon = at("10-03 12:00")
    assert shares(found.of_people(["b", "a"], noon)) == {"a": Fraction(1, 2), "b": Fraction(1, 2)}
    assert shares(found.of_people(["a", UNASSIGNED, UNASSIGNED], noon)) == {
        "a": Fraction(1, 3),
        UNASSIGNED: Fraction(2, 3),
    }
    assert shares(found.of_people([], noon)) == {UNASSIGNED: 1}


def test_teams_are_those_of_the_day() -> None:
    """A member counts for the team and every team above, on the days of the position only; unassigned has none."""
    found = attribution(
        people=(person("a", place("cs", until="2026-10-02"), place("live", "2026-10-02")), person("b", place("ops")))
    )
    old, new = found.of_people(["a", "b"], at("10-01 12:00")), found.of_people(["a", "b"], at("10-02 12:00"))
    assert old.teams == (("t:cs", (0,)), ("t:ops", (0, 1)))
    assert new.teams == (("t:live", (0,)), ("t:ops", (0, 1)))
    assert found.of_people(["a", "b"], at("08-01 12:00")).teams == ()
    assert found.of_people([], at("10-02 12:00")).teams == ()


def test_splits_add_up_and_favour_the_lower_id() -> None:
    """100 cents over thirds are 34, 33, 33; a later piece is split so that the running total is split right."""
    thirds = attribution(*(owner(who, "1/3") for who in "cba")).of_tag("owner", ORDER, at("10-03 12:00"))
    assert thirds.people == ("e:a", "e:b", "e:c")
    assert list(thirds.split(100)) == [34, 33, 33]
    assert list(thirds.split(1)) == [1, 0, 0]
    assert list(thirds.split(1, 1)) == [0, 1, 0]
    assert list(thirds.split(-100)) == [-34, -33, -33]


def test_pieces_of_a_split_equal_the_whole() -> None:
    """However an amount is cut, everybody's pieces sum to their part of the whole, and each cut sums to its amount."""
    for number in range(200):
        rng = random.Random(number)
        weights = [rng.randint(1, 9) for _ in range(rng.randint(2, 4))]
        rows = [owner("abc"[n % 3] + str(n), f"{weight}/{sum(weights)}") for n, weight in enumerate(weights)]
        spread = attribution(*rows).of_tag("owner", ORDER, at("10-03 12:00"))
        pieces = [rng.randint(0, 999) for _ in range(5)]
        sums, before = [0] * len(spread.people), 0
        for piece in pieces:
            parts = spread.split(piece, before)
            assert sum(parts) == piece
            sums = [one + part for one, part in zip(sums, parts, strict=True)]
            before += piece
        assert sums == list(spread.split(sum(pieces)))


def test_rates_hold_until_the_next_row() -> None:
    """A rate counts from its local day on; before the first there is none; the company's currency needs none."""
    found = attribution(rates=(Rate("USD", "2026-10-01", Fraction(7)), Rate("USD", "2026-10-03", Fraction("7.2"))))
    moments = ("09-30 23:59", "10-01 00:00", "10-02 23:59", "10-03 00:00", "12-31 12:00")
    assert [found.rate("USD", at(moment)) for moment in moments] == [None, 7, 7, Fraction("7.2"), Fraction("7.2")]
    assert found.rate("CNY", at("01-01 00:00")) == 1
    assert found.rate("EUR", at("10-03 00:00")) is None


def test_the_brand_of_a_shop() -> None:
    """A declared shop has its brand, an unknown one none."""
    assert [attribution().brand(shop) for shop in ("s", "t")] == ["hanfeng", ""]


def test_the_cache_knows_scopes_days_and_tags_apart() -> None:
    """Asking in any order gives what a fresh answerer gives: no answer leaks to another scope, day or tag."""
    rows = (
        owner("a", until="2026-10-02", channel="live"),
        owner("b", since="2026-10-02", channel="live"),
        owner("c", sku="A"),
        Assignment("a", "campaign", (("channel", "live"),), Fraction(1), START, None),
    )
    shared, rng = attribution(*rows), random.Random(1)
    for _ in range(300):
        scope = {**ORDER, "channel": rng.choice(("live", "store", "A")), "sku": rng.choice(("A", "B", "live", ""))}
        tag, moment = rng.choice(("owner", "campaign", "warehouse")), at(rng.choice(("10-01 12:00", "10-02 12:00")))
        assert shared.of_tag(tag, scope, moment) == attribution(*rows).of_tag(tag, scope, moment)
