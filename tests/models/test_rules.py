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

LOOSE = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def differences() -> list[str]:
    """What `liaodan audit` would find."""
    return [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def test_the_demo_company_is_clean(database: str) -> None:
    assert await differences() == []


@pytest.mark.parametrize(
    ("check", "corruption"),
    [
        ("在手与流水", "UPDATE stock_balance SET on_hand = on_hand + 1 WHERE id = (SELECT min(id) FROM stock_balance)"),
        ("预留与占用", "UPDATE stock_balance SET reserved = reserved - 1 WHERE id = (SELECT min(id) FROM stock_balance WHERE reserved > 0)"),
        ("库位批次与流水", "UPDATE stock_bin SET lot = 'X' WHERE lot = 'B261120'"),
        ("在手与库位批次", "UPDATE stock_bin SET on_hand = on_hand - 1 WHERE lot = 'B261120'"),
        ("库位所在仓库", "UPDATE location SET warehouse_id = (SELECT id FROM warehouse WHERE name = '二号仓') WHERE code = 'A-03-2'"),
        ("低库存标记", "UPDATE product SET low = NOT low WHERE code = 'M8X30'"),
        ("采购已收与入库单", "UPDATE purchase_order_line SET received = 1 WHERE id = (SELECT min(id) FROM purchase_order_line)"),
        ("退供应商单与流水", "WITH r AS (INSERT INTO supplier_return (number, order_id, supplier_id, reason, replaced, state, returned_at, returned_by_id) SELECT 'SR9999', o.id, o.supplier_id, '', false, 'done', o.created_at, (SELECT min(id) FROM person) FROM purchase_order o WHERE number = 'PO0087' RETURNING id, order_id) INSERT INTO supplier_return_line (supplier_return_id, order_line_id, product_id, warehouse_id, quantity, amount, lot) SELECT r.id, l.id, l.product_id, (SELECT min(id) FROM warehouse), 1, 205, '' FROM r JOIN purchase_order_line l ON l.order_id = r.order_id"),
        ("采购状态与已收", "UPDATE purchase_order SET state = 'received' WHERE number = 'PO0087'"),
        ("订单金额与明细", "UPDATE sales_order SET total = total + 0.01 WHERE number = 'SO0312'"),
        ("已发数量与发货单", "UPDATE sales_order_line SET delivered = 1 WHERE id = (SELECT min(l.id) FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.number = 'SO0312')"),
        ("发货状态与数量", "UPDATE sales_order SET delivery_state = 'delivered' WHERE number = 'SO0312'"),
        ("退货数量与退货单", "UPDATE sales_order_line SET returned = 1 WHERE id = (SELECT min(id) FROM sales_order_line)"),
        ("退货单与入库流水", "WITH r AS (INSERT INTO sales_return (number, order_id, customer_id, created_at, state, remedy, reason) SELECT 'RT9999', id, customer_id, created_at, 'received', 'credit', '' FROM sales_order WHERE number = 'SO0310' RETURNING id, order_id) INSERT INTO sales_return_line (sales_return_id, order_line_id, quantity, received) SELECT r.id, min(l.id), 1, 1 FROM r JOIN sales_order_line l ON l.order_id = r.order_id GROUP BY r.id"),
        ("订单明细金额与单价", "UPDATE sales_order_line SET price = price + 1 WHERE id = (SELECT min(id) FROM sales_order_line)"),
        ("订单版本与变更记录", "UPDATE sales_order SET revision = 2 WHERE number = 'SO0312'"),
        ("报价金额与明细", "INSERT INTO quotation (number, customer_id, state, version, total, valid_until, note, created_at) SELECT 'QU9999', id, 'draft', 1, 1, '2030-01-01', '', now() FROM customer LIMIT 1"),
        ("报价与订单", "INSERT INTO quotation (number, customer_id, state, version, total, valid_until, note, created_at) SELECT 'QU9999', id, 'ordered', 1, 0, '2030-01-01', '', now() FROM customer LIMIT 1"),
        ("工序数量与报工", "UPDATE operation SET good = good + 1 WHERE id = (SELECT min(id) FROM operation)"),
        ("审批与决定", "UPDATE approval SET state = 'approved' WHERE number = 'AP0018'"),
        ("库存金额与流水", "UPDATE stock_worth SET value = value + 0.01 WHERE id = (SELECT min(id) FROM stock_worth)"),
        ("库存商品科目与库存金额", "UPDATE journal_line SET amount = amount + 0.01 WHERE id = (SELECT min(l.id) FROM journal_line l JOIN account a ON a.id = l.account_id WHERE a.code = '1405')"),
        ("凭证借贷相等", "UPDATE journal_line SET amount = amount + 0.01 WHERE id = (SELECT min(id) FROM journal_line)"),
        ("应收科目与发票", "UPDATE invoice SET total = total + 0.01 WHERE id = (SELECT min(id) FROM invoice)"),
        ("预收科目与收款", "UPDATE payment SET amount = amount + 0.01 WHERE id = (SELECT min(id) FROM payment)"),
        ("发票已收与核销", "UPDATE invoice SET paid = paid - 0.01 WHERE id = (SELECT min(id) FROM invoice WHERE paid > 0)"),
        ("收款与核销", "UPDATE payment SET allocated = allocated - 0.01 WHERE id = (SELECT min(id) FROM payment)"),
        ("已开票数量与发票", "UPDATE sales_order_line SET invoiced = invoiced - 1 WHERE id = (SELECT min(id) FROM sales_order_line WHERE invoiced > 1)"),
        ("订单已开票与发票", "UPDATE sales_order SET invoiced = invoiced - 1 WHERE id = (SELECT min(id) FROM sales_order WHERE invoiced > 1)"),
        ("应付科目与供应商发票", "UPDATE supplier_invoice SET total = total + 0.01 WHERE id = (SELECT min(id) FROM supplier_invoice)"),
        ("供应商发票已付与核销", "UPDATE supplier_invoice SET paid = paid + 0.01 WHERE id = (SELECT min(id) FROM supplier_invoice)"),
        ("采购已开票与供应商发票", "UPDATE purchase_order_line SET invoiced = 1 WHERE id = (SELECT min(id) FROM purchase_order_line)"),
        ("占用与订单", "UPDATE sales_order SET state = 'cancelled' WHERE number = 'SO0312'"),
    ],
)  # fmt: skip
async def test_audit_names_what_was_corrupted(database: str, check: str, corruption: str) -> None:
    await sql.rows(corruption)
    assert check in await differences()


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
