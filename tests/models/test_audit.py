"""The audit names what was corrupted: for every kind of balance one row is changed by SQL, behind the product's back."""

from datetime import timedelta

import pytest

from models import sql
from models.auditing import CHECKS
from models.books.closing import close_month
from models.books.tables import ClosedPeriod, JournalEntry
from models.clock import today
from models.transactions import savepoint
from tests.books import clean
from tests.people import Chat

STORY = (
    ("E005", "PO0087到了300个"), ("E009", "PO0087来票"), ("E009", "确认"), ("E005", "领料 铝型材4040 6根 WO1105"),
    ("E005", "从主仓发10个m10x40到二号仓"), ("E003", "给宏达留500个m10x40"), ("E005", "开始盘点二号仓"), ("E005", "灯管实盘99"),
    ("E005", "盘完了"), ("E005", "确认"), ("E005", "316发了顺丰 单号SF1029384756"), ("E005", "确认"), ("E009", "开票 SO0316 专票"),
    ("E009", "宏达建材有限公司"), ("E009", "91330100MA28ABCD12"),
    ("E009", "确认"), ("E009", "宏达预付款100"), ("E009", "确认"), ("E009", "付正泰 1000"), ("E009", "确认"),
    ("E009", "ST0001转管理费用 原因清点破损"), ("E009", "确认"),
)  # fmt: skip
"""What leaves a document of every kind behind that the demo company does not have."""

CORRUPTIONS = (
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
    ("发货单与流水", "UPDATE delivery_line SET quantity = quantity + 1 WHERE id = (SELECT max(id) FROM delivery_line)"),
    ("发货单状态与签收", "UPDATE delivery SET state = 'shipped' WHERE id = (SELECT min(id) FROM delivery)"),
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
    ("入库单与流水", "UPDATE goods_receipt_line SET quantity = quantity + 1"),
    ("库存调整与流水", "UPDATE stock_adjustment_line SET quantity = quantity - 1"),
    ("盘点差异与流水", "UPDATE stocktake_line SET counted = counted + 1"),
    ("在途与调拨单", "UPDATE stock_transfer_line SET quantity = quantity + 1"),
    ("预留单与占用", "UPDATE stock_hold SET quantity = quantity + 1"),
    ("工单领料与流水", "UPDATE work_order_material SET issued = issued + 1"),
    ("预付科目与付款", "UPDATE payment_out SET amount = amount + 0.01"),
    ("付款与核销", "UPDATE payment_out SET allocated = allocated - 0.01"),
    ("暂估应付与到货未来票", "UPDATE goods_receipt_line SET amount = amount + 0.01"),
    ("来票后的暂估尾差", "UPDATE supplier_invoice_line SET amount = amount - 0.01"),
    ("发票金额与明细", "UPDATE invoice_line SET tax = tax + 0.01"),
    ("销项税科目与发票", "UPDATE invoice SET tax = tax + 0.01 WHERE order_id IS NOT NULL"),
    ("收款与退款", "INSERT INTO refund (payment_id, amount, paid_on, made_at) SELECT min(id), 1, '2026-01-01', now() FROM payment"),
    ("抹零坏账与科目", "INSERT INTO allocation (invoice_id, kind, amount, reason, made_at, settled_on) SELECT min(id), 'rounding', 1, '', now(), '2026-01-01' FROM invoice"),
    ("结账月份的损益", "UPDATE journal_entry SET booked_on = (SELECT min(booked_on) FROM journal_entry) WHERE id = (SELECT max(e.id) FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id WHERE a.kind = 'expense' AND e.closes = '')"),
    ("待处理财产损溢与处理单", "UPDATE clearing SET amount = amount + 0.01"),
    ("专票购买方", "UPDATE invoice SET buyer_tax_no = '' WHERE kind = 'special'"),
    ("资金科目与收付款", "UPDATE payment SET refunded = 0.01 WHERE allocated < amount"),
)  # fmt: skip


class Undone(Exception):
    """Takes a corruption back."""


def test_every_check_of_the_audit_has_a_row_that_is_corrupted_for_it() -> None:
    assert {check for check, _ in CORRUPTIONS} == set(CHECKS)


async def test_the_demo_company_is_clean(database: str) -> None:
    assert await clean()


async def test_audit_names_what_was_corrupted(chat: Chat) -> None:
    for who, line in STORY:
        await chat(who, line)
    month = (await JournalEntry.all().order_by("booked_on").first()).booked_on.replace(day=1)
    while month < today().replace(day=1):
        if not await ClosedPeriod.exists(month=f"{month:%Y-%m}"):
            await close_month(month, by=None)
        month = (month + timedelta(days=31)).replace(day=1)
    assert await clean()
    for check, corruption in CORRUPTIONS:
        with pytest.raises(Undone):
            async with savepoint():
                await sql.rows(corruption)
                assert await sql.rows(CHECKS[check]), check
                raise Undone
    assert await clean()
