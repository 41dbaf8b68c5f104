"""What aiohttp cannot read as HTTP: refused in the shape of every other refusal, without an echo of what was sent."""

from typing import Any

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.doors.api import refusal
from bot.doors.entering import MalformedRequest

log = structlog.get_logger()

# A body comes as it was sent: nobody here packs one, a bomb stays folded, and one that is not what its
# Content-Encoding says is as malformed as any other.
READING: dict[str, Any] = {"auto_decompress": False}
"""How the application has its requests read."""

_answer_error = RequestHandler.handle_error


def _answer_unread(
    self: RequestHandler,
    request: web.BaseRequest,
    status: int = 500,
    exc: BaseException | None = None,
    message: str | None = None,
) -> web.StreamResponse:
    # aiohttp 3.14 answers with what it could not read, in plain text, logs it with a traceback, and has no hook.
    if status >= 500 or request.writer.output_size > 0:
        return _answer_error(self, request, status, exc, message)
    log.warning("request.unreadable", why=type(exc).__name__)
    refused = refusal(MalformedRequest())
    refused.force_close()
    return refused


RequestHandler.handle_error = _answer_unread  # type: ignore[method-assign]
