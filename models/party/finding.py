"""Finding customers and people by what people call them."""

from typing import Any

from models import sql
from models.party.tables import Role
from models.text import key

CUSTOMERS = """
SELECT id, number, name FROM customer
WHERE active AND (' ' || keys || ' ') LIKE '%' || $1 || '%'
ORDER BY (' ' || keys || ' ') LIKE '% ' || $1 || ' %' DESC, length(name), number LIMIT 6
"""

SUPPLIERS = """
SELECT id, number, name FROM supplier WHERE (' ' || keys || ' ') LIKE '%' || $1 || '%' OR lower(number) = $1
ORDER BY (' ' || keys || ' ') LIKE '% ' || $1 || ' %' DESC, length(name), number LIMIT 6
"""

PEOPLE = """
SELECT id, number, name, nickname FROM person
WHERE active AND (number = upper($1) OR name = $1 OR nickname = $1) ORDER BY number LIMIT 6
"""

CONTACTS = "SELECT id FROM person WHERE active AND customer_id = $1 ORDER BY id"

WITH_ROLE = "SELECT id FROM person WHERE active AND roles ? $1 ORDER BY id"


async def find_customers(text: str) -> list[dict[str, Any]]:
    """Customers that a piece of text can mean, exact names first; a short form of the name is enough."""
    wanted = key(text).replace("%", "")
    if not wanted:
        return []
    found = await sql.rows(CUSTOMERS, wanted)
    exact = [row for row in found if wanted in (key(row["name"]), row["number"].lower())]
    return exact or found


async def find_suppliers(text: str) -> list[dict[str, Any]]:
    """Suppliers that a piece of text can mean, exact names first."""
    wanted = key(text).replace("%", "")
    found = await sql.rows(SUPPLIERS, wanted) if wanted else []
    return [row for row in found if wanted in (key(row["name"]), row["number"].lower())] or found


async def find_people(text: str) -> list[dict[str, Any]]:
    """People with this number, name or nickname."""
    return await sql.rows(PEOPLE, text.strip())


async def contacts_of(customer_id: int) -> list[int]:
    """The ids of a customer's contacts, the first one first."""
    return [row["id"] for row in await sql.rows(CONTACTS, customer_id)]


async def people_with(role: Role) -> list[int]:
    """The ids of everybody at work who has a role."""
    return [row["id"] for row in await sql.rows(WITH_ROLE, role.value)]
