"""Goods that come back: announced, taken in, and paid back or replaced."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.dispatch import MissingInput
from handlers.inputs import Count, Text
from handlers.items import Item, Unit, refuse_fractions, unit_factor
from handlers.registry import command, query
from handlers.result import Listing, Needs, Numbered, Places, Quantity, Ref, Result
from handlers.visible import visible
from models.base import ZERO
from models.delivery.telling import tell
from models.errors import InvalidInput, NotFound
from models.finance.crediting import credit_excess
from models.finance.receiving import lock_money
from models.moves import move
from models.party.finding import contacts_of, people_with
from models.party.tables import Customer, Role
from models.product.tables import Product
from models.sales.orders import lines_of
from models.sales.returning import TooManyBack, receive_return, request_return
from models.sales.tables import Remedy, ReturnState, SalesOrder, SalesReturn, SalesReturnLine
from models.stock.tables import Warehouse


class ReturnedLine(Result):
    """So much of a product on its way back, and how much of it is here."""

    product: Ref
    unit: str
    quantity: Quantity
    received: Quantity


class Credited(Result):
    """A red-letter invoice that came of it."""

    number: str
    total: Annotated[Decimal | None, Places(2), Needs("order.amount")]


class ReturnAnswer(Result):
    """Goods that come back, as far as their asker may see it."""

    number: str
    order: Numbered
    customer: Ref
    state: ReturnState
    remedy: Remedy
    reason: str | None
    created_at: datetime
    received_at: datetime | None
    lines: list[ReturnedLine]
    credits: list[Credited] | None = None


class ReturnList(Listing):
    """Returns, those still on their way first."""

    items: list[ReturnAnswer]


@command(
    "return.create",
    says=[
        "退{order}的{items}{reason}", "退{order}的{items}", "退{order}{items}{reason}", "退{order}{items}", "{customer}退{items}{reason}", "{customer}退{items}", "{customer}退货{items}", "{order}退{items}{reason}", "{order}退{items}", "{order}退货{items}",
        "{order}{remedy}{items}", "{customer}{remedy}{items}", "有{items}是{reason}的怎么办", "有{items}是{reason}怎么办", "有{items}是{reason}的", "有{items}是{reason}", "有{items}{reason}怎么办", "我要退{items}", "要退{items}",
        "退货", "我要退货", "{order}退货", "我要退{order}", "{order}要退货", "{order}要退",
    ],
    confirm=True,
)  # fmt: skip
async def create_return(
    me: Actor,
    *,
    customer: Customer | None = None,
    order: SalesOrder | None = None,
    items: list[Item],
    remedy: Remedy | None = None,
    reason: Text | None = None,
) -> ReturnAnswer:
    """退换货：登记要退回的货，收到后退款或补发"""
    if order is None and customer is None:
        raise MissingInput(input="customer", handler="return.create")
    of = order or await _delivered_last(me, customer, items)
    wanted = await _positions(of, items)
    told = " ".join(filter(None, [reason, *(item.remark for item in items)]))[:200]
    made = await request_return(of, wanted, remedy=remedy or Remedy.credit, reason=told, by=me.person_id)
    shown = await _answer(made)
    buyer: Customer = await of.customer
    seller = of.salesperson_id or buyer.owner_id  # type: ignore[attr-defined]
    await tell(
        "return.asked",
        about=made.number,
        facts=shown.facts(frozenset()),
        not_to=me.id,
        salesperson=[seller] if seller else [],
        warehouse=await people_with(Role.warehouse),
    )
    return shown


@command(
    "return.receive",
    says=[
        "退货到了{customer}的{quantity}{unit}{product}", "退货到了{customer}{quantity}{unit}{product}", "退货到了{given}", "{given}收到了", "{given}到了", "收到退货{given}",
        "收退货{given}", "退货到了{customer}的{items}", "退货到了{customer}", "收到{customer}退货{items}", "{given}只收到{items}", "收退货",
    ],
    confirm=True,
)  # fmt: skip
async def take_back(
    me: Actor,
    *,
    given: SalesReturn | None = None,
    customer: Customer | None = None,
    product: Product | None = None,
    quantity: Count | None = None,
    unit: Unit | None = None,
    items: list[Item] | None = None,
    warehouse: Warehouse | None = None,
) -> ReturnAnswer:
    """收退货：按原来的成本入库，开过票的自动红冲"""
    wanted = {item.product.id: item.base_quantity for item in items or []}
    if (product is None) != (quantity is None):
        raise MissingInput(input="product" if product is None else "quantity", handler="return.receive")
    if product is not None and quantity is not None:
        if quantity <= 0:
            raise InvalidInput(input="quantity", given=f"{quantity:f}", why="too_small")
        counted = quantity * await unit_factor(product, unit or product.unit)
        refuse_fractions(product.unit, counted, "quantity")
        wanted[product.id] = counted
    taken = given or await _expected(me, customer, list(wanted))
    place = warehouse or await Warehouse.all().order_by("rank", "id").first()
    assert place is not None
    arrived = await _arrived(taken, wanted) if wanted else None
    # A customer's money is locked before their orders, by everybody who needs both.
    await lock_money(taken.customer_id)  # type: ignore[attr-defined]
    order = await receive_return(taken, arrived, warehouse_id=place.id, by=me.person_id)
    red = await credit_excess(order, by=me.person_id) if taken.remedy == Remedy.credit.value else []
    shown = await _answer(taken)
    shown = shown.model_copy(update={"credits": [Credited(number=each.number, total=each.total) for each in red]})
    seller = order.salesperson_id  # type: ignore[attr-defined]
    await tell(
        "return.received",
        about=taken.number,
        facts=shown.facts(frozenset({"order.amount"})),
        not_to=me.id,
        customer=await contacts_of(taken.customer_id),  # type: ignore[attr-defined]
        salesperson=[seller] if seller else [],
        finance=await people_with(Role.finance) if red else [],
    )
    return shown


@command("return.cancel", says=["取消退货{given}", "{given}不退了", "取消{given}"], confirm=True)
async def cancel_return(me: Actor, *, given: SalesReturn) -> ReturnAnswer:
    """取消还没收到的退货"""
    await move(given, ReturnState.cancelled)
    return await _answer(given)


@query("return.show", says=["{given}", "查退货{given}", "退货单{given}", "{given}什么情况"])
async def show_return(me: Actor, *, given: SalesReturn) -> ReturnAnswer:
    """查退货单"""
    return await _answer(given)


@query("return.list", says=["退货单", "退货列表", "有哪些退货", "待收退货", "{customer}的退货"])
async def list_returns(me: Actor, *, customer: Customer | None = None) -> ReturnList:
    """退货单列表，没收到的在前"""
    rows = visible(me, SalesReturn)
    if customer is not None:
        rows = rows.filter(customer_id=customer.id)
    found = await rows.order_by("received_at", "-id").limit(Listing.PAGE * 2)
    waiting = sorted(found, key=lambda each: each.state != ReturnState.requested.value)
    return ReturnList(total=await rows.count(), items=[await _answer(each) for each in waiting[: Listing.PAGE]])


async def _delivered_last(me: Actor, customer: Customer | None, items: list[Item]) -> SalesOrder:
    """The latest order of a customer of which all of it was delivered that is to come back."""
    rows = visible(me, SalesOrder).filter(customer_id=customer.id if customer else -1)
    most = ZERO
    for order in await rows.exclude(delivery_state="pending").order_by("-id").limit(50):
        delivered = {line.product_id: line.delivered for line in await lines_of(order)}  # type: ignore[attr-defined]
        if all(delivered.get(item.product.id, ZERO) >= item.base_quantity for item in items):
            return order
        most = max(most, delivered.get(items[0].product.id, ZERO))
    first = items[0]
    raise TooManyBack(product=first.product.name, most=most, given=first.base_quantity, unit=first.product.unit)


async def _positions(order: SalesOrder, items: list[Item]) -> dict[int, Decimal]:
    """What is to come back by the position of its line; more than one line of a product takes is in the last."""
    wanted: dict[int, Decimal] = {}
    lines = await lines_of(order)
    for item in items:
        mine = [line for line in lines if line.product_id == item.product.id]  # type: ignore[attr-defined]
        if not mine:
            raise NotFound(kind="order_line", given=item.product.name)
        rest = item.base_quantity
        for line in mine:
            part = rest if line is mine[-1] else min(rest, line.delivered)
            if part > 0:
                wanted[line.position] = wanted.get(line.position, ZERO) + part
            rest -= part
    return wanted


async def _expected(me: Actor, customer: Customer | None, products: list[int]) -> SalesReturn:
    """The oldest return of a customer that is still awaited, with these products in it."""
    if customer is None:
        raise MissingInput(input="given", handler="return.receive")
    rows = visible(me, SalesReturn).filter(customer_id=customer.id, state=ReturnState.requested.value)
    for each in await rows.order_by("id"):
        lines = await SalesReturnLine.filter(sales_return_id=each.id).select_related("order_line")
        if set(products) <= {line.order_line.product_id for line in lines}:
            return each
    raise NotFound(kind="return", given=customer.name)


async def _arrived(given: SalesReturn, wanted: dict[int, Decimal]) -> dict[int, Decimal]:
    """What has arrived by the id of its order line."""
    arrived: dict[int, Decimal] = {}
    for line in await SalesReturnLine.filter(sales_return_id=given.id).order_by("id").select_related("order_line"):
        product = line.order_line.product_id
        if product in wanted:
            arrived[line.order_line_id] = wanted.pop(product)  # type: ignore[attr-defined]
    if wanted:
        raise NotFound(kind="order_line")
    return arrived


async def _answer(given: SalesReturn) -> ReturnAnswer:
    order: SalesOrder = await given.order
    customer: Customer = await given.customer
    lines = await SalesReturnLine.filter(sales_return_id=given.id).order_by("id").select_related("order_line__product")
    return ReturnAnswer(
        number=given.number,
        order=order.number,
        customer=Ref(number=customer.number, name=customer.name),
        state=ReturnState.of(given.state),
        remedy=Remedy.of(given.remedy),
        reason=given.reason or None,
        created_at=given.created_at,
        received_at=given.received_at,
        lines=[
            ReturnedLine(
                product=Ref(code=line.order_line.product.code, name=line.order_line.product.name),
                unit=line.order_line.product.unit, quantity=line.quantity, received=line.received,
            )
            for line in lines
        ],
    )  # fmt: skip
