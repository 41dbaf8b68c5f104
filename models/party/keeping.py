"""Writing people and firms down, with the spellings under which they are found."""

from decimal import Decimal

from models.clock import now
from models.party.tables import Customer, Person, Supplier
from models.system.numbers import next_number
from models.text import name_keys


async def add_person(
    number: str,
    name: str,
    *,
    nickname: str = "",
    phone: str = "",
    roles: list[str],
    department_id: int | None = None,
    superior_id: int | None = None,
    customer_id: int | None = None,
) -> Person:
    """A new employee or contact."""
    return await Person.create(
        number=number,
        name=name,
        nickname=nickname,
        phone=phone,
        roles=roles,
        department_id=department_id,
        superior_id=superior_id,
        customer_id=customer_id,
        created_at=now(),
    )


async def add_customer(
    name: str,
    *,
    owner_id: int | None,
    credit_limit: Decimal | None,
    terms_days: int = 30,
    month_end: bool = False,
    address: str = "",
) -> Customer:
    """A new customer; NULL as limit is no limit, 0 is no credit."""
    number = await next_number("CU")
    return await Customer.create(
        number=number,
        name=name,
        address=address,
        terms_days=terms_days,
        month_end=month_end,
        credit_limit=credit_limit,
        owner_id=owner_id,
        keys=" ".join([*name_keys(name), number.lower()]),
    )


async def add_supplier(name: str) -> Supplier:
    """A new supplier."""
    return await Supplier.create(number=await next_number("SU"), name=name, keys=" ".join(name_keys(name)))
