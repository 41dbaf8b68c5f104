"""What every company starts with, as data that it can change: who is told what, who decides, how low who may go, and the chart of accounts."""

import csv
from decimal import Decimal
from pathlib import Path

from models.approvals.tables import ApprovalRule
from models.books.opening import open_books
from models.books.tables import Account
from models.delivery.tables import Audience
from models.finance.tables import DunningLevel
from models.sales.tables import DiscountFloor

HERE = Path(__file__).parent


async def write_defaults() -> None:
    """Adds the default rows that are missing; what the company changed stays."""
    for row in _rows("delivery/audiences.csv"):
        await Audience.get_or_create(
            {"urgent": row["urgent"] == "yes", "expires_hours": int(row["expires_hours"])},
            kind=row["kind"],
            audience=row["audience"],
        )
    for row in _rows("books/accounts.csv"):
        await Account.get_or_create({"name": row["name"], "kind": row["kind"]}, code=row["code"])
    await open_books()
    for row in _rows("sales/floors.csv"):
        await DiscountFloor.get_or_create({"floor": Decimal(row["floor"])}, role=row["role"])
    for row in _rows("finance/levels.csv"):
        await DunningLevel.get_or_create(
            {
                "days": int(row["days"]),
                "blocks": row["blocks"] == "yes",
                "rate": Decimal(row["rate"]),
                "fee": Decimal(row["fee"]),
            },
            level=int(row["level"]),
        )
    for row in _rows("approvals/rules.csv"):
        await ApprovalRule.get_or_create(kind=row["kind"], above=Decimal(row["above"]), post=row["post"])


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="") as file:
        return list(csv.DictReader(file))
