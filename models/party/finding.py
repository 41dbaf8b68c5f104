"""Finding customers and people by what people call them."""

from typing import Any

from models import sql
from models.party.tables import Customer, Person, Role
from models.rows import first, matching
from models.text import company, key

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


async def called_with(role: Role) -> list[str]:
    """What everybody at work who has a role is called."""
    return [each.called for each in await Person.filter(id__in=await people_with(role)).order_by("id")]


async def someone(person_id: int) -> Person:
    """The person that a row of ours names."""
    return await Person.get(id=person_id)


async def anybody(person_id: int | None) -> Person | None:
    """The person that a row of ours names, if it names one."""
    return await Person.get_or_none(id=person_id) if person_id else None


async def colleague(number: str) -> Person | None:
    """A colleague at work, by number."""
    return await first(Person.filter(number=number, active=True, customer_id=None))


async def customer_of(customer_id: int | None) -> Customer | None:
    """The customer that a row of ours names, with who looks after it."""
    return await Customer.get_or_none(id=customer_id).select_related("owner") if customer_id else None


async def customer_called(name: str) -> Customer | None:
    """The customer of exactly this name, given up or not."""
    return await first(Customer.filter(name=name))


async def customer_like(name: str) -> Customer | None:
    """The customer of this name, however its place and legal form are written, with who looks after it."""
    wanted = company(name)
    alike = Customer.filter(keys__contains=wanted).order_by("id").select_related("owner")
    return next((each for each in await matching(alike) if company(each.name) == wanted), None)


async def customer_meant(said: str) -> Customer | None:
    """The customer that is not given up of exactly this name, else of this number."""
    alive = Customer.filter(active=True)
    return await first(alive.filter(name=said)) or await first(alive.filter(number=said.upper()))


async def contact_called(customer_id: int, name: str) -> Person | None:
    """A customer's contact of exactly this name."""
    return await first(Person.filter(customer_id=customer_id, name=name, active=True))


async def elsewhere_with(phone: str, customer_id: int) -> Person | None:
    """Who has this phone and is not this customer's."""
    return await first(Person.filter(phone=phone, active=True).exclude(customer_id=customer_id))


async def colleagues_called(said: str) -> list[Person]:
    """The colleagues that a number, name or nickname can mean."""
    return await Person.filter(id__in=[each["id"] for each in await find_people(said)], customer_id=None)
