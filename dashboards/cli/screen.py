"""What commands print: tables and progress for people, JSON for programs, errors with documented exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from dashboards.web.serving import PortInUse
from scoring.faults import DefinitionError
from streams.closing import CloseError, DigestChanged
from streams.live import LiveViewError
from streams.record import SourceError
from streams.settings import SettingsError
from streams.stores import StoreError
from streams.topics.faults import KafkaSettingsError, KafkaUnavailable

DONE, FINDING, WRONG_USE, INFRASTRUCTURE = 0, 1, 2, 3
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def fail(message: str, code: int) -> typer.Exit:
    """Print why and what to do on standard error; raise the returned exception."""
    err.print(message, style="bold red" if code != FINDING else "yellow", markup=False)
    return typer.Exit(code)


@contextmanager
def exits() -> Iterator[None]:
    """Turn known errors into messages and exit codes: 1 a finding, 2 wrong use or definitions, 3 infrastructure."""
    try:
        yield
    except DigestChanged as error:
        raise fail(str(error), FINDING) from error
    except (CloseError, DefinitionError, KafkaSettingsError, SettingsError, LiveViewError) as error:
        raise fail(str(error), WRONG_USE) from error
    except SourceError as error:
        raise fail(str(error), WRONG_USE) from error
    except (StoreError, KafkaUnavailable) as error:
        raise fail(str(error), INFRASTRUCTURE) from error
    except PortInUse as error:
        raise fail(str(error.strerror), INFRASTRUCTURE) from error
    except OSError as error:
        place = error.filename or "the file system"
        raise fail(
            f"{place}: {error.strerror or error}: check the path, its permissions and the free space", INFRASTRUCTURE
        ) from error


@contextmanager
def progress(title: str, total: int | None, show: bool) -> Iterator[Progress]:
    """A progress bar on standard error with counts, elapsed and remaining time."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}" + (" / {task.total:,.0f}" if total else "")),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not show) as bar:
        bar.add_task(title, total=total)
        yield bar


def wants_progress(as_json: bool) -> bool:
    """Progress is for people at a terminal."""
    return not as_json and sys.stderr.isatty()
