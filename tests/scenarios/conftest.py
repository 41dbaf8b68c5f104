"""Two workers as processes of their own, with the emulator in front of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from emulator.app import make_app as make_emulator
from emulator.config import Config
from tests.people import Pair, emulator_settings
from tests.serving import free_port, serving


@pytest.fixture
async def pair(database: str, clock: Path, aiohttp_client: Callable[..., Awaitable[TestClient]]) -> AsyncIterator[Pair]:
    """Two `serve` processes behind one emulator; pushes reach either. Needs `commits`."""
    port = free_port()
    wechat = f"http://127.0.0.1:{port}"
    async with serving(2, database, clock, wechat) as workers:
        config: dict[str, Any] = emulator_settings(workers[0].address, clock)
        emulator = await aiohttp_client(make_emulator(Config.parse(config)), server_kwargs={"port": port})
        yield Pair(emulator, workers)
        await emulator.close()
