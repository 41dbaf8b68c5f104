"""The Official Account's door: messages and events of followers, answered passively with text."""

from aiohttp import web

from bot.doors.callback import callback
from bot.services import SERVICES
from bot.turns import Turn, Window
from bot.wechat.inbound import Inbound
from bot.wechat.replies import text_reply
from models.clock import now

MESSAGE = Window(5, 48 * 3600)
TOUCH = Window(3, 60)
"""A menu click, a follow or a scan opens less than a message does (公众号 客服消息)."""

TOUCHES = {"click", "scancode_push", "scancode_waitmsg", "subscribe", "scan"}


async def answer(request: web.Request, inbound: Inbound) -> str | None:
    """The passive reply to one push."""
    turn = read_turn(inbound)
    if turn is None:
        return None
    reply = await request.app[SERVICES].turns.answer(turn, links=True)
    return text_reply(inbound, reply, now().timestamp()) if reply else None


def read_turn(inbound: Inbound) -> Turn | None:
    """What a push amounts to; None when it needs no turn."""
    door, who, key = "official", inbound.sender, inbound.key
    if inbound.kind in {"text", "voice"} and inbound.text.strip():
        return Turn(door, who, key, line=inbound.text, window=MESSAGE)
    if inbound.event == "click" and inbound.event_key:
        return Turn(door, who, key, line=inbound.event_key, window=TOUCH)
    if inbound.event.startswith("scancode_") and inbound.scanned:
        return Turn(door, who, key, line=inbound.scanned, window=TOUCH)
    if inbound.event in {"subscribe", "scan"}:
        return Turn(door, who, key, event="greet", facts={"scene": inbound.scene}, window=TOUCH)
    if inbound.event == "unsubscribe":
        return Turn(door, who, key, event="leave")
    if inbound.event == "templatesendjobfinish":
        return Turn(door, who, key, event="delivered", facts={"status": inbound.get("Status")})
    if inbound.event.startswith("subscribe_msg_"):
        return Turn(door, who, key, event="grants", facts=grant_facts(inbound))
    return None


def grant_facts(inbound: Inbound) -> dict[str, list[list[str]]]:
    """Which templates were accepted, and which may not be sent any more.

    A refusal in a popup only gives no new accept; in the settings (the change event) it ends what was left.
    """
    if inbound.event == "subscribe_msg_popup_event":
        return {"changes": [[each.template_id, "accept"] for each in inbound.subscriptions if each.status == "accept"]}
    if inbound.event == "subscribe_msg_change_event":
        return {"changes": [[each.template_id, "reject"] for each in inbound.subscriptions]}
    return {"changes": []}


ROUTES = callback("official", answer)
