"""Long commands: how far they are, pausing them, letting them go on."""

from typing import Any

from handlers.actor import Actor
from handlers.inputs import Cursor, cursor_after
from handlers.registry import command, handler, query
from handlers.result import Listing, Result
from handlers.visible import visible
from models import sql
from models.delivery.telling import pause_notices, resume_notices
from models.errors import WrongState
from models.states import Labelled
from models.system.jobs import pause_job, resume_job
from models.system.tables import Job

COUNTS = "SELECT state, count(*)::int AS count FROM notice WHERE about = ANY($1::text[]) AND kind NOT IN ('job.done', 'job.failed') GROUP BY state"


class JobState(Labelled):
    """Where a long command stands."""

    waiting = "waiting", "等待"
    running = "running", "进行中"
    paused = "paused", "已暂停"
    failed = "failed", "没有办成"
    done = "done", "已完成"


class JobStatus(Result):
    """A long command, and what became of the notices it sent, each counted once.

    `pending` are still to go out, those of a digest or of quiet hours among them; `refused` did not arrive, `muted` of
    them because their receivers want none. At the end accepted + uncertain + refused is everybody.
    """

    number: str
    what: str
    state: JobState
    done: int
    total: int
    accepted: int
    uncertain: int
    refused: int
    muted: int
    pending: int


class JobRow(Result):
    """A long command in a list."""

    number: str
    what: str
    state: JobState
    done: int
    total: int


class JobList(Listing):
    """Long commands, newest first."""

    items: list[JobRow]


@query("job.list", says=["任务进度", "群发进度", "我的任务", "后台任务"])
async def list_jobs(me: Actor, *, cursor: Cursor | None = None) -> JobList:
    """长任务和进度"""
    jobs = visible(me, Job)
    total = await jobs.count()
    page = await (jobs.filter(id__lt=int(cursor)) if cursor else jobs).order_by("-id").limit(Listing.PAGE + 1)
    more = cursor_after(page[Listing.PAGE - 1].id) if len(page) > Listing.PAGE else None
    return JobList(total=total, next=more, items=[_row(each) for each in page[: Listing.PAGE]])


@query("job.status", says=["{job}", "{job}进度", "{job}发完没有", "{job}发了多少", "{job}到哪了"])
async def job_status(me: Actor, *, job: Job) -> JobStatus:
    """一个长任务的进度和发送结果"""
    return await _status(job)


@command("job.pause", says=["暂停{job}", "停止{job}", "{job}先停一下", "{job}暂停"])
async def pause(me: Actor, *, job: Job) -> JobStatus:
    """暂停一个长任务，没发出去的先不发"""
    # The job's row comes first: a chunk that runs now ends before, and what it queued is paused too.
    stopped = await pause_job(job)
    if not (await pause_notices(job.number) or stopped):
        raise _wrong(job)
    await job.refresh_from_db()
    return await _status(job)


@command("job.resume", says=["继续{job}", "恢复{job}", "{job}继续"])
async def resume(me: Actor, *, job: Job) -> JobStatus:
    """让停下的长任务继续"""
    going = await resume_job(job)
    if not (await resume_notices(job.number) or going):
        raise _wrong(job)
    await job.refresh_from_db()
    return await _status(job)


def _wrong(job: Job) -> WrongState:
    return WrongState(kind="job", number=job.number, state=job.state, state_text=_state(job).text)


async def _status(job: Job) -> JobStatus:
    counts = {row["state"]: row["count"] for row in await sql.rows(COUNTS, [job.number])}
    facts = _facts(job)
    if counts.get("paused"):
        facts["state"] = JobState.paused
    return JobStatus(
        **facts,
        accepted=counts.get("accepted", 0) + counts.get("merged", 0),
        uncertain=counts.get("uncertain", 0),
        refused=counts.get("refused", 0) + counts.get("expired", 0) + counts.get("muted", 0),
        muted=counts.get("muted", 0),
        pending=counts.get("queued", 0) + counts.get("sending", 0) + counts.get("paused", 0),
    )


def _row(job: Job) -> JobRow:
    return JobRow(**_facts(job))


def _facts(job: Job) -> dict[str, Any]:
    return {
        "number": job.number,
        "what": handler(job.handler).help,
        "state": _state(job),
        "done": job.done,
        "total": job.total,
    }


def _state(job: Job) -> JobState:
    return next(state for state in JobState if state.value == job.state)
