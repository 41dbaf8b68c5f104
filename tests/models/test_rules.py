"""Rules that must hold whatever is done: stock, reservations, credit, work."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.actor import person
from handlers.call import Call
from handlers.dispatch import run
from models import sql
from models.auditing import CHECKS
from models.errors import NotEnoughStock, Refused, WrongState
from models.finance.credit import CreditStatus
from models.finance.invoicing import due_date
from models.moves import move
from models.party.tables import Customer
from models.product.tables import Product
from models.sales.tables import OrderState, SalesOrder
from models.stock.moving import add_move
from models.stock.reservation import Want, release, reserve
from models.stock.tables import Warehouse
from models.transactions import transaction

LOOSE = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def differences() -> list[str]:
    """What `liaodan audit` would find."""
    return [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def test_stock_never_falls_below_what_is_reserved(database: str) -> None:
    product, warehouse = await Product.get(code="M8X30"), await Warehouse.get(name="主仓")
    with pytest.raises(NotEnoughStock):
        await add_move(
            product_id=product.id, warehouse_id=warehouse.id, quantity=Decimal(-2701), document="T",
            against="1901", by=None,
        )  # fmt: skip
    await add_move(
        product_id=product.id, warehouse_id=warehouse.id, quantity=Decimal(-2700), document="T",
        against="1901", by=None,
    )  # fmt: skip
    assert await differences() == []


@LOOSE
@given(st.lists(st.tuples(st.integers(1, 4000), st.booleans()), min_size=1, max_size=8))
async def test_reservations_hold_only_what_is_free_and_give_all_of_it_back(database: str, steps: list) -> None:
    product = await Product.get(code="M10X40")

    async def work() -> None:
        held: dict[str, Decimal] = {}
        for number, (quantity, let_go) in enumerate(steps):
            document = f"T{number}"
            got = await reserve(document, [Want(1, product.id, Decimal(quantity))])
            held[document] = got.get(1, Decimal(0))
            assert held[document] <= quantity
            if let_go:
                assert await release(document) == held.pop(document)
            row = await sql.row(
                "SELECT sum(reserved) AS r, sum(on_hand) AS h FROM stock_balance WHERE product_id = $1", product.id
            )
            assert row is not None
            assert row["r"] == sum(held.values()) <= row["h"]
        assert await differences() in ([], ["占用与订单"])
        raise Undone

    with pytest.raises(Undone):
        await transaction(work)


class Undone(Exception):
    """Takes an example back."""


@LOOSE
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 400), st.integers(0, 30)), min_size=1, max_size=10))
async def test_whatever_the_workshop_reports_the_ledgers_agree(database: str, reports: list) -> None:
    worker = await person("E006")
    names = ("车削", "攻丝", "质检", "包装")

    async def work() -> None:
        for number, (step, good, scrap) in enumerate(reports):
            inputs = {"work_order": "WO1105", "operation": names[step], "good": str(good), "scrap": str(scrap)}
            try:
                await run(worker, Call("task.report", inputs), key=f"h{number}")
            except Refused:
                continue
        rows = await sql.rows("SELECT good, scrap FROM operation o JOIN work_order w ON w.id = o.work_order_id "
                              "WHERE w.number = 'WO1105' ORDER BY position")  # fmt: skip
        passed = Decimal(1000)
        for row in rows:
            assert row["good"] + row["scrap"] <= passed
            passed = row["good"]
        assert await differences() == []
        raise Undone

    with pytest.raises(Undone):
        await transaction(work)


@given(
    st.decimals(0, 10**6, places=2),
    st.decimals(0, 10**6, places=2),
    st.one_of(st.none(), st.decimals(0, 10**6, places=2)),
    st.decimals(0, 10**6, places=2),
)
def test_a_document_is_over_the_limit_exactly_when_exposure_would_pass_it(
    receivable: Decimal, orders: Decimal, limit: Decimal | None, amount: Decimal
) -> None:
    credit = CreditStatus(limit, receivable, Decimal(0), orders, Decimal(0), frozen=False)
    over = credit.over_by(amount)
    assert over >= 0
    assert (over > 0) == (limit is not None and receivable + orders + amount > limit)
    assert (credit.available is None) == (limit is None)


def test_terms_count_from_the_invoice_or_from_the_end_of_its_month() -> None:
    from datetime import date

    plain, monthly = Customer(terms_days=30, month_end=False), Customer(terms_days=30, month_end=True)
    assert due_date(plain, date(2026, 11, 10)) == date(2026, 12, 10)
    assert due_date(monthly, date(2026, 11, 10)) == date(2026, 12, 30)
    assert due_date(monthly, date(2028, 2, 29)) == date(2028, 3, 30)


async def test_of_two_who_read_the_same_state_only_one_moves_on_from_it(database: str) -> None:
    first, second = await SalesOrder.get(number="SO0318"), await SalesOrder.get(number="SO0318")
    await move(first, OrderState.cancelled)
    with pytest.raises(WrongState):
        await move(second, OrderState.confirmed)
    assert (await SalesOrder.get(number="SO0318")).state == "cancelled"
