"""What has fallen due: deadlines, chunks of long commands, and lines whose reply is owed."""

import structlog

from bot.turns import Turn, Turns, give_up
from handlers.actor import person_by_id, system
from handlers.call import Call
from handlers.dispatch import run, run_chunk
from handlers.registry import handler
from models import sql
from models.chat.tables import Inbox
from models.clock import days, now
from models.delivery.telling import tell
from models.errors import Refused
from models.system.jobs import Chunk, advance_job, claim_job, hold_job
from models.system.tables import Deadline, Job
from models.transactions import savepoint, transaction

log = structlog.get_logger()

# A live worker answers its own slow turns; what is older belongs to nobody any more.
ABANDONED = days(20 / 86400)

TRIES = 5

DUE = """
SELECT id FROM deadline WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def run_deadlines() -> int:
    """Runs every Call that is due, each in its own transaction; says how many."""
    ran = 0
    while await transaction(_run_deadline):
        ran += 1
    return ran


async def _run_deadline() -> bool:
    row = await sql.row(DUE, now())
    if row is None:
        return False
    deadline = await Deadline.get(id=row["id"])
    key = f"deadline:{deadline.id}"
    state = "done"
    try:
        async with savepoint():
            await run(system(key), Call.from_json(deadline.call), key=key)
    except Refused as refused:
        # The document has moved on; what was due no longer applies.
        log.info("deadline.refused", about=deadline.about, code=refused.code)
        state = "refused"
    await Deadline.filter(id=deadline.id).update(state=state)
    return True


async def run_jobs() -> int:
    """One chunk of the oldest long command nobody works on; says how many were run."""
    job = await claim_job()
    if job is None:
        return 0
    await transaction(_run_chunk, job)
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
