"""WeCom's door: colleagues' messages, menu clicks and taps on cards."""

from aiohttp import web

from bot.doors.callback import callback
from bot.services import SERVICES
from bot.turns import Turn
from bot.wechat.inbound import Inbound
from bot.wechat.replies import text_reply
from models.clock import now


async def answer(request: web.Request, inbound: Inbound) -> str | None:
    """The passive reply to one push; taps on cards have none (WeCom doc 90241), their card changes instead."""
    turn = read_turn(inbound)
    if turn is None:
        return None
    reply = await request.app[SERVICES].turns.answer(turn, links=False)
    return text_reply(inbound, reply, now().timestamp()) if reply else None


def read_turn(inbound: Inbound) -> Turn | None:
    """What a push amounts to; None when it needs no turn."""
    door, who, key = "work", inbound.sender, inbound.key
    if inbound.kind in {"text", "voice"} and inbound.text.strip():
        return Turn(door, who, key, line=inbound.text)
    if inbound.event == "click" and inbound.event_key:
        return Turn(door, who, key, line=inbound.event_key)
    if inbound.event.startswith("scancode_") and inbound.scanned:
        return Turn(door, who, key, line=inbound.scanned)
    if inbound.event == "template_card_event" and (tap := inbound.card):
        facts = {"task_id": tap.task_id, "line": tap.event_key, "response_code": tap.response_code}
        return Turn(door, who, key, event="card", facts=facts)
    if inbound.event in {"enter_agent", "subscribe"}:
        return Turn(door, who, key, event="greet", facts={"daily": inbound.event == "enter_agent"})
    if inbound.event == "unsubscribe":
        return Turn(door, who, key, event="leave")
    return None


ROUTES = callback("work", answer)
