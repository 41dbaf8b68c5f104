"""Template cards on people's screens, and the one-time codes that change them (WeCom doc 94888)."""

from models import sql
from models.clock import days, now
from models.delivery.tables import Card

CODE_LIVES = days(3)

# Under the row's lock: a tap that brings a newer code at this moment is waited for, and its code taken.
TAKE_CODE = """
UPDATE card SET response_code = '' FROM (
  SELECT id, response_code AS code FROM card
  WHERE about = $1 AND receiver_id = $2 AND code_until > $3 AND response_code <> '' ORDER BY id DESC LIMIT 1 FOR UPDATE
) AS held WHERE card.id = held.id RETURNING card.task_id, held.code
"""


async def take_tap(task_id: str, response_code: str, receiver_id: int | None) -> None:
    """A tap brings a fresh code for that person's card."""
    if response_code:
        await Card.filter(task_id=task_id, receiver_id=receiver_id).update(
            response_code=response_code, code_until=now() + CODE_LIVES
        )


async def was_shown(about: str, receiver_id: int) -> bool:
    """Whether somebody was sent a card about a document."""
    return await Card.filter(about=about, receiver_id=receiver_id).exists()


async def give_code(task_id: str, code: str) -> None:
    """Gives back a code that changed nothing; one that a tap has brought meanwhile stays."""
    await Card.filter(task_id=task_id, response_code="").update(response_code=code)


async def take_code(about: str, receiver_id: int) -> tuple[str, str] | None:
    """The task id and unused code of a card about a document, the code used up by asking; None if there is none."""
    taken = await sql.row(TAKE_CODE, about, receiver_id, now())
    return (taken["task_id"], taken["code"]) if taken else None
