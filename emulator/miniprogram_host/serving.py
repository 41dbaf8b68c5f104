"""Serves the host page, the mini-program's files, and its requests on their way to the backend."""

import asyncio
import json
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..api import WORLD
from ..config import MiniProgram, Person
from ..faults import Fault
from ..journal import Entry
from ..simerrors import NoSuchThing, NotNow
from ..world import World
from .package import BadPackage, Package

_HERE = Path(__file__).parent
_TIMEOUT_S = 60
_SHOWN = 4000
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; "
    # A template's style="…" becomes an attribute; there is no other way for it.
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# What the browser adds by itself, or what concerns one connection only.
_NOT_PASSED_ON = {
    "host", "connection", "content-length", "accept-encoding", "cookie", "origin", "referer", "user-agent",
    "transfer-encoding", "upgrade", "accept-language", "cache-control", "pragma",
}  # fmt: skip
_templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined)


async def show(request: web.Request) -> web.Response:
    """The page in which one person uses the mini-program."""
    world, nonce = request.app[WORLD], secrets.token_urlsafe(16)
    account, people = _account(world), _people(world)
    who = request.query.get("person")
    person = world.people.at("miniprogram", who) if who else people[0]
    html = _templates.get_template("host.html").render(
        account=account,
        person=person,
        people=people,
        templates=[{"id": template.id, "title": template.title} for template in account.templates],
        nonce=nonce,
    )
    headers = {"Content-Security-Policy": _POLICY.format(nonce=nonce), "Cache-Control": "no-store"}
    return web.Response(text=html, content_type="text/html", headers=headers)


async def parts(request: web.Request) -> web.Response:
    """Templates, styles and configurations; 409 with the reason if WeChat would not take the package."""
    return web.json_response(_package(request).parts(), headers={"Cache-Control": "no-store"})


async def code(request: web.Request) -> web.Response:
    """The mini-program's own code as one module."""
    text = _package(request).code()
    return web.Response(text=text, content_type="text/javascript", headers={"Cache-Control": "no-store"})


async def file(request: web.Request) -> web.StreamResponse:
    """A picture of the package."""
    found = _package(request).files.get(request.match_info["name"])
    if found is None or found.suffix not in (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"):
        raise NoSuchThing("the package has no such picture")
    return web.FileResponse(found)


async def relay(request: web.Request) -> web.StreamResponse:
    """A request of the mini-program on its way to the backend that its account's callback names.

    On a real phone the domain says where it goes; 502 with `X-Request-Failed` is what wx.request calls `fail`.
    """
    world = request.app[WORLD]
    if request.headers.get("Origin") not in (None, str(request.url.origin())):
        raise NotNow("this page may not do that")
    person = world.people.at("miniprogram", request.match_info["person"])
    path = "/" + request.match_info["path"]
    entry = world.journal.open("call", f"wx.request {request.method} {path}", "miniprogram", person.name)
    body = await request.read()
    entry.parts.append(("请求", f"{request.method} {path}?{request.query_string}\n\n{_shown(body)}"))
    if world.phones.is_cut(person):
        return _failed(world, entry, "offline")
    fault = world.faults.take(path, "miniprogram")
    try:
        response = await _answer(world, request, path, body, fault)
    except (TimeoutError, aiohttp.ClientError, ConnectionError) as error:
        return _failed(world, entry, "timeout" if isinstance(error, TimeoutError) else type(error).__name__)
    entry.state, entry.good = f"HTTP {response.status}", response.status < 400
    entry.parts.append((f"应答 {response.status}", _shown(response.body if isinstance(response.body, bytes) else b"")))
    world.journal.update(entry)
    return response


async def _answer(world: World, request: web.Request, path: str, body: bytes, fault: Fault | None) -> web.Response:
    if fault is not None and fault.delay:
        await asyncio.sleep(fault.delay)
    if fault is not None and fault.drop == "before":
        raise ConnectionError
    if fault is not None and fault.answer is not None:
        text = fault.answer["text"] if fault.is_raw else json.dumps(fault.answer, ensure_ascii=False)
        return web.Response(status=fault.status, text=text, content_type="application/json")
    response = await _pass_on(world, request, path, body)
    if fault is not None and fault.drop == "after":
        raise ConnectionError
    return response


async def _pass_on(world: World, request: web.Request, path: str, body: bytes) -> web.Response:
    assert world.session is not None
    backend = urlsplit(_account(world).callback)
    headers = {
        name: value
        for name, value in request.headers.items()
        if name.lower() not in _NOT_PASSED_ON and not name.lower().startswith("sec-")
    }
    async with (
        asyncio.timeout(_TIMEOUT_S),
        world.session.request(
            request.method,
            f"{backend.scheme}://{backend.netloc}{path}",
            params=request.query,
            headers=headers,
            data=body or None,
            allow_redirects=False,
        ) as answer,
    ):
        kind = answer.headers.get("Content-Type", "application/octet-stream")
        passed = {"Content-Type": kind, "Cache-Control": "no-store"}
        if "Retry-After" in answer.headers:
            passed["Retry-After"] = answer.headers["Retry-After"]
        return web.Response(status=answer.status, body=await answer.read(), headers=passed)


def _failed(world: World, entry: Entry, reason: str) -> web.Response:
    entry.state, entry.good = f"连接失败 {reason}", False
    world.journal.update(entry)
    return web.Response(status=502, headers={"X-Request-Failed": reason})


def _shown(body: bytes) -> str:
    """A body for the log, without the token that it may carry."""
    try:
        data = json.loads(body or b"null")
    except ValueError:
        return body.decode("utf-8", "replace")[:_SHOWN]
    if isinstance(data, dict) and "token" in data:
        data["token"] = "***"
    return "" if data is None else json.dumps(data, ensure_ascii=False, indent=2)[:_SHOWN]


def _account(world: World) -> MiniProgram:
    account = world.config.miniprogram
    if account is None or account.folder is None:
        raise NoSuchThing("the configuration names no folder of a mini-program")
    return account


def _people(world: World) -> list[Person]:
    return [person for person in world.people.all if person.miniprogram is not None]


def _package(request: web.Request) -> Package:
    folder = _account(request.app[WORLD]).folder
    assert folder is not None
    package = Package(folder)
    try:
        package.check()
    except BadPackage as bad:
        raise NotNow(str(bad)) from bad
    return package


def add_miniprogram_host(app: web.Application) -> None:
    app.router.add_get("/miniprogram", show)
    app.router.add_get("/miniprogram/parts.json", parts)
    app.router.add_get("/miniprogram/code.js", code)
    app.router.add_get("/miniprogram/file/{name:.+}", file)
    app.router.add_route("*", "/miniprogram/backend/{person}/{path:.+}", relay)
    app.router.add_static("/miniprogram/static/", _HERE / "static")
