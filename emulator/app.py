"""The web application: three platforms, the control API and the page under one address."""

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from . import (
    approvalapi,
    commons,
    credentials,
    followers,
    menuapi,
    minilinks,
    miniprogram,
    oauth,
    official,
    qrcodeapi,
    robots,
    servicemessages,
    tagapi,
    workcontacts,
    workmessages,
)
from .api import WORLD, Api, Endpoint
from .callbacks import CALLBACKS, Callbacks
from .config import Config
from .control import add_control, control_errors
from .gestures import Gestures
from .miniprogram_host.serving import add_miniprogram_host
from .office import Office
from .page import add_page
from .wish import GESTURES, OFFICE
from .world import World

_API = (
    credentials,
    servicemessages,
    workmessages,
    official,
    miniprogram,
    commons,
    menuapi,
    tagapi,
    qrcodeapi,
    followers,
    oauth,
    workcontacts,
    approvalapi,
    robots,
    minilinks,
)
# What a phone's browser opens, without a token.
PAGES = {**qrcodeapi.PAGES, **oauth.PAGES}


def endpoints() -> list[Endpoint]:
    """Every call of the three platforms."""
    return [endpoint for module in _API for endpoint in module.ENDPOINTS]


def make_app(config: Config) -> web.Application:
    """An emulator of its own; two in one process do not know of each other."""
    app = web.Application(middlewares=[control_errors], client_max_size=25 << 20)
    world = World(config)
    app[WORLD] = world
    app[CALLBACKS] = Callbacks(world)
    app[GESTURES] = Gestures(world, app[CALLBACKS])
    app[OFFICE] = Office(world, app[CALLBACKS])
    for path, page in PAGES.items():
        app.router.add_get(path, page)
    Api(endpoints()).add_to(app)
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
