"""The ways to reach a person, best first: what is open to them now, and what each costs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.rendering.card import Card
from bot.rendering.text import as_text
from bot.rendering.workcard import as_work_card
from bot.services import Services
from bot.wechat import messages
from bot.wechat.work import SendResult
from handlers.documents import called
from models.chat.tables import Conversation
from models.clock import now
from models.delivery.cards import CODE_LIVES
from models.delivery.tables import Card as CardRow
from models.delivery.tables import Notice, PlatformTemplate
from models.system.files import STORE, where

DUPLICATE_CHECK_S = 1800

NO_CARD = "内容放不进卡片"

CARD_CHANGE = "approval.card"
"""The kind of notice that changes a card on somebody's screen; who cannot be shown it so is told it in a message."""

COUNTED_AS = {
    "card_change": "message",
    "work_card": "message",
    "work_text": "message",
    "work_file": "message",
    "customer_service": "customer_service",
    "official_template": "template",
    "official_notice": "subscription",
    "subscription": "subscription",
}
"""Which of the platforms' quotas a way uses up."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to one conversation of the receiver."""

    name: str
    conversation: Conversation
    template: PlatformTemplate | None = None

    @property
    def door(self) -> str:
        return str(self.conversation.door)

    @property
    def accepted(self) -> str:
        """The template of which a message uses up one accept; "" where none is needed."""
        return self.template.template_id if self.template and self.template.subscribed else ""


class Missed(Exception):
    """WeCom took the call, and the receiver does not get it; says why, as the board shows it."""


class NoCard(Exception):
    """What is to be told does not fit into a card; nothing was sent."""


async def ways_to(notice: Notice, card: Card, services: Services) -> list[Way]:
    """The ways that are open to the receiver, best first; a late reply goes where it was asked for, then elsewhere."""
    receiver, asked = notice.receiver_id, notice.conversation_id  # type: ignore[attr-defined]
    theirs = await Conversation.filter(person_id=receiver, reachable=True) if receiver else []
    first = [await Conversation.get(id=asked)] if asked else []
    found: list[Way] = []
    for conversations in (first, [each for each in theirs if each.id != asked]):
        found += await _ways(notice, card, services, {each.door: each for each in conversations})
    return found


async def _ways(notice: Notice, card: Card, services: Services, by_door: dict[str, Conversation]) -> list[Way]:
    found: list[Way] = []
    if services.work and (work := by_door.get("work")):
        found += [Way("card_change", work)] if notice.kind == CARD_CHANGE else []
        found += [Way("work_file", work)] if "file" in notice.facts else []
        found += [Way("work_card", work), Way("work_text", work)] if card.actions else [Way("work_text", work)]
    if services.miniprogram and (mini := by_door.get("miniprogram")):
        found += [Way("subscription", mini, row) for row in await _templates(notice.kind, mini, subscribed=True)]
    if services.official and (official := by_door.get("official")):
        for subscribed, name in ((False, "official_template"), (True, "official_notice")):
            rows = await _templates(notice.kind, official, subscribed=subscribed)
            found += [Way(name, official, row) for row in rows]
        found.append(Way("customer_service", official))
    return found


async def full_until(way: Way, services: Services) -> datetime | None:
    """Counts one message on this way; or says, and counts nothing, from when on the platform takes the next."""
    member = way.conversation.external_id if way.door == "work" else ""
    return await services.quotas.admit(way.door, COUNTED_AS[way.name], member=member)


async def stop(way: Way, services: Services) -> datetime:
    """Takes what this way counts as out of use for all workers, for the platform takes no more; says until when."""
    return await services.quotas.stop(way.door, COUNTED_AS[way.name])


async def stopped_until(way: Way, services: Services) -> datetime | None:
    """Until when this way is out of use."""
    return await services.quotas.stopped_until(way.door, COUNTED_AS[way.name])


async def send(way: Way, notice: Notice, card: Card, services: Services) -> str:
    """Makes the call; the platform's id of the message. Raises WeChatError, NoAnswer, NotSent, Unfit, Missed, NoCard."""
    who = way.conversation.external_id
    if way.name == "work_card":
        return await _send_work_card(way, notice, card, services)
    if way.name == "work_text":
        assert services.work is not None
        sent = await services.work.send_text([who], _text(notice, card), duplicate_check_s=DUPLICATE_CHECK_S)
        return reached(sent)
    if way.name == "work_file":
        return await _send_work_file(way, notice, services)
    if way.name == "customer_service":
        assert services.official is not None
        await services.official.send_text(who, _text(notice, card, links=True))
        return ""
    assert way.template is not None
    data = fill(way.template.filled, notice.facts)
    template, choices = way.template.template_id, way.template.choices
    if way.name == "official_template":
        assert services.official is not None
        message = f"n{notice.id}"
        return await services.official.send_template(who, template, data, client_msg_id=message, choices=choices)
    if way.name == "official_notice":
        assert services.official is not None
        return await services.official.send_subscription(who, template, data, choices=choices)
    assert services.miniprogram is not None
    page = f"pages/order/order?no={notice.about}" if notice.about.startswith("SO") else ""
    return await services.miniprogram.send_subscription(who, template, page, data, choices=choices)


def reached(sent: SendResult) -> str:
    """The id of a message to one member. Raises Missed."""
    if sent.invalid:
        raise Missed(missed_words(unlicensed=bool(sent.unlicensed)))
    return sent.msgid


def missed_words(*, unlicensed: bool) -> str:
    """Why a member did not get what WeCom took, as the board shows it."""
    return "对方的企业微信帐号没有接口许可" if unlicensed else "对方不在应用可见范围"


async def update_card(way: Way, task_id: str, code: str, card: Card, services: Services) -> str:
    """Changes the card that the receiver has; as `send`."""
    assert services.work is not None
    changed = as_work_card(card, task_id=task_id, replace_text=card.figure)
    if changed is None:
        raise NoCard(NO_CARD)
    if await services.work.update_card(code, [way.conversation.external_id], card=changed):
        raise Missed(missed_words(unlicensed=False))
    return ""


def fill(filled: Mapping[str, str], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Template fields out of facts, by path: `customer.name`, `shipments.0.tracking_no`."""
    return {name: _at(facts, path) for name, path in filled.items()}


async def _send_work_card(way: Way, notice: Notice, card: Card, services: Services) -> str:
    assert services.work is not None
    task_id = f"n{notice.id}"
    made = as_work_card(card, task_id=task_id)
    if made is None:
        raise NoCard(NO_CARD)
    row, _ = await CardRow.get_or_create(
        {"notice_id": notice.id, "receiver_id": notice.receiver_id, "about": notice.about},  # type: ignore[attr-defined]
        task_id=task_id,
    )
    sent = await services.work.send_card([way.conversation.external_id], made, duplicate_check_s=DUPLICATE_CHECK_S)
    if sent.response_code:
        await CardRow.filter(id=row.id).update(response_code=sent.response_code, code_until=now() + CODE_LIVES)
    return reached(sent)


async def _send_work_file(way: Way, notice: Notice, services: Services) -> str:
    assert services.work is not None
    file = notice.facts["file"]
    data = await asyncio.to_thread(where(STORE.folder, file["sha256"]).read_bytes)
    media_id = await services.work.upload("file", data, file["name"], file["content_type"])
    sent = await services.work.send([way.conversation.external_id], messages.file(media_id))
    return reached(sent)


async def _templates(kind: str, there: Conversation, *, subscribed: bool) -> list[PlatformTemplate]:
    return await PlatformTemplate.filter(kind=kind, door=there.door, subscribed=subscribed)


def _text(notice: Notice, card: Card, *, links: bool = False) -> str:
    # A late reply was rendered when its turn ran.
    return str(notice.facts["text"]) if notice.kind == "turn.reply" else as_text(card, links=links)


def _at(facts: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(facts, list):
            facts = facts[int(part)] if int(part) < len(facts) else ""
        else:
            facts = facts.get(part, "") if isinstance(facts, Mapping) else ""
    return called(facts)
