"""The mini-program's callback: its events keep the ledger of accepted subscription messages; it has no passive text."""

from aiohttp import web

from bot.doors.callback import callback
from bot.doors.pushes import turn_of
from bot.services import SERVICES
from bot.wechat.inbound import Inbound


async def answer(request: web.Request, inbound: Inbound) -> str | None:
    """Takes note of what was accepted, refused or sent; there is never a reply."""
    if turn := turn_of(inbound):
        await request.app[SERVICES].turns.answer(turn, links=False)
    return None


ROUTES = callback("miniprogram", answer)
