"""Asking WeChat who somebody is: a contact of an employee in WeCom, and the union id of a follower."""

import structlog

from bot.delivery.alarms import raise_alarm
from bot.services import Services
from bot.wechat.errors import Reaction, Unanswered, WeChatError, patience
from models.chat.contacts import claim_contact, know_contact, put_off_contact
from models.chat.tables import Conversation, ExternalContact
from models.chat.unions import claim_follower, note_union
from models.clock import days, now
from models.transactions import transaction

log = structlog.get_logger()

TRIES = 8


async def look_up_contacts(services: Services) -> int:
    """Looks one contact up that an employee has; says how many were worked on."""
    contact = await claim_contact()
    if contact is None:
        return 0
    if services.customers is None:
        await _unknown(contact)
        return 1
    try:
        found = await services.customers.get(contact.external_id)
    except (WeChatError, Unanswered) as error:
        await _failed(contact, error)
    else:
        mobiles = [mobile for each in found.follows for mobile in each.mobiles]
        await transaction(_know, contact, found.name, found.unionid, mobiles)
    return 1


async def ask_unions(services: Services) -> int:
    """Asks for the union id of one follower; says how many were worked on."""
    follower = await claim_follower()
    if follower is None:
        return 0
    unionid = ""
    if services.official is not None:
        try:
            unionid = (await services.official.user_info(follower.external_id)).unionid
        except (WeChatError, Unanswered) as error:
            if _passing(error):
                await Conversation.filter(id=follower.id).update(ask_union_at=now() + days(1 / 288))
                return 1
            log.warning("follower.unasked", error=str(error))
    await transaction(note_union, follower, unionid)
    return 1


async def _failed(contact: ExternalContact, error: WeChatError | Unanswered) -> None:
    reaction = error.reaction if isinstance(error, WeChatError) else Reaction.RETRY
    if isinstance(error, WeChatError):
        await raise_alarm(error)
    if _passing(error) and contact.tries < TRIES:
        await put_off_contact(contact, patience(reaction, contact.tries))
        return
    log.warning("contact.unasked", error=str(error))
    await _unknown(contact)


def _passing(error: WeChatError | Unanswered) -> bool:
    return isinstance(error, Unanswered) or error.reaction.passing


async def _unknown(contact: ExternalContact) -> None:
    """Nothing is known but the code they came through."""
    await transaction(_know, contact, "", "", [])


async def _know(contact: ExternalContact, name: str, unionid: str, mobiles: list[str]) -> None:
    await know_contact(contact, name=name, unionid=unionid, mobiles=mobiles)
