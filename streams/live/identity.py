"""Which cells a view is a copy of: the store, the definitions they were computed with, and how often anew."""

from __future__ import annotations

import secrets
from hashlib import blake2b

from streams.stores.base import Progress, Store

SETTING = "identity"


def identity_of(store: Store) -> str | None:
    """A text that changes when the cells are other ones; None while nobody has given the store an identity."""
    settings = store.settings()
    own = settings.get(SETTING)
    if own is None:
        return None
    parts = (own, settings.get("program", ""), settings.get("rebuilds", "0"))
    return blake2b("|".join(parts).encode(), digest_size=12).hexdigest()


def give_identity(store: Store) -> str:
    """The identity of a store that may be written; makes one the first time."""
    if SETTING not in store.settings():
        with store.unit() as unit:
            unit.hold([f"setting|{SETTING}"])
            if unit.setting(SETTING) is None:
                unit.set_setting(SETTING, secrets.token_hex(8))
    found = identity_of(store)
    assert found is not None
    return found


def kept_shards(store: Store) -> dict[int, Progress]:
    """How far each shard that keeps cells is; 0 is always there, since recomputed cells are kept in it."""
    found = {0: Progress()}
    for shard, progress in store.shards().items():
        kept = store.kept_in(shard)
        found[kept] = found.get(kept, Progress()).plus(progress)
    return found
