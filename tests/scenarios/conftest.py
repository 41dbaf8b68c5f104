"""Two workers as processes of their own, with the emulator in front of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from emulator.app import make_app as make_emulator
from emulator.config import Config
from tests.people import Pair, emulator_settings
from tests.serving import Worker, free_port, serving


@pytest.fixture
async def pair(database: str, clock: Path, aiohttp_client: Callable[..., Awaitable[TestClient]]) -> AsyncIterator[Pair]:
    """Two `serve` processes behind one emulator; pushes reach either. Needs `commits`."""
    port = free_port()
    async with serving(2, database, clock, f"http://127.0.0.1:{port}") as workers:
        yield await _behind_emulator(workers, port, clock, aiohttp_client)


@pytest.fixture
async def supervised(
    database: str, clock: Path, aiohttp_client: Callable[..., Awaitable[TestClient]]
) -> AsyncIterator[Pair]:
    """One `serve --workers 2` behind the emulator: what is killed is replaced. Needs `commits`."""
    port = free_port()
    async with serving(1, database, clock, f"http://127.0.0.1:{port}", processes=2) as workers:
        # Both may be dead for a moment; WeChat would wait longer still before it tries again.
        yield await _behind_emulator(workers, port, clock, aiohttp_client, retry_pause_s=1)


async def _behind_emulator(
    workers: list[Worker], port: int, clock: Path, aiohttp_client: Callable[..., Awaitable[TestClient]], **limits: Any
) -> Pair:
    config: dict[str, Any] = emulator_settings(workers[0].address, clock)
    config["limits"] |= limits
    emulator = await aiohttp_client(make_emulator(Config.parse(config)), server_kwargs={"port": port})
    return Pair(emulator, workers)
