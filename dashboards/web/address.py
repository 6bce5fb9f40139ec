"""The address bar: which board is meant, in which language and looks; every view has an address of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from starlette.requests import Request

from dashboards.texts import TEXTS, Voice, negotiate

THEMES = ("dark", "light")


@dataclass(frozen=True, slots=True)
class View:
    """How a page is wanted: `lang` always known, `theme` "" follows the system, `is_kiosk` a wall without links.

    `kept` are the choices that the address states, carried on by every link.
    """

    lang: str
    theme: str = ""
    is_kiosk: bool = False
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def voice(self) -> Voice:
        """The language to speak."""
        return Voice(self.lang)

    def href(self, path: str) -> str:
        """A path of this site with the kept choices."""
        if not path or not self.kept:
            return path
        return path + ("&" if "?" in path else "?") + urlencode(self.kept)

    def with_choice(self, name: str, value: str) -> View:
        """The view after one more choice, which replaces an earlier one of that name."""
        return replace(self, kept=(*(pair for pair in self.kept if pair[0] != name), (name, value)))


@dataclass(frozen=True, slots=True)
class Topic:
    """What a page shows: a board of BOARDS with its arguments, in one language and width of numbers."""

    board: str
    argument: tuple[str, ...]
    lang: str
    is_compact: bool = False

    def events_href(self) -> str:
        """Where the changes of this topic are streamed."""
        pairs = [("board", self.board), ("lang", self.lang), *(("arg", part) for part in self.argument)]
        return "/events?" + urlencode(pairs + ([("kiosk", "1")] if self.is_compact else []))


def view_of(request: Request) -> View:
    """The view that a request asks for: its query first, then Accept-Language, then Chinese."""
    query = request.query_params
    asked = query.get("lang", "")
    lang = asked if asked in TEXTS else negotiate(request.headers.get("accept-language", ""))
    theme = query.get("theme", "")
    theme = theme if theme in THEMES else ""
    kept = [(name, value) for name, value in (("lang", asked if asked in TEXTS else ""), ("theme", theme)) if value]
    is_kiosk = "kiosk" in query and query["kiosk"] not in ("0", "false")
    return View(lang, theme, is_kiosk, tuple(kept))


def topic_of(request: Request) -> Topic:
    """The topic that an event stream is asked for."""
    query = request.query_params
    return Topic(query.get("board", ""), tuple(query.getlist("arg")), view_of(request).lang, "kiosk" in query)


def path_with(request: Request, view: View) -> str:
    """The address of this very page under another view: same path and arguments, other choices."""
    own = [(name, value) for name, value in request.query_params.multi_items() if name not in dict(view.kept)]
    own = [pair for pair in own if pair[0] != "kiosk"]
    return quote(request.url.path) + "?" + urlencode([*own, *view.kept])
