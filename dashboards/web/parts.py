"""The family of parts: which template draws each kind of part, and the templates' environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from dashboards.boards import Board
from dashboards.view.board import Part
from dashboards.view.freshness import FRESH, Fresh
from dashboards.web.address import View

PARTS: dict[str, str] = {
    "tile": "parts/tile.html",
    "labelled": "parts/labelled.html",
    "cell": "parts/cell.html",
    "fresh": "parts/fresh.html",
    "alerts": "parts/alerts.html",
    "sessions": "parts/sessions.html",
    "pulse": "parts/pulse.html",
    "audience": "parts/audience.html",
    "hosts": "parts/hosts.html",
    "definition": "parts/definition.html",
    "days": "parts/days.html",
    "quality": "parts/quality.html",
}
"""Template by kind of part."""

SUBTITLE = "@subtitle"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A board as HTML by part; `structure` changes when a page must be loaded anew to show it."""

    version: int
    structure: str
    parts: Mapping[str, str]


class Drawing:
    """Draws parts and pages in a view."""

    def __init__(self) -> None:
        self.environment = Environment(
            loader=PackageLoader("dashboards.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def part(self, part: Part, view: View) -> Markup:
        """The HTML of one part."""
        template = self.environment.get_template(PARTS[part.kind])
        return Markup(template.render(m=part.model, say=view.voice.say, view=view).strip())

    def drawn(self, board: Board, version: int, view: View) -> Drawn:
        """Every part of a board."""
        parts = {key: str(self.part(part, view)) for key, part in board.parts.items()}
        parts[SUBTITLE] = str(escape(board.subtitle))
        return Drawn(version, structure_of(board), parts)

    def page(self, template: str, view: View, **values: object) -> str:
        """A whole page."""
        return self.environment.get_template(template).render(say=view.voice.say, view=view, **values)


def structure_of(board: Board) -> str:
    """Names what stands on the page, whatever its order: the keys of its parts, and whether there is any number."""
    fresh = board.parts[FRESH].model
    is_empty = isinstance(fresh, Fresh) and fresh.state == "empty"
    return f"{int(is_empty)};" + ";".join(sorted(board.parts))
