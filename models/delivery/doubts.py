"""Calls of which nobody knows the end, and that nobody will ask about any more."""

from collections.abc import Collection

from models import sql

CLOSE = """
UPDATE attempt SET outcome = 'unknown', code = 'no_answer'
WHERE notice_id = ANY($1::bigint[]) AND (outcome = 'later' AND code = 'no_answer' OR outcome = 'unknown')
"""


async def close_doubts(notices: Collection[int]) -> None:
    """Leaves open what became of these notices so far: they begin anew, in the caller's transaction."""
    await sql.rows(CLOSE, list(notices))
