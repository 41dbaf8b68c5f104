"""Several people at once: the outcome is that of some order in which they might have come."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal

import asyncpg
import pytest

from bot.events import EVENTS
from bot.turns import Turn, Turns
from handlers.actor import person
from handlers.call import Call
from handlers.dispatch import run
from models import sql
from models.auditing import CHECKS
from models.errors import Refused, WrongState
from models.finance.credit import credit_status
from models.party.tables import Customer
from models.sales.tables import SalesOrder
from tests.waiting import until

pytestmark = pytest.mark.commits


async def drafts(customer: str, count: int, product: str, quantity: str) -> list[str]:
    """Orders that a customer's contact has written and nobody has confirmed; their numbers."""
    contact = await person(customer)
    call = Call("order.create", {"items": [{"product": product, "quantity": quantity}]})
    outcomes = [await run(contact, call, key=f"draft-{customer}-{number}") for number in range(count)]
    return [outcome.facts["number"] for outcome in outcomes]


async def confirm_together(orders: list[str]) -> list[str]:
    """Confirms them all at once; the state of each afterwards."""
    seller = await person("E004")
    outcomes = await asyncio.gather(
        *(run(seller, Call("order.confirm", {"order": order}), key=f"confirm-{order}") for order in orders)
    )
    return [outcome.facts["state"] for outcome in outcomes]


async def test_of_five_orders_against_the_last_credit_one_is_confirmed_and_four_wait(database: str) -> None:
    orders = await drafts("C003", 5, "BRG6204", "200")
    assert sorted(await confirm_together(orders)) == ["confirmed", *["credit_hold"] * 4]
    customer = await Customer.get(name="老王五金店")
    assert (await credit_status(customer.id)).exposure == Decimal("4100.00")
    assert await clean()


async def test_of_many_orders_for_the_last_pieces_no_piece_is_held_twice(database: str) -> None:
    # Of different customers, so that nothing but the stock itself brings them one after another.
    orders = [order for contact in ("C001", "C002", "C003") for order in await drafts(contact, 1, "SW86S", "60")]
    async with held_back(database, STOCK_ROWS, waiting=3) as together:
        confirming = asyncio.create_task(confirm_together(orders))
        await together()
    assert await confirming == ["confirmed"] * 3
    held = await sql.rows("SELECT sum(quantity)::int AS n FROM reservation r JOIN product p ON p.id = r.product_id "
                          "WHERE p.code = 'SW86S' AND r.state = 'active'")  # fmt: skip
    assert held == [{"n": 150}]
    assert await clean()


STOCK_ROWS = """
SELECT b.id FROM stock_balance b JOIN product p ON p.id = b.product_id WHERE p.code = 'SW86S' FOR UPDATE OF b
"""

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@contextlib.asynccontextmanager
async def held_back(database: str, rows: str, *, waiting: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Locks rows for the length of the block; what is yielded waits until so many wait for them."""
    holder, watcher = await asyncpg.connect(database), await asyncpg.connect(database)

    async def all_wait() -> bool:
        return bool(await watcher.fetchval(WAITING) >= waiting)

    async def together() -> None:
        await until(all_wait)

    async with holder.transaction():
        await holder.execute(rows)
        yield together
    await holder.close()
    await watcher.close()


async def test_two_lines_of_one_person_on_two_workers_come_one_after_another(database: str) -> None:
    first = await Turns(EVENTS).run(Turn("work", "liting", "list", line="我的订单"), links=False)
    pages = await asyncio.gather(
        *(Turns(EVENTS).run(Turn("work", "liting", f"next-{n}", line="下一页"), links=False) for n in range(3))
    )
    assert len({first, *pages}) == 4


async def test_a_line_that_only_asks_is_answered_anew_if_another_worker_was_faster(database: str) -> None:
    await Turns(EVENTS).run(Turn("work", "liting", "list", line="我的订单"), links=False)
    other = await asyncpg.connect(database)
    held = other.transaction()
    await held.start()
    await other.execute("LOCK TABLE sales_order")
    turn = asyncio.create_task(Turns(EVENTS).run(Turn("work", "liting", "next", line="下一页"), links=False))
    await until(waits_for_a_lock)
    # What another worker's turn would leave: the list is no longer what was shown last.
    await other.execute("UPDATE conversation SET state = '{}' WHERE door = 'work' AND external_id = 'liting'")
    await held.commit()
    await other.close()
    assert await turn == "没有下一页了"


async def test_a_turn_waits_for_the_conversation_that_another_worker_holds(database: str) -> None:
    await Turns(EVENTS).run(Turn("work", "liting", "ask", line="宏达要角阀10个"), links=False)
    other = await asyncpg.connect(database)
    held = other.transaction()
    await held.start()
    # What another worker's turn would leave: the order is no longer waiting to be confirmed.
    await other.execute("UPDATE conversation SET state = '{}' WHERE door = 'work' AND external_id = 'liting'")
    turn = asyncio.create_task(Turns(EVENTS).run(Turn("work", "liting", "confirm", line="确认"), links=False))
    await until(waits_for_a_lock)
    await held.commit()
    await other.close()
    assert "现在没有等您确认的" in await turn
    assert not await SalesOrder.filter(number="SO0319").exists()


async def waits_for_a_lock() -> bool:
    return bool(
        await sql.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    )


async def test_the_same_key_at_the_same_moment_acts_once(database: str) -> None:
    worker = await person("E006")
    call = Call("task.report", {"work_order": "WO1108", "operation": "下料", "good": "3"})
    outcomes = await asyncio.gather(*(run(worker, call, key="same") for _ in range(6)))
    assert len({outcome.facts["number"] for outcome in outcomes}) == 1
    assert await made() == 3


async def test_the_same_push_on_several_workers_acts_once_and_is_answered_alike(database: str) -> None:
    turn = Turn("work", "zhangwei", "push-1", line="WO1108 下料 4个")
    # Each Turns is what one process has: their locks know nothing of each other.
    answers = await asyncio.gather(*(Turns(EVENTS).run(turn, links=False) for _ in range(4)))
    assert len(set(answers)) == 1 and "已报工" in answers[0]
    assert await made() == 4


async def test_a_shipment_and_a_cancellation_that_cross_leave_one_of_them_standing(database: str) -> None:
    seller, keeper = await person("E003"), await person("E005")
    calls = (
        run(
            keeper, Call("ship.confirm", {"order": "SO0316", "carrier": "顺丰", "tracking_no": "SF000001"}), key="ship"
        ),
        run(seller, Call("order.cancel", {"order": "SO0316"}), key="cancel"),
    )
    done = [each for each in await asyncio.gather(*calls, return_exceptions=True) if not isinstance(each, Refused)]
    assert len(done) == 1
    assert await clean()


ORDER_ROW = "SELECT id FROM sales_order WHERE number = 'SO0316' FOR UPDATE"


async def test_a_part_that_is_sent_while_the_order_is_cancelled_stays_where_it_is(database: str) -> None:
    seller, keeper = await person("E003"), await person("E005")
    part = {"order": "SO0316", "items": [{"product": "M8X30", "quantity": "100"}]}
    sent = Call("ship.confirm", {**part, "carrier": "顺丰", "tracking_no": "SF000001"})
    async with held_back(database, ORDER_ROW, waiting=2) as together:
        cancelling = asyncio.create_task(run(seller, Call("order.cancel", {"order": "SO0316"}), key="cancel"))
        await until(waits_for_a_lock)
        # It has read the order as confirmed; what it needs was let go of before it gets to it.
        sending = asyncio.create_task(run(keeper, sent, key="ship"))
        await together()
    await cancelling
    with pytest.raises(WrongState):
        await sending
    assert not await sql.rows("SELECT 1 FROM reservation WHERE document = 'SO0316' AND state = 'active'")
    assert await clean()


async def clean() -> bool:
    return not [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def made() -> int:
    rows = await sql.rows("SELECT o.good::int AS n FROM operation o JOIN work_order w ON w.id = o.work_order_id "
                          "WHERE w.number = 'WO1108' AND o.position = 1")  # fmt: skip
    return int(rows[0]["n"])


async def at_once(*calls: tuple[str, str, dict]) -> list[str]:
    """What became of calls made at the same moment: "done", or the code of the refusal."""
    people = [await person(who) for who, _, _ in calls]
    outcomes = await asyncio.gather(
        *(
            run(me, Call(name, inputs), key=f"at-once-{n}")
            for n, (me, (_, name, inputs)) in enumerate(zip(people, calls, strict=True))
        ),
        return_exceptions=True,
    )
    unexpected = [each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, Refused)]
    assert not unexpected, unexpected
    return sorted(each.code if isinstance(each, Refused) else "done" for each in outcomes)


async def test_a_quotation_that_two_accept_becomes_one_order(database: str) -> None:
    items = [{"product": "BRG6204", "quantity": "10"}]
    made = await run(await person("E003"), Call("quote.create", {"customer": "宏达建材", "items": items}), key="quote")
    number = made.facts["number"]
    accept = ("quote.accept", {"quotation": number})
    assert await at_once(("E003", *accept), ("E002", *accept), ("E001", *accept)) == [
        "done",
        "wrong_state",
        "wrong_state",
    ]
    assert await SalesOrder.filter(quotation__number=number).count() == 1
    assert await clean()


async def test_a_delivery_a_change_and_a_closing_that_cross_leave_what_some_order_of_them_would(database: str) -> None:
    shipped = {"order": "SO0312", "carrier": "顺丰", "tracking_no": "SF000002"}
    outcomes = await at_once(
        ("E005", "ship.confirm", shipped),
        ("E003", "order.modify", {"order": "SO0312", "quantity": "3000"}),
        ("E002", "order.close", {"order": "SO0312"}),
    )
    assert "done" in outcomes
    assert await clean()


async def test_goods_that_two_clerks_take_in_come_back_once(database: str) -> None:
    clerk = await person("E005")
    sent = {"order": "SO0316", "carrier": "顺丰", "tracking_no": "SF000003"}
    await run(clerk, Call("ship.confirm", sent), key="sent")
    await run(await person("E009"), Call("invoice.issue", {"order": "SO0316"}), key="issued")
    back = {"order": "SO0316", "items": [{"product": "M8X30", "quantity": "500"}]}
    await run(await person("E003"), Call("return.create", back), key="back")
    taken = ("return.receive", {"given": "RT0003"})
    paid = ("payment.record", {"customer": "宏达建材", "amount": "675.00", "order": "SO0316"})
    outcomes = await at_once(("E005", *taken), ("E013", *taken), ("E009", *paid))
    assert outcomes == ["done", "done", "wrong_state"]
    assert await clean()


CUSTOMER_ROW = "SELECT id FROM customer WHERE name = '宏达建材' FOR UPDATE"


async def test_an_invoice_that_a_return_takes_back_in_part_is_not_taken_back_whole_as_well(database: str) -> None:
    clerk, finance = await person("E005"), await person("E009")
    sent = {"order": "SO0316", "carrier": "顺丰", "tracking_no": "SF000003"}
    await run(clerk, Call("ship.confirm", sent), key="sent")
    issued = await run(finance, Call("invoice.issue", {"order": "SO0316"}), key="issued")
    back = {"order": "SO0316", "items": [{"product": "M8X30", "quantity": "500"}]}
    await run(await person("E003"), Call("return.create", back), key="back")
    void = Call("invoice.void", {"invoice": issued.facts["items"][0]["number"]})
    async with held_back(database, CUSTOMER_ROW, waiting=2) as together:
        taking_in = asyncio.create_task(run(clerk, Call("return.receive", {"given": "RT0003"}), key="taken"))
        await until(waits_for_a_lock)
        voiding = asyncio.create_task(run(finance, void, key="void"))
        await together()
    await taking_in
    with pytest.raises(WrongState):
        await voiding
    assert await clean()


async def test_of_two_who_ask_for_the_whole_of_a_purchase_one_is_refused(database: str) -> None:
    asked = Call("payable.request", {"purchase": "PO0087", "amount": "138990"})
    people = [await person("E009"), await person("E012")]
    outcomes = await asyncio.gather(
        *(run(each, asked, key=f"ask-{each.number}") for each in people), return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, Refused)]
    assert [each.code for each in refused] == ["paid_twice"] and len(outcomes) == 2
    assert await clean()


async def test_two_payments_of_one_supplier_invoice_settle_it_once(database: str) -> None:
    paid = Call("payable.pay", {"supplier": "正泰", "amount": "18650"})
    people = [await person("E009"), await person("E019")]
    outcomes = await asyncio.gather(*(run(each, paid, key=f"pay-{each.number}") for each in people))
    assert sorted(each.facts["advance"] for each in outcomes) == ["0.00", "18650.00"]
    assert await clean()


async def test_of_two_who_take_the_last_of_a_budget_one_is_over_it(database: str) -> None:
    budget = {"department": "采购", "purpose": "办公用品"}
    await run(await person("E001"), Call("budget.set", {**budget, "amount": "1000"}), key="budget")
    asked = Call("payable.request", {"supplier": "正泰", "amount": "600", **budget})
    people = [await person("E009"), await person("E012")]
    outcomes = await asyncio.gather(*(run(each, asked, key=f"ask-{each.number}") for each in people))
    assert sorted(each.facts["state"] for each in outcomes) == ["approved", "pending_approval"]
    assert await clean()
