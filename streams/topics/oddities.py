"""Values that are recognisably something else than JSON: what they are and what to do."""

from __future__ import annotations

from typing import Final

from streams.codec.refusal import Refusal

COMPRESSED: Final[dict[bytes, str]] = {
    b"\x1f\x8b": "gzip",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xff\x06\x00\x00sNaPpY": "snappy",
    b"\x82SNAPPY\x00": "snappy",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"PK\x03\x04": "zip",
    b"\x78\x01": "zlib",
    b"\x78\x9c": "zlib",
    b"\x78\xda": "zlib",
}
"""The first bytes of packed files; none of them can begin a JSON object."""
_REGISTRY_BYTES: Final = 5


def oddity(value: bytes) -> Refusal | None:
    """Why a value that is not empty and does not begin with "{" is no event, when its beginning tells; else None."""
    for beginning, kind in COMPRESSED.items():
        if value.startswith(beginning):
            return Refusal(
                "COMPRESSED",
                f"the value is a {kind} file of {len(value)} bytes; send JSON, and let the producer's "
                "compression.type pack it",
            )
    if value[:1] == b"\0" and len(value) > _REGISTRY_BYTES:
        schema = int.from_bytes(value[1:_REGISTRY_BYTES])
        return Refusal(
            "BAD_ENVELOPE",
            f"the value begins with the mark of a schema registry (schema {schema}); use the plain JSON serializer",
        )
    return None
