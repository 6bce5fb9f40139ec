"""Lane "restart": from the start of a worker's process to its first committed batch, over a store full of facts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import psycopg

from benchmarks.kafka.events import shop_month
from benchmarks.kafka.ground import Ground, Site, looking, seen

FACTS = 5_000_000
STARTS = 5
RECORDS_A_START = 200
TARGET_SECONDS = 3.0
LIMIT_SECONDS = 120.0
POLL_SECONDS = 0.005
FILL = (
    (
        "INSERT INTO keys(event_key, content_hash, case_key) SELECT decode(md5('k' || n), 'hex'), "
        "decode(md5('h' || n), 'hex'), 'order|bench|o' || n / 3 FROM generate_series(1, {facts}) AS t(n)"
    ),
    (
        "INSERT INTO facts(case_key, event_key, content_hash, event_type, occurred_at, batch, body, is_retracted) "
        "SELECT 'order|bench|o' || n / 3, decode(md5('k' || n), 'hex'), decode(md5('h' || n), 'hex'), 'order.paid', "
        "1790000000000000 + n, 0, decode(repeat(md5('b' || n), 10), 'hex'), false "
        "FROM generate_series(1, {facts}) AS t(n)"
    ),
    (
        "INSERT INTO cells(owner, dimension, measure, period, item, shard, value) SELECT 'e:p' || n % 10000, 'shop', "
        "'bench', to_char(date '2026-09-01' + n / 10000, 'YYYY-MM-DD'), '', 1, n "
        "FROM generate_series(1, 300000) AS t(n)"
    ),
    "ANALYZE",
)


def restart(place: Ground, facts: int = FACTS) -> Iterator[str]:
    """Lines of figures."""
    load = shop_month()
    topic = place.topic()
    with place.site(topic, load.definitions) as site, looking(site.store_url) as eye:
        _started(place, site, eye, load.records[:RECORDS_A_START])
        began = time.monotonic()
        for statement in FILL:
            eye.execute(statement.format(facts=facts).encode())
        yield f"restart: {facts:,} facts put into PostgreSQL in {time.monotonic() - began:.0f} s"
        found = []
        for number in range(1, STARTS + 1):
            rows = load.records[number * RECORDS_A_START : (number + 1) * RECORDS_A_START]
            found.append(_started(place, site, eye, rows))
        listed = ", ".join(f"{seconds:.2f}" for seconds in found)
        met = "met" if median(found) <= TARGET_SECONDS else "NOT MET"
        yield f"  process start to first committed batch, seconds: {listed}; median {median(found):.2f}"
        yield f"  target {TARGET_SECONDS:.0f} s: {met}"


def _started(
    place: Ground, site: Site, eye: psycopg.Connection[tuple[object, ...]], rows: list[tuple[bytes, bytes]]
) -> float:
    """Seconds from the start of a worker, with records waiting, to the first that is committed."""
    producer = place.producer()
    try:
        for key, value in rows:
            producer.send(site.topic, value=value, key=key)
        producer.flush(60)
    finally:
        producer.close()
    before, began = seen(eye), time.monotonic()
    with site.running("worker"):
        while seen(eye) == before:
            if time.monotonic() - began > LIMIT_SECONDS:
                raise RuntimeError(f"nothing was committed in {LIMIT_SECONDS:.0f} s: {site.last_words()}")
            time.sleep(POLL_SECONDS)
        seconds = time.monotonic() - began
        while seen(eye) < before + len(rows):
            time.sleep(POLL_SECONDS)
    return seconds
