"""What the platforms report afterwards: a message arrived, or did not although it had been accepted."""

from models import sql
from models.clock import days, now

REPORTED = "reported"

# A report and the end of the try it is about may come at the same moment; whoever is second sees what the first wrote.
ALONE = "SELECT pg_advisory_xact_lock(hashtext('report ' || $1))"

ARRIVED = "UPDATE attempt SET arrived_at = $2 WHERE platform_id = $1 AND arrived_at IS NULL"

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

KNOWN = """
SELECT a.id FROM attempt a JOIN notice n ON n.id = a.notice_id WHERE a.platform_id = $1 AND n.state <> 'sending' LIMIT 1
"""

KEEP = """
INSERT INTO early_report (platform_id, delivered, words, reported_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (platform_id) DO NOTHING
"""

# Of a message that is not ours, or whose answer never came, nothing will ever be asked.
FORGET = "DELETE FROM early_report WHERE reported_at < $1"

TAKE = "DELETE FROM early_report WHERE platform_id = $1 RETURNING delivered, words"


async def note_report(platform_id: str, delivered: bool, words: str) -> None:
    """Marks the attempt that a report is about; after a failure the notice goes on to the next door.

    In a transaction. A report may overtake the answer to the call it is about: then it is kept for `catch_up`.
    """
    await sql.rows(ALONE, platform_id)
    if await sql.row(KNOWN, platform_id):
        await _apply(platform_id, delivered, words)
    else:
        await sql.rows(FORGET, now() - days(1))
        await sql.rows(KEEP, platform_id[:64], delivered, words[:200], now())


async def catch_up(platform_id: str) -> None:
    """Applies a report that came before its message was known; in a transaction, after the notice was settled."""
    await sql.rows(ALONE, platform_id)
    for row in await sql.rows(TAKE, platform_id):
        await _apply(platform_id, row["delivered"], row["words"])


async def _apply(platform_id: str, delivered: bool, words: str) -> None:
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
