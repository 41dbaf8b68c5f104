"""The platforms' HTTP API: one way in for every path, which checks, answers and logs."""

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .addresses import check_address
from .faults import Fault
from .journal import mask, pretty
from .refusals import Refusal, answer_of
from .world import World

WORLD = web.AppKey("world", World)

Handler = Callable[["Call"], Awaitable[Mapping[str, Any] | web.Response]]

_MAX_BODY = 25 << 20


@dataclass(frozen=True)
class Call:
    """One API call of a backend, its token already checked."""

    world: World
    door: str
    path: str
    query: Mapping[str, str]
    body: dict[str, Any]
    request: web.Request
    # How the delivery is reported to have ended, if a fault says otherwise than well.
    report: str | None = None

    def text(self, name: str, code: int, words: str = "") -> str:
        """A text that must be in the body."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise Refusal(code, words or f"{name} missing")
        return value


@dataclass(frozen=True)
class Endpoint:
    """A path, what it takes, and who answers for which platform."""

    path: str
    method: str
    handlers: Mapping[str, Handler]
    takes: str = "json"
    needs_token: bool = True


class Api:
    """Serves the endpoints of all platforms."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self._endpoints = {endpoint.path: endpoint for endpoint in endpoints}

    def add_to(self, app: web.Application) -> None:
        for path in self._endpoints:
            app.router.add_route("*", path, self._serve)
        for prefix in ("cgi-bin", "wxa", "wxaapi", "sns"):
            app.router.add_route("*", f"/{prefix}/{{tail:.*}}", self._unknown)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        endpoint = self._endpoints[request.path]
        return await self._answer(request, endpoint)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, None)

    async def _answer(self, request: web.Request, endpoint: Endpoint | None) -> web.StreamResponse:
        world = request.app[WORLD]
        raw = b"" if request.content_type.startswith("multipart/") else await request.read()
        door = _door(world, request, endpoint)
        fault = world.faults.take(request.path, door)
        if fault is not None and fault.drop == "before":
            _log(world, request, raw, door, 0, "（连接断开，未执行）")
            return _cut(request)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and fault.answer is not None:
            response = _canned(fault)
        else:
            response = await self._run(world, request, endpoint, raw, door, fault.report if fault else None)
        if fault is not None and fault.hold:
            await asyncio.sleep(fault.hold)
        if fault is not None and fault.drop == "after":
            _log(world, request, raw, door, 0, "（已执行，连接断开）")
            return _cut(request)
        _log(world, request, raw, door, response.status, _shown(response))
        return response

    async def _run(
        self,
        world: World,
        request: web.Request,
        endpoint: Endpoint | None,
        raw: bytes,
        door: str | None,
        report: str | None,
    ) -> web.Response:
        try:
            if endpoint is None:
                raise Refusal(40066, "invalid url")
            result = await _call(world, request, endpoint, raw, door, report)
        except Refusal as refusal:
            return web.json_response(answer_of(refusal, door, world.clock.seconds()), dumps=_dumps)
        return result if isinstance(result, web.Response) else web.json_response(dict(result), dumps=_dumps)


async def _call(
    world: World, request: web.Request, endpoint: Endpoint, raw: bytes, door: str | None, report: str | None
) -> Mapping[str, Any] | web.Response:
    if request.method != endpoint.method:
        raise Refusal(43001 if endpoint.method == "GET" else 43002, f"require {endpoint.method} method")
    configured = tuple(name for name in endpoint.handlers if name in world.config.doors())
    if endpoint.needs_token:
        door = world.tokens.door_of(request.query.get("access_token"), configured)
        _check_caller(world, request, door)
        world.quotas.use(door, request.path)
    elif door is None:
        # Token calls name their app themselves; the handler finds out which it is.
        door = next(iter(endpoint.handlers))
    body = _json(raw) if endpoint.takes == "json" and endpoint.method == "POST" else {}
    call = Call(world, door, request.path, request.query, body, request, report)
    return await endpoint.handlers[door](call)


def _check_caller(world: World, request: web.Request, door: str) -> None:
    """WeCom looks at the caller of every call, and at what the secret behind the token was given for."""
    if door != "work" or world.config.work is None:
        return
    check_address(request.remote, door, world.config.work.allowed_ips)
    allowed = _OF_SECRET.get(world.tokens.use_of(request.query.get("access_token")))
    if allowed is not None and not request.path.startswith(allowed):
        raise Refusal(48002, "api forbidden")


# The application is taken to be among the callers of 客户联系, so that its own secret opens everything.
_OF_SECRET = {
    "contacts": ("/cgi-bin/user/", "/cgi-bin/department/", "/cgi-bin/getcallbackip", "/cgi-bin/get_api_domain_ip"),
    "customers": (
        "/cgi-bin/externalcontact/",
        "/cgi-bin/idconvert/",
        "/cgi-bin/media/",
        "/cgi-bin/getcallbackip",
        "/cgi-bin/get_api_domain_ip",
    ),
}


def _door(world: World, request: web.Request, endpoint: Endpoint | None) -> str | None:
    """Whose words a refusal is in: the token's platform, or the only one the path belongs to."""
    found = world.tokens.door_of_any(request.query.get("access_token"))
    if found is None and endpoint is not None and len(endpoint.handlers) == 1:
        return next(iter(endpoint.handlers))
    return found


def _json(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        raise Refusal(44002, "empty post data")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Refusal(47001, "data format error") from error
    if not isinstance(body, dict):
        raise Refusal(47001, "data format error")
    return body


def _canned(fault: Fault) -> web.Response:
    if fault.is_raw:
        return web.Response(status=fault.status, text=str(fault.answer["text"]), content_type="text/html")
    return web.json_response(fault.answer, dumps=_dumps)


def _cut(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _shown(response: web.Response) -> Any:
    text = response.text if isinstance(response.body, bytes) and response.charset else None
    if text is None:
        return f"（{response.content_type}，{len(response.body or b'')} 字节）"  # type: ignore[arg-type]
    try:
        return json.loads(text)
    except ValueError:
        return text


def _log(world: World, request: web.Request, raw: bytes, door: str | None, status: int, answer: Any) -> None:
    body: Any = raw.decode(errors="replace")
    with contextlib.suppress(ValueError):
        body = json.loads(raw) if raw else None
    # A phone-number code and a login code open an account: they are as secret as a password.
    if request.path == "/wxa/business/getuserphonenumber" and isinstance(body, dict):
        body = body | {"code": "***"}
    # A web login's code and a robot's key stand in the address under everyday names.
    query = {key: "***" if key in ("code", "key") else value for key, value in request.query.items()}
    world.journal.call(
        path=request.path, method=request.method, query=query, body=body, status=status, answer=answer, door=door
    )
    receivers = body.get("touser") or body.get("userids") or "" if isinstance(body, dict) else ""
    receiver = "|".join(map(str, receivers)) if isinstance(receivers, list) else str(receivers)
    entry = world.journal.open("call", request.path, door or "", receiver)
    code = answer.get("errcode", 0) if isinstance(answer, dict) else 0
    entry.good = status == 200 and code == 0
    entry.state = f"HTTP {status}" if status != 200 else f"{code} {_words(answer)}" if code else "ok"
    asked = f"{request.method} {request.path}\n{pretty(mask(query))}\n\n{pretty(mask(body)) if body else ''}"
    entry.parts = [("请求", asked.strip()), ("应答", pretty(mask(answer)))]
    world.journal.update(entry)


def _words(answer: Mapping[str, Any]) -> str:
    """Why a call was refused, without the trace behind it."""
    return re.split(r", hint: | rid: ", str(answer.get("errmsg", "")))[0]


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
