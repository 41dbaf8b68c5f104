"""What has fallen due: deadlines, chunks of long commands, and lines whose reply is owed."""

import structlog

from bot.turns import Turn, Turns, give_up
from handlers.actor import person_by_id, system
from handlers.call import Call
from handlers.dispatch import run, run_chunk
from handlers.registry import handler, load
from models.chat.tables import Inbox
from models.clock import days, now
from models.database import is_away
from models.delivery.telling import tell
from models.errors import Refused
from models.party.finding import people_with
from models.party.tables import Role
from models.system.deadlines import claim_deadline, end_deadline, hold_deadline
from models.system.jobs import Chunk, advance_job, claim_job, fail_job, hold_job
from models.system.tables import Deadline, Job
from models.transactions import savepoint, transaction

log = structlog.get_logger()

# A live worker answers its own slow turns; what is older belongs to nobody any more.
ABANDONED = days(20 / 86400)

TRIES = 5


async def run_deadlines() -> int:
    """Runs every Call that is due, each in its own transaction; says how many.

    One that fails is put off, and given up after a while; those behind it run meanwhile.
    """
    ran = 0
    while deadline := await claim_deadline():
        ran += 1
        try:
            await transaction(_end_deadline if deadline.tries > TRIES else _run_deadline, deadline)
        except Exception as error:
            if is_away(error):
                raise
            log.error("deadline.failed", id=deadline.id, about=deadline.about, tries=deadline.tries, exc_info=error)
    return ran


async def _run_deadline(deadline: Deadline) -> None:
    if not await hold_deadline(deadline):
        return
    key = f"deadline:{deadline.id}"
    state = "done"
    try:
        async with savepoint():
            await run(system(key), Call.from_json(deadline.call), key=key)
    except Refused as refused:
        # The document has moved on; what was due no longer applies.
        log.info("deadline.refused", about=deadline.about, code=refused.code)
        state = "refused"
    await end_deadline(deadline, state)


async def _end_deadline(deadline: Deadline) -> None:
    if not await hold_deadline(deadline):
        return
    log.error("deadline.given_up", id=deadline.id, about=deadline.about, call=deadline.call)
    await end_deadline(deadline, "failed")
    name = str(deadline.call.get("name", ""))
    facts = {"what": _what(name), "about": deadline.about, "tries": TRIES, "job": ""}
    await tell("job.failed", about=deadline.about, facts=facts, admins=await people_with(Role.admin))


def _what(name: str) -> str:
    known = load().get(name)
    return known.help if known else name


async def run_jobs() -> int:
    """One chunk of the oldest long command nobody works on; says how many were run."""
    job = await claim_job()
    if job is None:
        return 0
    try:
        await transaction(_end_job if job.tries > TRIES else _run_chunk, job)
    except Exception as error:
        if is_away(error):
            raise
        log.error("job.failed", job=job.number, handler=job.handler, tries=job.tries, exc_info=error)
    return 1


async def _run_chunk(job: Job) -> None:
    if not await hold_job(job):
        return
    me = await person_by_id(job.person_id, door=job.door, turn=f"job:{job.number}")  # type: ignore[attr-defined]
    chunk = await run_chunk(me, Call(job.handler, job.inputs), Chunk(job.cursor, job.done, job.total, job.number))
    await advance_job(job, chunk)
    if chunk.cursor is None:
        facts = {"id": job.number, "what": handler(job.handler).help, "done": str(chunk.done), **chunk.told}
        await tell("job.done", about=job.number, facts=facts, asker=[job.person_id])  # type: ignore[attr-defined]


async def _end_job(job: Job) -> None:
    if not await hold_job(job):
        return
    log.error("job.given_up", job=job.number, handler=job.handler)
    await fail_job(job)
    facts = {"what": _what(job.handler), "about": "", "tries": TRIES, "job": job.number}
    asker, admins = [job.person_id], await people_with(Role.admin)  # type: ignore[attr-defined]
    await tell("job.failed", about=job.number, facts=facts, asker=asker, admins=admins)


async def run_inbox(turns: Turns) -> int:
    """Runs lines again that a dead worker left, under the same key: done once, replied to once.

    One that fails every time is given up after a while, and whoever sent it is told so.
    """
    left = await Inbox.filter(state="waiting", created_at__lt=now() - ABANDONED).order_by("id").limit(20)
    ran = 0
    for each in left:
        # Counted before it runs, and committed: what kills its worker counts too.
        if await Inbox.filter(id=each.id, state="waiting", tries=each.tries).update(tries=each.tries + 1):
            ran += await _run_again(turns, each)
    return ran


async def _run_again(turns: Turns, line: Inbox) -> bool:
    turn = Turn.from_json(line.turn)
    if line.tries >= TRIES:
        log.error("turn.given_up", key=line.key)
        await transaction(give_up, turn)
        return True
    try:
        await turns.run(turn, links=line.door == "official")
    except Exception as error:
        log.error("turn.failed_again", key=line.key, exc_info=error)
        return False
    return True
