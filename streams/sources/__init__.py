"""Sources: where input comes from. One kind a file, one table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streams.column_map import ColumnMap
from streams.record import Record, Source, SourceError
from streams.sources.csv import open_csv
from streams.sources.follow import open_follow
from streams.sources.jsonl import open_jsonl
from streams.sources.xlsx import open_xlsx

SOURCES: dict[str, Callable[[Path, ColumnMap | None], Source]] = {
    "jsonl": open_jsonl,
    "follow": open_follow,
    "csv": open_csv,
    "xlsx": open_xlsx,
}

BY_SUFFIX: dict[str, str] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".xlsx": "xlsx",
}


def open_source(path: Path, kind: str | None = None, columns: ColumnMap | None = None) -> Source:
    """The source of a file; `kind` defaults to what the file's name says. SourceError when that says nothing."""
    if kind is None:
        suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
        kind = BY_SUFFIX.get(suffix.lower(), "")
    opening = SOURCES.get(kind)
    if opening is None:
        raise SourceError(f"{path}: no kind of source is known for it; name one of {', '.join(SOURCES)}")
    return opening(path, columns)


__all__ = ["SOURCES", "Record", "Source", "SourceError", "open_source"]
