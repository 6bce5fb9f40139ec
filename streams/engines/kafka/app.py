"""For Faust's own command, `faust -A streams.engines.kafka.app worker`: the application, built by importing this."""

from __future__ import annotations

import os

from streams.settings import Settings
from streams.topics.settings import KafkaSettings
from streams.worker import application

# Faust finds an application by importing a module that holds one; nothing else in the packages acts on import.
app, ending = application(Settings.from_environment(os.environ), KafkaSettings.from_environment(os.environ))
