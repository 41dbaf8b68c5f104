"""Writing people and firms down, with the spellings under which they are found."""

import re
from decimal import Decimal

from models.clock import now
from models.party.tables import Customer, Person, Supplier
from models.system.numbers import next_number
from models.text import name_keys, plain

_TAX_NUMBER = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{17,18}|[0-9A-Z]{20}")


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


def tax_number(text: str) -> str | None:
    """A taxpayer's number as the tax office writes it, or None: firms have 15 or 18, persons in business 17 to 20."""
    number = plain(text).replace(" ", "").replace("-", "").upper()
    return number if _TAX_NUMBER.fullmatch(number) else None


async def keep_tax_details(customer: Customer, title: str | None, tax_no: str | None) -> None:
    """What a customer's invoices are made out to from now on; what is not said stays."""
    customer.tax_title, customer.tax_no = (title or customer.tax_title)[:80], tax_no or customer.tax_no
    await Customer.filter(id=customer.id).update(tax_title=customer.tax_title, tax_no=customer.tax_no)
