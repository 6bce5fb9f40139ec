"""The pages: a board drawn once on the server, complete without any script."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboards.boards import Board, Missing
from dashboards.texts import HTML_LANGS
from dashboards.view.board import Link
from dashboards.view.freshness import FRESH, Fresh
from dashboards.web.address import Topic, View, path_with, view_of
from dashboards.web.desk import Desk
from dashboards.web.parts import SUBTITLE, Drawing, structure_of
from scoring.definitions import Definitions

FOUND_AT_MOST = 50


class Pages:
    """Answers requests for pages."""

    def __init__(self, desk: Desk, drawing: Drawing) -> None:
        self._desk = desk
        self._drawing = drawing

    async def overview(self, request: Request) -> Response:
        """`/`"""
        return await self._board(request, "overview", ())

    async def team(self, request: Request) -> Response:
        """`/team/{id}`, with `?sort=<kpi>`."""
        return await self._board(request, "team", (request.path_params["id"], request.query_params.get("sort", "")))

    async def person(self, request: Request) -> Response:
        """`/person/{id}`"""
        return await self._board(request, "person", (request.path_params["id"],))

    async def live(self, request: Request) -> Response:
        """`/live`"""
        return await self._board(request, "live", ())

    async def live_session(self, request: Request) -> Response:
        """`/live/{session}`"""
        return await self._board(request, "live_session", (request.path_params["session"],))

    async def kpi(self, request: Request) -> Response:
        """`/kpi/{id}?owner=&dimension=`"""
        query = request.query_params
        argument = (request.path_params["id"], query.get("owner", "c:"), query.get("dimension", ""))
        return await self._board(request, "kpi", argument)

    async def search(self, request: Request) -> Response:
        """`/search?q=`: people, teams and KPIs by part of a name; one hit leads straight to it."""
        view = view_of(request)
        query = request.query_params.get("q", "").strip()[:100]
        found = find(self._desk.reader.definitions, query, view)
        if len(found) == 1:
            return RedirectResponse(view.href(found[0][1].href), status_code=303)
        text = self._drawing.page("search.html", view, **self._frame(request, view), query=query, found=found)
        return HTMLResponse(text)

    async def missing(self, request: Request, error: Exception) -> Response:
        """The answer to an address that leads nowhere, worded alike for what one may not see."""
        return self._notice(request, ("missing.title", "missing.text"), 404)

    async def failed(self, request: Request, error: Exception) -> Response:
        """The answer when a page can not be built; the fault is logged by the server, not shown."""
        return self._notice(request, ("error.title", "error.text"), 500)

    def _notice(self, request: Request, keys: tuple[str, str], status: int) -> Response:
        view = view_of(request)
        if request.url.path.startswith(("/api/", "/events", "/-/", "/static/")):
            return Response(view.voice.say(keys[1]) + "\n", status, media_type="text/plain")
        values = {"title": view.voice.say(keys[0]), "text": view.voice.say(keys[1])}
        return HTMLResponse(self._drawing.page("notice.html", view, **self._frame(request, view), **values), status)

    async def _board(self, request: Request, name: str, argument: tuple[str, ...]) -> Response:
        view = view_of(request)
        topic = Topic(name, argument, view.lang, view.is_kiosk)
        try:
            version, board = await self._desk.board(topic)
        except Missing as error:
            return await self.missing(request, error)
        return HTMLResponse(self._page(request, view, topic, (version, board)))

    def _page(self, request: Request, view: View, topic: Topic, built: tuple[int, Board]) -> str:
        version, board = built
        fresh = board.parts[FRESH].model
        assert isinstance(fresh, Fresh)
        return self._drawing.page(
            "board.html",
            view,
            **self._frame(request, view),
            board=board,
            fresh=fresh,
            version=version,
            events=topic.events_href(),
            structure=structure_of(board),
            subtitle_key=SUBTITLE,
            draw=lambda key: self._drawing.part(board.parts[key], view),
            now_ms=self._desk.settings.clock.now_us() // 1000,
        )

    def _frame(self, request: Request, view: View) -> dict[str, object]:
        company = self._desk.reader.definitions.reference.company
        other = "en" if view.lang == "zh" else "zh"
        themes = {name: path_with(request, view.with_choice("theme", name)) for name in ("dark", "light")}
        return {
            "company": view.voice.pick(company.name),
            "html_lang": HTML_LANGS[view.lang],
            "other_lang": HTML_LANGS[other],
            "other_href": path_with(request, replace(view.with_choice("lang", other), lang=other)),
            "themes": themes,
            "kiosk_href": path_with(request, view.with_choice("kiosk", "1")),
            "path": request.url.path,
            "red_means_up": self._desk.settings.red_means_up,
        }


def find(definitions: Definitions, query: str, view: View) -> list[tuple[str, Link]]:
    """(kind, link) of everything whose name or id contains the query, in either language; nothing for no query."""
    wanted = query.casefold()
    if not wanted:
        return []
    reference, pick = definitions.reference, view.voice.pick
    rows = [("search.person", f"/person/{one.id}", one.id, one.name) for one in reference.people]
    rows += [("search.team", f"/team/{one.id}", one.id, one.name) for one in reference.teams]
    rows += [("search.kpi", f"/kpi/{one.id}", one.id, one.name) for one in definitions.kpis.values()]
    return [
        (kind, Link(pick(name), href))
        for kind, href, own_id, name in rows
        if any(wanted in text.casefold() for text in (own_id, name.zh, name.en))
    ][:FOUND_AT_MOST]
