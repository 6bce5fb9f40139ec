"""The family of boards: view models of pages, built from a scene and free of HTML."""

from __future__ import annotations

from collections.abc import Callable

from dashboards.boards.kpi import kpi
from dashboards.boards.live import live
from dashboards.boards.live_session import live_session
from dashboards.boards.overview import overview
from dashboards.boards.person import person
from dashboards.boards.team import team
from dashboards.view.board import Board
from dashboards.view.export import kpi_json, read_kpi_json
from dashboards.view.owners import Missing
from dashboards.view.scene import History, Look, Scene, see

BOARDS: dict[str, Callable[[Scene, tuple[str, ...]], Board]] = {
    "overview": overview,
    "team": team,
    "person": person,
    "live": live,
    "live_session": live_session,
    "kpi": kpi,
}
"""Board by name; each takes the scene and the arguments of its address, and raises Missing for what is not defined."""

__all__ = ["BOARDS", "Board", "History", "Look", "Missing", "Scene", "kpi_json", "read_kpi_json", "see"]
