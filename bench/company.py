"""A company large enough to measure with: 10,000 products, stock booked as moves, 100,000 people bound."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from models import sql
from models.clock import now
from models.database import open_database
from models.migrating import migrate
from models.product.finding import keys_of
from models.product.tables import Product
from models.stock.tables import Warehouse

PRODUCTS = 10_000
PEOPLE = 100_000

KINDS = (
    "六角螺栓", "内六角螺钉", "沉头螺钉", "自攻螺钉", "膨胀螺栓", "双头螺柱", "地脚螺栓", "吊环螺钉", "圆柱销", "开口销",
)  # fmt: skip
MATERIALS = (
    "304不锈钢", "316不锈钢", "201不锈钢", "镀锌", "热浸锌", "发黑", "黄铜", "尼龙", "碳钢8.8级", "合金钢12.9级",
)  # fmt: skip
DIAMETERS = (3, 4, 5, 6, 8, 10, 12, 16, 20, 24)
LENGTHS = (10, 16, 20, 25, 30, 35, 40, 50, 60, 80)

PERSONS = """
INSERT INTO person (number, name, nickname, phone, roles, active, created_at)
SELECT 'E' || lpad(i::text, 6, '0'), '同事' || i, '', '', '["salesperson"]', true, $2 FROM generate_series(0, $1 - 1) i
"""

CONVERSATIONS = """
INSERT INTO conversation (door, external_id, person_id, reachable, window_left, wrong_codes, turns, state)
SELECT 'official', 'o' || lpad(substr(number, 2), 27, 'x'), id, true, 0, 0, '[]', '{}' FROM person
"""

# Two deliveries into the first warehouse, one out of it, and one delivery into the second.
MOVES = """
INSERT INTO stock_move (product_id, warehouse_id, quantity, unit_cost, document, lot, moved_at)
SELECT p.id, w.id, m.quantity + p.id % 100, p.cost, 'OPENING', '', $1
FROM product p, warehouse w, (VALUES (0, 500), (0, 700), (0, -450), (1, 200)) AS m (rank, quantity)
WHERE w.rank = m.rank
"""

BALANCES = """
INSERT INTO stock_balance (product_id, warehouse_id, on_hand, reserved)
SELECT product_id, warehouse_id, sum(quantity), 40 FROM stock_move GROUP BY product_id, warehouse_id
"""

SUPPLIER = "INSERT INTO supplier (number, name, keys) VALUES ('SU0001', '测量供应商', '') RETURNING id"

ORDERS = """
INSERT INTO purchase_order (number, supplier_id, state, created_at)
SELECT 'PO' || lpad(i::text, 5, '0'), $1, CASE WHEN i % 2 = 0 THEN 'confirmed' ELSE 'received' END, $2
FROM generate_series(1, 2000) i
"""

# Each product was ordered twice; for half of them one order is still on its way.
LINES = """
INSERT INTO purchase_order_line (order_id, product_id, quantity, received, price, due_date)
SELECT o.id, p.id, 300, CASE o.state WHEN 'received' THEN 300 ELSE 0 END, p.cost, $1::date + 9
FROM product p JOIN purchase_order o ON o.number IN (
  'PO' || lpad((p.id % 1000 + 1)::text, 5, '0'), 'PO' || lpad((p.id * 7 % 2000 + 1)::text, 5, '0'))
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A product as the company knows it."""

    code: str
    name: str
    barcode: str


def products() -> list[Named]:
    """Every product, the same ones in every run."""
    made = itertools.product(KINDS, MATERIALS, DIAMETERS, LENGTHS)
    return [
        Named(f"JG{index:05d}", f"M{diameter}×{length} {material}{kind}", f"69{index:011d}")
        for index, (kind, material, diameter, length) in enumerate(itertools.islice(made, PRODUCTS))
    ]


def identity(index: int) -> str:
    """The follower that a person is."""
    return f"o{index:06d}".replace("o", "o" + "x" * 21)


def line(product: Named, index: int) -> str:
    """A line that asks for exactly this product, in one of the ways people do, each in turn."""
    return WAYS[index % len(WAYS)](product)


def _typed(product: Named) -> str:
    size, _, rest = product.name.partition(" ")
    return f"{size.lower().replace('×', 'x')}{rest}还有多少"


WAYS: tuple[Callable[[Named], str], ...] = (
    _typed,
    lambda product: f"{product.name} 有货吗",
    lambda product: f"查一下{product.code}库存",
    lambda product: product.barcode,
)
"""By name, loosely and exactly; by code; by barcode."""


async def fill(url: str) -> None:
    """Migrates an empty database and writes the company into it."""
    await migrate(url)
    context = await open_database(url)
    moment = now()
    await Warehouse.bulk_create([Warehouse(name="主仓", rank=0), Warehouse(name="二号仓", rank=1)])
    await Product.bulk_create(
        [
            Product(
                code=each.code, name=each.name, barcode=each.barcode, unit="个", cost=Decimal("0.35"),
                list_price=Decimal("0.52"), min_stock=Decimal(300), keys=keys_of(each.code, each.barcode, each.name),
            )
            for each in products()
        ],
        batch_size=2000,
    )  # fmt: skip
    await sql.rows(PERSONS, PEOPLE, moment)
    await sql.rows(CONVERSATIONS)
    await sql.rows(MOVES, moment)
    await sql.rows(BALANCES)
    supplier = await sql.row(SUPPLIER)
    assert supplier is not None
    await sql.rows(ORDERS, supplier["id"], moment)
    await sql.rows(LINES, moment.date())
    # ANALYZE alone would leave the index of the spellings with everything still in its pending list.
    await sql.rows("VACUUM ANALYZE")
    await sql.rows("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    await context.connections.close_all()
