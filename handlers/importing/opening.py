"""What was there when the books began: stock against capital, and what customers owed against retained earnings."""

from decimal import Decimal
from typing import Any

from handlers.importing.cells import day, figure, text
from handlers.importing.engine import BadRow, Change, Field, Kind
from handlers.importing.finding import customer_named, product_named
from models import sql
from models.finance.invoicing import due_date, open_receivable, written_before
from models.finance.tables import Invoice
from models.stock.moving import add_move
from models.stock.tables import Warehouse

DOCUMENT = "OPENING"
CAPITAL = "4001"

# What earlier imports booked of this product, place and lot; whatever has moved since is not asked.
OPENED = """
SELECT coalesce(sum(quantity), 0) AS quantity, coalesce(sum(value), 0) AS value FROM stock_move
WHERE document = $1 AND product_id = $2 AND warehouse_id = $3 AND lot = $4
"""


async def write_stock(row: dict[str, Any], by: int | None) -> Change:
    """Opening stock of one product in one warehouse and lot: Dr 1405 / Cr 4001, once."""
    product = await product_named(row["product"])
    warehouse = await Warehouse.filter(name=row["warehouse"]).first()
    if warehouse is None:
        names = "、".join(each.name for each in await Warehouse.all().order_by("rank", "id"))
        raise BadRow(why=f"没有仓库“{row['warehouse']}”，有：{names}")
    if "unit" in row and row["unit"] != product.unit:
        raise BadRow(why=f"单位要用“{product.unit}”")
    lot = row.get("lot", "")
    opened = await sql.row(OPENED, DOCUMENT, product.id, warehouse.id, lot)
    assert opened is not None
    if opened["quantity"]:
        # To the cent: what was booked is the value, and the cost in the file is only asked for once.
        worth = (row["quantity"] * row["cost"]).quantize(Decimal("0.01"))
        if (opened["quantity"], opened["value"]) == (row["quantity"], worth):
            return Change.same
        raise BadRow(why=f"期初已经导入过 {opened['quantity'].normalize():f} {product.unit}，要改请用盘点或库存调整")
    await add_move(
        product_id=product.id, warehouse_id=warehouse.id, quantity=row["quantity"], document=DOCUMENT, against=CAPITAL,
        unit_cost=row["cost"], by=by, lot=lot, memo="期初库存",
    )  # fmt: skip
    return Change.new


async def write_invoice(row: dict[str, Any], by: int | None) -> Change:
    """One open item of a customer: Dr 1122 / Cr 4104, once; known again by its number, else by customer, day and amount."""
    customer = await customer_named(row["customer"])
    due = row.get("due_on") or due_date(customer, row["issued_on"])
    if due < row["issued_on"]:
        raise BadRow(why="到期日在开票日期以前")
    number = row.get("e_number", "")
    earlier = await written_before(customer, row["amount"], issued_on=row["issued_on"], e_number=number)
    if earlier is not None:
        if (earlier.customer_id, earlier.total, earlier.issued_on) != (customer.id, row["amount"], row["issued_on"]):  # type: ignore[attr-defined]
            raise BadRow(why=f"发票号 {number} 已经登记在 {earlier.number} 上，客户、日期或金额不一样")
        return Change.same
    invoice = await open_receivable(customer, row["amount"], issued_on=row["issued_on"])
    await Invoice.filter(id=invoice.id).update(due_on=due, e_number=number)
    return Change.new


STOCK = Kind(
    "stock",
    "期初库存",
    (
        Field(
            "product",
            "产品编号",
            text(80),
            ("编号", "编码", "货号", "产品", "产品名称", "物料编码", "商品编码"),
            True,
            "M8X30",
        ),
        Field("warehouse", "仓库", text(40), ("仓库名称", "所在仓库"), True, "主仓"),
        Field("quantity", "数量", figure(6), ("库存数量", "期初数量", "在手"), True, "9200"),
        Field("unit", "单位", text(10), ("计量单位",), example="个"),
        Field("cost", "单位成本", figure(6, least=Decimal(0)), ("成本", "成本价", "成本单价", "单价"), True, "0.2635"),
        Field("lot", "批号", text(40), ("批次", "批次号"), example=""),
    ),
    ("product", "warehouse", "lot"),
    write_stock,
)

INVOICES = Kind(
    "invoices",
    "期初应收",
    (
        Field("customer", "客户", text(80), ("客户名称", "客户编号", "公司"), True, "宏达建材"),
        Field("amount", "未收金额", figure(2), ("金额", "欠款", "应收金额", "余额", "未收"), True, "12860.50"),
        Field("issued_on", "开票日期", day(10, 0), ("日期", "发票日期", "单据日期"), True, "2026-10-31"),
        Field("due_on", "到期日", day(10, 5), ("到期日期", "应付日期", "付款日期"), example="2026-11-30"),
        Field("e_number", "发票号", text(20), ("发票号码", "单据号", "票号"), example="25312000000012345678"),
    ),
    ("customer", "amount", "issued_on", "e_number"),
    write_invoice,
)
