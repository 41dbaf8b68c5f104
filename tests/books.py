"""What the books say, for tests that read them after each step."""

from models import sql
from models.auditing import CHECKS

BOOKED = """
SELECT a.code, l.amount FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id
WHERE e.document = $1 ORDER BY e.id, l.id
"""


async def booked(document: str) -> list[tuple[str, str]]:
    """The lines of everything a document booked: account and amount, debit positive."""
    return [(row["code"], str(row["amount"])) for row in await sql.rows(BOOKED, document)]


async def clean() -> bool:
    """Whether `liaodan audit` finds nothing."""
    return not [name for name, statement in CHECKS.items() if await sql.rows(statement)]
