"""Invoices: issued for what was delivered, linked to the tax office's number, taken back."""

import datetime
from decimal import Decimal

from handlers.actor import Actor
from handlers.dispatch import MissingInput
from handlers.inputs import Cursor, Text, cursor_after
from handlers.money import PastDay, TaxNo
from handlers.reading.periods import Span
from handlers.registry import command, query
from handlers.result import Entire, Listing, Money, Numbered, Ref, Result
from handlers.rights import RIGHTS
from handlers.visible import visible
from models import sql
from models.delivery.telling import tell
from models.errors import InvalidInput, NotFound
from models.finance.invoicing import NothingToInvoice, NotInvoiced, free_number, invoice_order, reverse_invoice
from models.finance.tables import Invoice, InvoiceKind, InvoiceState
from models.party.finding import contacts_of, people_with
from models.party.keeping import keep_tax_details
from models.party.tables import Customer, Role
from models.sales.tables import DeliveryState, SalesOrder

E_NUMBER = (8, 20)
"""Digits of the tax office's number: old paper codes have 8, fully digital invoices 20."""

RELATED = ("customer", "order", "reverses")

WAITING = """
SELECT o.number, c.name AS customer, c.number AS customer_number, round(sum(l.amount * (l.delivered - l.invoiced) / l.quantity), 2) AS amount,
  max(d.shipped_at)::date AS since
FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id JOIN customer c ON c.id = o.customer_id
LEFT JOIN delivery d ON d.order_id = o.id AND d.state <> 'cancelled'
WHERE l.delivered > l.invoiced AND o.state <> 'cancelled' AND o.customer_id = ANY($1::bigint[])
GROUP BY o.id, c.id ORDER BY o.id
"""


class InvoiceAnswer(Result):
    """An invoice: total = net + tax; `open` is what is still to be paid."""

    number: str
    customer: Ref
    order: Numbered | None
    kind: InvoiceKind
    state: InvoiceState
    total: Money
    net: Money
    tax: Money
    paid: Money
    open: Money
    issued_on: datetime.date
    due_on: datetime.date
    e_number: str | None
    reverses: Numbered | None = None


class Issued(Entire):
    """The invoices that were made at once."""

    items: list[InvoiceAnswer]
    amount: Money


class InvoiceList(Listing):
    """Invoices, newest first."""

    items: list[InvoiceAnswer]


class Waiting(Result):
    """An order of which something was delivered that no invoice demands yet."""

    order: Numbered
    customer: Ref
    amount: Money
    since: datetime.date | None


class WaitingList(Entire):
    """Everything that waits for an invoice."""

    items: list[Waiting]
    amount: Money


class TaxDetails(Result):
    """What a customer's invoices are made out to."""

    customer: Ref
    kind: InvoiceKind | None
    title: str
    tax_no: str | None


@command(
    "invoice.issue",
    says=[
        "开票{order}{kind}", "给{order}开{kind}", "{order}开{kind}", "开票{order}", "{order}开票", "给{order}开票",
        "{customer}{period}的一起开{kind}", "{customer}{period}一起开{kind}", "{customer}的一起开{kind}",
        "{customer}开{kind}", "给{customer}开{kind}", "给{customer}开个{kind}", "给{customer}开张{kind}", "{order}开个{kind}", "{order}开张{kind}", "给{customer}开票", "给{customer}的{order}开票", "{customer}开票{order}", "{customer}{order}开票", "开票{order}{kind}抬头{title}税号{tax_no}",
        "开票{order}{kind}日期{date}", "开票{order}日期{date}", "{order}{date}开{kind}", "{order}{date}开票", "{date}开票{order}{kind}", "{date}开票{order}",
    ],
    confirm=True,
)  # fmt: skip
async def issue_invoice(
    me: Actor, *, order: SalesOrder | None = None, customer: Customer | None = None, kind: InvoiceKind | None = None,
    period: Span | None = None, title: Text | None = None, tax_no: TaxNo | None = None,
    date: PastDay | None = None,
) -> Issued:  # fmt: skip
    """开票：已发未开的部分，可以一单开，也可以一个客户一起开；专票要有抬头和税号，说过一次就记住"""
    if order is not None and customer is not None and order.customer_id != customer.id:  # type: ignore[attr-defined]
        raise NotFound(kind="order")
    orders = [order] if order is not None else await _to_invoice(me, customer, period)
    wanted = kind or InvoiceKind.ordinary
    if wanted is InvoiceKind.special or title or tax_no:
        await _made_out_to(await orders[0].customer, title, tax_no, handler="invoice.issue")
    made = []
    for each in orders:
        answer = await _shown(me, await invoice_order(each, wanted, by=me.person_id, on=date))
        await _tell(answer, each.customer_id)  # type: ignore[attr-defined]
        made.append(answer)
    return Issued(items=made, amount=sum((each.total for each in made), Decimal(0)))


@command(
    "invoice.link",
    says=[
        "发票号{e_number}对应{order}",
        "{order}的发票号{e_number}",
        "{order}发票号{e_number}",
        "发票号{e_number}是{order}的",
        "发票{e_number}对应{order}",
    ],
)
async def link_invoice(me: Actor, *, order: SalesOrder, e_number: Text) -> InvoiceAnswer:
    """登记税务发票号码"""
    if not e_number.isdigit() or len(e_number) not in range(E_NUMBER[0], E_NUMBER[1] + 1):
        raise InvalidInput(input="e_number", given=e_number, why="not_an_e_number")
    rows = visible(me, Invoice).filter(order_id=order.id).exclude(state=InvoiceState.reversed.value)
    invoice = await rows.order_by("e_number", "-id").first()
    if invoice is None:
        has_left = order.delivery_state != DeliveryState.pending.value
        raise NotInvoiced(order=order.number, e_number=e_number, has_left=has_left)
    await free_number(e_number, invoice)
    await Invoice.filter(id=invoice.id).update(e_number=e_number)
    return await _shown(me, invoice)


@command(
    "invoice.void",
    says=[
        "作废发票{invoice}",
        "作废{invoice}",
        "红冲{invoice}",
        "红冲发票{invoice}",
        "{invoice}红冲",
        "…作废那张发票",
        "…红冲那张发票",
    ],
    confirm=True,
)
async def void_invoice(me: Actor, *, invoice: Invoice) -> InvoiceAnswer:
    """红冲发票：开一张负数发票，收过的钱回到预收"""
    return await _shown(me, await reverse_invoice(invoice, by=me.person_id))


@query(
    "invoice.list",
    says=[
        "还有哪些没开票",
        "哪些没开票",
        "没开票的",
        "没开票的订单",
        "哪些订单没开票",
        "待开票",
        "未开票清单",
        "{customer}还有哪些没开票",
    ],
)
async def list_waiting(me: Actor, *, customer: Customer | None = None) -> WaitingList:
    """待开票：已发货还没开票的订单"""
    mine = [customer.id] if customer else [each.id for each in await visible(me, Customer).only("id")]
    rows = await sql.rows(WAITING, mine)
    items = [
        Waiting(
            order=r["number"],
            customer=Ref(number=r["customer_number"], name=r["customer"]),
            amount=r["amount"],
            since=r["since"],
        )
        for r in rows
    ]
    return WaitingList(items=items, amount=sum((each.amount for each in items), Decimal(0)))


@query(
    "invoice.query",
    says=[
        "{order}的票开了没", "{order}开票了吗", "{order}的发票", "{order}票开了没", "{period}的发票开了没", "{period}发票开了没",
        "{period}的发票", "我的发票", "发票开了没", "发票开了吗", "开票了吗", "{customer}{period}的发票", "{customer}的发票",
    ],
)  # fmt: skip
async def query_invoices(
    me: Actor, *, order: SalesOrder | None = None, customer: Customer | None = None, period: Span | None = None,
    cursor: Cursor | None = None,
) -> InvoiceList:  # fmt: skip
    """查发票：按订单、客户或月份"""
    rows = visible(me, Invoice)
    if order is not None:
        rows = rows.filter(order_id=order.id)
    if customer is not None:
        rows = rows.filter(customer_id=customer.id)
    if period is not None:
        rows = rows.filter(issued_on__gte=period.start, issued_on__lte=period.end)
    total = await rows.count()
    if cursor is not None:
        rows = rows.filter(id__lt=int(cursor))
    page = await rows.order_by("-id").limit(Listing.PAGE + 1).select_related(*RELATED)
    more = cursor_after(page[Listing.PAGE - 1].id) if len(page) > Listing.PAGE else None
    return InvoiceList(total=total, next=more, items=[invoice_facts(each) for each in page[: Listing.PAGE]])


@command(
    "invoice.request",
    says=[
        "开票抬头{title}税号{tax_no}", "开发票抬头{title}税号{tax_no}", "开票抬头{title}", "开{kind}抬头{title}税号{tax_no}", "开{kind}抬头{title}",
        "{customer}开票抬头{title}税号{tax_no}", "{customer}抬头{title}税号{tax_no}", "{customer}要开{kind}", "{customer}要开票",
        "我要开票", "要发票", "我要发票", "开张发票", "开个发票", "我要开{kind}", "我要{kind}", "开{kind}", "要{kind}",
    ],
)  # fmt: skip
async def request_invoice(
    me: Actor, *, customer: Customer, kind: InvoiceKind | None = None, title: Text | None = None, tax_no: TaxNo | None = None
) -> TaxDetails:  # fmt: skip
    """申请开票：登记抬头和税号，通知财务；普票只要抬头"""
    if kind is InvoiceKind.ordinary and (title or customer.tax_title):
        await keep_tax_details(customer, title, tax_no)
    else:
        await _made_out_to(customer, title, tax_no, handler="invoice.request")
    answer = TaxDetails(
        customer=Ref(number=customer.number, name=customer.name), kind=kind, title=customer.tax_title,
        tax_no=customer.tax_no or None,
    )  # fmt: skip
    await tell(
        "invoice.requested",
        about=customer.number,
        facts=answer.facts(RIGHTS.all_fields),
        not_to=me.id,
        finance=await people_with(Role.finance),
    )
    return answer


async def _made_out_to(customer: Customer, title: str | None, tax_no: str | None, *, handler: str) -> None:
    """Keeps what a customer's invoices are made out to, and asks for what a 专票 cannot be without. Raises MissingInput."""
    for name, value in (("title", title or customer.tax_title), ("tax_no", tax_no or customer.tax_no)):
        if not value:
            raise MissingInput(input=name, handler=handler, customer=customer.name)
    await keep_tax_details(customer, title, tax_no)


async def _to_invoice(me: Actor, customer: Customer | None, period: Span | None) -> list[SalesOrder]:
    if customer is None:
        raise NotFound(kind="order")
    waiting = [row["number"] for row in await sql.rows(WAITING, [customer.id]) if _within(row["since"], period)]
    if not waiting:
        raise NothingToInvoice(customer=customer.name)
    return await visible(me, SalesOrder).filter(number__in=waiting).order_by("id")


def _within(day: datetime.date | None, period: Span | None) -> bool:
    return period is None or (day is not None and period.start <= day <= period.end)


async def _tell(issued: InvoiceAnswer, customer_id: int) -> None:
    await tell(
        "invoice.issued",
        about=issued.number,
        facts=issued.facts(frozenset({"order.amount"})),
        customer=await contacts_of(customer_id),
    )


async def _shown(me: Actor, invoice: Invoice) -> InvoiceAnswer:
    """An invoice as it stands now."""
    return invoice_facts(await visible(me, Invoice).select_related(*RELATED).get(id=invoice.id))


def invoice_facts(invoice: Invoice) -> InvoiceAnswer:
    """An invoice that was read with what it is RELATED to."""
    customer, order, original = invoice.customer, invoice.order, invoice.reverses
    return InvoiceAnswer(
        number=invoice.number,
        customer=Ref(number=customer.number, name=customer.name),
        order=order.number if order else None,
        kind=InvoiceKind.of(invoice.kind),
        state=InvoiceState.of(invoice.state),
        total=invoice.total,
        net=invoice.total - invoice.tax,
        tax=invoice.tax,
        paid=invoice.paid,
        open=invoice.total - invoice.paid,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        e_number=invoice.e_number or None,
        reverses=original.number if original else None,
    )
