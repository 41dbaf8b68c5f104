"""Making codes of the Official Account, and sending the address of the picture to whoever asked for it."""

import structlog

from bot.delivery.alarms import raise_alarm
from bot.services import Services
from bot.wechat.errors import NoAnswer, NotSent, Reaction, WeChatError, patience
from models.chat.qrcodes import claim_code, settle_code
from models.chat.tables import QrCode
from models.clock import days, local, now
from models.delivery.telling import tell
from models.transactions import transaction

log = structlog.get_logger()

TRIES = 6


async def make_codes(services: Services) -> int:
    """Makes one code that waits; says how many were worked on."""
    code = await claim_code()
    if code is None:
        return 0
    left = int((code.expires_at - now()).total_seconds())
    if services.official is None:
        await transaction(_refuse, code, "公众号没有开通")
    elif left < 60:
        await transaction(_refuse, code, "做好以前已经过期")
    else:
        try:
            made = await services.official.create_qrcode(code.scene, left)
        except (NoAnswer, NotSent) as error:
            await _later(code, f"微信没有回应：{error.why}")
        except WeChatError as error:
            await raise_alarm(error)
            words = f"{error.rule.meaning}（{error.code}）"
            if error.reaction.passing:
                await _later(code, words, error.reaction)
            else:
                await transaction(_refuse, code, words)
        else:
            await transaction(_made, code, made.image_url)
    return 1


async def _made(code: QrCode, picture: str) -> None:
    if await settle_code(code, picture=picture):
        facts = {"title": code.title, "picture": picture, "until": local(code.expires_at).isoformat(timespec="seconds")}
        await tell("qrcode.made", about=code.kind, facts=facts, asker=[code.asked_by_id])  # type: ignore[attr-defined]


async def _later(code: QrCode, words: str, reaction: Reaction = Reaction.RETRY) -> None:
    if code.tries >= TRIES:
        await transaction(_refuse, code, words)
        return
    again = now() + days(patience(reaction, code.tries) / 86400)
    await QrCode.filter(id=code.id).update(due_at=again, reason=words[:200])


async def _refuse(code: QrCode, reason: str) -> None:
    log.warning("qrcode.refused", kind=code.kind, reason=reason)
    if await settle_code(code, reason=reason):
        facts = {"title": code.title, "reason": reason}
        await tell("qrcode.refused", about=code.kind, facts=facts, asker=[code.asked_by_id])  # type: ignore[attr-defined]
