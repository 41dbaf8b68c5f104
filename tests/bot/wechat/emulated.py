"""The emulator as one process over HTTP, and our clients pointed at it."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.wechat.errors import Reaction, WeChatError
from bot.wechat.miniprogram import MiniProgramClient
from bot.wechat.official import OfficialClient
from bot.wechat.transport import App, MemoryTokens, Transport
from bot.wechat.work import WorkClient
from emulator.app import make_app
from emulator.config import Config
from tests.emulator.simkit import MINI_ID, OFFICIAL_ID, WORK_ID

AGENT = 1000002


@dataclass
class World:
    """The emulator's phones, and a client of each door."""

    emulator: TestClient[Any, Any]
    base: str
    transport: Transport
    official: OfficialClient
    work: WorkClient
    mini: MiniProgramClient

    @property
    def work_app(self) -> App:
        return App("work", WORK_ID, "s3cret", self.base)

    async def do(self, gesture: str, **body: Any) -> Any:
        """Any gesture of the control API."""
        async with self.emulator.post(f"/sim/{gesture}", json=body) as response:
            return await response.json()

    async def arrived(self, person: str) -> list[dict[str, Any]]:
        """Every message that was accepted for a person, also one that was then dropped."""
        async with self.emulator.get("/sim/deliveries", params={"person": person}) as response:
            return list(await response.json())

    async def visit(self, address: str) -> str:
        """The code with which P1 comes back from a login address."""
        page = urlsplit(address)
        query = {name: values[0] for name, values in parse_qs(page.query).items()} | {"person": "P1"}
        async with self.emulator.get(page.path, params=query, allow_redirects=False) as response:
            return parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]


@asynccontextmanager
async def emulated(company: dict[str, Any]) -> AsyncIterator[World]:
    """Run the emulator with a company for one test."""
    async with TestClient(TestServer(make_app(Config.parse(company)))) as emulator, aiohttp.ClientSession() as session:
        base = str(emulator.make_url("")).rstrip("/")
        transport = Transport(session, MemoryTokens(), backoff_s=0)
        yield World(
            emulator,
            base,
            transport,
            OfficialClient(transport, App("official", OFFICIAL_ID, "s3cret", base)),
            WorkClient(transport, App("work", WORK_ID, "s3cret", base), AGENT),
            MiniProgramClient(transport, App("miniprogram", MINI_ID, "s3cret", base)),
        )


async def code_of(call: Awaitable[Any]) -> tuple[int, Reaction]:
    """With which code a call is refused, and what we do about it."""
    with pytest.raises(WeChatError) as caught:
        await call
    return caught.value.code, caught.value.reaction
