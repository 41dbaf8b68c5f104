"""Credit notes for goods that came back: red-letter invoices over a part, set off against what they take back."""

from decimal import Decimal

from models import sql
from models.base import ZERO
from models.books.posting import Leg, post
from models.clock import today
from models.finance.invoicing import OUTPUT_TAX, RECEIVABLE, REVENUE, TAKE, demanded_of, follow_invoices, part_of
from models.finance.receiving import lock_money, offset, take_back
from models.finance.tables import Invoice, InvoiceLine
from models.sales.orders import lines_of
from models.sales.tables import SalesOrder, SalesOrderLine
from models.system.numbers import next_number

# Which invoices still demand a line, the newest first, and how much of it each does.
STANDING = """
SELECT i.id, l.order_line_id, sum(l.quantity) AS quantity FROM (
  SELECT coalesce(v.reverses_id, v.id) AS origin, w.order_line_id, w.quantity FROM invoice_line w
  JOIN invoice v ON v.id = w.invoice_id WHERE w.order_line_id = $1) l
JOIN invoice i ON i.id = l.origin WHERE i.state <> 'reversed'
GROUP BY i.id, l.order_line_id HAVING sum(l.quantity) > 0 ORDER BY i.id DESC
"""


async def credit_excess(order: SalesOrder, *, by: int | None) -> list[Invoice]:
    """Takes back what is invoiced of a locked order beyond what was delivered: one red-letter invoice for each concerned.

    What had been paid on that part is on account again. Raises PeriodClosed.
    """
    await lock_money(order.customer_id)  # type: ignore[attr-defined]
    demanded = await demanded_of(order)
    red: dict[int, list[tuple[SalesOrderLine, Decimal, Decimal, Decimal]]] = {}
    for line in await lines_of(order):
        excess = line.invoiced - line.delivered
        for row in await sql.rows(STANDING, line.id) if excess > 0 else []:
            quantity = min(excess, row["quantity"])
            if quantity <= 0:
                continue
            part = part_of(line, -quantity, demanded[line.id])
            red.setdefault(row["id"], []).append((line, quantity, -part.amount, -part.tax))
            excess, line.invoiced = excess - quantity, line.invoiced - quantity
            now_demanded = demanded[line.id]
            demanded[line.id] = type(now_demanded)(now_demanded.amount + part.amount, now_demanded.tax + part.tax)
    made = [await _credit(await Invoice.get(id=invoice), parts, by) for invoice, parts in sorted(red.items())]
    await follow_invoices(order)
    return made


async def _credit(
    invoice: Invoice, parts: list[tuple[SalesOrderLine, Decimal, Decimal, Decimal]], by: int | None
) -> Invoice:
    total, tax = sum((part[2] for part in parts), ZERO), sum((part[3] for part in parts), ZERO)
    red = await Invoice.create(
        number=await next_number("IV"), customer_id=invoice.customer_id, order_id=invoice.order_id, kind=invoice.kind,  # type: ignore[attr-defined]
        total=-total, tax=-tax, issued_on=today(), due_on=today(), reverses=invoice, made_by_id=by,
        buyer_title=invoice.buyer_title, buyer_tax_no=invoice.buyer_tax_no,
    )  # fmt: skip
    for line, quantity, amount, line_tax in parts:
        await InvoiceLine.create(
            invoice=red, order_line=line, quantity=-quantity, price=line.price, amount=-amount, tax=-line_tax
        )
        if not await sql.row(TAKE, line.id, -quantity):
            raise AssertionError("a locked order's line changed")
    customer = invoice.customer_id  # type: ignore[attr-defined]
    await post(
        red.number,
        [Leg(RECEIVABLE, -total, customer_id=customer), Leg(REVENUE, total - tax), Leg(OUTPUT_TAX, tax)],
        memo=f"红冲 {invoice.number}",
        by=by,
    )
    lacking = total - (invoice.total - invoice.paid)
    if lacking > 0:
        await take_back(invoice, lacking, by=by)
        await invoice.refresh_from_db()
    await offset(invoice, red, total, by=by)
    return red
