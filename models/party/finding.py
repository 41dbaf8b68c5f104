"""Finding customers and people by what people call them."""

from typing import Any

from models import sql
from models.text import key

CUSTOMERS = """
SELECT id, number, name FROM customer
WHERE active AND (' ' || keys || ' ') LIKE '%' || $1 || '%'
ORDER BY (' ' || keys || ' ') LIKE '% ' || $1 || ' %' DESC, length(name), number LIMIT 6
"""

PEOPLE = """
SELECT id, number, name, nickname FROM person
WHERE active AND (number = upper($1) OR name = $1 OR nickname = $1) ORDER BY number LIMIT 6
"""


async def find_customers(text: str) -> list[dict[str, Any]]:
    """Customers that a piece of text can mean, exact names first; a short form of the name is enough."""
    wanted = key(text).replace("%", "")
    if not wanted:
        return []
    found = await sql.rows(CUSTOMERS, wanted)
    exact = [row for row in found if wanted in (key(row["name"]), row["number"].lower())]
    return exact or found


async def find_people(text: str) -> list[dict[str, Any]]:
    """People with this number, name or nickname."""
    return await sql.rows(PEOPLE, text.strip())
