"""What the platforms report afterwards: a message arrived, or did not although it had been accepted."""

from models import sql
from models.clock import now

REPORTED = "reported"

ARRIVED = "UPDATE attempt SET arrived_at = $2 WHERE platform_id = $1 AND arrived_at IS NULL RETURNING id"

FAILED = """
UPDATE attempt SET outcome = 'refused', code = $4, words = $2, ended_at = $3
WHERE platform_id = $1 AND outcome = 'accepted' RETURNING notice_id
"""

# The way that failed is not tried again (see sending), the others are; a stale notice only says what became of it.
AGAIN = """
UPDATE notice SET state = CASE WHEN expires_at < $2 THEN 'expired' ELSE 'queued' END, due_at = $2, attempts = 0,
  reason = $3, settled_at = CASE WHEN expires_at < $2 THEN $2::timestamptz END
WHERE id = $1 AND state = 'accepted'
"""


async def note_report(platform_id: str, delivered: bool, words: str) -> None:
    """Marks the attempt that a report is about; after a failure the notice goes on to the next door."""
    if delivered:
        await sql.rows(ARRIVED, platform_id, now())
        return
    reason = f"{_why(words)}（微信回报）"
    for row in await sql.rows(FAILED, platform_id, reason, now(), REPORTED):
        await sql.rows(AGAIN, row["notice_id"], now(), reason)


def _why(words: str) -> str:
    said = words.lower()
    if "block" in said or "reject" in said or "refuse" in said:
        return "对方拒收"
    return "微信没有送到"
