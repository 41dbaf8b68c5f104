"""Pages of finance: statements and invoices, as their customer sees them."""

from datetime import date, timedelta

from handlers.actor import Actor
from handlers.areas.finance.invoice import RELATED, InvoiceAnswer, invoice_facts
from handlers.areas.finance.receivable import Statement, query_statement
from handlers.pages import Sheet, page
from handlers.reading.periods import Span, month_of
from handlers.registry import query
from handlers.result import Money, Price, Quantity, Ref, Result
from handlers.sheets.statement import statement_table
from handlers.visible import visible
from models import sql
from models.base import ZERO
from models.clock import today
from models.finance.tables import Invoice
from models.party.tables import Customer

MONTH = timedelta(days=30)

LINES = """
SELECT p.code, p.name AS product, p.unit, l.quantity, l.price, l.amount, l.tax
FROM invoice_line l JOIN sales_order_line o ON o.id = l.order_line_id JOIN product p ON p.id = o.product_id
WHERE l.invoice_id = $1 ORDER BY o.position, l.id
"""


class InvoicedLine(Result):
    """One product of an invoice, tax included."""

    product: Ref
    quantity: Quantity
    unit: str
    price: Price
    amount: Money
    tax: Money


class InvoiceDetail(InvoiceAnswer):
    """An invoice with its lines."""

    lines: list[InvoicedLine]


class StatementSheet(Sheet):
    """A customer's account over a period."""

    statement: Statement
    start: date
    end: date


class InvoiceSheet(Sheet):
    """One invoice."""

    invoice: InvoiceDetail
    title: str
    tax_no: str | None


class InvoicesSheet(Sheet):
    """The invoices of a customer, the oldest first."""

    customer: Ref
    period: str | None
    items: list[InvoiceAnswer]
    total: Money
    tax: Money
    open: Money


@query("invoice.detail", says=["{invoice}", "发票{invoice}", "查发票{invoice}", "{invoice}明细", "发票{invoice}明细"])
async def query_invoice(me: Actor, *, invoice: Invoice) -> InvoiceDetail:
    """一张发票的明细"""
    found = await visible(me, Invoice).select_related(*RELATED).get(id=invoice.id)
    lines = [
        InvoicedLine(**{**row, "product": Ref(code=row["code"], name=row["product"])})
        for row in await sql.rows(LINES, invoice.id)
    ]
    return InvoiceDetail(**dict(invoice_facts(found)), lines=lines)


@page(
    "statement",
    says=[
        "打印{customer}{period}对账单", "打印{customer}{period}的对账单", "打印{customer}对账单", "打印{customer}的对账单",
        "打印{period}对账单", "打印对账单", "对账单网页", "{customer}对账单网页", "{customer}{period}对账单网页", "{period}对账单网页",
    ],
    lives=MONTH,
    outward=True,
    table=lambda facts: statement_table(facts["statement"]),
)  # fmt: skip
async def statement_page(me: Actor, *, customer: Customer, period: Span | None = None) -> StatementSheet:
    """对账单的网页，可以打印或转发"""
    span = period or month_of(today())
    statement = await query_statement(me, customer=customer, period=span)
    return StatementSheet(
        heading=f"{customer.name} 对账单 {span.text}", statement=statement, start=span.start, end=span.end
    )


@page("invoice", says=["打印{invoice}", "打印发票{invoice}", "{invoice}网页"], lives=MONTH, outward=True)
async def invoice_page(me: Actor, *, invoice: Invoice) -> InvoiceSheet:
    """一张发票的网页，可以打印或转发"""
    detail = await query_invoice(me, invoice=invoice)
    return InvoiceSheet(
        heading=f"发票 {detail.number}",
        invoice=detail,
        title=invoice.buyer_title or detail.customer.name,
        tax_no=invoice.buyer_tax_no or None,
    )


@page(
    "invoices",
    says=[
        "打印{customer}{period}的发票", "打印{customer}{period}发票", "打印{customer}的发票", "打印{period}的发票", "打印{period}发票",
        "打印发票清单", "打印{customer}发票清单", "打印{customer}{period}发票清单",
    ],
    lives=MONTH,
    outward=True,
)  # fmt: skip
async def invoices_page(me: Actor, *, customer: Customer, period: Span | None = None) -> InvoicesSheet:
    """一个客户的发票清单的网页"""
    rows = visible(me, Invoice).filter(customer_id=customer.id)
    if period is not None:
        rows = rows.filter(issued_on__gte=period.start, issued_on__lte=period.end)
    items = [invoice_facts(each) for each in await rows.order_by("issued_on", "id").select_related(*RELATED)]
    return InvoicesSheet(
        heading=f"{customer.name} 发票清单" + (f" {period.text}" if period else ""),
        customer=Ref.of(customer),
        period=period.text if period else None,
        items=items,
        total=sum((each.total for each in items), ZERO),
        tax=sum((each.tax for each in items), ZERO),
        open=sum((each.open for each in items), ZERO),
    )
