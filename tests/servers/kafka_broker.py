"""Apache Kafka: one node that is broker and controller, from the jars of Maven Central on the system's Java."""

from __future__ import annotations

import base64
import contextlib
import logging
import secrets
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from tests.servers.base import HINT, REPOSITORY, Server, ServerFailed, ServerMissing

VERSION = "4.3.1"
JVM = ("-Xms256m", "-Xmx768m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.showDateTime=true")
SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{plain},SASL://127.0.0.1:{sasl},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{plain},SASL://127.0.0.1:{sasl}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_{username}="{password}";
listener.name.sasl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs={logs}
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# A killed broker stays registered until its session ends, and only then may it come back.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=16777216
"""


class Kafka(Server):
    """One Kafka node: `brokers` without a password, `sasl_brokers` with one (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512).

    `settings` are further lines of server.properties; they win over those above.
    """

    name = "Kafka"
    ports_needed: ClassVar[int] = 3
    username: ClassVar[str] = "scoreline"
    libraries: ClassVar[Path] = REPOSITORY / ".servers" / f"kafka-{VERSION}" / "libs"

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(folder)
        self.settings = dict(settings or {})
        self.password = secrets.token_hex(12)

    @property
    def brokers(self) -> str:
        """host:port, security PLAINTEXT."""
        return f"127.0.0.1:{self.ports[0]}"

    @property
    def sasl_brokers(self) -> str:
        """host:port, security SASL_PLAINTEXT; asks for `username` and `password`."""
        return f"127.0.0.1:{self.ports[2]}"

    def prepare(self) -> None:
        """Write server.properties; format the log folder once."""
        if not shutil.which("java"):
            raise ServerMissing(f"no java on the path, so no Kafka: {HINT}")
        if not any(self.libraries.glob("kafka-server-*.jar")):
            raise ServerMissing(f"no Kafka {VERSION} in {self.libraries}: {HINT}")
        plain, controller, sasl = self.ports
        settings = SETTINGS.format(
            plain=plain,
            controller=controller,
            sasl=sasl,
            username=self.username,
            password=self.password,
            logs=self.folder / "logs",
        )
        own = "".join(f"{key}={value}\n" for key, value in self.settings.items())
        (self.folder / "server.properties").write_text(settings + own, "utf-8")
        if not (self.folder / "logs" / "meta.properties").exists():
            self._format()

    def command(self) -> Sequence[str]:
        """The broker on its properties file."""
        return ["java", *JVM, "-cp", f"{self.libraries}/*", "kafka.Kafka", str(self.folder / "server.properties")]

    def answers(self) -> bool:
        """Whether the broker stands in its own metadata, so that topics can be made and partitions have a leader."""
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return self._knows_itself()
        return False

    def create_topic(self, topic: str, partitions: int = 4, settings: dict[str, str] | None = None) -> None:
        """Make a topic with replication 1; kafka-python's own exception when it exists."""
        from kafka.admin import NewTopic

        with contextlib.closing(self._admin()) as admin:
            admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=settings or {})])

    def delete_topic(self, topic: str) -> None:
        """Remove a topic with its records."""
        with contextlib.closing(self._admin()) as admin:
            admin.delete_topics([topic])

    def _admin(self) -> Any:
        from kafka import KafkaAdminClient

        return KafkaAdminClient(bootstrap_servers=self.brokers, request_timeout_ms=10_000)

    def _knows_itself(self) -> bool:
        from kafka.errors import KafkaError

        log = logging.getLogger("kafka")
        level, log.level = log.level, logging.CRITICAL
        try:
            with contextlib.closing(self._admin()) as admin:
                return bool(admin.describe_cluster()["brokers"])
        except KafkaError:
            return False
        finally:
            log.level = level

    def _format(self) -> None:
        # A cluster id is a UUID in URL-safe base64; one that began with '-' would be read as an option.
        cluster = "A" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode()[1:22]
        accounts = [
            f"{mechanism}=[name={self.username},password={self.password}]"
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
        ]
        tool = [
            "java",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            f"{self.libraries}/*",
            "kafka.tools.StorageTool",
        ]
        words = ["format", "--config", str(self.folder / "server.properties"), "--cluster-id", cluster]
        words += [word for account in accounts for word in ("--add-scram", account)]
        run = subprocess.run([*tool, *words], capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise ServerFailed(f"Kafka could not format {self.folder}:\n{run.stdout}{run.stderr}")
