"""The JSON door: every handler of the registry under /api, for the mini-program and other systems."""

import json
from typing import Any

import structlog
from aiohttp import web

from bot.delivery.alarms import raise_alarm
from bot.doors.answering import asker, body_of, refusal_body
from bot.doors.entering import MalformedRequest, bearer, idempotency_key, read_object, read_query
from bot.openapi import document
from bot.services import SERVICES
from bot.wechat.errors import Unanswered, WeChatError
from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Outcome, run
from handlers.registry import Handler, UnknownHandler, handler
from models.chat.binding import conversation_of
from models.chat.tokens import issue_token
from models.chat.unions import note_union
from models.errors import Refused
from models.transactions import transaction

log = structlog.get_logger()


class LoginCodeInvalid(Refused):
    """WeChat does not know the login or phone code, or has seen it before."""

    code, status = "login_code_invalid", 422


class WeChatUnavailable(Refused):
    """WeChat did not answer."""

    code, status = "wechat_unavailable", 422


async def query(request: web.Request) -> web.Response:
    """GET: a query, its inputs in the query string; repeated keys make lists."""
    found = _handler(request, "query")
    me = await asker(bearer(request.headers))
    return _answer(await run(me, Call(found.name, read_query(request.query))))


async def command(request: web.Request) -> web.Response:
    """POST: a command, its inputs in a JSON object, once per Idempotency-Key."""
    found = _handler(request, "command")
    me = await asker(bearer(request.headers))
    key = idempotency_key(request.headers)
    call = Call(found.name, await read_object(request))
    return _answer(await run(me, call, key=f"json:{me.number or me.identity}:{key}"))


async def login(request: web.Request) -> web.Response:
    """POST /api/login: a wx.login code, and if the person gave it, a phone code, for a token of ours."""
    client = request.app[SERVICES].miniprogram
    body = await read_object(request)
    code, phone_code = body.get("code"), body.get("phone_code")
    if client is None:
        raise UnknownHandler(handler="login")
    if not isinstance(code, str) or not code or not isinstance(phone_code, str | None):
        raise MalformedRequest()
    try:
        session = await client.login(code)
        phone = await client.phone_number(phone_code) if phone_code else ""
    except WeChatError as error:
        await raise_alarm(error)
        raise LoginCodeInvalid() if error.code in (40029, 40163) else WeChatUnavailable() from error
    except Unanswered as error:
        raise WeChatUnavailable() from error
    return web.json_response(await transaction(_admit, session.openid, session.unionid, phone, code))


async def openapi(request: web.Request) -> web.Response:
    """The OpenAPI document of everything below /api."""
    return web.json_response(document())


async def _admit(openid: str, unionid: str, phone: str, code: str) -> dict[str, Any]:
    conversation = await conversation_of("miniprogram", openid)
    bound = await note_union(conversation, unionid) or conversation.person_id is not None  # type: ignore[attr-defined]
    if phone and not bound:
        me = Actor(door="miniprogram", identity=openid, roles=frozenset({"anyone"}), proved_phone=phone)
        bound = (await run(me, Call("bind.phone"), key=f"login:{openid}:{code}"[:200])).facts["bound"]
    token, expires_in = await issue_token(conversation_id=conversation.id)
    return {"token": token, "expires_in": expires_in, "bound": bound}


def _handler(request: web.Request, kind: str) -> Handler:
    found = handler(".".join(request.match_info[part] for part in ("area", "verb") if part in request.match_info))
    if found.kind != kind:
        raise web.HTTPMethodNotAllowed(request.method, ["GET" if found.kind == "query" else "POST"])
    return found


def _answer(outcome: Outcome) -> web.Response:
    waits = outcome.job is not None or outcome.approval is not None
    return _json(body_of(outcome), 202 if waits else 200)


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    # In one order of keys: what is told again under its key was kept as jsonb, which has an order of its own.
    return web.json_response(body, status=status, dumps=lambda each: json.dumps(each, sort_keys=True))


def refusal(refused: Refused) -> web.Response:
    """An error as JSON: its code, a message in Chinese, its facts."""
    return web.json_response(refusal_body(refused), status=refused.status)


ROUTES = [
    web.post("/api/login", login),
    web.get("/api/openapi.json", openapi),
    web.get("/api/{area}", query, allow_head=False),
    web.post("/api/{area}", command),
    web.get("/api/{area}/{verb}", query, allow_head=False),
    web.post("/api/{area}/{verb}", command),
]
