"""Price lists out of a file: what a product costs a customer, a price group or everybody, from a quantity on, for a time."""

from datetime import date
from decimal import Decimal
from typing import Any

from handlers.importing.cells import day, figure, text, yes_or_no
from handlers.importing.engine import BadRow, Change, Field, Kind
from handlers.importing.finding import customer_named, product_named
from models.base import ZERO
from models.clock import now, today
from models.product.pricing import is_far_off, set_price
from models.product.tables import PriceRule


async def write_price(row: dict[str, Any], by: int | None) -> Change:
    """A price that holds from its day on, or from today. Known again by whom, what, the quantity and that day.

    A row without a day says what holds now: imported again on another day, it is still the same price.
    """
    product = await product_named(row["product"])
    customer = await customer_named(row["customer"]) if "customer" in row else None
    if customer is not None and "group" in row:
        raise BadRow(why="客户和价格组只能填一个")
    if is_far_off(product, row["price"]):
        raise BadRow(why="离标准价太远，请核对")
    start, until = row.get("valid_from", today()), row.get("valid_until")
    if until is not None and until < start:
        raise BadRow(why="有效期止在有效期起以前")
    quantity, group = row.get("min_quantity", ZERO), row.get("group", "")
    said = {"price": row["price"], "tax_included": row.get("tax_included", True), "valid_until": until}
    alike = await PriceRule.filter(
        product_id=product.id, customer_id=customer.id if customer else None, price_group=group, min_quantity=quantity
    ).order_by("-valid_from", "-id")
    earlier = next((rule for rule in alike if rule.valid_from == start), None)
    if earlier is None and "valid_from" not in row:
        earlier = next((rule for rule in alike if _holds(rule, start)), None)
    if earlier is not None and all(getattr(earlier, name) == value for name, value in said.items()):
        return Change.same
    if earlier is not None and earlier.valid_from == start:
        await PriceRule.filter(id=earlier.id).update(**said, made_at=now(), made_by_id=by)
        return Change.changed
    await set_price(
        product, customer_id=customer.id if customer else None, group=group, min_quantity=quantity, valid_from=start, by=by, **said
    )  # fmt: skip
    return Change.new if earlier is None else Change.changed


def _holds(rule: PriceRule, on: date) -> bool:
    return rule.valid_from <= on and (rule.valid_until is None or rule.valid_until >= on)


PRICES = Kind(
    "prices",
    "价目表",
    (
        Field("product", "产品编号", text(80), ("编号", "编码", "货号", "产品", "产品名称", "物料编码", "商品编码"), True, "M8X30"),
        Field("customer", "客户", text(80), ("客户名称", "客户编号"), example="宏达建材"),
        Field("group", "价格组", text(40), ("客户组", "客户分类", "等级"), example=""),
        Field("min_quantity", "起订数量", figure(6, least=Decimal(0)), ("数量起", "从数量", "满数量", "数量"), example="10000"),
        Field("price", "单价", figure(6), ("价格", "含税单价", "售价"), True, "0.42"),
        Field("tax_included", "含税", yes_or_no, ("是否含税",), example="是"),
        Field("valid_from", "有效期起", day(10, 5), ("生效日期", "开始日期", "起始日期"), example="2026-12-01"),
        Field("valid_until", "有效期止", day(10, 5), ("失效日期", "结束日期", "截止日期"), example="2027-11-30"),
    ),
    ("product", "customer", "group", "min_quantity", "valid_from"),
    write_price,
)  # fmt: skip
