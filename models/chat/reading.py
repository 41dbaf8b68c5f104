"""When WeCom's address book is read whole: at the start, every night, and when a push names what we do not know."""

from datetime import datetime, timedelta

from models import sql
from models.chat.tables import BookReading, WorkMember, WorkParty
from models.clock import at_local, days, local, now

WORK = "work"

LEASE = timedelta(hours=1)
"""Roomy, for a large company is read for minutes; a reading whose worker died is taken up after it."""
FRESH = timedelta(hours=1)
HOUR = 3
"""Of the night, when nobody minds that the address book is asked for everybody."""

ASK = """
INSERT INTO book_reading (door, due_at, leased_until) VALUES ($1, $2, $2)
ON CONFLICT (door) DO UPDATE SET due_at = least(book_reading.due_at, excluded.due_at)
"""

START = f"{ASK} WHERE coalesce(book_reading.read_at < $3, true)"

CLAIM = """
UPDATE book_reading SET leased_until = $3 WHERE door = $1 AND due_at <= $2 AND leased_until <= $2 RETURNING id
"""

# What was asked for while it was read is read again.
DONE = """
UPDATE book_reading SET read_at = $2, leased_until = $2, due_at = CASE WHEN due_at <= $2 THEN $3 ELSE due_at END WHERE door = $1
"""

HEARD = """
INSERT INTO work_member (userid, seen_at) VALUES ($1, $2) ON CONFLICT (userid) DO UPDATE SET seen_at = $2, left_at = NULL
"""

GONE = """
INSERT INTO work_member (userid, seen_at, left_at) VALUES ($1, $2, $2) ON CONFLICT (userid) DO UPDATE SET left_at = $2
"""

EMPLOYEES = "SELECT external_id FROM conversation WHERE door = $1 AND person_id IS NOT NULL"


async def ask_for_book() -> None:
    """Has the address book read soon."""
    await sql.rows(ASK, WORK, now())


async def begin_with_book() -> None:
    """Has it read at the start, unless it has just been."""
    moment = now()
    await sql.rows(START, WORK, moment, moment - FRESH)


async def claim_book() -> datetime | None:
    """Since when this worker reads the book, if it is due and nobody else does."""
    moment = now()
    return moment if await sql.row(CLAIM, WORK, moment, moment + LEASE) else None


async def book_read(since: datetime) -> None:
    """It was read whole, as it was then."""
    await sql.rows(DONE, WORK, since, at_local(local(since).date() + days(1), HOUR))


async def put_off_book(seconds: int) -> None:
    """Reads it again after a while."""
    moment = now()
    await BookReading.filter(door=WORK).update(due_at=moment + timedelta(seconds=seconds), leased_until=moment)


async def heard_of(userid: str) -> None:
    """A member is there."""
    await sql.rows(HEARD, userid, now())


async def gone(userid: str) -> None:
    """A member has left, or is called otherwise: what comes late under this id is about nobody."""
    await sql.rows(GONE, userid, now())


async def has_gone(userid: str) -> bool:
    """Whether a member has left and not come again."""
    return await WorkMember.filter(userid=userid, left_at__not_isnull=True).exists()


async def missing(listed: set[str], since: datetime) -> list[str]:
    """Who was heard of before and is not in a list that came whole."""
    known = await WorkMember.filter(left_at=None, seen_at__lt=since).order_by("userid")
    return [each.userid for each in known if each.userid not in listed]


async def unlisted(parties: set[int]) -> list[int]:
    """The departments that we follow and a whole list does not name."""
    return [each.party_id for each in await WorkParty.all().order_by("party_id") if each.party_id not in parties]


async def employees() -> set[str]:
    """The ids under which somebody of ours is a member."""
    return {each["external_id"] for each in await sql.rows(EMPLOYEES, WORK)}
