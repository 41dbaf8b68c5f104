"""What can be exported: a statement or a report's sums each, of which every column is shown under its Chinese header."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import run
from handlers.inputs import reads
from handlers.reading.periods import Span
from handlers.references import Dimension, WordReader
from handlers.reporting import Measure, Sum, sums
from handlers.sheets.statement import COLUMNS, statement_rows
from handlers.sheets.writing import Column
from models import sql
from models.finance.tables import InvoiceKind, InvoiceState, PaymentState
from models.party.tables import Customer
from models.sales.tables import DeliveryState, OrderState
from models.states import Labelled

DAY, MONEY, PRICE, QUANTITY, MOMENT = "day", "money", "price", "quantity", "moment"


class ExportKind(Labelled):
    """What is exported."""

    sales = "sales", "销售明细"
    orders = "orders", "订单"
    invoices = "invoices", "发票"
    payments = "payments", "收款"
    receivables = "receivables", "应收"
    shipments = "shipments", "发货"
    customers = "customers", "客户"
    products = "products", "产品"
    stock = "stock", "库存"
    moves = "moves", "出入库明细"
    journal = "journal", "凭证"
    trial = "trial", "科目余额表"
    profit = "profit", "毛利"
    by_customer = "by_customer", "客户销售汇总"
    by_product = "by_product", "产品销售汇总"
    payables = "payables", "应付"
    statement = "statement", "对账单"


class ExportFormat(Labelled):
    """How the file is written."""

    xlsx = "xlsx", "Excel"
    csv = "csv", "CSV"


WORDS = {
    ExportKind.sales: ("销售", "销售数据", "销售表"),
    ExportKind.orders: ("订单列表", "订单表", "订单清单", "销售订单"),
    ExportKind.invoices: ("发票清单", "发票明细", "开票明细"),
    ExportKind.payments: ("收款明细", "回款", "回款明细", "收款记录"),
    ExportKind.receivables: ("应收明细", "应收账款", "账龄", "账龄表", "欠款", "欠款明细"),
    ExportKind.shipments: ("发货明细", "发货记录", "发货单"),
    ExportKind.customers: ("客户列表", "客户资料", "客户名单"),
    ExportKind.products: ("产品列表", "产品资料", "商品", "货品"),
    ExportKind.stock: ("库存表", "库存明细", "库存清单"),
    ExportKind.moves: ("出入库", "库存流水", "进出明细"),
    ExportKind.journal: ("日记账", "凭证明细", "会计凭证"),
    ExportKind.trial: ("试算平衡", "试算平衡表", "科目余额"),
    ExportKind.profit: ("毛利表", "毛利报表", "订单毛利"),
    ExportKind.by_customer: ("客户销售", "客户销售额", "客户销售排名"),
    ExportKind.by_product: ("产品销售", "产品销售额", "产品销售排名"),
    ExportKind.payables: ("应付明细", "应付账款", "应付账龄"),
}


@reads(ExportKind)
class ExportKindReader(WordReader[ExportKind]):
    words = {
        **{each.value: each for each in ExportKind},
        **{each.text: each for each in ExportKind},
        **{word: each for each, more in WORDS.items() for word in more},
    }
    slot = "|".join(sorted(words, key=len, reverse=True))

    async def offers(self, me: Actor) -> list[str]:
        return [each.text for each in (ExportKind.sales, ExportKind.invoices, ExportKind.payments, ExportKind.stock)]

    def save(self, value: ExportKind) -> str:
        return value.value


@reads(ExportFormat)
class ExportFormatReader(WordReader[ExportFormat]):
    words = {"xlsx": ExportFormat.xlsx, "excel": ExportFormat.xlsx, "表格": ExportFormat.xlsx, "csv": ExportFormat.csv}
    slot = "|".join(words)

    def save(self, value: ExportFormat) -> str:
        return value.value


Rows = Callable[[Actor, Span, int, Customer | None], Awaitable[list[list[Any]]]]
"""The rows for somebody, of some days, how many at most, and of which customer where a kind is about one."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a kind's rows come from; `by_period`: only those of some days, else as it is now; `by_customer`: of one."""

    rows: Rows
    columns: tuple[Column, ...]
    by_period: bool = True
    by_customer: bool = False


def _stated(statement: str) -> Rows:
    """What a statement finds: $1 and $2 are the first and the last day, $3 is how many rows at most."""

    async def rows(me: Actor, span: Span, most: int, customer: Customer | None) -> list[list[Any]]:
        # By place, not by name: several columns of a statement may be called alike.
        return [list(row) for row in await sql.records(statement, span.start, span.end, most)]

    return rows


def _summed(measure: Measure, by: Dimension, shown: Callable[[Sum], list[Any]]) -> Rows:
    """What a report sums, the largest first."""

    async def rows(me: Actor, span: Span, most: int, customer: Customer | None) -> list[list[Any]]:
        return [shown(each) for each in (await sums(me, measure, by, span))[:most]]

    return rows


async def _statement(me: Actor, span: Span, most: int, customer: Customer | None) -> list[list[Any]]:
    """What `statement.get` says."""
    assert customer is not None
    found = await run(me, Call("statement.get", {"customer": customer.number, "period": span.text}))
    return statement_rows(found.facts)[:most]


def _share(profit: Decimal, of: Decimal) -> Decimal | None:
    return (profit * 100 / of).quantize(Decimal("0.1")) if of else None


def _profit(each: Sum) -> list[Any]:
    profit = each.net - each.cost
    return [each.name, each.customer, each.net, each.cost, profit, _share(profit, each.net)]


def _sold(each: Sum) -> list[Any]:
    margin = (each.net - each.cost).quantize(Decimal("0.01"))
    return [each.name, each.documents, each.amount, each.net, margin, _share(margin, each.net)]


def _words(column: str, states: type[Labelled]) -> str:
    """SQL that shows a state by its Chinese word."""
    cases = " ".join(f"WHEN '{each.value}' THEN '{each.text}'" for each in states)
    return f"CASE {column} {cases} ELSE {column} END"


SOURCES = {
    ExportKind.sales: Source(
        _stated(f"""
        SELECT (o.confirmed_at AT TIME ZONE 'Asia/Shanghai')::date AS day, o.number, c.name AS customer,
          coalesce(nullif(s.nickname, ''), s.name) AS salesperson, p.code, p.name AS product, l.quantity, p.unit, l.price, l.amount,
          l.delivered, l.invoiced, {_words("o.state", OrderState)} AS state
        FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id JOIN customer c ON c.id = o.customer_id
        JOIN product p ON p.id = l.product_id LEFT JOIN person s ON s.id = o.salesperson_id
        WHERE o.confirmed_at >= ($1::date::timestamp AT TIME ZONE 'Asia/Shanghai')
          AND o.confirmed_at < ($2::date::timestamp AT TIME ZONE 'Asia/Shanghai') + interval '1 day' AND o.state <> 'cancelled'
        ORDER BY o.confirmed_at, o.id, l.position LIMIT $3
        """),
        (
            Column("日期", DAY), Column("订单"), Column("客户"), Column("业务员"), Column("产品编号"), Column("产品"), Column("数量", QUANTITY),
            Column("单位"), Column("含税单价", PRICE), Column("金额", MONEY), Column("已发", QUANTITY), Column("已开票", QUANTITY), Column("状态"),
        ),
    ),
    ExportKind.orders: Source(
        _stated(f"""
        SELECT o.created_at, o.number, c.name, coalesce(nullif(s.nickname, ''), s.name), o.requested_date, o.total, o.invoiced,
          {_words("o.state", OrderState)}, {_words("o.delivery_state", DeliveryState)} AS delivery, o.note
        FROM sales_order o JOIN customer c ON c.id = o.customer_id LEFT JOIN person s ON s.id = o.salesperson_id
        WHERE o.created_at >= ($1::date::timestamp AT TIME ZONE 'Asia/Shanghai')
          AND o.created_at < ($2::date::timestamp AT TIME ZONE 'Asia/Shanghai') + interval '1 day' ORDER BY o.id LIMIT $3
        """),
        (
            Column("下单时间", MOMENT), Column("订单"), Column("客户"), Column("业务员"), Column("要求日期", DAY), Column("金额", MONEY),
            Column("已开票", MONEY), Column("状态"), Column("发货"), Column("备注"),
        ),
    ),
    ExportKind.invoices: Source(
        _stated(f"""
        SELECT i.issued_on, i.number, c.name, o.number AS order_number, {_words("i.kind", InvoiceKind)}, i.e_number, i.total - i.tax AS net,
          i.tax, i.total, i.paid, i.total - i.paid AS open, i.due_on, {_words("i.state", InvoiceState)} AS state
        FROM invoice i JOIN customer c ON c.id = i.customer_id LEFT JOIN sales_order o ON o.id = i.order_id
        WHERE i.issued_on BETWEEN $1 AND $2 ORDER BY i.issued_on, i.id LIMIT $3
        """),
        (
            Column("开票日期", DAY), Column("发票"), Column("客户"), Column("订单"), Column("种类"), Column("发票号码"), Column("不含税", MONEY),
            Column("税额", MONEY), Column("价税合计", MONEY), Column("已收", MONEY), Column("未收", MONEY), Column("到期日", DAY), Column("状态"),
        ),
    ),
    ExportKind.payments: Source(
        _stated(f"""
        SELECT p.received_on, p.number, c.name, p.amount, p.allocated, p.refunded, p.amount - p.allocated - p.refunded AS rest,
          {_words("p.state", PaymentState)}, p.note
        FROM payment p JOIN customer c ON c.id = p.customer_id WHERE p.received_on BETWEEN $1 AND $2 ORDER BY p.received_on, p.id LIMIT $3
        """),
        (
            Column("收款日期", DAY), Column("收款单"), Column("客户"), Column("金额", MONEY), Column("已核销", MONEY), Column("已退", MONEY),
            Column("预收余额", MONEY), Column("状态"), Column("备注"),
        ),
    ),
    ExportKind.receivables: Source(
        _stated("""
        SELECT c.number, c.name, coalesce(nullif(s.nickname, ''), s.name), i.number AS invoice, i.issued_on, i.due_on, i.total,
          i.total - i.paid AS open, greatest(0, $2::date - i.due_on) AS late
        FROM invoice i JOIN customer c ON c.id = i.customer_id LEFT JOIN person s ON s.id = c.owner_id
        WHERE i.total > i.paid AND $1::date IS NOT NULL ORDER BY i.due_on, i.id LIMIT $3
        """),
        (
            Column("客户编号"), Column("客户"), Column("业务员"), Column("发票"), Column("开票日期", DAY), Column("到期日", DAY), Column("价税合计", MONEY),
            Column("未收", MONEY), Column("逾期天数", QUANTITY),
        ),
        by_period=False,
    ),
    ExportKind.shipments: Source(
        _stated("""
        SELECT d.shipped_at, d.number, o.number AS order_number, c.name AS customer, p.code, p.name AS product, l.quantity, p.unit, d.carrier,
          d.tracking_no, d.delivered_at
        FROM delivery_line l JOIN delivery d ON d.id = l.delivery_id JOIN sales_order o ON o.id = d.order_id
        JOIN customer c ON c.id = o.customer_id JOIN sales_order_line s ON s.id = l.order_line_id JOIN product p ON p.id = s.product_id
        WHERE d.state <> 'cancelled' AND d.shipped_at >= ($1::date::timestamp AT TIME ZONE 'Asia/Shanghai')
          AND d.shipped_at < ($2::date::timestamp AT TIME ZONE 'Asia/Shanghai') + interval '1 day' ORDER BY d.id, l.id LIMIT $3
        """),
        (
            Column("发货时间", MOMENT), Column("发货单"), Column("订单"), Column("客户"), Column("产品编号"), Column("产品"), Column("数量", QUANTITY),
            Column("单位"), Column("物流"), Column("物流单号"), Column("签收时间", MOMENT),
        ),
    ),
    ExportKind.customers: Source(
        _stated("""
        SELECT c.number, c.name, c.address, p.name AS contact, p.phone, coalesce(nullif(s.nickname, ''), s.name) AS owner, c.terms_days,
          CASE WHEN c.month_end THEN '是' ELSE '否' END AS month_end, c.credit_limit, c.tax_title, c.tax_no,
          CASE WHEN c.frozen THEN '是' ELSE '否' END AS frozen
        FROM customer c LEFT JOIN person s ON s.id = c.owner_id LEFT JOIN person p ON p.customer_id = c.id AND p.active
        WHERE c.active AND $1::date <= $2::date ORDER BY c.number, p.number LIMIT $3
        """),
        (
            Column("客户编号"), Column("客户名称"), Column("地址"), Column("联系人"), Column("电话"), Column("业务员"), Column("账期天数", QUANTITY),
            Column("月结"), Column("信用额度", MONEY), Column("开票抬头"), Column("税号"), Column("冻结"),
        ),
        by_period=False,
    ),
    ExportKind.products: Source(
        _stated("""
        SELECT p.code, p.name, p.unit, p.barcode, p.list_price, p.cost, p.min_stock, k.unit AS pack, k.holds
        FROM product p LEFT JOIN pack k ON k.product_id = p.id WHERE p.active AND $1::date <= $2::date ORDER BY p.code, k.holds LIMIT $3
        """),
        (
            Column("产品编号"), Column("产品名称"), Column("单位"), Column("条码"), Column("含税单价", PRICE), Column("成本", PRICE),
            Column("最低库存", QUANTITY), Column("大单位"), Column("每大单位数量", QUANTITY),
        ),
        by_period=False,
    ),
    ExportKind.stock: Source(
        _stated("""
        SELECT w.name AS warehouse, p.code, p.name, b.on_hand, b.reserved, b.on_hand - b.reserved AS free, p.unit, p.cost,
          round(b.on_hand * p.cost, 2) AS value
        FROM stock_balance b JOIN product p ON p.id = b.product_id JOIN warehouse w ON w.id = b.warehouse_id
        WHERE $1::date <= $2::date ORDER BY w.rank, w.id, p.code LIMIT $3
        """),
        (
            Column("仓库"), Column("产品编号"), Column("产品"), Column("在手", QUANTITY), Column("预留", QUANTITY), Column("可用", QUANTITY), Column("单位"),
            Column("成本", PRICE), Column("金额", MONEY),
        ),
        by_period=False,
    ),
    ExportKind.moves: Source(
        _stated("""
        SELECT m.moved_at, m.document, w.name AS warehouse, p.code, p.name, m.quantity, p.unit, m.value, m.lot,
          coalesce(nullif(s.nickname, ''), s.name)
        FROM stock_move m JOIN product p ON p.id = m.product_id JOIN warehouse w ON w.id = m.warehouse_id LEFT JOIN person s ON s.id = m.moved_by_id
        WHERE m.moved_at >= ($1::date::timestamp AT TIME ZONE 'Asia/Shanghai')
          AND m.moved_at < ($2::date::timestamp AT TIME ZONE 'Asia/Shanghai') + interval '1 day' ORDER BY m.id LIMIT $3
        """),
        (
            Column("时间", MOMENT), Column("单据"), Column("仓库"), Column("产品编号"), Column("产品"), Column("数量", QUANTITY), Column("单位"),
            Column("金额", MONEY), Column("批号"), Column("经手人"),
        ),
    ),
    ExportKind.journal: Source(
        _stated("""
        SELECT e.booked_on, e.id, e.document, e.memo, a.code, a.name, CASE WHEN l.amount > 0 THEN l.amount END AS debit,
          CASE WHEN l.amount < 0 THEN -l.amount END AS credit, c.name AS customer
        FROM journal_line l JOIN journal_entry e ON e.id = l.entry_id JOIN account a ON a.id = l.account_id
        LEFT JOIN customer c ON c.id = l.customer_id
        WHERE e.booked_on BETWEEN $1 AND $2 ORDER BY e.booked_on, e.id, l.id LIMIT $3
        """),
        (
            Column("日期", DAY), Column("凭证号", QUANTITY), Column("单据"), Column("摘要"), Column("科目代码"), Column("科目"), Column("借方", MONEY),
            Column("贷方", MONEY), Column("客户"),
        ),
    ),
    ExportKind.trial: Source(
        _stated("""
        SELECT a.code, a.name, coalesce(sum(l.amount) FILTER (WHERE e.booked_on < $1), 0) AS opening,
          coalesce(sum(l.amount) FILTER (WHERE e.booked_on >= $1 AND l.amount > 0), 0) AS debit,
          -coalesce(sum(l.amount) FILTER (WHERE e.booked_on >= $1 AND l.amount < 0), 0) AS credit, sum(l.amount) AS closing
        FROM account a JOIN journal_line l ON l.account_id = a.id JOIN journal_entry e ON e.id = l.entry_id
        WHERE e.booked_on <= $2 GROUP BY a.id ORDER BY a.code LIMIT $3
        """),
        (
            Column("科目代码"), Column("科目"), Column("期初", MONEY), Column("借方", MONEY), Column("贷方", MONEY), Column("期末", MONEY),
        ),
    ),
    ExportKind.profit: Source(
        _summed(Measure.earned, Dimension.order, _profit),
        (
            Column("订单"), Column("客户"), Column("收入（不含税）", MONEY), Column("成本", MONEY), Column("毛利", MONEY), Column("毛利率%", QUANTITY),
        ),
    ),
    ExportKind.by_customer: Source(
        _summed(Measure.sold, Dimension.customer, _sold),
        (
            Column("客户"), Column("单数", QUANTITY), Column("金额", MONEY), Column("不含税", MONEY), Column("预计毛利", MONEY), Column("毛利率%", QUANTITY),
        ),
    ),
    ExportKind.by_product: Source(
        _summed(Measure.sold, Dimension.product, _sold),
        (
            Column("产品"), Column("单数", QUANTITY), Column("金额", MONEY), Column("不含税", MONEY), Column("预计毛利", MONEY), Column("毛利率%", QUANTITY),
        ),
    ),
    ExportKind.payables: Source(
        _stated("""
        SELECT s.number, s.name, i.number AS bill, i.e_number, p.number AS purchase, i.purpose, i.issued_on, i.due_on, i.total, i.total - i.paid AS open,
          greatest(0, $2::date - i.due_on) AS late
        FROM supplier_invoice i JOIN supplier s ON s.id = i.supplier_id LEFT JOIN purchase_order p ON p.id = i.purchase_id
        WHERE i.total > i.paid AND i.state = 'posted' AND $1::date IS NOT NULL ORDER BY i.due_on, i.id LIMIT $3
        """),
        (
            Column("供应商编号"), Column("供应商"), Column("来票"), Column("发票号码"), Column("采购单"), Column("用途"), Column("来票日期", DAY), Column("到期日", DAY),
            Column("价税合计", MONEY), Column("未付", MONEY), Column("逾期天数", QUANTITY),
        ),
        by_period=False,
    ),
    ExportKind.statement: Source(_statement, COLUMNS, by_customer=True),
}  # fmt: skip
