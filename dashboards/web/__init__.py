"""The board in the browser: pages, live updates, a small API, metrics and health."""

from __future__ import annotations

from dashboards.web.app import create_app
from dashboards.web.serving import PortInUse, running, serve
from dashboards.web.settings import BoardSettings

__all__ = ["BoardSettings", "PortInUse", "create_app", "running", "serve"]
