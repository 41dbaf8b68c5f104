"""The one company whose books these are."""

from decimal import Decimal
from typing import Any

from models import sql

RATE = "SELECT tax_rate FROM company ORDER BY id LIMIT 1"

LETTERHEAD = "SELECT name, bank, bank_account FROM company ORDER BY id LIMIT 1"


async def tax_rate() -> Decimal:
    """The company's rate of value-added tax, such as 0.13."""
    found = await sql.row(RATE)
    assert found is not None, "there is no company yet"
    rate: Decimal = found["tax_rate"]
    return rate


async def letterhead() -> dict[str, Any]:
    """What stands on the company's papers: its name, and where to pay."""
    found = await sql.row(LETTERHEAD)
    assert found is not None, "there is no company yet"
    return found
