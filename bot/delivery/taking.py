"""What a try uses up: an accepted message, a place in the 48-hour window, the one-time code of a card.

It is taken before the call, in the transaction that writes the attempt down, so that two workers cannot both use the
last one; and given back, in the transaction that records the attempt's end, if the platform certainly took nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.delivery.ways import Way
from models import sql
from models.chat.tables import Conversation
from models.clock import now
from models.delivery.cards import give_code, take_code
from models.delivery.grants import change_grant, give_grant, take_grant
from models.delivery.tables import Notice

TAKE_WINDOW = """
UPDATE conversation SET window_left = window_left - 1
WHERE id = $1 AND window_left > 0 AND window_until > $2 RETURNING window_until
"""

# Whoever wrote again meanwhile has a new window, which lacks nothing.
GIVE_WINDOW = "UPDATE conversation SET window_left = window_left + 1 WHERE id = $1 AND window_until = $2"


class Use(Enum):
    """What became of what a try had taken."""

    used = "used"
    unused = "unused"
    void = "void"  # The platform says that there was none, whatever we had counted.


@dataclass(frozen=True, slots=True)
class Taken:
    """What one try holds until its end is known: which window its message is of, which card its code changes."""

    way: Way
    window_until: datetime | None = None
    task_id: str = ""
    code: str = ""


class NothingLeft(Exception):
    """There is nothing for this way, or it is used up."""


async def take(way: Way, notice: Notice) -> Taken:
    """Takes what this way uses up, in a transaction. Raises NothingLeft."""
    if way.name == "card_change":
        card = await take_code(notice.about, notice.receiver_id)  # type: ignore[attr-defined]
        if card is None:
            raise NothingLeft()
        return Taken(way, task_id=card[0], code=card[1])
    if way.name == "customer_service":
        window = await sql.row(TAKE_WINDOW, way.conversation.id, now())
        if window is None:
            raise NothingLeft()
        return Taken(way, window["window_until"])
    if way.accepted and not await take_grant(way.conversation.id, way.accepted):
        raise NothingLeft()
    return Taken(way)


async def end_use(taken: Taken, use: Use) -> None:
    """Gives back what was not used, and forgets what the platform does not know of; in a transaction."""
    way = taken.way
    if use is Use.used:
        return
    if taken.code:
        # A code that WeCom does not know is gone already.
        if use is Use.unused:
            await give_code(taken.task_id, taken.code)
    elif taken.window_until is not None and use is Use.unused:
        await sql.rows(GIVE_WINDOW, way.conversation.id, taken.window_until)
    elif taken.window_until is not None:
        await Conversation.filter(id=way.conversation.id, window_until=taken.window_until).update(window_left=0)
    elif way.accepted and use is Use.unused:
        await give_grant(way.conversation.id, way.accepted)
    elif way.accepted:
        await change_grant(way.conversation.id, way.accepted, accepted=False)
