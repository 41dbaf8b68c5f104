"""An emulator with a backend behind it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from emulator.app import make_app
from emulator.config import Config
from tests.emulator.simkit import Backend, Sim, settings


@pytest.fixture
def make_sim(
    aiohttp_server: Callable[..., Awaitable[TestServer]],
    aiohttp_client: Callable[..., Awaitable[TestClient[Any, Any]]],
) -> Callable[..., Awaitable[Sim]]:
    # The emulator is asked for last, so it is closed first and cuts what it still pushes.
    async def make(**changes: Any) -> Sim:
        backend = Backend()
        server = await aiohttp_server(backend.app())
        callback = str(server.make_url("")).rstrip("/")
        client = await aiohttp_client(make_app(Config.parse(settings(callback, **changes))))
        return Sim(client, backend, callback)

    return make


@pytest.fixture
async def sim(make_sim: Callable[..., Awaitable[Sim]]) -> Sim:
    return await make_sim()
