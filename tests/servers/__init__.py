"""Real servers on loopback ports: Apache Kafka, PostgreSQL, Redis, Prometheus and Alertmanager, started natively.

    with Postgres(folder) as postgres:      # start() ... stop()
        postgres.url                        # postgresql://postgres:...@127.0.0.1:PORT/postgres
        postgres.kill()                     # SIGKILL of every process of it
        postgres.start()                    # the same port, the same data

What is not installed raises `ServerMissing`; what does not start raises `ServerFailed` with its last words.
"""

from __future__ import annotations

from tests.servers.base import Server, ServerFailed, ServerMissing
from tests.servers.kafka_broker import Kafka
from tests.servers.postgres import Postgres
from tests.servers.prometheus import Alertmanager, Prometheus
from tests.servers.redis_server import Redis

__all__ = ["Alertmanager", "Kafka", "Postgres", "Prometheus", "Redis", "Server", "ServerFailed", "ServerMissing"]
