"""The mini-program's callback: its events keep the ledger of accepted subscription messages; it has no passive text."""

from aiohttp import web

from bot.doors.callback import callback
from bot.doors.official import grant_facts
from bot.services import SERVICES
from bot.turns import Turn
from bot.wechat.inbound import Inbound


async def answer(request: web.Request, inbound: Inbound) -> str | None:
    """Takes note of what was accepted or refused; there is never a reply."""
    if inbound.event in {"subscribe_msg_popup_event", "subscribe_msg_change_event"}:
        turn = Turn("miniprogram", inbound.sender, inbound.key, event="grants", facts=grant_facts(inbound))
        await request.app[SERVICES].turns.answer(turn, links=False)
    return None


ROUTES = callback("miniprogram", answer)
