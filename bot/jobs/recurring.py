"""Jobs that come round: each slot of each is run once among all workers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.actor import person, system
from handlers.call import Call
from handlers.dispatch import run
from models import sql
from models.clock import at_local, days, local, now, today
from models.delivery.telling import tell
from models.party.tables import Person, Role
from models.transactions import transaction

CLAIM = "INSERT INTO slot (job, slot, ran_at) VALUES ($1, $2, $3) ON CONFLICT (job, slot) DO NOTHING RETURNING id"

GRACE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Recurring:
    """A job, and the hour of the day at which it is due in Shanghai."""

    name: str
    hour: int
    work: Callable[[], Awaitable[None]]

    def slot(self, moment: datetime) -> datetime:
        """The latest time at which it was due."""
        due = at_local(local(moment).date(), self.hour)
        return due if due <= moment else due - days(1)


async def morning_digest() -> None:
    """Every manager gets what 今天怎么样 would answer."""
    managers = await Person.filter(active=True, customer_id=None).order_by("id")
    for each in managers:
        if Role.manager.value in each.roles:
            outcome = await run(await person(each.number), Call("report.today"))
            await tell("digest.morning", about="", facts=outcome.facts, managers=[each.id])


async def watch_customers() -> None:
    """New signs of risk go to owner and finance, and finance learns whom to remind today."""
    for name in ("risk.watch", "receivable.propose"):
        key = f"{name}:{today().isoformat()}"
        await run(system(key), Call(name), key=key)


RECURRING = (Recurring("digest.morning", 8, morning_digest), Recurring("customers.watch", 9, watch_customers))


async def run_recurring() -> int:
    """Runs what has become due and nobody has run; what is more than two hours late is let go."""
    ran = 0
    for job in RECURRING:
        ran += await transaction(_run, job)
    return ran


async def _run(job: Recurring) -> int:
    moment = now()
    slot = job.slot(moment)
    if not await sql.row(CLAIM, job.name, slot.isoformat(), moment):
        return 0
    if moment - slot > GRACE:
        return 0
    await job.work()
    return 1
