"""Prices: what a product costs whom, why, and how low one may go."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.inputs import Count, Day, Flag, Name
from handlers.items import Unit, refuse_fractions, unit_factor
from handlers.registry import command, query
from handlers.result import Needs, Places, Price, Quantity, Ref, Result
from handlers.sales import Bargain, Floor, UnitPrice
from models.base import ZERO
from models.clock import today
from models.errors import InvalidInput
from models.party.tables import Customer
from models.product.pricing import Priced, discounted, is_far_off, line_sum, prices_for, set_price
from models.product.tables import Pack, PriceSource, Product
from models.sales.discounting import floor_of
from models.stock.availability import Availability, availability
from models.stock.figures import stock_figures


class PackPrice(Result):
    """What a whole pack comes to."""

    unit: str
    holds: Quantity
    amount: Annotated[Decimal | None, Places(2), Needs("price.list")]


class PriceAnswer(Result):
    """What one unit is sold for and why; asked for a quantity, what that comes to, tax included."""

    product: Ref
    unit: str
    customer: Ref | None
    price: Annotated[Price | None, Needs("price.list")]
    source: Annotated[PriceSource | None, Needs("price.list")]
    min_quantity: Annotated[Decimal | None, Places(None), Needs("price.list")]
    valid_until: Annotated[date | None, Needs("price.list")]
    tax_included: Annotated[bool | None, Needs("price.list")]
    tax_rate: Annotated[Decimal | None, Places(None), Needs("price.list")]
    list_price: Annotated[Price | None, Needs("price.list")]
    packs: list[PackPrice]
    quantity: Annotated[Decimal | None, Places(None)]
    amount: Annotated[Decimal | None, Places(2), Needs("price.list")]
    availability: Availability
    floor: Annotated[Price | None, Needs("price.floor")] = None
    floor_share: Annotated[Decimal | None, Places(None), Needs("price.floor")] = None


@query(
    "price.query",
    says=[
        "{product}多少钱", "{product}多少钱一{unit}", "{product}一{unit}多少钱", "{product}怎么卖", "{product}什么价", "{product}价格", "{product}报价", "{product}单价",
        "{product}要{quantity}{unit}{bargain}", "{product}要{quantity}{bargain}", "{product}{bargain}", "查{product}价格",
        "{product}{floor}", "{product}给{customer}多少钱", "{product}卖{customer}多少钱", "{customer}的{product}多少钱", "{customer}的{product}什么价",
    ],
)  # fmt: skip
async def query_price(
    me: Actor,
    *,
    product: Product,
    quantity: Count | None = None,
    customer: Customer | None = None,
    unit: Unit | None = None,
    floor: Floor | None = None,
    bargain: Bargain | None = None,
) -> PriceAnswer:
    """查价格：单价、整箱价、为什么是这个价；问能不能便宜，说可以让到多少"""
    if unit is not None:
        holds = await unit_factor(product, unit)
        quantity = Count((quantity or Decimal(1)) * holds) if quantity or holds != 1 else None
    if quantity is not None and quantity <= 0:
        raise InvalidInput(input="quantity", given=f"{quantity:f}", why="too_small")
    if quantity is not None:
        refuse_fractions(product.unit, quantity, "quantity")
    group, number = (customer.price_group, customer.id) if customer else ("", None)
    packs = await Pack.filter(product_id=product.id).order_by("holds")
    asked = [(product, quantity or ZERO), *((product, Decimal(pack.holds)) for pack in packs)]
    priced, *of_packs = await prices_for(asked, customer_id=number, group=group, on=today())
    figures = await stock_figures(product.id)
    share = await floor_of(me.roles)
    return PriceAnswer(
        product=Ref(code=product.code, name=product.name),
        unit=product.unit,
        customer=Ref.of(customer) if customer and not me.is_customer else None,
        price=priced.price,
        source=priced.source,
        min_quantity=priced.min_quantity or None,
        valid_until=priced.valid_until,
        tax_included=priced.tax_included,
        tax_rate=priced.tax_rate,
        list_price=product.list_price if priced.source is not PriceSource.list else None,
        packs=[
            PackPrice(unit=pack.unit, holds=pack.holds, amount=_amount(Decimal(pack.holds), each))
            for pack, each in zip(packs, of_packs, strict=True)
        ],
        quantity=quantity,
        amount=_amount(quantity, priced) if quantity is not None else None,
        availability=availability(figures.free, product.min_stock),
        floor=discounted(priced.price, share) if floor or bargain else None,
        floor_share=share if floor or bargain else None,
    )


class PriceSet(Result):
    """A price that holds from a day on."""

    product: Ref
    unit: str
    source: PriceSource
    customer: Ref | None
    group: str | None
    min_quantity: Quantity
    price: Price
    before: Price | None
    tax_included: bool
    valid_from: date
    valid_until: date | None


@command(
    "price.set",
    says=[
        "给{customer}定价{product}{price}", "{customer}的{product}定价{price}", "{product}给{customer}定价{price}",
        "{product}给{customer}满{min_quantity}个定价{price}", "{product}满{min_quantity}个定价{price}", "{product}满{min_quantity}定价{price}",
        "{product}定价{price}", "{product}给{group}组定价{price}",
    ],
    confirm=True,
)  # fmt: skip
async def set_product_price(
    me: Actor,
    *,
    product: Product,
    price: UnitPrice,
    customer: Customer | None = None,
    group: Name | None = None,
    min_quantity: Count | None = None,
    without_tax: Flag | None = None,
    start: Day | None = None,
    until: Day | None = None,
) -> PriceSet:
    """定价：按客户、客户组、数量，从哪天到哪天"""
    first = start or Day(today())
    if until is not None and until < first:
        raise InvalidInput(input="until", given=until.isoformat(), why="before_start")
    if customer is not None and group is not None:
        raise InvalidInput(input="group", given=group, why="customer_or_group")
    if is_far_off(product, price):
        raise InvalidInput(input="price", given=f"{price.normalize():f}", why="price_far_off")
    before = await prices_for(
        [(product, min_quantity or ZERO)], customer_id=customer.id if customer else None, group=group or "", on=first
    )
    rule = await set_price(
        product,
        price,
        customer_id=customer.id if customer else None,
        group=group or "",
        min_quantity=min_quantity or ZERO,
        tax_included=not without_tax,
        valid_from=first,
        valid_until=until,
        by=me.person_id,
    )
    source = PriceSource.customer if customer else PriceSource.group if group else PriceSource.quantity
    return PriceSet(
        product=Ref(code=product.code, name=product.name), unit=product.unit, source=source,
        customer=Ref.of(customer) if customer else None, group=group, min_quantity=rule.min_quantity, price=rule.price,
        before=before[0].price, tax_included=rule.tax_included, valid_from=first, valid_until=until,
    )  # fmt: skip


class GroupSet(Result):
    """The price group a customer belongs to."""

    customer: Ref
    group: str
    before: str


@command("price.group", says=["{customer}归{group}组", "{customer}价格组改{group}", "把{customer}放进{group}组"])
async def set_price_group(me: Actor, *, customer: Customer, group: Name) -> GroupSet:
    """把客户归到价格组"""
    before = customer.price_group
    await Customer.filter(id=customer.id).update(price_group=group)
    return GroupSet(customer=Ref(number=customer.number, name=customer.name), group=group, before=before)


class TermsSet(Result):
    """At which rate a product is taxed, and how far a delivery of it may miss what was ordered."""

    product: Ref
    tax_percent: Annotated[Decimal | None, Places(None)]
    tolerance_percent: Quantity


TAX_RATES = (Decimal(13), Decimal(9), Decimal(6), Decimal(0))


@command(
    "product.terms",
    says=["{product}税率{tax}%", "{product}税率{tax}个点", "{product}税率{tax}", "{product}允差{tolerance}%", "{product}溢短装{tolerance}%"],
    confirm=True,
)  # fmt: skip
async def set_terms(
    me: Actor, *, product: Product, tax: Flag | None = None, tolerance: Count | None = None
) -> TermsSet:
    """设产品的税率（13、9、6、0）和发货允差"""
    if tax is not None and tax not in TAX_RATES:
        raise InvalidInput(input="tax", given=str(tax), why="not_among", among="13、9、6、0")
    if tolerance is not None and tolerance > 20:
        raise InvalidInput(input="tolerance", given=f"{tolerance.normalize():f}", why="too_large")
    if tax is not None:
        product.tax_rate = Decimal(tax) / 100
    if tolerance is not None:
        product.tolerance = tolerance / 100
    await Product.filter(id=product.id).update(tax_rate=product.tax_rate, tolerance=product.tolerance)
    return TermsSet(
        product=Ref(code=product.code, name=product.name),
        tax_percent=None if product.tax_rate is None else product.tax_rate * 100,
        tolerance_percent=product.tolerance * 100,
    )


def _amount(quantity: Decimal, priced: Priced) -> Decimal:
    return line_sum(quantity, priced.price, rate=priced.tax_rate, tax_included=priced.tax_included).amount
