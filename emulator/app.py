"""The web application: three platforms, the control API and the page under one address."""

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from . import commons, credentials, miniprogram, official, servicemessages, workmessages
from .api import WORLD, Api
from .callbacks import CALLBACKS, Callbacks
from .config import Config
from .control import GESTURES, add_control, control_errors
from .gestures import Gestures
from .miniprogram_host.serving import add_miniprogram_host
from .page import add_page
from .world import World


def make_app(config: Config) -> web.Application:
    """An emulator of its own; two in one process do not know of each other."""
    app = web.Application(middlewares=[control_errors], client_max_size=25 << 20)
    world = World(config)
    app[WORLD] = world
    app[CALLBACKS] = Callbacks(world)
    app[GESTURES] = Gestures(world, app[CALLBACKS])
    endpoints = [
        endpoint
        for module in (credentials, servicemessages, workmessages, official, miniprogram, commons)
        for endpoint in module.ENDPOINTS
    ]
    Api(endpoints).add_to(app)
    add_control(app)
    add_page(app)
    add_miniprogram_host(app)
    app.cleanup_ctx.append(_connections)
    app.on_shutdown.append(_let_go)
    return app


async def _connections(app: web.Application) -> AsyncIterator[None]:
    # Every push opens its own connection, as pushes from WeChat's many machines do; a kept one could be
    # found dead after the backend restarted and would count as an attempt.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    app[WORLD].session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None))
    yield
    await app[WORLD].close()


async def _let_go(app: web.Application) -> None:
    app[WORLD].let_go()
