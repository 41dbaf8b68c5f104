"""The web application: the doors, and the two edges that let nothing ugly out."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import structlog
from aiohttp import web

from bot.config import Settings
from bot.doors import api, miniprogram, official, pages, work
from bot.doors.entering import MalformedRequest
from bot.doors.unread import READING
from bot.events import EVENTS
from bot.jobs.ticking import ticking
from bot.metrics import count_requests, metrics
from bot.services import SERVICES, make_services
from bot.turns import Turns
from models.clock import CLOCK_FILE
from models.database import AWAY, is_away, open_database
from models.errors import Refused, Unavailable
from models.migrating import pending
from models.pages.linking import PUBLIC
from models.system.files import STORE
from models.transactions import refuse_tasks_inside

log = structlog.get_logger()

MAX_JSON = 256 * 1024


def make_app(settings: Settings, *, database: bool = True, jobs: bool = True) -> web.Application:
    """The application of one process. Tests may bring their own database and leave the jobs out."""
    app = web.Application(client_max_size=MAX_JSON, middlewares=[count_requests, _outer_edge], handler_args=READING)
    CLOCK_FILE.path = settings.clock or CLOCK_FILE.path
    PUBLIC.url, STORE.folder = settings.public_url, settings.files
    app[SETTINGS] = settings
    app.cleanup_ctx.append(_serving(settings, database=database))
    if jobs:
        app.cleanup_ctx.append(ticking)
    app.add_routes([*official.ROUTES, *work.ROUTES, *miniprogram.ROUTES, *api.ROUTES, *pages.ROUTES])
    app.add_routes([web.get("/healthz", _alive), web.get("/readyz", _ready), web.get("/metrics", metrics)])
    return app


SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _serving(settings: Settings, *, database: bool) -> Callable[[web.Application], AsyncIterator[None]]:
    async def serving(app: web.Application) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_task_factory(refuse_tasks_inside)  # type: ignore[arg-type]
        context = await open_database(settings.database_url or "") if database else None
        async with aiohttp.ClientSession() as session:
            app[SERVICES] = make_services(settings, session, Turns(EVENTS))
            yield
            await app[SERVICES].turns.drain()
        if context:
            await context.connections.close_all()

    return serving


@web.middleware
async def _outer_edge(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals become JSON; a database that is away is said to be; anything else is ours, and logged with an id."""
    try:
        return await handler(request)
    except Refused as refused:
        return api.refusal(refused)
    except web.HTTPException as stopped:
        return _in_json(stopped) if request.path.startswith("/api/") else _in_text(stopped)
    except web.RequestPayloadError:
        return api.refusal(MalformedRequest())
    except Exception as error:  # noqa: BLE001  # the outer edge of messages
        if not is_away(error):
            return _ours(request, error)
        log.error("database.away", error=repr(error))
        return api.refusal(Unavailable())


def _in_json(stopped: web.HTTPException) -> web.Response:
    """What aiohttp itself refuses, in the shape of every other refusal."""
    code = {404: "unknown_handler", 405: "method_not_allowed", 413: "too_large"}.get(stopped.status, "malformed")
    return api.refusal(type("Stopped", (Refused,), {"code": code, "status": stopped.status})())


def _in_text(stopped: web.HTTPException) -> web.StreamResponse:
    return web.Response(status=stopped.status, text="")


def _ours(request: web.Request, error: Exception) -> web.Response:
    trace = secrets.token_hex(4)
    # The route, not the path: the token of a link is a secret.
    resource = request.match_info.route.resource
    path = resource.canonical if resource else request.path
    log.error("request.failed", path=path, trace=trace, exc_info=error)
    body = {"code": "internal", "message": f"系统出错了，编号 {trace}，已经记录", "trace": trace}
    return web.json_response(body, status=500)


async def _alive(request: web.Request) -> web.Response:
    return web.json_response({"alive": True})


async def _ready(request: web.Request) -> web.Response:
    settings = request.app[SETTINGS]
    try:
        missing = await pending(settings.database_url) if settings.database_url else []
    except AWAY as away:
        log.error("database.away", error=repr(away))
        return _not_ready("连不上数据库，请检查 LIAODAN_DATABASE_URL 和数据库服务")
    return _not_ready("数据库没有升级，请运行 liaodan migrate") if missing else web.json_response({"ready": True})


def _not_ready(reason: str) -> web.Response:
    return web.json_response({"ready": False, "reason": reason}, status=503)
