"""Puts the board together: routes, headers, live feed and metrics around one reader."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dashboards.alerts.duty import Duty, look_only
from dashboards.metrics import BoardMetrics
from dashboards.view.reading import Reader
from dashboards.web.api import Api
from dashboards.web.desk import Desk
from dashboards.web.feed import Feed
from dashboards.web.pages import Pages
from dashboards.web.parts import Drawing
from dashboards.web.security import SecureHeaders
from dashboards.web.settings import BoardSettings

STATIC = Path(__file__).parent / "static"


def create_app(reader: Reader, settings: BoardSettings | None = None, alerts: Duty | None = None) -> Starlette:
    """The web board over a reader; without `alerts` the rules of the definitions are shown but nothing is sent.

    The reader and the book of alerts are only touched from one thread of the app's own.
    """
    settings = settings or BoardSettings()
    desk = Desk(reader, settings, alerts or look_only(reader))
    drawing = Drawing()
    feed = Feed(desk, drawing)
    pages, api = Pages(desk, drawing), Api(desk, feed)
    settings.registry.register(BoardMetrics(desk, feed))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        feed.start()
        yield
        await feed.stop()
        desk.close()

    routes = [
        Route("/", pages.overview),
        Route("/team/{id}", pages.team),
        Route("/person/{id}", pages.person),
        Route("/live", pages.live),
        Route("/live/{session:path}", pages.live_session),
        Route("/kpi/{id}", pages.kpi),
        Route("/search", pages.search),
        Route("/api/kpi", api.kpi),
        Route("/events", api.events),
        Route("/metrics", api.metrics),
        Route("/-/healthy", api.healthy),
        Route("/-/ready", api.ready),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    middleware = [
        Middleware(SecureHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts), www_redirect=False),
        Middleware(GZipMiddleware, minimum_size=1024),
    ]
    handlers = {404: pages.missing, 500: pages.failed}
    app = Starlette(routes=routes, middleware=middleware, exception_handlers=handlers, lifespan=lifespan)
    app.state.feed = feed
    return app
