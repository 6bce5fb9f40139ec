"""`scoreline receipts`: who has read and accepted the plan that applies to them (R31)."""

from __future__ import annotations

from dashboards.cli.home import default_home, home_of
from dashboards.cli.options import HomeOption, JsonOption
from dashboards.cli.screen import FINDING, exits, fail, out, print_json
from scoring.definitions import Definitions
from scoring.definitions.checks import receipts_of
from scoring.events.base import case_key
from scoring.events.people import PlanAcknowledged
from scoring.money import percent_text
from scoring.period import local_days
from scoring.receipts import Receipt
from scoring.statement import exact_text
from streams.codec import Codec
from streams.evidence import standing
from streams.stores import Store


def receipts(home: HomeOption = default_home(), as_json: JsonOption = False) -> None:
    """The share of plans in force that their holders acknowledged in time, and who has not. Code 1 when one is open."""
    with exits():
        place = home_of(home)
        definitions = place.definitions()
        state = receipts_of(definitions, told(place.open_to_read(), definitions))
        rows = [(row.person, row.plan, row.version, row.from_day) for row in state.open]
        if as_json:
            names = ("person", "plan", "version", "from")
            shown = [dict(zip(names, row, strict=True)) for row in rows]
            print_json({"share": exact_text(state.share), "open": shown})
        elif state.share is not None:
            out.print(f"{percent_text(state.share)} of the plans in force are acknowledged.", markup=False)
            for person, plan, version, day in rows:
                out.print(f"{person}: {plan} version {version}, in force from {day}", markup=False)
        if rows:
            raise fail(f"{len(rows)} plan(s) were not acknowledged by the first day", FINDING)


def told(store: Store, definitions: Definitions) -> list[Receipt]:
    """The receipts that events tell, for everybody of people.toml under each of their accounts."""
    codec, days = Codec(), local_days(definitions.reference.company.zone)
    found = []
    for person in definitions.reference.people:
        cases = {case_key("hr", name): name for name in (person.id, *(account.id for account in person.accounts))}
        for facts in store.find_facts(list(cases)).values():
            for fact in filter(standing, facts):
                event = codec.restore(fact.event_type, fact.body)
                if isinstance(event, PlanAcknowledged):
                    found.append(Receipt(person.id, event.plan, event.version, days.day(event.occurred_at)))
    return found
