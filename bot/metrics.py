"""Figures for Prometheus, behind a token."""

import hmac
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

from bot.doors.entering import bearer
from bot.services import SERVICES

REQUESTS = Counter("liaodan_requests_total", "Requests by route and status", ["route", "status"])
SECONDS = Histogram("liaodan_request_seconds", "Seconds per request", ["route"])

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def count_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts every request under its route, never under what a stranger typed."""
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "none"
    began = time.perf_counter()
    status = "500"
    try:
        response = await handler(request)
        status = str(response.status)
        return response
    except web.HTTPException as stopped:
        status = str(stopped.status)
        raise
    finally:
        REQUESTS.labels(route, status).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics with `Authorization: Bearer` and the token of the settings; off without one."""
    token = request.app[SERVICES].settings.metrics_token
    if not token or not hmac.compare_digest(bearer(request.headers).encode(), token.encode()):
        raise web.HTTPNotFound()
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
