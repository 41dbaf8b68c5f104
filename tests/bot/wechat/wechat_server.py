"""A small WeChat on a real socket: it hands out tokens, records every call and answers what a test puts in."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.wechat.transport import App, MemoryTokens, Platform, Transport

Answer = dict[str, Any] | bytes | Callable[[web.Request], web.Response]


@dataclass
class Call:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    raw: bytes
    content_type: str

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class Server:
    """Answers in the order given by `put`, then with errcode 0."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: dict[str, list[Answer]] = {}
        self.valid: set[str] = set()
        self.issued = 0
        self.stable = False
        self.released = asyncio.Event()
        self.base = ""

    def put(self, path: str, *answers: Answer) -> None:
        self.answers.setdefault(path, []).extend(answers)

    def to(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    @property
    def fetches(self) -> list[Call]:
        return [call for call in self.calls if call.path in ("/cgi-bin/stable_token", "/cgi-bin/gettoken")]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        call = Call(request.method, request.path, dict(request.query), raw, request.headers.get("Content-Type", ""))
        self.calls.append(call)
        if self.answers.get(request.path):
            answer = self.answers[request.path].pop(0)
        elif call in self.fetches:
            answer = self._token(call)
        elif "access_token" in request.query and request.query["access_token"] not in self.valid:
            answer = {"errcode": 40001, "errmsg": "invalid credential"}
        else:
            answer = {"errcode": 0, "errmsg": "ok"}
        if callable(answer):
            return answer(request)
        if isinstance(answer, bytes):
            return web.Response(body=answer, content_type="image/jpeg")
        return web.Response(text=json.dumps(answer), content_type="text/plain")

    def _token(self, call: Call) -> dict[str, Any]:
        force = call.method == "POST" and call.json["force_refresh"]
        if not self.stable or force or not self.issued:
            self.issued += 1
            self.valid = {f"token-{self.issued}"}
        return {"access_token": f"token-{self.issued}", "expires_in": 7200}

    async def hang(self, request: web.Request) -> web.StreamResponse:
        await self.released.wait()
        return web.Response(text="{}")


@dataclass
class World:
    """The server, and a transport that talks to it."""

    server: Server
    transport: Transport
    tokens: MemoryTokens

    def app(self, name: Platform = "official") -> App:
        return App(name, "wx1", "S3CRET", self.server.base)


@asynccontextmanager
async def wechat(timeout_s: float = 5) -> AsyncIterator[World]:
    """Run the server for one test."""
    server, tokens = Server(), MemoryTokens()
    application = web.Application()
    application.router.add_route("*", "/hang", server.hang)
    application.router.add_route("*", "/{path:.*}", server.handle)
    async with TestServer(application) as listening, aiohttp.ClientSession() as session:
        server.base = str(listening.make_url("/"))
        try:
            yield World(server, Transport(session, tokens, timeout_s, backoff_s=0), tokens)
        finally:
            server.released.set()
