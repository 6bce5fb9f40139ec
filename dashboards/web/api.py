"""What programs ask: a KPI as JSON, the event stream, metrics and health."""

from __future__ import annotations

from collections.abc import AsyncIterator

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from dashboards.boards import BOARDS, Missing, read_kpi_json
from dashboards.texts import DEFAULT_LANG, Voice
from dashboards.view.owners import owner_name
from dashboards.web.address import topic_of
from dashboards.web.desk import Desk
from dashboards.web.feed import Feed
from scoring.definitions import Definitions
from scoring.period import grain_of, key_containing, local_days, period_of


class Refused(ValueError):
    """A question that can not be answered as it was put; the text says which part and what is known."""


class Api:
    """Answers programs."""

    def __init__(self, desk: Desk, feed: Feed) -> None:
        self._desk = desk
        self._feed = feed

    async def kpi(self, request: Request) -> Response:
        """`/api/kpi?kpi=&owner=&period=&dimension=`: as `scoreline kpi --json`; the period defaults to this month."""
        query = request.query_params
        wanted = query.get("kpi", ""), query.get("owner", "c:"), query.get("period", ""), query.get("dimension") or None
        try:
            return JSONResponse(await self._desk.ask(lambda: self._kpi(*wanted)))
        except Refused as error:
            return JSONResponse({"error": str(error)}, 400)

    def _kpi(self, kpi: str, owner: str, period: str, dimension: str | None) -> dict[str, object]:
        definitions = self._desk.reader.definitions
        check_question(definitions, kpi, owner, dimension)
        zone = definitions.reference.company.zone
        if not period:
            at = self._desk.reader.freshness().watermark_us or self._desk.settings.clock.now_us()
            period = key_containing(local_days(zone).day(at), "month")
        try:
            grain_of(period)
            period_of(period, zone)
        except ValueError as error:
            raise Refused(f"period: {error}") from error
        return read_kpi_json(self._desk.reader, kpi, owner, period, dimension)

    async def events(self, request: Request) -> Response:
        """`/events?board=&arg=&lang=`: server-sent events; a reconnect with Last-Event-ID gets a new snapshot."""
        if self._feed.is_closing:
            return PlainTextResponse("the live board is stopping\n", 503)
        stream = self._feed.stream(topic_of(request))
        try:
            first = await anext(stream)
        except (Missing, IndexError, ValueError) as error:
            return PlainTextResponse(f"{error}\nboards: {', '.join(BOARDS)}\n", 404)

        async def body() -> AsyncIterator[bytes]:
            yield first
            async for event in stream:
                yield event

        return StreamingResponse(body(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def metrics(self, request: Request) -> Response:
        """`/metrics` for Prometheus."""
        text = await self._desk.ask(lambda: generate_latest(self._desk.settings.registry))
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    async def healthy(self, request: Request) -> Response:
        """`/-/healthy`: the process answers."""
        return PlainTextResponse("healthy\n")

    async def ready(self, request: Request) -> Response:
        """`/-/ready`: the numbers can be read."""
        if self._feed.fault:
            return PlainTextResponse(f"not ready: {self._feed.fault}\n", 503)
        return PlainTextResponse("ready\n")


def check_question(definitions: Definitions, kpi: str, owner: str, dimension: str | None) -> None:
    """Refused when the KPI, the owner or the dimension is not defined; the text lists what is."""
    one = definitions.kpis.get(kpi)
    if one is None:
        raise Refused(f"kpi: {kpi!r} is not defined; known: {', '.join(definitions.kpis)}")
    if dimension is not None and dimension not in one.dimensions:
        raise Refused(f"dimension: {kpi} has no {dimension!r}; known: {', '.join(one.dimensions) or 'none'}")
    try:
        owner_name(definitions, owner, Voice(DEFAULT_LANG))
    except Missing as error:
        raise Refused(
            f'owner: {owner!r} is nobody; write "e:<person>", "t:<team>", "s:<shop>" or "c:" for the company'
        ) from error
