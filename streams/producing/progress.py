"""How far each file was sent: a small JSON file, replaced atomically after what it says was acknowledged."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from streams.record import SourceError

FORMAT: Final = 1
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The first `size_bytes` of a file and how it is read, as a digest."""

    size_bytes: int
    digest: str


def snapshot_of(path: Path, reading: bytes = b"", size_bytes: int | None = None) -> Snapshot:
    """The snapshot of a file, or of its first `size_bytes`; `reading` is the text of its column map.

    SourceError when the file can not be read.
    """
    hashed = blake2b(reading + b"\0", digest_size=16)
    seen, left = 0, size_bytes
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES if left is None else min(left, _CHUNK_BYTES)):
                hashed.update(chunk)
                seen += len(chunk)
                left = None if left is None else left - len(chunk)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; check the path and its permissions") from error
    return Snapshot(seen, hashed.hexdigest())


@dataclass(frozen=True, slots=True)
class Reached:
    """What was acknowledged of one source by one topic: every record up to `position`, of a file of this content."""

    source: str
    topic: str
    topic_id: str
    position: int
    size_bytes: int
    digest: str


class Progress:
    """The progress file. It can be deleted: everything is then sent again, and counts once all the same."""

    def __init__(self, path: Path) -> None:
        """Read the file; SourceError when it holds something else."""
        self.path = path
        self._rows: dict[tuple[str, str], Reached] = {}
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            return
        try:
            found = json.loads(text)
            if found["format"] != FORMAT:
                raise ValueError(found["format"])
            rows = [Reached(**row) for row in found["reached"]]
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"{path}: is no progress file of `scoreline produce` ({type(error).__name__}); delete it: "
                "everything is then sent again, and still counts once"
            ) from error
        self._rows = {(row.topic_id, row.source): row for row in rows}

    def reached(self, source: str, topic_id: str) -> Reached | None:
        """What was acknowledged of a source by a topic, or None; a topic made anew has acknowledged nothing."""
        return self._rows.get((topic_id, source))

    def keep(self, row: Reached) -> None:
        """Write down what was acknowledged, in place of what was known of the source and of a former topic."""
        others = self._rows.values()
        kept = [other for other in others if other.topic != row.topic or other.topic_id == row.topic_id]
        self._rows = {(other.topic_id, other.source): other for other in [*kept, row]}
        self._write({"format": FORMAT, "reached": [asdict(other) for other in self._rows.values()]})

    def _write(self, content: dict[str, Any]) -> None:
        beside = self.path.with_suffix(".tmp")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)


def start_of(known: Reached | None, path: Path, reading: bytes = b"") -> int:
    """Where to go on in a file: after what was acknowledged if the file is the one of then, else at its beginning.

    Only a plain file of lines may have grown meanwhile: the last row of a table, and a line without its end, can have
    been cut off when it was sent. SourceError when the file can not be read.
    """
    if known is None:
        return 0
    if snapshot_of(path, reading, known.size_bytes) != Snapshot(known.size_bytes, known.digest):
        return 0
    has_grown = path.stat().st_size > known.size_bytes
    return 0 if has_grown and not _may_grow(known, path) else known.position


def _may_grow(known: Reached, path: Path) -> bool:
    if known.position <= 0 or not known.source.startswith("jsonl:") or path.suffix == ".gz":
        return False
    with path.open("rb") as file:
        file.seek(known.position - 1)
        return file.read(1) == b"\n"
