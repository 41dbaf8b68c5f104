"""The Official Account's door: messages and events of followers, answered passively with text."""

from aiohttp import web

from bot.doors.callback import callback
from bot.doors.pushes import turn_of
from bot.services import SERVICES
from bot.wechat.inbound import Inbound
from bot.wechat.replies import text_reply
from models.clock import now


async def answer(request: web.Request, inbound: Inbound) -> str | None:
    """The passive reply to one push."""
    turn = turn_of(inbound)
    if turn is None:
        return None
    reply = await request.app[SERVICES].turns.answer(turn, links=True)
    return text_reply(inbound, reply, now().timestamp()) if reply else None


ROUTES = callback("official", answer)
