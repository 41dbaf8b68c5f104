"""What the three callback URLs share: the URL check, the signed envelope, and answers that tell a stranger nothing."""

import secrets
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.doors.pushes import RefusedPush
from bot.services import SERVICES
from bot.wechat.envelope import Envelope, Malformed, Refused
from bot.wechat.inbound import Inbound, parse
from models.clock import now

log = structlog.get_logger()

MAX_BODY = 64 * 1024

Answer = Callable[[web.Request, Inbound], Awaitable[str | None]]


def callback(door: str, answer: Answer) -> list[web.RouteDef]:
    """The routes of one callback; `answer` gives a plaintext reply, or None for nothing."""
    path = f"/wechat/{door}"

    async def verify(request: web.Request) -> web.Response:
        envelope = _envelope(request, door)
        try:
            return web.Response(text=envelope.verify_get(request.query, now().timestamp()))
        except Refused as refused:
            return _refuse(door, refused, 403)
        except Malformed as malformed:
            return _refuse(door, malformed, 400)

    async def receive(request: web.Request) -> web.Response:
        envelope = _envelope(request, door)
        body = await _body(request)
        try:
            inbound = parse(envelope.open(request.query, body, now().timestamp()), door)
        except Refused as refused:
            return _refuse(door, refused, 403)
        except Malformed as malformed:
            return _refuse(door, malformed, 400)
        try:
            reply = await answer(request, inbound)
        except RefusedPush as refused:
            return _refuse(door, refused, 403)
        if reply is None:
            return web.Response(text="success")
        sealed = envelope.seal(reply, timestamp=int(now().timestamp()), nonce=secrets.token_hex(8))
        return web.Response(text=sealed, content_type="application/xml")

    return [web.get(path, verify), web.post(path, receive)]


def _envelope(request: web.Request, door: str) -> Envelope:
    envelopes = request.app[SERVICES].envelopes or {}
    if door not in envelopes:
        raise web.HTTPNotFound()
    return envelopes[door]


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
