"""Calls that fall due: written by whoever must not forget, run by whichever worker ticks first."""

from datetime import datetime
from typing import Any

from models import sql
from models.clock import now
from models.system.tables import Deadline

# The pause is as long as one worker may take, so a second one leaves it alone meanwhile: one minute, two, four …
CLAIM = """
UPDATE deadline SET tries = tries + 1, due_at = $1::timestamptz + make_interval(mins => 1 << least(tries, 10))
WHERE id = (
  SELECT id FROM deadline WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""

HOLD = "SELECT id FROM deadline WHERE id = $1 AND state = 'waiting' AND tries = $2 FOR UPDATE"


async def set_deadline(about: str, call: dict[str, Any], due_at: datetime) -> None:
    """Has a Call run at a moment, as the product itself."""
    await Deadline.create(about=about, call=call, due_at=due_at)


async def drop_deadlines(about: str) -> None:
    """Forgets what was due about a document, once it no longer matters."""
    await Deadline.filter(about=about, state="waiting").update(state="dropped")


async def claim_deadline() -> Deadline | None:
    """The one that has been due longest, its try counted and the next one put off: what fails lets the others pass."""
    found = await sql.row(CLAIM, now())
    return await Deadline.get(id=found["id"]) if found else None


async def hold_deadline(deadline: Deadline) -> bool:
    """Locks a deadline for the rest of the transaction; False if it no longer waits, or another worker has it."""
    return await sql.row(HOLD, deadline.id, deadline.tries) is not None


async def end_deadline(deadline: Deadline, state: str) -> None:
    """Records what became of it."""
    await Deadline.filter(id=deadline.id).update(state=state)
