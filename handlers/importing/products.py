"""Products out of a file, known again by their code."""

from decimal import Decimal
from typing import Any

from handlers.importing.cells import figure, text, yes_or_no
from handlers.importing.engine import BadRow, Change, Field, Kind
from models.product.finding import keys_of
from models.product.keeping import add_product
from models.product.tables import Pack, Product
from models.stock.tables import StockMove

ZERO = Decimal(0)

CHANGEABLE = ("name", "barcode", "list_price", "min_stock", "tax_rate", "tolerance", "active")

PACKS = (("pack", "holds"), ("second_pack", "second_holds"))

SHARES = {"tax_rate": "税率", "tolerance": "发货允差"}
"""Columns in per cent that are kept as shares."""

TAXED, WIDEST = (13, 9, 6, 0), 20


async def write_product(row: dict[str, Any], by: int | None) -> Change:
    """A new product, or what the row says differently of one. Cost is the books' own once there was stock."""
    await _refuse_taken(row)
    packs, row = _packs(row), _shared(row)
    product = await Product.filter(code__iexact=row["code"]).first()
    if product is None:
        await add_product(
            row["code"], row["name"], unit=row["unit"], list_price=row.get("list_price"), cost=row.get("cost", ZERO),
            min_stock=row.get("min_stock"), barcode=row.get("barcode"), packs=packs,
        )  # fmt: skip
        terms = {name: row[name] for name in (*SHARES, "active") if name in row}
        if terms:
            await Product.filter(code=row["code"]).update(**terms)
        return Change.new
    changed = await _update(product, row)
    repacked = [await _repack(product, unit, holds) for unit, holds in packs.items()]
    return Change.changed if changed or any(repacked) else Change.same


def _packs(row: dict[str, Any]) -> dict[str, Decimal]:
    """The larger units of a row. Raises BadRow for half of one, or twice the same."""
    packs: dict[str, Decimal] = {}
    for unit, holds in ((row.get(unit), row.get(holds)) for unit, holds in PACKS):
        if (unit is None) != (holds is None):
            raise BadRow(why="大单位和每大单位数量要一起填，例如 箱、1000")
        if unit == row["unit"]:
            raise BadRow(why="大单位和单位一样")
        if unit in packs:
            raise BadRow(why="两个大单位一样")
        if unit is not None and holds is not None:
            packs[unit] = holds
    return packs


def _shared(row: dict[str, Any]) -> dict[str, Any]:
    """The row with per cents as shares. Raises BadRow for a rate or tolerance that cannot be."""
    if row.get("tax_rate") is not None and row["tax_rate"] not in TAXED:
        raise BadRow(why="税率只有 13、9、6、0")
    if row.get("tolerance") is not None and row["tolerance"] > WIDEST:
        raise BadRow(why=f"发货允差最多 {WIDEST}%")
    return {**row, **{name: row[name] / 100 for name in SHARES if row.get(name) is not None}}


async def _update(product: Product, row: dict[str, Any]) -> bool:
    moved = await StockMove.exists(product_id=product.id)
    if row["unit"] != product.unit and moved:
        raise BadRow(why=f"单位现在是“{product.unit}”，有过出入库就不能改了")
    names = [*CHANGEABLE, *([] if moved else ["unit", "cost"])]
    changes = {name: row[name] for name in names if name in row and row[name] != getattr(product, name)}
    if not changes:
        return False
    after = {"name": product.name, "barcode": product.barcode, **changes}
    keys = keys_of(product.code, after["barcode"], after["name"])
    await Product.filter(id=product.id).update(**changes, keys=keys)
    return True


async def _repack(product: Product, unit: str, holds: Decimal) -> bool:
    pack = await Pack.filter(product_id=product.id, unit=unit).first()
    if pack is None:
        await Pack.create(product=product, unit=unit, holds=holds)
    elif pack.holds != holds:
        await Pack.filter(id=pack.id).update(holds=holds)
    else:
        return False
    return True


async def _refuse_taken(row: dict[str, Any]) -> None:
    if "barcode" not in row:
        return
    other = await Product.filter(barcode=row["barcode"]).exclude(code__iexact=row["code"]).first()
    if other is not None:
        raise BadRow(why=f"条码已经是 {other.code} 的了")


PRODUCTS = Kind(
    "products",
    "产品",
    (
        Field(
            "code",
            "产品编号",
            text(40),
            ("编号", "编码", "货号", "产品编码", "物料编码", "商品编码", "SKU"),
            True,
            "M8X30",
        ),
        Field("name", "产品名称", text(80), ("名称", "品名", "产品", "物料名称", "商品名称"), True, "M8×30 不锈钢螺栓"),
        Field("unit", "单位", text(10), ("计量单位", "基本单位"), True, "个"),
        Field("barcode", "条码", text(40), ("条形码", "国际条码"), example="6901234567892"),
        Field("list_price", "含税单价", figure(6), ("单价", "售价", "标准售价", "销售价"), example="0.45"),
        Field("cost", "成本", figure(6, least=ZERO), ("成本价", "成本单价", "单位成本", "进价"), example="0.2635"),
        Field("min_stock", "最低库存", figure(6, least=ZERO), ("安全库存", "库存下限"), example="5000"),
        Field("pack", "大单位", text(10), ("包装单位", "辅助单位"), example="箱"),
        Field("holds", "每大单位数量", figure(6), ("包装数量", "装箱数", "换算率"), example="1000"),
        Field("second_pack", "第二大单位", text(10), ("第二包装单位",), example="盒"),
        Field("second_holds", "每第二大单位数量", figure(6), ("第二包装数量",), example="100"),
        Field("tax_rate", "税率", figure(2, least=ZERO), ("税率%", "增值税率"), example="13"),
        Field("tolerance", "发货允差", figure(2, least=ZERO), ("允差", "允差%", "溢短装"), example="0"),
        Field("active", "在售", yes_or_no, ("启用", "是否启用"), example="是"),
    ),
    ("code",),
    write_product,
)
