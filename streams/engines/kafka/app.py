"""For Faust's own command, `faust -A streams.engines.kafka.app worker`: the application, built by importing this."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack

from streams.settings import Settings
from streams.topics.settings import KafkaSettings
from streams.worker import application, published_live

# Faust finds an application by importing a module that holds one; nothing else in the packages acts on import.
_settings, _kafka = Settings.from_environment(os.environ), KafkaSettings.from_environment(os.environ)
app, _ending = application(_settings, _kafka)
_beside = ExitStack()
_beside.enter_context(published_live(app, _settings, _kafka))
atexit.register(_beside.close)
