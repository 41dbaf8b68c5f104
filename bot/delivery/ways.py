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
from handlers.documents import called
from models import sql
from models.chat.tables import Conversation
from models.clock import now
from models.delivery.cards import CODE_LIVES, take_code
from models.delivery.grants import take_grant
from models.delivery.tables import Card as CardRow
from models.delivery.tables import Notice, PlatformTemplate
from models.system.files import STORE, where

DUPLICATE_CHECK_S = 1800

COUNTED_AS = {
    "work_card": "message",
    "work_text": "message",
    "work_file": "message",
    "customer_service": "customer_service",
    "official_template": "template",
    "subscription": "subscription",
}
"""Which of the platforms' quotas a way uses up."""

TAKE_WINDOW = """
UPDATE conversation SET window_left = window_left - 1
WHERE id = $1 AND window_left > 0 AND window_until > $2 RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to one conversation of the receiver."""

    name: str
    conversation: Conversation
    template: PlatformTemplate | None = None

    @property
    def door(self) -> str:
        return str(self.conversation.door)


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
        found += [Way("work_file", work)] if "file" in notice.facts else []
        found += [Way("work_card", work), Way("work_text", work)] if card.actions else [Way("work_text", work)]
    if services.miniprogram and (mini := by_door.get("miniprogram")):
        found += [Way("subscription", mini, row) for row in await _templates(notice.kind, "miniprogram")]
    if services.official and (official := by_door.get("official")):
        found += [Way("official_template", official, row) for row in await _templates(notice.kind, "official")]
        found.append(Way("customer_service", official))
    return found


async def full_until(way: Way, services: Services) -> datetime | None:
    """Counts one message on this way; or says, and counts nothing, from when on the platform takes the next."""
    member = way.conversation.external_id if way.door == "work" else ""
    return await services.quotas.admit(way.door, COUNTED_AS[way.name], member=member)


async def reserve(way: Way) -> bool:
    """Takes the right that the receiver has given for this way; False when there is none left."""
    if way.name == "customer_service":
        return await sql.row(TAKE_WINDOW, way.conversation.id, now()) is not None
    if way.name == "subscription":
        assert way.template is not None
        return await take_grant(way.conversation.id, way.template.template_id)
    return True


async def send(way: Way, notice: Notice, card: Card, services: Services) -> str | None:
    """Makes the call; the platform's id of the message, or None if this way cannot carry the card at all.

    Raises WeChatError, NoAnswer, NotSent, Unfit.
    """
    who = way.conversation.external_id
    if way.name == "work_card":
        return await _send_work_card(way, notice, card, services)
    if way.name == "work_text":
        assert services.work is not None
        sent = await services.work.send_text([who], _text(notice, card), duplicate_check_s=DUPLICATE_CHECK_S)
        return None if sent.invalid else sent.msgid
    if way.name == "work_file":
        return await _send_work_file(way, notice, services)
    if way.name == "customer_service":
        assert services.official is not None
        await services.official.send_text(who, _text(notice, card, links=True))
        return ""
    assert way.template is not None
    data = fill(way.template.filled, notice.facts)
    if way.name == "official_template":
        assert services.official is not None
        message = f"n{notice.id}"
        return await services.official.send_template(who, way.template.template_id, data, client_msg_id=message)
    assert services.miniprogram is not None
    page = f"pages/order/order?no={notice.about}" if notice.about.startswith("SO") else ""
    return await services.miniprogram.send_subscription(who, way.template.template_id, page, data)


async def update_card(notice: Notice, card: Card, services: Services) -> bool:
    """Changes the card that the receiver has of this document; False if there is none that can be changed."""
    found = await take_code(notice.about, notice.receiver_id)  # type: ignore[attr-defined]
    conversation = await Conversation.get_or_none(person_id=notice.receiver_id, door="work")  # type: ignore[attr-defined]
    if found is None or services.work is None or conversation is None:
        return False
    task_id, code = found
    changed = as_work_card(card, task_id=task_id, replace_text=card.figure)
    if changed is None:
        return False
    missed = await services.work.update_card(code, [conversation.external_id], card=changed)
    return not missed


def fill(filled: Mapping[str, str], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Template fields out of facts, by path: `customer.name`, `shipments.0.tracking_no`."""
    return {name: _at(facts, path) for name, path in filled.items()}


async def _send_work_card(way: Way, notice: Notice, card: Card, services: Services) -> str | None:
    assert services.work is not None
    task_id = f"n{notice.id}"
    made = as_work_card(card, task_id=task_id)
    if made is None:
        return None
    row, _ = await CardRow.get_or_create(
        {"notice_id": notice.id, "receiver_id": notice.receiver_id, "about": notice.about},  # type: ignore[attr-defined]
        task_id=task_id,
    )
    sent = await services.work.send_card([way.conversation.external_id], made, duplicate_check_s=DUPLICATE_CHECK_S)
    if sent.response_code:
        await CardRow.filter(id=row.id).update(response_code=sent.response_code, code_until=now() + CODE_LIVES)
    return None if sent.invalid else sent.msgid


async def _send_work_file(way: Way, notice: Notice, services: Services) -> str | None:
    assert services.work is not None
    file = notice.facts["file"]
    data = await asyncio.to_thread(where(STORE.folder, file["sha256"]).read_bytes)
    media_id = await services.work.upload("file", data, file["name"], file["content_type"])
    sent = await services.work.send([way.conversation.external_id], messages.file(media_id))
    return None if sent.invalid else sent.msgid


async def _templates(kind: str, door: str) -> list[PlatformTemplate]:
    return await PlatformTemplate.filter(kind=kind, door=door)


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
