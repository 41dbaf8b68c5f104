"""A customer's statement as a table: what was owed before, each movement, what is owed then."""

from datetime import date
from decimal import Decimal
from typing import Any

from handlers.sheets.writing import Column, Table

COLUMNS = (
    Column("日期", "day"), Column("往来"), Column("单据"), Column("开票", "money"), Column("收款", "money"), Column("余额", "money"),
)  # fmt: skip

KINDS = {"invoice": "开票", "red": "红冲", "payment": "收款", "written_off": "抹零", "refund": "退款"}

BILLED = ("invoice", "red")


def statement_rows(facts: dict[str, Any]) -> list[list[Any]]:
    """The rows of a statement, as `statement.get` answers it."""
    moved = [_row(each) for each in facts["items"]]
    billed, paid = Decimal(facts["invoiced"]), Decimal(facts["received"])
    return [
        [None, "期初", "", None, None, Decimal(facts["opening"])],
        *moved,
        [None, "期末", "", billed, paid, Decimal(facts["closing"])],
    ]


def statement_table(facts: dict[str, Any]) -> Table:
    """A statement as a sheet with its title."""
    return Table(f"{facts['customer']['name']} 对账单 {facts['period']}", COLUMNS, statement_rows(facts))


def _row(item: dict[str, Any]) -> list[Any]:
    amount, is_bill = Decimal(item["amount"]), item["kind"] in BILLED
    return [
        date.fromisoformat(item["day"]), KINDS[item["kind"]], item["document"], amount if is_bill else None,
        None if is_bill else -amount, Decimal(item["balance"]),
    ]  # fmt: skip
