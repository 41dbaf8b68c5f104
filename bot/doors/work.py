"""WeCom's door: colleagues' messages, menu clicks and taps on cards, and what changes in the address book."""

from aiohttp import web

from bot.doors.callback import callback
from bot.doors.pushes import turn_of
from bot.services import SERVICES
from bot.wechat.inbound import Inbound
from bot.wechat.replies import text_reply
from models.clock import now


async def answer(request: web.Request, inbound: Inbound) -> str | None:
    """The passive reply to one push; taps on cards have none (WeCom doc 90241), their card changes instead."""
    turn = turn_of(inbound)
    if turn is None:
        return None
    reply = await request.app[SERVICES].turns.answer(turn, links=False)
    return text_reply(inbound, reply, now().timestamp()) if reply else None


ROUTES = callback("work", answer, sealed_echo=True)
