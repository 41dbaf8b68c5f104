"""Whatever finance, purchasing and their managers do with money, one after the other, the books agree with the documents."""

import random
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

from handlers.actor import Actor, person
from handlers.call import Call
from handlers.dispatch import run
from models import sql
from models.auditing import CHECKS
from models.errors import Refused
from models.finance.tables import Invoice, Payment
from models.payables.tables import PaymentOut, SupplierInvoice
from models.sales.tables import SalesOrder
from models.transactions import savepoint

STEPS = 200

Step = tuple[str, str, dict[str, str]]
"""Who, which command, with what."""


async def numbers(table: type, **which: object) -> list[str]:
    return [each.number for each in await table.filter(**which).order_by("-id").limit(6)]


async def draw(dice: random.Random) -> Step:
    """One command that somebody could give now; now and then with a figure that cannot be."""
    amount = dice.choice(["0", "0.01", "100", "777.77", "5000", "26000", "10000000000000"]) if dice.random() < 0.3 else (
        f"{dice.randrange(1, 90_000) / 100:.2f}"
    )  # fmt: skip
    customer = dice.choice(["宏达建材", "建业工程", "老王五金店"])
    supplier = dice.choice(["正泰", "宝钢贸易", "佛照"])
    every: dict[str, Callable[[], Step]] = {
        "record": lambda: ("E009", "payment.record", {"customer": customer, "amount": amount}),
        "prepay": lambda: ("E019", "payment.prepay", {"customer": customer, "amount": amount}),
        "refund": lambda: ("E009", "payment.refund", {"customer": customer, "amount": amount}),
        "bill": lambda: ("E019", "payable.bill", {"supplier": supplier, "amount": amount, "purpose": "运费"}),
        "ask": lambda: ("E012", "payable.request", {"supplier": supplier, "amount": amount, "department": "采购", "purpose": "办公用品"}),
        "pay": lambda: ("E009", "payable.pay", {"supplier": supplier, "amount": amount}),
        "budget": lambda: ("E001", "budget.set", {"department": "采购", "purpose": "办公用品", "amount": amount}),
        "limit": lambda: ("E001", "credit.set", {"customer": customer, "amount": str(dice.randrange(150, 400) * 1000)}),
        "freeze": lambda: ("E009", "credit.freeze", {"customer": "老王五金店"}),
        "thaw": lambda: ("E009", "credit.unfreeze", {"customer": "老王五金店"}),
        "order": lambda: ("E003", "order.create", {"customer": customer, "items": [{"product": "BRG6204", "quantity": str(dice.randrange(1, 40))}]}),  # type: ignore[dict-item]
        "remind": lambda: ("E009", "receivable.remind", {"customer": "建业工程"}),
    }  # fmt: skip
    pick = dice.choice(
        [*every, *every, "allocate", "cancel", "uninvoice", "ship", "invoice", "unpay", "unbill", "settle"]
    )
    if pick in every:
        return every[pick]()
    going = ["confirmed", "in_progress"]
    table, which, name, field, who = {
        "allocate": (Payment, {"state": "posted"}, "payment.allocate", "payment", "E009"),
        "cancel": (Payment, {}, "payment.cancel", "payment", "E009"),
        "uninvoice": (Invoice, {"total__gt": 0}, "invoice.void", "invoice", "E009"),
        "ship": (SalesOrder, {"state__in": going, "delivery_state": "pending"}, "ship.confirm", "order", "E005"),
        "invoice": (SalesOrder, {"state": "in_progress", "invoiced": 0}, "invoice.issue", "order", "E019"),
        "unpay": (PaymentOut, {}, "payable.cancel", "payment", "E009"),
        "unbill": (SupplierInvoice, {}, "payable.void", "bill", "E009"),
        "settle": (PaymentOut, {"state": "approved"}, "payable.pay", "payment", "E019"),
    }[pick]
    found = await numbers(table, **which) or ["9999"]
    inputs = {field: dice.choice(found)}
    return who, name, {**inputs, "carrier": "顺丰", "tracking_no": "SF1029384756"} if pick == "ship" else inputs


@pytest.mark.parametrize("seed", [4, 11])
async def test_after_any_two_hundred_steps_the_books_agree_with_the_documents(database: str, seed: int) -> None:
    dice, done, refused = random.Random(seed), Counter[str](), Counter[str]()
    people: dict[str, Actor] = {
        number: await person(number) for number in ("E001", "E003", "E005", "E009", "E012", "E019")
    }
    for nth in range(STEPS):
        who, name, inputs = await draw(dice)
        try:
            async with savepoint():
                await run(people[who], Call(name, inputs), key=f"p{seed}-{nth}")
            done[name] += 1
        except Refused:
            refused[name] += 1
    tried = {name: f"{done[name]} done, {refused[name]} refused" for name in sorted({*done, *refused})}
    sys.stdout.write("".join(f"\n{name}: {often}" for name, often in tried.items()))
    assert sum(done.values()) > STEPS * 0.6
    assert [name for name in tried if done[name] * 5 < done[name] + refused[name] >= 5] == [], tried
    assert [name for name, statement in CHECKS.items() if await sql.rows(statement)] == []
    money_in = await sql.row(
        "SELECT sum(amount) AS paid, sum(allocated) AS allocated, sum(refunded) AS refunded, sum(amount - allocated - refunded) "
        "AS kept FROM payment WHERE state <> 'cancelled'"
    )
    assert money_in is not None
    assert money_in["paid"] == money_in["allocated"] + money_in["refunded"] + money_in["kept"] and money_in["kept"] >= 0
    assert Decimal((await sql.rows("SELECT sum(amount) AS sum FROM journal_line"))[0]["sum"]) == 0
