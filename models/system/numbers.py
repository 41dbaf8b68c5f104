"""Document numbers: a prefix and at least four digits, counted without gaps."""

from models import sql

NEXT = """
INSERT INTO sequence (prefix, following) VALUES ($1, 2)
ON CONFLICT (prefix) DO UPDATE SET following = sequence.following + 1
RETURNING following - 1 AS number
"""


async def next_number(prefix: str) -> str:
    """The next number of this kind; it goes back if the transaction does."""
    found = await sql.row(NEXT, prefix)
    assert found is not None
    return f"{prefix}{found['number']:04d}"
