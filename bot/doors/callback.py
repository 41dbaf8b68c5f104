"""What the three callback URLs share: the URL check, the signed envelope, and answers that tell a stranger nothing."""

import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from aiohttp import web

from bot.doors.pushes import RefusedPush
from bot.services import SERVICES
from bot.wechat.envelope import BadSignature, Envelope, Malformed, Refused
from bot.wechat.inbound import Inbound, parse
from models.clock import now

log = structlog.get_logger()

MAX_BODY = 64 * 1024

T = TypeVar("T")

Answer = Callable[[web.Request, Inbound], Awaitable[str | None]]


def callback(door: str, answer: Answer, *, sealed_echo: bool = False) -> list[web.RouteDef]:
    """The routes of one callback; `answer` gives a plaintext reply, or None for nothing.

    `sealed_echo` says that the platform's URL check is always encrypted.
    """
    path = f"/wechat/{door}"

    async def verify(request: web.Request) -> web.Response:
        try:
            moment = now().timestamp()
            echo, _ = _opened(request, door, lambda each: each.verify_get(request.query, moment, sealed=sealed_echo))
            return web.Response(text=echo)
        except Refused as refused:
            return _refuse(door, refused, 403)
        except Malformed as malformed:
            return _refuse(door, malformed, 400)

    async def receive(request: web.Request) -> web.Response:
        _envelopes(request, door)
        body = await _body(request)
        try:
            plain, envelope = _opened(request, door, lambda each: each.open(request.query, body, now().timestamp()))
            inbound = parse(plain, door)
        except Refused as refused:
            return _refuse(door, refused, 403)
        except Malformed as malformed:
            return _refuse(door, malformed, 400)
        try:
            reply = await answer(request, inbound)
        except RefusedPush as refused:
            push = refused.push
            log.warning("push.refused", door=door, push=push.name, info_type=refused.info_type, why=push.effect)
            return web.Response(status=403, text="")
        if reply is None:
            return web.Response(text="success")
        sealed = envelope.seal(reply, timestamp=int(now().timestamp()), nonce=secrets.token_hex(8))
        return web.Response(text=sealed, content_type="application/xml")

    return [web.get(path, verify), web.post(path, receive)]


def _envelopes(request: web.Request, door: str) -> list[Envelope]:
    found = [each for name, each in (request.app[SERVICES].envelopes or {}).items() if name.split()[0] == door]
    if not found:
        raise web.HTTPNotFound()
    return found


def _opened(request: web.Request, door: str, open_with: Callable[[Envelope], T]) -> tuple[T, Envelope]:
    """What the first envelope says whose signature fits, and that envelope."""
    *others, last = _envelopes(request, door)
    for envelope in others:
        with contextlib.suppress(BadSignature):
            return open_with(envelope), envelope
    return open_with(last), last


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY:
        raise web.HTTPRequestEntityTooLarge(MAX_BODY, request.content_length or 0)
    body = await request.content.read(MAX_BODY + 1)
    while len(body) <= MAX_BODY and (more := await request.content.read(MAX_BODY + 1 - len(body))):
        body += more
    if len(body) > MAX_BODY:
        raise web.HTTPRequestEntityTooLarge(MAX_BODY, len(body))
    return body


def _refuse(door: str, why: Exception, status: int) -> web.Response:
    # The caller learns nothing; we learn what kind of trouble it was, and none of what was sent.
    log.warning("callback.refused", door=door, why=type(why).__name__)
    return web.Response(status=status, text="")
