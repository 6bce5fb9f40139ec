"""`scoreline close`, `approve` and `verify`: from a draft with a digest to a sealed settlement."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboards.cli.home import closing_of, default_home, home_of, pipeline_of
from dashboards.cli.intake import rebuild
from dashboards.cli.options import ByOption, HomeOption, JsonOption, PeriodOption
from dashboards.cli.screen import FINDING, exits, fail, out, print_json, progress, wants_progress
from streams.closing import with_run
from streams.closing.barrier import WAIT_SECONDS
from streams.closing.recounting import differences_behind

ClosePeriod = Annotated[str, typer.Option("--period", help="The period to close, such as 2026-10.")]
WaitOption = Annotated[
    float, typer.Option("--wait", min=0, help="Seconds to wait for workers that have not read the log to its end.")
]
DigestOption = Annotated[str, typer.Option("--digest", help="The digest that `scoreline close` printed.")]


def close(
    period: ClosePeriod,
    by: ByOption,
    home: HomeOption = default_home(),
    wait: WaitOption = WAIT_SECONDS,
    as_json: JsonOption = False,
) -> None:
    """Compute the settlement of a period as a draft and print its digest. A second person approves it."""
    with exits():
        place = home_of(home)
        definitions = place.definitions()
        store = place.open_to_change()
        rebuild(pipeline_of(store, definitions), wants_progress(as_json))
        closing = closing_of(store, definitions)
        closing.wait_seconds = wait
        with progress("closing", 3, wants_progress(as_json)) as bar:
            draft = closing.draft(period, by, lambda step: bar.update(bar.task_ids[0], advance=1, description=step))
        if as_json:
            print_json(_summary(draft.body, draft.digest, draft.run, "draft"))
            return
        print_people(draft.body)
        out.print(f"Draft of {period}, run {draft.run}: total {draft.body['total']} {draft.body['currency']}")
        out.print(f"digest {draft.digest}")
        out.print(f"Next, by somebody else: scoreline approve --period {period} --digest {draft.digest} --by NAME")


def approve(
    period: ClosePeriod,
    digest: DigestOption,
    by: ByOption,
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Seal the draft with this digest. Exit code 1 when the draft or its inputs have changed."""
    with exits():
        place = home_of(home)
        closing = closing_of(place.open_to_change(), place.definitions())
        sealed = closing.approve(period, digest, by)
        if as_json:
            print_json({"period": period, "run": sealed.run, "digest": sealed.digest, "state": sealed.state})
            return
        out.print(f"Sealed {period}, run {sealed.run}, digest {sealed.digest}.")
        out.print(f"Next: scoreline statement --period {period}")


def verify(period: PeriodOption, home: HomeOption = default_home(), as_json: JsonOption = False) -> None:
    """Check that a close still has its digest and that an independent recount of the facts agrees with the cells."""
    with exits():
        place = home_of(home)
        definitions = place.definitions()
        closing = closing_of(place.open_current(definitions), definitions)
        stored, digest = closing.verify(period)
        span = closing.period(period)
        wrong = differences_behind(closing.store, closing.codec, definitions, span.first_day, span)
        body_ok = digest == stored.digest
        row = {
            "period": period,
            "run": stored.run,
            "state": stored.state,
            "digest": stored.digest,
            "digest_of_body": digest,
            "body_matches": body_ok,
            "recount_differences": [[*cell, str(cells), str(facts)] for cell, cells, facts in wrong[:20]],
        }
        if as_json:
            print_json(row)
        else:
            out.print(f"{period} run {stored.run} ({stored.state}): digest {'agrees' if body_ok else 'DIFFERS'}")
            out.print(f"recount from facts: {'agrees' if not wrong else f'{len(wrong)} differences'}")
        if not body_ok or wrong:
            raise fail("verification found a difference: do not pay from this; report it", FINDING)


def _summary(body: dict[str, Any], digest: str, run: int, state: str) -> dict[str, Any]:
    people = [
        {"person": row["person"]["id"], "score": row["score"]["total"], "total": row["total"]}
        for row in with_run(body, run, digest, state)
    ]
    return {
        "period": body["period"],
        "run": run,
        "state": state,
        "digest": digest,
        "total": body["total"],
        "currency": body["currency"],
        "people": people,
    }


def print_people(body: dict[str, Any]) -> None:
    """One line a person: score, coefficient, total."""
    for row in body["statements"]:
        score, name = row["score"], row["person"]["name"]
        adjusted = f", of which corrections of earlier periods {len(row['adjustments'])}" if row["adjustments"] else ""
        line = f"  {row['person']['id']} {name['zh']} {name['en']}: score {score['total'] or 'to decide'}"
        out.print(
            f"{line}, coefficient {score['coefficient']}, {row['total']} {body['currency']}{adjusted}", markup=False
        )
