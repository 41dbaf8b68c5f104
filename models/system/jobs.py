"""Long commands: written down at once, run in chunks by whichever worker is free, each chunk one transaction."""

from dataclasses import dataclass
from typing import Any

from models import sql
from models.clock import days, now
from models.system.numbers import next_number
from models.system.tables import Job

LEASE = days(1 / 1440)

CLAIM = """
UPDATE job SET leased_until = $2 WHERE id = (
  SELECT id FROM job WHERE state IN ('waiting', 'running') AND (leased_until IS NULL OR leased_until < $1)
  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """How far a long command is; `cursor` None after a chunk means that it is finished."""

    cursor: Any = None
    done: int = 0
    total: int = 0


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
    """The oldest job that nobody works on, leased for a minute; its worker may die."""
    moment = now()
    found = await sql.row(CLAIM, moment, moment + LEASE)
    return await Job.get(id=found["id"]) if found else None


async def advance_job(job: Job, chunk: Chunk) -> None:
    """Records a chunk in its own transaction, and keeps the lease while there is more."""
    finished = chunk.cursor is None
    job.state = "done" if finished else "running"
    job.cursor, job.done, job.total = chunk.cursor, chunk.done, chunk.total
    job.leased_until = None if finished else now() + LEASE
    await job.save(update_fields=["state", "cursor", "done", "total", "leased_until"])
