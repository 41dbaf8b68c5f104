"""Goods kept for a customer or held for an order: kept, listed, let go, set aside again, expired."""

from datetime import date, timedelta

from handlers.actor import Actor
from handlers.areas.stock.facts import ref, refuse_inactive, said, tell_dropped
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Day, Text
from handlers.items import Item
from handlers.registry import command, query
from handlers.result import Entire, Numbered, Quantity, Ref, Result
from handlers.visible import visible
from models.clock import today
from models.delivery.telling import tell
from models.errors import CustomerFrozen, InvalidInput, NotFound
from models.party.tables import Customer
from models.product.tables import Product
from models.sales.orders import lines_of
from models.sales.reserving import let_lines_go, set_aside
from models.sales.tables import SalesOrder
from models.stock.holding import hold, let_go
from models.stock.reservation import Dropped
from models.stock.tables import Hold, HoldState
from models.text import key

KEPT_FOR = timedelta(days=3)
"""How long goods are kept when nobody says until when."""

LONGEST = timedelta(days=60)


class Kept(Result):
    """So much of a product kept for a customer until the end of a day."""

    number: str
    customer: Ref
    product: Ref
    said: str = ""
    quantity: Quantity
    unit: str
    until: date
    state: HoldState
    by: Ref


class Freed(Result):
    """So much of a product that an order held."""

    product: Ref
    quantity: Quantity
    unit: str


class Keeping(Entire):
    """What is kept, or was just let go; of an order, what it held and goes on waiting for."""

    items: list[Kept]
    order: Numbered | None = None
    freed: list[Freed] = []


class SetAside(Result):
    """How much of a product an order holds now, and how much of it it still lacks."""

    product: Ref
    quantity: Quantity
    lacking: Quantity
    unit: str


class Allocated(Result):
    """What an order holds after it took what is free."""

    order: Numbered
    lines: list[SetAside]


RESERVED = [
    f"{whom}{verb}{{items}}{until}"
    for whom in ("先给{customer}", "给{customer}", "帮{customer}")
    for verb in ("留", "预留")
    for until in ("", "到{date}", "留到{date}")
]


@command(
    "stock.reserve",
    says=[
        *RESERVED, "{customer}预留{items}到{date}", "{customer}预留{items}",
    ],
)  # fmt: skip
async def reserve_stock(me: Actor, *, customer: Customer, items: list[Item], date: Day | None = None) -> Done[Keeping]:
    """给客户预留库存，到期自动放掉"""
    until = date or today() + KEPT_FOR
    if until < today():
        raise InvalidInput(input="date", given=until.isoformat(), why="day_past")
    if until > today() + LONGEST:
        raise InvalidInput(input="date", given=until.isoformat(), why="day_too_far")
    if customer.frozen:
        raise CustomerFrozen(customer=customer.name)
    refuse_inactive(item.product for item in items)
    if remark := next((item.remark for item in items if item.remark), ""):
        # What is left over is most likely a day that is none: nothing is kept until some other day instead.
        raise InvalidInput(input="date", given=remark, why="not_a_day")
    kept = []
    for item in sorted(items, key=lambda item: item.product.id):
        made = await hold(customer.id, item.product, item.base_quantity, until=until, by=me.person_id)
        kept.append(
            await _shown(
                await visible(me, Hold).select_related("customer", "product", "made_by").get(id=made.id), said(item)
            )
        )
    numbers = ",".join(each.number for each in kept)
    return Done(Keeping(items=kept), undo=Call("stock.release", {"holds": numbers}))


@command(
    "stock.release",
    says=[
        "把{customer}预留的{product}放掉", "放掉{customer}预留的{product}", "放掉{customer}的{product}", "{customer}预留的{product}不留了",
        "放掉{order}的预留", "放掉{order}预留", "{order}的预留放掉", "{order}预留放掉", "{order}放掉预留", "释放{order}的库存", "释放{order}",
        "{order}的{product}预留放掉", "{order}{product}预留放掉", "放掉{order}的{product}预留", "{order}的{product}放掉", "放掉{order}的{product}",
        "放掉{order}", "{customer}的{product}不留了", "把{customer}的预留放掉", "放掉{customer}的预留", "取消{customer}的预留", "放掉{holds}", "取消预留{holds}",
    ],
)  # fmt: skip
async def release_stock(
    me: Actor,
    *,
    customer: Customer | None = None,
    product: Text | None = None,
    holds: Text | None = None,
    order: SalesOrder | None = None,
) -> Done[Keeping]:
    """放掉给客户预留的库存，或一张订单、订单里一种货的占用；订单还等着这些货"""
    if order is not None:
        return await _release_order(me, order, product)
    rows = await _mine(me, customer)
    if holds is not None:
        wanted = {number.strip().upper() for number in holds.replace("，", ",").split(",")}
        rows = [row for row in rows if row.number in wanted]
    if product is not None:
        rows = [row for row in rows if _is_called(row.product, product)]
    if not rows or (customer is None and holds is None):
        raise NotFound(kind="reservation")
    for row in rows:
        await let_go(row)
    return Done(Keeping(items=[await _shown(row) for row in rows]))


@command(
    "stock.allocate",
    says=["{order}重新备货", "{order}再备货", "{order}备货", "给{order}备货", "给{order}重新备货", "{order}重新占用库存", "{order}重新预留"],
)  # fmt: skip
async def allocate_stock(me: Actor, *, order: SalesOrder) -> Allocated:
    """给订单重新备货：有多少占多少"""
    lines = [
        SetAside(
            product=ref(line.product), quantity=quantity, lacking=line.quantity - line.delivered - quantity,
            unit=line.product.unit,
        )
        for line, quantity in await set_aside(order)
    ]  # fmt: skip
    return Allocated(order=order.number, lines=lines)


async def _release_order(me: Actor, order: SalesOrder, product: str | None) -> Done[Keeping]:
    """What an order holds is free for others; whoever answers for the order hears of it."""
    positions = None
    if product is not None:
        positions = {line.position for line in await lines_of(order) if _is_called(line.product, product)}
        if not positions:
            raise NotFound(kind="order_line", given=product)
    freed = await let_lines_go(order, positions)
    seller = order.salesperson_id  # type: ignore[attr-defined]
    for line, quantity in freed if seller != me.id else []:
        dropped = Dropped(order.number, quantity, seller)
        await tell_dropped([dropped], line.product.name, line.product.unit, f"{me.called}放掉")
    shown = [Freed(product=ref(line.product), quantity=quantity, unit=line.product.unit) for line, quantity in freed]
    undo = Call("stock.allocate", {"order": order.number})
    return Done(Keeping(items=[], order=order.number, freed=shown), undo=undo)


def _is_called(product: Product, named: str) -> bool:
    return any(key(named) in spelling for spelling in [*product.keys, key(product.code)])


@query(
    "stock.holds",
    says=[
        "我的预留",
        "预留清单",
        "{customer}的预留",
        "{customer}预留了什么",
        "给{customer}留了什么",
        "给{customer}留的货",
    ],
)
async def list_holds(me: Actor, *, customer: Customer | None = None) -> Keeping:
    """看给客户预留着的库存"""
    return Keeping(items=[await _shown(row) for row in await _mine(me, customer)])


@command("stock.expire")
async def expire_hold(me: Actor, *, hold: Text) -> Keeping:
    """预留到期放掉（到期时执行）"""
    kept = await visible(me, Hold).filter(number=hold).select_related("customer", "product", "made_by").first()
    if kept is None:
        raise NotFound(kind="reservation")
    await let_go(kept, HoldState.expired)
    shown = await _shown(kept)
    facts = {
        "number": kept.number,
        "customer": kept.customer.name,
        "product": kept.product.name,
        "quantity": f"{kept.quantity.normalize():f}",
        "unit": kept.product.unit,
    }
    await tell("stock.expired", about=kept.number, facts=facts, holder=[kept.made_by_id])  # type: ignore[attr-defined]
    return Keeping(items=[shown])


async def _mine(me: Actor, customer: Customer | None) -> list[Hold]:
    rows = visible(me, Hold).filter(state=HoldState.active.value)
    if customer is not None:
        rows = rows.filter(customer_id=customer.id)
    return await rows.order_by("product_id", "id").select_related("customer", "product", "made_by")


async def _shown(kept: Hold, words: str = "") -> Kept:
    return Kept(
        number=kept.number,
        customer=Ref(number=kept.customer.number, name=kept.customer.name),
        product=ref(kept.product),
        said=words,
        quantity=kept.quantity,
        unit=kept.product.unit,
        until=kept.until,
        state=HoldState.of(kept.state),
        by=Ref.of(kept.made_by),
    )
