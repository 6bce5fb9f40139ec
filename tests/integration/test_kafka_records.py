"""Records that no producer should send: each goes to quarantine with a reason, everything else is counted."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import json
import lzma
import zlib
from collections import Counter

import lz4.frame
import pytest
from aiokafka import AIOKafkaProducer

from streams.codec.json_text import SIZE_LIMIT_BYTES
from streams.engines.kafka.partition import CRASHED
from tests.cluster.cluster import Cluster, Row
from tests.cluster.evidence import Evidence
from tests.cluster.failing import CRASH_CODE
from tests.cluster.fixtures import ClusterOf
from tests.cluster.supervisor import Supervisor
from tests.scenarios.shop import Teller, raw_of

pytest_plugins = ["tests.cluster.fixtures"]
pytestmark = pytest.mark.slow

PARTITIONS = 4
FEW_RESTARTS = 16
SOUND = raw_of(Teller().paid("o-sound", "03 10:00:00", "1.00"))
ZSTD = b"\x28\xb5\x2f\xfd\x04\x58" + bytes(range(40))


def order_of(size: int) -> bytes:
    """A sound order of exactly so many bytes."""
    event = json.loads(raw_of(Teller().paid("o-huge", "03 11:00:00", "2.00"))) | {"ext": {"note": ""}}
    event["ext"]["note"] = "x" * (size - len(json.dumps(event)))
    return json.dumps(event).encode()


def changed(**fields: object) -> bytes:
    """The sound order with other fields, under another id."""
    return json.dumps(json.loads(SOUND) | {"event_id": "n-changed"} | fields).encode()


ODD: list[tuple[bytes | None, str]] = [
    (None, "NO_VALUE"),
    (b"", "NO_VALUE"),
    (SOUND[: len(SOUND) // 2], "BAD_JSON"),
    (gzip.compress(SOUND), "COMPRESSED"),
    (lz4.frame.compress(SOUND), "COMPRESSED"),
    (ZSTD, "COMPRESSED"),
    (bz2.compress(SOUND), "COMPRESSED"),
    (lzma.compress(SOUND), "COMPRESSED"),
    (zlib.compress(SOUND), "COMPRESSED"),
    (gzip.compress(SOUND)[:20] + b"\xff" * 50, "COMPRESSED"),
    (b"\x00\x00\x00\x00\x07" + SOUND, "BAD_ENVELOPE"),
    (b"\xff" * 100, "BAD_UTF8"),
    (b"null", "NOT_AN_OBJECT"),
    (changed(event_type="order.teleported"), "UNKNOWN_EVENT_TYPE"),
    (order_of(SIZE_LIMIT_BYTES + 1), "TOO_LARGE"),
    (order_of(3 * SIZE_LIMIT_BYTES), "TOO_LARGE"),
]


def test_odd_records_are_set_aside(cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence) -> None:
    """Among sound ones: each odd record is one row of quarantine with its reason; in = the sum of what became of it."""
    cluster = cluster_of(PARTITIONS, settings={"max.message.bytes": str(8 * SIZE_LIMIT_BYTES)})
    cluster.start()
    cluster.feed([*slice_rows[:900], *((b"odd", value) for value, _ in ODD), *slice_rows[900:]])
    cluster.feed([(b"k", order_of(SIZE_LIMIT_BYTES))])
    cluster.wait_read()
    found = cluster.evidence()
    assert found.unaccounted == ()
    odd = Counter((reason, value or b"") for value, reason in ODD)
    assert Counter(found.refused) - Counter(slice_evidence.refused) == odd
    assert found.counts.rejected == slice_evidence.counts.rejected + len(ODD)
    assert found.counts.accepted == slice_evidence.counts.accepted + 1
    assert found.counts.duplicates == slice_evidence.counts.duplicates
    assert found.counts.conflicts == slice_evidence.counts.conflicts


@pytest.mark.parametrize("packing", ["gzip", "lz4", "snappy", "zstd"])
def test_packed_batches_are_read(
    cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence, packing: str
) -> None:
    """What the producer packs by compression.type is read like any other record."""
    cluster = cluster_of(PARTITIONS)
    cluster.start()
    asyncio.run(fed_packed(cluster, slice_rows, packing))
    cluster.wait_read()
    assert cluster.evidence().differences(slice_evidence) == []


async def fed_packed(cluster: Cluster, rows: list[Row], packing: str) -> None:
    """Put records on the topic in packed batches."""
    producer = AIOKafkaProducer(bootstrap_servers=cluster.brokers, compression_type=packing, linger_ms=50)
    await producer.start()
    try:
        await asyncio.gather(*[await producer.send(cluster.topic, value, key) for key, value in rows])
    finally:
        await producer.stop()


def test_an_unknown_schema_version_is_set_aside(cluster_of: ClusterOf) -> None:
    """An event of a schema version that this release does not know is refused, not read as if it were known."""
    cluster = cluster_of(1)
    cluster.start()
    cluster.feed([(b"k", changed(schema_version=99)), (b"k", SOUND)])
    cluster.wait_read()
    counts = cluster.progress().counts
    assert (counts.accepted, counts.rejected) == (1, 1)


def test_poison_is_found_and_set_aside(cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence) -> None:
    """One event ends the process that reads it: after a few restarts it alone is in quarantine, all else is counted."""
    poison = raw_of(Teller().paid("o-poison", "03 10:00:00", "1.00") | {"event_id": "poison-1"})
    cluster = cluster_of(1, environment={"TEST_POISON": "poison-1", "TEST_MEMBER": "only"})
    cluster.feed([*slice_rows[:700], (b"k", poison), *slice_rows[700:]])
    with Supervisor(cluster, 1).watching() as supervisor:
        cluster.wait_read()
        codes = supervisor.codes()
    found = cluster.evidence()
    assert Counter(found.refused) - Counter(slice_evidence.refused) == Counter([(CRASHED, poison)])
    assert found.counts.accepted == slice_evidence.counts.accepted
    assert (found.cells, found.facts) == (slice_evidence.cells, slice_evidence.facts)
    assert found.unaccounted == ()
    assert set(codes) == {CRASH_CODE}
    assert 3 <= len(codes) <= FEW_RESTARTS, codes
