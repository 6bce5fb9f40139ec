"""`scoreline quarantine`: rejected input and conflicting events, and what a person does about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.home import default_home, home_of, pipeline_of
from dashboards.cli.intake import rebuild
from dashboards.cli.options import ByOption, HomeOption, JsonOption
from dashboards.cli.screen import WRONG_USE, exits, fail, out, print_json
from streams.clock import SystemClock
from streams.codec import Decoded
from streams.repair import Repair

app = typer.Typer(no_args_is_help=True, help=__doc__)
IdsArgument = Annotated[list[int], typer.Argument(help="Numbers from `scoreline quarantine list`.")]


@contextmanager
def _repairing(home: Path) -> Iterator[Repair]:
    """A repair of the home's store; a number or an event that is not there exits with 2."""
    with exits():
        place = home_of(home)
        definitions = place.definitions()
        try:
            pipeline = pipeline_of(place.open_to_change(), definitions)
            rebuild(pipeline, False)
            yield Repair(pipeline, SystemClock())
        except LookupError as error:
            raise fail(f"{error}; see `scoreline quarantine list`", WRONG_USE) from error


def _bytes(text: str, what: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise fail(f"{text!r} is no {what}: copy it from `scoreline quarantine list`", WRONG_USE) from error


@app.command("list")
def list_(
    home: HomeOption = default_home(),
    limit: Annotated[int, typer.Option(min=0, help="How many to list; 0 lists all.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List rejected input with reasons, and conflicts that block the close."""
    with exits():
        store = home_of(home).open_to_read()
        rows, conflicts = store.quarantined(), store.open_conflicts()
        shown = rows if limit == 0 else rows[:limit]
        if as_json:
            print_json(
                {
                    "rejected": [
                        {
                            "id": r.id,
                            "reason": r.reason,
                            "detail": r.detail,
                            "place": r.place,
                            "raw": r.raw.decode("utf-8", "replace"),
                        }
                        for r in shown
                    ],
                    "conflicts": [
                        {"event": c.event_key.hex(), "body": c.content_hash.hex(), "type": c.event_type, "case": c.case}
                        for c in conflicts
                    ],
                }
            )
            return
        for row in shown:
            out.print(f"{row.id:>6} {row.reason}  {row.place}: {row.detail}", markup=False)
        if len(shown) < len(rows):
            out.print(f"... {len(rows) - len(shown):,} more; --limit 0 lists all")
        for conflict in conflicts:
            line = f"conflict {conflict.event_key.hex()} {conflict.event_type} {conflict.case}: another body"
            out.print(f"{line} {conflict.content_hash.hex()}", markup=False)
        if not rows and not conflicts:
            out.print("Nothing is in quarantine.")


@app.command("show")
def show(
    row_id: Annotated[int, typer.Argument(help="A number of the list.")], home: HomeOption = default_home()
) -> None:
    """Print the raw bytes of rejected input as they came."""
    with exits():
        row = next((row for row in home_of(home).open_to_read().quarantined(None) if row.id == row_id), None)
        if row is None:
            raise fail(f"nothing in quarantine has the number {row_id}", WRONG_USE)
        out.print(f"{row.reason} ({row.state}) at {row.place}: {row.detail}", markup=False)
        typer.echo(row.raw)


@app.command("replay")
def replay(by: ByOption, ids: IdsArgument = [], home: HomeOption = default_home(), as_json: JsonOption = False) -> None:  # noqa: B006
    """Decode rejected input again, all or the given numbers, for example after an upgrade. Nothing counts twice."""
    with _repairing(home) as repair:
        accepted, still = repair.replay(list(ids), by)
        if as_json:
            print_json({"accepted": accepted, "still_rejected": still})
            return
        out.print(f"{accepted} accepted, {still} still rejected")


@app.command("drop")
def drop(
    ids: IdsArgument, by: ByOption, reason: Annotated[str, typer.Option("--reason")], home: HomeOption = default_home()
) -> None:
    """Mark rejected input as worthless; the bytes and the reason are kept."""
    with _repairing(home) as repair:
        repair.drop(list(ids), by, reason)
        out.print(f"Dropped {len(ids)}.")


@app.command("fix")
def fix(
    row_id: Annotated[int, typer.Argument(help="A number of the list.")],
    body: Annotated[str, typer.Option("--json-text", help="The corrected event as one JSON object.")],
    by: ByOption,
    home: HomeOption = default_home(),
) -> None:
    """Replace rejected input by a corrected event."""
    with _repairing(home) as repair:
        found = repair.fix(row_id, body, by)
        if not isinstance(found, Decoded):
            raise fail(f"still rejected: {found.reason}: {found.detail}", WRONG_USE)
        out.print(f"Accepted as {found.event.EVENT_TYPE} {found.event.event_id}.", markup=False)


@app.command("resolve")
def resolve(
    event: Annotated[str, typer.Argument(help="The event of a conflict, as listed.")],
    keep: Annotated[str, typer.Option("--keep", help="'standing' or the listed body that should count.")],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="Why this body is right.")],
    home: HomeOption = default_home(),
) -> None:
    """Choose which body of an event counts; the other is kept for the record and the close is unblocked."""
    with _repairing(home) as repair:
        chosen = None if keep == "standing" else _bytes(keep, "body of a conflict, nor 'standing'")
        repair.resolve(_bytes(event, "event"), chosen, by, reason)
        out.print(f"Resolved {event}.")
