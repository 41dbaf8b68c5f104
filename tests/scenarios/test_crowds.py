"""Crowds at two processes over HTTP, released by one barrier: what stands afterwards is what some order of them leaves.

Every round has goods, customers and orders of its own, so that nothing needs to be put back between two rounds.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from models import sql
from models.chat.tokens import issue_token
from models.clock import now
from models.finance.credit import credit_status
from models.finance.tables import Invoice, Payment
from models.party.tables import Customer, Person
from models.product.finding import keys_of
from models.product.tables import Product
from models.sales.tables import SalesOrder
from models.text import name_keys
from tests.books import clean
from tests.serving import Worker, serving

pytestmark = [pytest.mark.commits, pytest.mark.slow, pytest.mark.xdist_group("heavy")]

ROUNDS = 20

PRICE = Decimal("100")

HELD = """
SELECT r.document, sum(r.quantity)::int AS pieces FROM reservation r JOIN product p ON p.id = r.product_id
WHERE p.code = $1 AND r.state = 'active' GROUP BY r.document
"""

BALANCE = """
SELECT sum(on_hand)::int AS on_hand, sum(reserved)::int AS reserved FROM stock_balance b
JOIN product p ON p.id = b.product_id WHERE p.code = $1
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """A command as somebody sends it."""

    who: str
    name: str
    inputs: dict[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of what came back."""

    status: int
    body: dict[str, Any]


class Crowd:
    """Everybody with a token of their own, in front of two servers."""

    def __init__(self, workers: list[Worker], session: aiohttp.ClientSession) -> None:
        self.workers, self.session = workers, session
        self.tokens: dict[str, str] = {}

    async def post(self, ask: Ask, worker: int) -> Answer:
        """One command to one of the servers."""
        if ask.who not in self.tokens:
            self.tokens[ask.who] = (await issue_token(person_id=(await Person.get(number=ask.who)).id))[0]
        address = f"{self.workers[worker % 2].address}/api/{ask.name.replace('.', '/', 1)}"
        headers = {"Authorization": f"Bearer {self.tokens[ask.who]}", "Idempotency-Key": ask.key}
        async with self.session.post(address, json=ask.inputs, headers=headers) as response:
            return Answer(response.status, await response.json())

    async def done(self, who: str, name: str, key: str, **inputs: Any) -> dict[str, Any]:
        """A command of the preparation, which has to go through."""
        answer = await self.post(Ask(who, name, inputs, key), 0)
        assert answer.status in (200, 202), answer
        return answer.body

    async def rush(self, asks: list[Ask]) -> list[Answer]:
        """All of them at the same instant, in turn to either server; each is answered, and a repeat answered alike."""
        barrier = asyncio.Barrier(len(asks))

        async def one(nth: int, ask: Ask) -> Answer:
            await barrier.wait()
            return await self.post(ask, nth)

        answers = await asyncio.gather(*(one(nth, ask) for nth, ask in enumerate(asks)))
        failed = [each for each in answers if each.status not in (200, 202, 409, 422)]
        assert failed == []
        said = next((nth for nth, each in enumerate(answers) if each.status in (200, 202)), None)
        assert said is not None, answers
        # What was done is told again by the server that did not do it, and not done again.
        assert await self.post(asks[said], said + 1) == answers[said]
        return answers


@pytest.fixture
async def crowd(database: str, clock: Path) -> AsyncIterator[Crowd]:
    """Two `serve` processes, and as many connections to them as there are people."""
    connector = aiohttp.TCPConnector(limit=0)
    async with serving(2, database, clock, None) as workers, aiohttp.ClientSession(connector=connector) as session:
        yield Crowd(workers, session)
    deadlocks = await sql.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert deadlocks == [{"deadlocks": 0}]


async def people(prefix: str, count: int, **more: Any) -> list[Person]:
    """So many more people."""
    made = [
        Person(number=f"{prefix}{nth:03d}", name=f"同事{prefix}{nth}", created_at=now(), **more) for nth in range(count)
    ]
    await Person.bulk_create(made)
    return await Person.filter(number__startswith=prefix).order_by("number")


async def customer(number: str, owner: Person, limit: Decimal | None = None) -> Customer:
    name = f"抢购{number}"
    keys = " ".join([*name_keys(name), number.lower()])
    return await Customer.create(number=number, name=name, owner=owner, credit_limit=limit, keys=keys)


async def goods(crowd: Crowd, code: str, quantity: int) -> None:
    """A product of which there are so many, bought in by the warehouse."""
    name = f"抢购品{code}"
    await Product.create(
        code=code, name=name, unit="个", list_price=PRICE, cost=Decimal(40), keys=keys_of(code, None, name)
    )  # fmt: skip
    items = [{"product": code, "quantity": str(quantity)}]
    came = await crowd.done("E005", "stock.in", f"in-{code}", items=items, cost="40", reason="盘盈")
    if "pending" in came:
        await crowd.done("E009", "approval.approve", f"yes-{code}", approval=came["pending"]["approval"])


async def test_of_the_last_ten_pieces_that_fifty_people_order_at_once_no_piece_is_promised_twice(crowd: Crowd) -> None:
    sellers = await people("E9", 50, roles=["salesperson"])
    buyers = [await customer(f"CU9{nth:03d}", seller) for nth, seller in enumerate(sellers)]
    for nth in range(ROUNDS):
        code, each = f"RACE{nth:02d}", 1 + nth % 4
        await goods(crowd, code, 10)
        items = [{"product": code, "quantity": str(each)}]
        asks = [
            Ask(seller.number, "order.create", {"customer": buyer.name, "items": items}, f"crowd-{nth}")
            for seller, buyer in zip(sellers, buyers, strict=True)
        ]
        answers = await crowd.rush(asks)
        assert Counter(answer.status for answer in answers) == {200: 50}
        held = {row["document"]: row["pieces"] for row in await sql.rows(HELD, code)}
        # One after another, the first ones get all they ask for, the next what is left, the others nothing.
        first, rest = divmod(10, each)
        assert sorted(held.values(), reverse=True) == [each] * first + [rest] * (rest > 0)
        told = {answer.body["number"]: int(answer.body["lines"][0]["reserved"]) for answer in answers}
        assert {number: pieces for number, pieces in told.items() if pieces} == held
        assert await sql.rows(BALANCE, code) == [{"on_hand": 10, "reserved": 10}]
        assert await clean()


async def test_of_twenty_orders_confirmed_at_once_as_many_pass_as_the_limit_allows(crowd: Crowd) -> None:
    sellers = await people("E9", 20, roles=["manager"])
    limit = Decimal(4000)
    await goods(crowd, "RACE", 100)
    for nth in range(ROUNDS):
        buyer = await customer(f"CU9{nth:03d}", sellers[0], limit)
        await people(f"C{nth:02d}", 1, roles=["customer"], customer=buyer)
        # Orders of different amounts, so that what passes depends on who comes first.
        wanted = [[{"product": "RACE", "quantity": str(3 + (nth + each) % 7)}] for each in range(20)]
        drafts = await asyncio.gather(
            *(
                crowd.done(f"C{nth:02d}000", "order.create", f"draft-{each}", items=items)
                for each, items in enumerate(wanted)
            )
        )
        asks = [
            Ask(seller.number, "order.confirm", {"order": draft["number"]}, f"confirm-{nth}")
            for seller, draft in zip(sellers, drafts, strict=True)
        ]
        states = [answer.body["state"] for answer in await crowd.rush(asks)]
        assert set(states) == {"confirmed", "credit_hold"}
        orders = await SalesOrder.filter(customer_id=buyer.id)
        passed = sum((order.total for order in orders if order.state == "confirmed"), Decimal(0))
        waiting = [order.total for order in orders if order.state == "credit_hold"]
        assert Counter(states) == Counter(order.state for order in orders)
        # Those that passed, one after another, and then those that wait, each of which no longer fits.
        assert passed <= limit < passed + min(waiting)
        assert (await credit_status(buyer.id)).exposure == passed
        assert await clean()


async def test_a_delivery_and_a_cancellation_that_cross_leave_one_of_them(crowd: Crowd) -> None:
    seller = (await people("E9", 1, roles=["manager"]))[0]
    buyer = await customer("CU9000", seller)
    stands: Counter[str] = Counter()
    for nth in range(ROUNDS):
        code = f"RACE{nth:02d}"
        await goods(crowd, code, 30)
        orders = [
            (await crowd.done(seller.number, "order.create", f"order-{nth}-{each}", customer=buyer.name,
                              items=[{"product": code, "quantity": "10"}]))["number"]
            for each in range(3)
        ]  # fmt: skip
        sent = {"carrier": "顺丰", "tracking_no": "SF1029384756"}
        part = {"items": [{"product": code, "quantity": "4"}]}
        # The whole of one order, part of another; either comes first in turn.
        ships = [
            Ask("E005", "ship.confirm", {"order": order, **sent, **(part if each == 1 else {})}, f"ship-{order}")
            for each, order in enumerate(orders)
        ]
        cancels = [Ask(seller.number, "order.cancel", {"order": order}, f"cancel-{order}") for order in orders]
        asks = list(_in_turn(ships, cancels) if nth % 2 else _in_turn(cancels, ships))
        answers = dict(zip((ask.key for ask in asks), await crowd.rush(asks), strict=True))
        gone = kept = 0
        for each, number in enumerate(orders):
            shipped, cancelled = answers[f"ship-{number}"], answers[f"cancel-{number}"]
            assert sorted((shipped.status, cancelled.status)) == [200, 409], (shipped, cancelled)
            order = await SalesOrder.get(number=number)
            if shipped.status == 200:
                gone += 4 if each == 1 else 10
                kept += 6 if each == 1 else 0
            assert (order.state == "cancelled") == (cancelled.status == 200)
            stands["shipped" if shipped.status == 200 else "cancelled"] += 1
        assert await sql.rows(BALANCE, code) == [{"on_hand": 30 - gone, "reserved": kept}]
        assert await clean()
    # Were it always the same one, nothing would have crossed.
    assert min(stands["shipped"], stands["cancelled"]) > 0, stands


async def test_two_payments_of_one_invoice_settle_it_once_and_the_rest_stays_on_account(crowd: Crowd) -> None:
    seller = (await people("E9", 1, roles=["manager"]))[0]
    await goods(crowd, "RACE", 10 * ROUNDS)
    for nth in range(ROUNDS):
        buyer = await customer(f"CU9{nth:03d}", seller)
        items = [{"product": "RACE", "quantity": "10"}]
        placed = await crowd.done(seller.number, "order.create", f"o{nth}", customer=buyer.name, items=items)
        order = placed["number"]
        await crowd.done("E005", "ship.confirm", f"s{nth}", order=order, carrier="顺丰", tracking_no="SF1029384756")
        await crowd.done("E009", "invoice.issue", f"i{nth}", order=order)
        # In full and in part, so that the second finds all, some or nothing open.
        amounts = [("1000", "1000"), ("600", "700"), ("400", "500")][nth % 3]
        asks = [
            Ask(who, "payment.record", {"customer": buyer.name, "amount": amount, "order": order}, f"pay-{nth}")
            for who, amount in zip(("E009", "E019"), amounts, strict=True)
        ]
        answers = await crowd.rush(asks)
        assert [answer.status for answer in answers] == [200, 200]
        invoice = await Invoice.get(customer_id=buyer.id)
        paid = sum(map(Decimal, amounts))
        assert invoice.total == 1000 and invoice.paid == min(invoice.total, paid)
        payments = await Payment.filter(customer_id=buyer.id)
        assert sum(payment.allocated for payment in payments) == invoice.paid
        on_account = max(Decimal(0), paid - invoice.total)
        assert max(Decimal(answer.body["on_account"]) for answer in answers) == on_account
        assert (await credit_status(buyer.id)).exposure == invoice.total - paid
        assert await clean()


def _in_turn(first: list[Ask], second: list[Ask]) -> Iterable[Ask]:
    for pair in zip(first, second, strict=True):
        yield from pair
