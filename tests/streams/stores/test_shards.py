"""Shards share the numbers of batches and nothing else: each prunes its own minutes, whoever gets which number."""

from __future__ import annotations

import psycopg

from scoring.contribution import MINUTE_US
from streams.pipeline import PRUNING_BATCHES
from streams.stores.postgres import PostgresStore
from tests.properties.months import pipeline
from tests.scenarios.shop import NOW_US, Desk, Teller, decoded_of

OLD_MINUTES = "SELECT DISTINCT shard FROM minutes WHERE minute < %s ORDER BY shard"


def test_shards_that_take_turns_both_prune(migrated_database: str) -> None:
    """Two partitions that alternate get only odd and only even numbers, and neither keeps old minutes for ever."""
    store, tell = PostgresStore(migrated_database), Teller()
    engine = pipeline(store, Desk().definitions)

    def take(day: int, shard: int) -> int:
        who = {"session_id": f"c{tell.number}", "customer_id": f"b{tell.number}"}
        events = [
            tell.event("chat.message", f"{day:02} 10:00:00", sender="customer", **who),
            tell.event("chat.message", f"{day:02} 10:00:30", sender="agent", agent_id="acc-ann", **who),
        ]
        decoded = decoded_of(events)
        engine.apply(decoded, [], None, NOW_US, shard)
        return decoded[0].event.occurred_at // MINUTE_US

    with psycopg.connect(migrated_database, autocommit=True) as watch:
        border = max(take(3, shard) for shard in (1, 2)) + 1
        assert watch.execute(OLD_MINUTES, (border,)).fetchall() == [(1,), (2,)], "nothing was there to prune"
        for _ in range(PRUNING_BATCHES):
            for shard in (1, 2):
                take(20, shard)
        assert watch.execute(OLD_MINUTES, (border,)).fetchall() == []
    store.close()
