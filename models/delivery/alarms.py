"""Alarms: what a platform refuses until a person mends a setting, kept for the board and told to the administrators."""

from models import sql
from models.clock import days, now
from models.delivery.telling import tell
from models.party.finding import people_with
from models.party.tables import Role

QUIET = days(1 / 24)
"""So long an alarm that goes on is counted, and not told again."""

NOTE = """
INSERT INTO alarm (door, code, words, times, first_at, last_at, told_at) VALUES ($1, $2, $3, 1, $4, $4, $4)
ON CONFLICT (door, code) DO UPDATE SET words = $3, times = alarm.times + 1, last_at = $4,
  told_at = CASE WHEN alarm.told_at < $5 THEN $4 ELSE alarm.told_at END
RETURNING told_at = $4 AS news
"""


async def note_alarm(door: str, code: int, words: str) -> bool:
    """Counts an alarm; administrators hear of a new one, and of an old one once an hour. Says whether they did."""
    moment = now()
    row = await sql.row(NOTE, door, code, words[:300], moment, moment - QUIET)
    assert row is not None
    if row["news"]:
        await tell(
            "wechat.alarm", about=f"{door} {code}"[:20], facts={"words": words}, admins=await people_with(Role.admin)
        )
    return bool(row["news"])
