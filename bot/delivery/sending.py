"""Sending what was claimed: the best way that is open, the next when it is refused, and a record of every try."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import structlog

from bot.delivery.alarms import raise_alarm
from bot.delivery.batches import again, send_together
from bot.delivery.claiming import PATIENCE, SECOND, Worker, claim, keep, recover, settle
from bot.delivery.digests import gather
from bot.delivery.doubts import KNOWN_FOR, TOO_LATE, doubt_of
from bot.delivery.reports import REPORTED, catch_up
from bot.delivery.taking import NothingLeft, Taken, Use, end_use, take
from bot.delivery.ways import (
    CARD_CHANGE,
    Missed,
    NoCard,
    Way,
    full_until,
    send,
    stop,
    stopped_until,
    update_card,
    ways_to,
)
from bot.delivery.words import words_of
from bot.rendering.card import Card
from bot.services import Services
from bot.wechat.errors import NoAnswer, NotSent, Reaction, WeChatError, patience
from bot.wechat.fields import Unfit
from models import sql
from models.chat.tables import Conversation
from models.clock import now
from models.delivery.cards import was_shown
from models.delivery.tables import Attempt, Notice, NoticeState
from models.delivery.telling import tell
from models.party.tables import Person
from models.transactions import transaction

log = structlog.get_logger()

TRIES = 12

TOGETHER = 10


class End(Enum):
    """What became of one try."""

    accepted = "accepted"
    refused = "refused"
    later = "later"
    stopped = "stopped"
    unknown = "unknown"
    lost = "lost"


@dataclass(frozen=True, slots=True)
class Tried:
    """What one try came to, and whether it used up what it had taken."""

    end: End
    code: str = ""
    words: str = ""
    platform_id: str = ""
    use: Use = Use.used
    until: datetime | None = None
    """From when on it may be tried again."""


async def deliver(services: Services, worker: Worker) -> int:
    """Settles what a dead worker left, then sends what is due to some people; says how many notices were claimed."""
    await recover()
    await again(services, worker)
    notices = await claim(worker)
    alone = await send_together(notices, services, worker)
    gate = asyncio.Semaphore(TOGETHER)

    async def one(notice: Notice) -> None:
        async with gate:
            try:
                await deliver_one(notice, services)
            except Exception as error:  # the outer edge of delivery: one notice must not stop the others
                log.error("notice.failed", notice=notice.id, exc_info=error)
                if notice.attempts >= TRIES:
                    await settle([notice.id], NoticeState.refused, "程序出错，已记入日志")

    await asyncio.gather(*(one(notice) for notice in alone))
    return len(notices)


async def deliver_one(notice: Notice, services: Services) -> None:
    """One notice, through the ways its receiver has."""
    if not await keep(notice):
        return
    if notice.expires_at and notice.expires_at < now():
        await settle([notice.id], NoticeState.expired, "过了时效，没有再发")
        return
    if notice.digest:
        notice = await transaction(gather, notice)
    card = words_of(notice)
    if notice.kind == CARD_CHANGE and not await was_shown(notice.about, notice.receiver_id):  # type: ignore[attr-defined]
        await settle([notice.id], NoticeState.accepted, "没有发过卡片，不用更新")
        return
    attempts = await Attempt.filter(notice_id=notice.id).order_by("id")
    # What is urgent is better told twice than not at all.
    doubt = None if notice.urgent else doubt_of(attempts)
    if doubt and doubt.is_lasting(now()):
        await settle([notice.id], NoticeState.uncertain, TOO_LATE)
        return
    before = [each for each in attempts if each.outcome == End.refused.value]
    # Why a call to many missed them says more than what the same door says of them alone.
    reasons = [each.words for each in before if each.way == "work_batch"]
    waits: list[datetime] = []
    failed = [each for each in before if each.code == REPORTED]
    for way in await ways_to(notice, card, services):
        if doubt and way.name != doubt.way:
            continue
        if told := next((each.words for each in failed if each.way == way.name), ""):
            reasons.append(told)
            continue
        if stopped := await stopped_until(way, services):
            waits.append(stopped)
            continue
        if full := await full_until(way, services):
            if full - now() < PATIENCE:
                await _hold(notice, full)
                return
            reasons.append("平台的发送次数用完了")
            continue
        tried = await _try(way, notice, card, services)
        if tried.end is End.lost:
            return
        if tried.end is End.accepted:
            await settle([notice.id], NoticeState.accepted)
            if tried.platform_id:
                await transaction(catch_up, tried.platform_id)
            return
        if tried.end is End.unknown:
            await settle([notice.id], NoticeState.uncertain, tried.words)
            return
        if tried.end is End.stopped:
            waits.append(tried.until or now())
            continue
        if tried.end is End.later and notice.attempts < TRIES:
            await _postpone(notice, tried)
            return
        if tried.words:
            reasons.append(tried.words)
        if tried.end is End.refused:
            # The platform did not know the repeat, so the first did not go out either.
            doubt = None
    if waits:
        await _hold(notice, min(waits))
        return
    if doubt:
        await settle([notice.id], NoticeState.uncertain, TOO_LATE)
        return
    await transaction(_give_up, notice, "；".join(dict.fromkeys(reasons)) or await _nobody_there(notice))


async def _try(way: Way, notice: Notice, card: Card, services: Services) -> Tried:
    try:
        attempt, taken = await transaction(_begin, way, notice)
    except NotOurs:
        return Tried(End.lost)
    except NothingLeft:
        return Tried(End.refused, words=_CLOSED[way.name])
    tried = await _call(taken, notice, card, services)
    await transaction(_finish, attempt, taken, tried)
    return tried


class NotOurs(Exception):
    """The lease ran out, and another worker has taken the notice over."""


async def _begin(way: Way, notice: Notice) -> tuple[Attempt, Taken]:
    """Takes what the way uses up and writes the attempt down before the call, so that a crash leaves a trace of it."""
    if not await keep(notice):
        raise NotOurs()
    taken = await take(way, notice)
    return await Attempt.create(notice=notice, door=way.door, way=way.name, started_at=now()), taken


# A worker that was slow may find that another has written its try off; it knows better. The end is recorded once.
FINISH = """
UPDATE attempt SET outcome = $2, code = $3, words = $4, platform_id = $5, ended_at = $6
WHERE id = $1 AND outcome IN ('sending', 'unknown') RETURNING id
"""


async def _finish(attempt: Attempt, taken: Taken, tried: Tried) -> None:
    ending = (tried.end.value, tried.code, tried.words[:200], tried.platform_id[:64])
    if await sql.row(FINISH, attempt.id, *ending, now()):
        await end_use(taken, tried.use)


async def _call(taken: Taken, notice: Notice, card: Card, services: Services) -> Tried:
    way = taken.way
    try:
        if way.name == "card_change":
            platform_id = await update_card(taken.way, taken.task_id, taken.code, card, services)
        else:
            platform_id = await send(way, notice, card, services)
    except WeChatError as error:
        return await _react(way, notice, error, services)
    except NotSent as error:
        return Tried(End.later, "not_sent", f"连不上微信：{error.why}", use=Use.unused)
    except NoAnswer as error:
        again = notice.urgent or (way.name in KNOWN_FOR and notice.attempts < TRIES)
        return Tried(End.later if again else End.unknown, "no_answer", f"微信没有回应：{error.why}")
    except Unfit as error:
        return Tried(End.refused, "unfit", f"模板字段 {error.key} 填不进去", use=Use.unused)
    except Missed as missed:
        return Tried(End.refused, words=str(missed))
    except NoCard as why:
        return Tried(End.refused, "no_card", str(why), use=Use.unused)
    return Tried(End.accepted, platform_id=platform_id)


async def _react(way: Way, notice: Notice, error: WeChatError, services: Services) -> Tried:
    """What the error table says, in one place; an errcode says that nothing was sent, -1 too (decision 0033)."""
    reaction, code, words = error.reaction, str(error.code), f"{error.rule.meaning}（{error.code}）"
    if reaction is Reaction.DONE:
        return Tried(End.accepted, code)
    if reaction.closes:
        await Conversation.filter(id=way.conversation.id).update(reachable=False)
    await raise_alarm(error, whom=await _whom(notice) if reaction is Reaction.OUTSIDE else "")
    if reaction is Reaction.QUOTA:
        return Tried(End.stopped, code, words, use=Use.unused, until=await stop(way, services))
    if reaction.passing:
        again = now() + SECOND * patience(reaction, notice.attempts)
        return Tried(End.later, code, words, use=Use.unused, until=again)
    return Tried(End.refused, code, words, use=Use.void if reaction is Reaction.OTHER_DOOR else Use.unused)


_CLOSED = {
    "customer_service": "48 小时内没有来过消息",
    "subscription": "没有订阅，或订阅次数已用完",
    "official_notice": "没有订阅，或订阅次数已用完",
    "card_change": "卡片已经不能更新",
}


async def _hold(notice: Notice, until: datetime) -> None:
    """Lets a notice wait for a quota, which is no try of its own; it may go stale meanwhile."""
    await Notice.filter(id=notice.id).update(
        state=NoticeState.queued.value, due_at=until, attempts=max(1, notice.attempts - 1), worker="",
        reason="发得太多，平台暂时不再接收，到时再发",
    )  # fmt: skip


async def _postpone(notice: Notice, tried: Tried) -> None:
    again = tried.until or now() + SECOND * patience(Reaction.RETRY, notice.attempts)
    await Notice.filter(id=notice.id).update(
        state=NoticeState.queued.value, due_at=again, reason=tried.words[:200], worker=""
    )


async def _nobody_there(notice: Notice) -> str:
    """Why there is no way at all."""
    left = await Person.filter(id=notice.receiver_id, active=False).exists()  # type: ignore[attr-defined]
    return "收信人已离职" if left else "没有绑定，或已取消关注"


async def _whom(notice: Notice) -> str:
    receiver = await Person.get(id=notice.receiver_id)  # type: ignore[attr-defined]
    return f"{receiver.called}（{receiver.number}）"


async def _give_up(notice: Notice, reason: str) -> None:
    """Puts it on the board, and tells the colleague who answers for the customer."""
    await settle([notice.id], NoticeState.refused, reason)
    answerable = notice.answerable_id  # type: ignore[attr-defined]
    if answerable is None or notice.kind == "notice.undelivered":
        return
    await tell(
        "notice.undelivered",
        about=notice.about,
        facts={"receiver": await _whom(notice), "about": notice.about, "reason": reason},
        colleague=[answerable],
    )
