"""Long commands: written down at once, run in chunks by whichever worker is free, each chunk one transaction."""

from dataclasses import dataclass, field
from typing import Any

from models import sql
from models.clock import days, now
from models.system.numbers import next_number
from models.system.tables import Job

LEASE = days(1 / 1440)

CLAIM = """
UPDATE job SET tries = tries + 1, leased_until = $1::timestamptz + $2::interval * (1 << least(tries, 10)) WHERE id = (
  SELECT id FROM job WHERE state IN ('waiting', 'running') AND (leased_until IS NULL OR leased_until < $1)
  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""

HOLD = "SELECT id FROM job WHERE id = $1 FOR UPDATE"


@dataclass(frozen=True, slots=True)
class Chunk:
    """How far a long command is; `cursor` None after a chunk means that it is finished. `number` is the job's.

    `told` are facts that the last chunk adds to the notice that the job is done.
    """

    cursor: Any = None
    done: int = 0
    total: int = 0
    number: str = ""
    told: dict[str, Any] = field(default_factory=dict)


async def start_job(handler: str, inputs: dict[str, Any], *, person_id: int, door: str) -> Job:
    """Writes a long command down."""
    return await Job.create(
        number=await next_number("JB"),
        handler=handler,
        inputs=inputs,
        person_id=person_id,
        door=door,
        created_at=now(),
    )


async def claim_job() -> Job | None:
    """The oldest job that nobody works on, leased for a minute, and for longer each time that its chunk fails."""
    found = await sql.row(CLAIM, now(), LEASE)
    return await Job.get(id=found["id"]) if found else None


async def hold_job(job: Job) -> bool:
    """Locks a job for the chunk that follows in this transaction; False if it is not to run now.

    Where it stands is read again: a worker whose lease ran out must not do what another has done meanwhile.
    """
    found = await sql.row(HOLD, job.id)
    await job.refresh_from_db()
    return found is not None and job.state in ("waiting", "running")


async def pause_job(job: Job) -> bool:
    """Stops a job after the chunk that runs; False if there is nothing to stop."""
    return bool(await Job.filter(id=job.id, state__in=["waiting", "running"]).update(state="paused"))


async def resume_job(job: Job) -> bool:
    """Lets a job that was paused, or failed, go on where it stopped; False if it did not stop."""
    stopped = Job.filter(id=job.id, state__in=["paused", "failed"])
    return bool(await stopped.update(state="running", leased_until=None, tries=0))


async def fail_job(job: Job) -> None:
    """Stops a job whose next chunk cannot be done, until somebody has it go on."""
    await Job.filter(id=job.id).update(state="failed", leased_until=None)


async def advance_job(job: Job, chunk: Chunk) -> None:
    """Records a chunk in its own transaction; while there is more, whoever is free goes on."""
    finished = chunk.cursor is None
    job.state = "done" if finished else "running"
    job.cursor, job.done, job.total = chunk.cursor, chunk.done, chunk.total
    job.leased_until, job.tries = None, 0
    await job.save(update_fields=["state", "cursor", "done", "total", "leased_until", "tries"])
