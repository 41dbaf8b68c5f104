"""The demo company: what everybody knows of it by heart, and that there is something to see of everything."""

from decimal import Decimal

import pytest

from bot.maintenance import audit
from models import sql
from models.clock import today
from tests.days import ahead
from tests.people import Chat

BALANCES = """
SELECT w.name AS warehouse, b.on_hand, b.reserved FROM stock_balance b JOIN product p ON p.id = b.product_id
JOIN warehouse w ON w.id = b.warehouse_id WHERE p.code = $1
"""

GOODS = (
    ("M8X30", "M8×30 不锈钢螺栓", "个", "箱 1000", "0.45", "0.2635", 9200, 2800, 6500, 5000),
    ("M10X40", "M10×40 不锈钢螺栓", "个", "箱 500", "0.98", "0.61", 3000, 0, 0, 4000),
    ("M8BAR", "M8 棒料", "根", "", None, "6.20", 300, 0, 0, 100),
    ("M8TAP", "M8 丝锥", "支", "盒 10", None, "9.50", 40, 0, 0, 10),
    ("T8-18W", "T8灯管18W", "支", "箱 25", "12.80", "7.90", 500, 100, 0, 200),
    ("PPR20", "PPR水管20", "米", "根 4", "4.60", "2.75", 1200, 400, 0, 500),
    ("SW86W", "86型开关面板 白", "个", "箱 50", "6.50", "3.40", 600, 0, 0, 200),
    ("SW86S", "86型开关面板 银", "个", "箱 50", "7.20", "3.80", 150, 0, 0, 100),
    ("BV25R", "BV2.5电线 红", "卷", "", "185.00", "142.00", 60, 20, 0, 30),
    ("BRG6204", "6204轴承", "个", "", "14.50", "9.10", 800, 0, 100, 300),
    ("AV15", "角阀DN15", "个", "箱 40", "22.00", "13.60", 420, 0, 0, 200),
    ("AL4040", "铝型材4040", "根", "", "96.00", "68.00", 120, 0, 0, 60),
    ("HB200W", "工矿灯200W", "个", "", "268.00", "205.00", 40, 0, 0, 100),
    ("RACK1", "型材货架 1200", "件", "", "260.00", "171.00", 0, 0, 0, None),
)


@pytest.mark.parametrize("goods", GOODS, ids=[row[0] for row in GOODS])
async def test_a_product_is_as_everybody_knows_it(database: str, goods: tuple) -> None:
    code, name, unit, pack, price, cost, main, second, reserved, minimum = goods
    row = await sql.row("SELECT * FROM product WHERE code = $1", code)
    assert row is not None
    assert (row["name"], row["unit"], row["list_price"], row["cost"], row["min_stock"]) == (
        name, unit, Decimal(price) if price else None, Decimal(cost), minimum,
    )  # fmt: skip
    packs = await sql.rows("SELECT unit, holds FROM pack WHERE product_id = $1", row["id"])
    assert [f"{each['unit']} {each['holds']:.0f}" for each in packs] == ([pack] if pack else [])
    held = {each["warehouse"]: (each["on_hand"], each["reserved"]) for each in await sql.rows(BALANCES, code)}
    assert held.get("主仓", (0, 0)) == (main, reserved) and held.get("二号仓", (0, 0)) == (second, 0)


@pytest.mark.parametrize(
    ("name", "owner", "limit", "days", "month_end", "owed", "overdue"),
    [
        ("宏达建材", "小李", 50000, 30, False, "12860.50", 0),
        ("建业工程", "小李", 200000, 60, False, "128000.00", 64000),
        ("老王五金店", "小赵", 5000, 30, True, "1200.00", 0),
    ],
)
async def test_a_customer_owes_what_everybody_knows(
    database: str, name: str, owner: str, limit: int, days: int, month_end: bool, owed: str, overdue: int
) -> None:
    row = await sql.row(
        """
        SELECT p.nickname, c.credit_limit, c.terms_days, c.month_end, sum(i.total - i.paid) AS owed,
          coalesce(sum(i.total - i.paid) FILTER (WHERE i.due_on < $2::date), 0) AS overdue
        FROM customer c JOIN person p ON p.id = c.owner_id JOIN invoice i ON i.customer_id = c.id WHERE c.name = $1
        GROUP BY 1, 2, 3, 4
        """,
        name,
        today(),
    )
    assert row is not None
    assert tuple(row.values()) == (owner, limit, days, month_end, Decimal(owed), overdue)


@pytest.mark.parametrize(
    ("number", "customer", "state", "items", "total"),
    [
        ("SO0312", "宏达建材", "confirmed", "M8X30 5000", "2250.00"),
        ("SO0315", "建业工程", "confirmed", "BRG6204 100", "1450.00"),
        ("SO0316", "宏达建材", "confirmed", "M8X30 1500", "675.00"),
        ("SO0317", "建业工程", "credit_hold", "AV15 4000", "88000.00"),
        ("SO0318", "宏达建材", "draft", "AV15 300", "6600.00"),
    ],
)
async def test_an_order_is_as_everybody_knows_it(
    database: str, number: str, customer: str, state: str, items: str, total: str
) -> None:
    row = await sql.row(
        """
        SELECT c.name, o.state, p.code || ' ' || trim_scale(l.quantity) AS items, o.total, o.delivery_state
        FROM sales_order o JOIN customer c ON c.id = o.customer_id JOIN sales_order_line l ON l.order_id = o.id
        JOIN product p ON p.id = l.product_id WHERE o.number = $1
        """,
        number,
    )
    assert row is not None
    assert tuple(row.values()) == (customer, state, items, Decimal(total), "pending")


async def test_the_fixed_documents_and_the_numbers_that_come_next(database: str, chat: Chat) -> None:
    following = {row["prefix"]: row["following"] for row in await sql.rows("SELECT prefix, following FROM sequence")}
    assert (following["SO"], following["AP"], following["QU"], following["RT"]) == (319, 19, 3, 3)
    due = await sql.row("SELECT requested_date FROM sales_order WHERE number = 'SO0312'")
    assert due == {"requested_date": ahead(9)}
    bought = await sql.row(
        """
        SELECT s.name, p.code, trim_scale(l.quantity) AS quantity, l.quantity * l.price AS amount, l.due_date
        FROM purchase_order o JOIN purchase_order_line l ON l.order_id = o.id JOIN supplier s ON s.id = o.supplier_id
        JOIN product p ON p.id = l.product_id WHERE o.number = 'PO0087'
        """
    )
    assert bought is not None
    assert tuple(bought.values()) == ("佛照", "HB200W", 600, 123000, ahead(9))
    lot = await sql.row("SELECT sum(on_hand) AS held FROM stock_bin WHERE lot = 'B261120'")
    assert lot == {"held": 15}
    assert "420/1,000" in (await chat("E006", "1105做到哪了")).replace(" ", "") or "420" in await chat("E006", "WO1105")
    assert (await chat("E006", "1108做到哪了")).startswith("WO1108")
    assert (await chat("E001", "待审批")).startswith("待审批 1 件")
    assert "12,860.50" in await chat("E009", "发票24322000001234")
    assert await audit() == []


@pytest.mark.parametrize(
    ("who", "line", "said"),
    [
        ("E004", "我的报价", "QU0002"),
        ("E004", "老王五金店的订单", "SO0303"),
        ("C003", "我的订单", "SO0303"),
        ("E004", "SO0303", "86型开关面板 白"),
        ("C001", "DPK3620018877", "德邦 DPK3620018877"),
        ("E005", "待收退货", "RT0002"),
        ("E009", "账龄表", "鑫源贸易"),
        ("E001", "谁欠钱超过60天", "鑫源贸易"),
        ("E005", "半年没动过的货", "M6×20 内六角螺钉"),
        ("E001", "今天发了几单", "SO0313"),
        ("E001", "今天卖了多少", "小赵"),
        ("E009", "人事行政预算", "5,000"),
        ("E003", "盛世建设的漏电保护器C40多少钱", "¥45.00"),
        ("E004", "SO0314", "部分"),
        ("E009", "还有哪些没开票", "SO0314"),
        ("E001", "有没有延期的单", "SO0314"),
        ("E001", "毛利率低于15%的单", "SO0313"),
        ("E003", "宏达上周那单发了没", "SO0310"),
        ("E009", "35000和34998差2块抹掉", "隆昌五金"),
        ("E009", "应付联塑", "联塑"),
        ("E012", "PO0086", "PO0086"),
    ],
)
async def test_there_is_something_to_see_of_everything(chat: Chat, who: str, line: str, said: str) -> None:
    answer = await chat(who, line)
    assert said in answer, answer


async def test_the_two_months_in_which_nothing_is_open_are_closed(database: str) -> None:
    assert len(await sql.rows("SELECT month FROM closed_period")) == 2


async def test_a_number_of_the_tax_office_moves_to_the_order_it_is_for(chat: Chat) -> None:
    await chat("E005", "312发了顺丰 单号SF1029384756")
    await chat("E005", "确认")
    await chat("E009", "宏达抬头宏达建材有限公司 税号91330100MA28ABCD12")
    await chat("E009", "开票 SO0312 专票")
    await chat("E009", "确认")
    assert "24322000001234" in await chat("E009", "发票号 24322000001234 对应SO0312")
    assert "2,250.00" in await chat("E009", "发票24322000001234")
    assert "24322000001234" not in await chat("E009", "发票IV0101")
