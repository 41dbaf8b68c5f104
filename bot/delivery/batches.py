"""One call for many: what says the same to everybody goes to WeCom a thousand at a time, at most once each.

A batch is kept word for word before it is sent. If its worker dies, or WeCom does not answer, another sends the
identical call again, which WeCom recognises as a repeat for half an hour (WeCom doc 90236); so nobody is told twice, nor
left in doubt unless nothing works for longer than that.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import structlog

from bot.delivery.alarms import raise_alarm
from bot.delivery.claiming import LEASE, PATIENCE, SECOND, Worker, settle
from bot.delivery.doubts import TOO_LATE, too_late
from bot.delivery.ways import CARD_CHANGE, DUPLICATE_CHECK_S, missed_words
from bot.delivery.words import words_of
from bot.rendering.text import as_text
from bot.services import Services
from bot.wechat.errors import NoAnswer, NotSent, Reaction, WeChatError, patience
from bot.wechat.work import MAX_RECEIVERS, SendResult
from models import sql
from models.chat.tables import Conversation
from models.clock import now
from models.delivery.tables import Batch, Notice, NoticeState
from models.transactions import transaction

log = structlog.get_logger()

FEW = 2
TRIES = 8
ORPHANED = 3
"""So often a notice is put down to the death of its worker; after that, it may be what killed them."""

OURS = """
UPDATE notice SET batch = $4, due_at = $3 WHERE id = ANY($1::bigint[]) AND state = 'sending' AND worker = $2
RETURNING id, receiver_id
"""

BEGIN = """
INSERT INTO attempt (notice_id, door, way, outcome, code, words, started_at)
SELECT id, 'work', 'work_batch', 'sending', '', '', $2 FROM unnest($1::bigint[]) AS id
"""

END = """
UPDATE attempt SET outcome = $2, code = $3, words = $4, ended_at = $5, platform_id = $6
WHERE notice_id = ANY($1::bigint[]) AND way = 'work_batch' AND outcome = 'sending'
"""

MEMBERS = """
SELECT n.id, n.urgent, c.external_id FROM notice n LEFT JOIN conversation c ON c.person_id = n.receiver_id AND c.door = 'work'
WHERE n.batch = $1 AND n.state = 'sending' ORDER BY n.id
"""

LEFT = """
SELECT DISTINCT batch FROM notice WHERE state = 'sending' AND batch <> '' AND due_at < $1 LIMIT 20
"""

TAKE_OVER = """
UPDATE notice SET worker = $2, due_at = $3, attempts = attempts + 1
WHERE batch = $1 AND state = 'sending' AND due_at < $4 RETURNING id
"""

ALONE = """
UPDATE notice SET state = 'queued', batch = '', worker = '', due_at = $2, reason = $3 WHERE id = ANY($1::bigint[])
"""


# As if nobody had claimed them: one that was tried before would go alone, and hold up what comes after it.
TOGETHER_LATER = """
UPDATE notice SET state = 'queued', worker = '', batch = '', due_at = $2, attempts = attempts - 1, reason = $3
WHERE id = ANY($1::bigint[]) AND state = 'sending' AND batch = $4
"""

OUT = "企业微信的发送次数用完了，过一分钟再发"


async def send_together(notices: Sequence[Notice], services: Services, worker: Worker) -> list[Notice]:
    """Sends what reads the same for several in one call each; returns the notices that have to go one by one."""
    alike: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        alike[_sameness(notice)].append(notice)
    alone = alike.pop("", [])
    for group in alike.values():
        if len(group) < FEW or services.work is None or not _is_plain(group[0]):
            alone += group
            continue
        for start in range(0, len(group), MAX_RECEIVERS):
            some = group[start : start + MAX_RECEIVERS]
            try:
                alone += await _send_group(some, services, worker)
            except Exception as error:  # the outer edge of delivery: one text must not stop the others
                log.error("batch.failed", kind=some[0].kind, exc_info=error)
    return sorted(alone, key=lambda notice: notice.id)


async def again(services: Services, worker: Worker) -> None:
    """Sends once more, word for word, the batches whose answer nobody knows."""
    if services.work is None:
        return
    for row in await sql.rows(LEFT, now()):
        if await sql.rows(TAKE_OVER, row["batch"], worker.name, now() + LEASE, now()):
            await _call(row["batch"], services)


def _sameness(notice: Notice) -> str:
    """What two notices have in common that read the same; "" for one that only its receiver gets."""
    stale = notice.expires_at is not None and notice.expires_at < now()
    # One that was tried before goes alone: what stopped it must not stop the others again. Whose worker died before
    # anything was begun was not tried, unless that happens to it again and again.
    tried = notice.attempts - notice.orphaned > 1 or notice.orphaned >= ORPHANED
    alone = tried or notice.digest or notice.kind == CARD_CHANGE or "file" in notice.facts
    if stale or alone or notice.conversation_id:  # type: ignore[attr-defined]
        return ""
    return json.dumps([notice.kind, notice.about, notice.repeats, notice.facts], sort_keys=True)


def _is_plain(notice: Notice) -> bool:
    """Whether a notice is text and nothing to tap; one that cannot be put into words fails by itself, later."""
    try:
        return not words_of(notice).actions
    except Exception as error:  # the outer edge of delivery: one text must not stop the others
        log.error("notice.unreadable", notice=notice.id, exc_info=error)
        return False


async def _stopped(services: Services) -> datetime | None:
    return await services.quotas.stopped_until("work", "message")


async def _send_group(group: list[Notice], services: Services, worker: Worker) -> list[Notice]:
    if until := await _stopped(services):
        await sql.rows(TOGETHER_LATER, [notice.id for notice in group], until, OUT, "")
        return []
    receivers = [notice.receiver_id for notice in group]  # type: ignore[attr-defined]
    reachable = await Conversation.filter(person_id__in=receivers, door="work", reachable=True)
    userids = {each.person_id: each.external_id for each in reachable}  # type: ignore[attr-defined]
    if len(userids) >= FEW:
        refused = await services.quotas.admit_members("work", "message", userids.values())
        together = [notice for notice in group if userids.get(notice.receiver_id, "") not in {"", *refused}]  # type: ignore[attr-defined]
        if not together:
            return await _put_off(group, userids, refused)
        text = as_text(words_of(group[0]), links=False)
        token = await transaction(_begin, [notice.id for notice in together], userids, text, worker)
        if token:
            await _call(token, services)
        kept = {notice.id for notice in together}
        return [notice for notice in group if notice.id not in kept]
    return group


async def _put_off(group: list[Notice], userids: dict[int, str], refused: dict[str, datetime]) -> list[Notice]:
    """The account takes nobody now: if it soon does, members wait for that together; the others look for another way."""
    until = min(refused.values(), default=None)
    if until is None or until - now() >= PATIENCE:
        return group
    members = {notice.id for notice in group if notice.receiver_id in userids}  # type: ignore[attr-defined]
    await sql.rows(TOGETHER_LATER, list(members), until, OUT, "")
    return [notice for notice in group if notice.id not in members]


async def _begin(notices: list[int], userids: dict[int, str], text: str, worker: Worker) -> str:
    """Writes the call and an attempt for each down before it is made; "" if nothing of it is this worker's any more."""
    token = secrets.token_hex(12)
    ours = await sql.rows(OURS, notices, worker.name, now() + LEASE, token)
    if not ours:
        return ""
    await sql.rows(BEGIN, [row["id"] for row in ours], now())
    names = sorted({userids[row["receiver_id"]] for row in ours})
    await Batch.create(token=token, userids=names, text=text)
    return token


async def _call(token: str, services: Services) -> None:
    assert services.work is not None
    batch = await Batch.get(token=token)
    if batch.sent_at and too_late("work_batch", batch.sent_at, now()):
        await transaction(_in_doubt, token, TOO_LATE)
        return
    if until := await _stopped(services):
        await _postpone(token, until, OUT)
        return
    this = Batch.filter(id=batch.id)
    await this.update(tries=batch.tries + 1, sent_at=batch.sent_at or now())
    try:
        sent = await services.work.send_text(batch.userids, batch.text, duplicate_check_s=DUPLICATE_CHECK_S)
    except WeChatError as error:
        await this.update(sent_at=batch.sent_at)
        await _refused(batch, error, services)
    except NotSent as error:
        await this.update(sent_at=batch.sent_at)
        await _unanswered(batch, error)
    except NoAnswer as error:
        await _unanswered(batch, error)
    else:
        await transaction(_accepted, token, sent)


async def _unanswered(batch: Batch, error: NoAnswer | NotSent) -> None:
    tries, words = batch.tries + 1, f"微信没有回应：{error.why}"
    if tries < TRIES:
        await _postpone(batch.token, _again(tries), words)
    else:
        await transaction(_in_doubt, batch.token, words)


async def _refused(batch: Batch, error: WeChatError, services: Services) -> None:
    """What the error table says of the whole call; `batch` is as it was before it."""
    token, tries = batch.token, batch.tries + 1
    reaction, words, again = error.reaction, f"{error.rule.meaning}（{error.code}）", _again(tries, error.reaction)
    await raise_alarm(error)
    if reaction is Reaction.QUOTA:
        again = await services.quotas.stop("work", "message")
    if reaction in (Reaction.QUOTA, Reaction.WAIT) and tries == 1:
        await transaction(_not_yet, token, str(error.code), words, again)
    elif reaction is Reaction.QUOTA or (reaction.passing and tries < TRIES):
        await _postpone(token, again, words)
    elif reaction.passing and batch.sent_at:
        await transaction(_in_doubt, token, words)
    else:
        # Nothing went out: each is tried alone, by all the ways there are.
        await transaction(_apart, token, str(error.code), words)


async def _accepted(token: str, sent: SendResult) -> None:
    """Everybody has it but those whom WeCom could not reach: they are tried by their other ways."""
    members = await sql.rows(MEMBERS, token)
    reached = [row["id"] for row in members if row["external_id"] not in sent.invalid]
    await sql.rows(END, reached, "accepted", "", "", now(), sent.msgid[:64])
    await settle(reached, NoticeState.accepted)
    for unlicensed, userids in ((True, sent.unlicensed), (False, sent.invalid - sent.unlicensed)):
        if missed := [row["id"] for row in members if row["external_id"] in userids]:
            words = missed_words(unlicensed=unlicensed)
            await sql.rows(END, missed, "refused", "", words, now(), "")
            await sql.rows(ALONE, missed, now(), words)


async def _apart(token: str, code: str, words: str) -> None:
    members = [row["id"] for row in await sql.rows(MEMBERS, token)]
    await sql.rows(END, members, "refused", code, words, now(), "")
    await sql.rows(ALONE, members, now(), words)


async def _not_yet(token: str, code: str, words: str, again: datetime) -> None:
    """Nothing of it went out, so nobody is held up by it: all may go together later, or with others."""
    members = [row["id"] for row in await sql.rows(MEMBERS, token)]
    await sql.rows(END, members, "later", code, words, now(), "")
    await sql.rows(TOGETHER_LATER, members, again, words, token)


async def _in_doubt(token: str, words: str) -> None:
    """Nobody knows whether they have it: what is urgent goes to each once more, the rest is put on the board."""
    members = await sql.rows(MEMBERS, token)
    await sql.rows(END, [row["id"] for row in members], "unknown", "no_answer", words[:200], now(), "")
    await settle([row["id"] for row in members if not row["urgent"]], NoticeState.uncertain, words)
    await sql.rows(ALONE, [row["id"] for row in members if row["urgent"]], now(), words[:200])


def _again(tries: int, reaction: Reaction = Reaction.RETRY) -> datetime:
    return now() + SECOND * patience(reaction, tries)


async def _postpone(token: str, due: datetime, words: str) -> None:
    await Notice.filter(batch=token, state=NoticeState.sending.value).update(due_at=due, reason=words[:200])
