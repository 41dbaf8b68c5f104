"""Greeting whoever has just added an employee in WeCom: once, within 20 s, with the way to bind."""

import asyncio

import structlog

from bot.delivery.alarms import raise_alarm
from bot.rendering import templates
from bot.rendering.text import as_text
from bot.services import Services
from bot.wechat.errors import NoAnswer, NotSent, WeChatError, patience
from bot.wechat.workcustomers import Attachment, page_link
from models.chat.binding import VALID_FOR, issue_code
from models.chat.scenes import Scene, scene_of
from models.chat.tables import Conversation, Door, Welcome
from models.chat.welcomes import claim_welcome, put_off_welcome, settle_welcome
from models.clock import days, now
from models.party.tables import Person
from models.system.company import letterhead
from models.transactions import transaction

log = structlog.get_logger()

PICTURE_S = 4
"""The greeting does not wait longer for the picture of its code: it has 20 s in all."""


async def send_welcomes(services: Services) -> int:
    """Sends one greeting that waits; says how many were worked on."""
    welcome = await claim_welcome()
    if welcome is None:
        return 0
    if services.customers is None:
        await _refuse(welcome, "没有设置客户联系的 Secret")
    elif welcome.expires_at <= now():
        await _refuse(welcome, "来不及：企业微信只给 20 秒")
    else:
        code = await transaction(_bind_code, welcome)
        text, attachments = await _words(welcome, code), await _picture(services, code)
        try:
            await services.customers.welcome(welcome.code, text, attachments)
        except (NoAnswer, NotSent):
            # If it had been accepted after all, its code is spent: nobody is greeted twice.
            await put_off_welcome(welcome)
        except WeChatError as error:
            await raise_alarm(error)
            wait_s = patience(error.reaction, 0)
            # After a minute's pause its code would be long dead.
            if error.reaction.passing and now() + days(wait_s / 86400) < welcome.expires_at:
                await put_off_welcome(welcome)
            else:
                await _refuse(welcome, f"{error.rule.meaning}（{error.code}）")
        else:
            await settle_welcome(welcome)
    return 1


async def _bind_code(welcome: Welcome) -> str:
    """A code for a contact whom we know and who is not bound yet; "" for everybody else."""
    contact: Person | None = welcome.contact.person
    if contact is None or await _is_bound(contact):
        return ""
    return await issue_code(contact.id, welcome.contact.employee.id)


async def _is_bound(contact: Person) -> bool:
    return await Conversation.filter(door=Door.official.value, person_id=contact.id).exists()


async def _words(welcome: Welcome, code: str) -> str:
    contact: Person | None = welcome.contact.person
    facts = {
        "company": (await letterhead())["name"],
        "who": welcome.contact.employee.called,
        "name": contact.called if contact else "",
        "bind_code": code,
        "minutes": int(VALID_FOR.total_seconds() // 60),
    }
    return as_text(templates.render("talk/contact_welcome", facts), links=False)


async def _picture(services: Services, code: str) -> list[Attachment]:
    """A link to the code as a picture; the greeting goes without it rather than too late."""
    if not code or services.official is None:
        return []
    try:
        async with asyncio.timeout(PICTURE_S):
            made = await services.official.create_qrcode(scene_of(Scene.bind, code), int(VALID_FOR.total_seconds()))
    except (NoAnswer, NotSent, WeChatError, TimeoutError) as error:
        log.warning("welcome.without_picture", error=repr(error))
        return []
    return [page_link("扫码绑定", made.image_url, "长按图片识别，关注公众号就绑定好了")]


async def _refuse(welcome: Welcome, reason: str) -> None:
    log.warning("welcome.refused", reason=reason)
    await settle_welcome(welcome, reason=reason)
