"""Importing: what is written, what is refused with its line, and that a second time changes nothing."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bot.importing import import_file, write_template
from bot.trouble import Trouble
from handlers.importing.kinds import KINDS
from handlers.sheets.reading import LARGEST, ROWS
from models import sql
from models.auditing import CHECKS
from models.books.tables import ClosedPeriod
from models.clock import now, today
from models.finance.tables import Invoice
from models.party.tables import Customer, Person, Supplier
from models.product.tables import Pack, PriceRule, Product
from models.system.files import STORE, where, write_file
from models.system.numbers import next_number
from models.system.tables import AuditEntry
from tests.people import Chat

Rows = list[list[Any]]

ISSUED = today() - timedelta(days=20)

FIRST = today() - timedelta(days=2)

PRODUCTS: Rows = [
    ["货号", "品名", "计量单位", "单价", "成本价", "安全库存", "大单位", "每大单位数量", "颜色"],
    ["Z001", "测试螺丝", "个", 1.25, "0.80", "1,000", "箱", 500, "银"],
    ["Z002", "测试垫片", "个", "￥0.3", 0.1, "", "", "", ""],
]

BOOKED = """
SELECT a.code, sum(l.amount)::text AS amount FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id
JOIN account a ON a.id = l.account_id WHERE e.document = $1 AND e.id > $2 GROUP BY 1 ORDER BY 1
"""


def xlsx(rows: Rows, folder: Path, name: str = "t.xlsx") -> Path:
    book = xlsxwriter.Workbook(folder / name)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write(line, place, cell, *([day] if hasattr(cell, "isoformat") else []))
    book.close()
    return folder / name


def csv(rows: Rows, folder: Path, encoding: str = "utf-8-sig", between: str = ",") -> Path:
    path = folder / f"{encoding}.csv"
    path.write_bytes("\r\n".join(between.join(str(cell) for cell in row) for row in rows).encode(encoding))
    return path


def content(path: Path) -> bytes:
    return path.read_bytes()


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    """Files of this test, and no others."""
    STORE.folder = tmp_path / "files"


async def clean() -> bool:
    return not [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def refused(kind: str, path: Path) -> str:
    with pytest.raises(Trouble) as trouble:
        await import_file(kind, path, dry_run=False)
    return str(trouble.value)


async def last_entry() -> int:
    return int((await sql.rows("SELECT max(id) AS id FROM journal_entry"))[0]["id"])


async def test_products_come_in_with_their_packs_and_are_found_at_once(
    database: str, chat: Chat, tmp_path: Path
) -> None:
    said = await import_file("products", xlsx(PRODUCTS, tmp_path), dry_run=False)
    assert said == (
        "产品导入好了：2 行\n新增 2，更新 0，不变 0\n· 新增 Z001 测试螺丝 个 1.25 0.8 1000 箱 500\n· 新增 Z002 测试垫片 个 0.3 0.1\n"
        "没有用到的列：颜色"
    )
    product = await Product.get(code="Z001")
    assert (str(product.list_price), str(product.min_stock)) == ("1.250000", "1000.000000")
    assert [(pack.unit, int(pack.holds)) for pack in await Pack.filter(product_id=product.id)] == [("箱", 500)]
    assert (await chat("E003", "测试螺丝还有多少")).startswith("测试螺丝\n可用 0 个")


async def test_a_dry_run_says_what_would_happen_and_leaves_nothing(database: str, tmp_path: Path) -> None:
    said = await import_file("products", xlsx(PRODUCTS, tmp_path), dry_run=True)
    assert said.startswith("产品预览：2 行都可以导入\n新增 2")
    assert not await Product.exists(code="Z001")


async def test_an_import_at_the_server_is_in_the_audit_log_with_its_file(
    database: str, chat: Chat, tmp_path: Path, sent: Any
) -> None:
    path = xlsx(PRODUCTS, tmp_path)
    await import_file("products", path, dry_run=True)
    assert not await AuditEntry.filter(handler="import.file").exists()
    await import_file("products", path, dry_run=False)
    entry = await AuditEntry.get(handler="import.file")
    assert (entry.door, entry.inputs["what"], entry.inputs["file"]) == ("cli", "products", "t.xlsx")
    assert where(STORE.folder, entry.inputs["sha256"]).read_bytes() == content(path)
    number = await sent(path)
    await chat("E001", f"导入产品{number}")
    assert "不变 2" in await chat("E001", "确认")
    in_chat = await AuditEntry.filter(handler="import.file").order_by("-id").first()
    assert in_chat is not None and in_chat.result is not None and entry.result is not None
    assert in_chat.result["facts"].keys() - {"more"} == entry.result["facts"].keys() - {"more"}
    with pytest.raises(Trouble):
        await import_file("products", xlsx([["货号"], ["Z1"]], tmp_path, "bad.xlsx"), dry_run=False)
    assert await AuditEntry.filter(handler="import.file").count() == 2


@pytest.mark.parametrize(
    ("encoding", "between"),
    [("utf-8-sig", ","), ("utf-8", ","), ("gbk", ","), ("gbk", "\t"), ("utf-16", "\t"), ("utf-8", ";")],
)
async def test_a_text_file_is_read_in_whatever_it_was_written(
    database: str, tmp_path: Path, encoding: str, between: str
) -> None:
    rows = [[str(cell).replace(",", "").replace("￥", "") for cell in row] for row in PRODUCTS]
    await import_file("products", csv(rows, tmp_path, encoding, between), dry_run=False)
    assert (await Product.get(code="Z002")).name == "测试垫片"


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("products", PRODUCTS),
        ("customers", [["客户", "业务员", "账期", "月结", "额度", "联系人", "手机"], ["新客户甲", "E003", 45, "是", 20000, "陈工", 13955556666],
                       ["新客户甲", "", "", "", "", "刘工", "139-5555-7777"]]),
        ("prices", [["货号", "客户", "价格组", "数量起", "价格", "生效日期", "失效日期", "含税"],
                    ["M8X30", "宏达建材", "", 1000, 0.42, FIRST, FIRST + timedelta(days=60), "是"], ["M8X30", "", "经销商", "", "0.4", "", "", ""],
                    ["6204轴承", "CU0001", "", "", 13, FIRST, "", "否"]]),
        ("suppliers", [["供应商"], ["新厂"], ["佛照"]]),
        ("stock", [["产品编号", "仓库", "数量", "成本", "批号"], ["AL4040", "二号仓", 30, 68.5, "L1"], ["M8X30", "二号仓", 7, 0.3, "L2"]]),
        ("invoices", [["客户", "金额", "日期", "到期日", "发票号"], ["宏达建材", 1234.56, ISSUED, ISSUED + timedelta(days=30), "88880001"],
                      ["建业工程", "2,000", ISSUED.isoformat(), "", ""]]),
    ],
)  # fmt: skip
async def test_the_same_file_twice_changes_nothing(database: str, tmp_path: Path, kind: str, rows: Rows) -> None:
    path = xlsx(rows, tmp_path)
    first = await import_file(kind, path, dry_run=False)
    before = await everything()
    again = await import_file(kind, path, dry_run=False)
    assert f"新增 0，更新 0，不变 {len(rows) - 1}" in again and "新增 0" not in first
    assert await everything() == before
    assert await clean()


async def everything() -> list[Any]:
    tables = (
        "product",
        "pack",
        "price_rule",
        "customer",
        "supplier",
        "person",
        "invoice",
        "stock_move",
        "stock_balance",
        "journal_entry",
    )
    return [await sql.rows(f"SELECT * FROM {table} ORDER BY id") for table in tables]


async def test_a_changed_row_updates_what_it_says_and_leaves_the_rest(database: str, tmp_path: Path) -> None:
    before = await Product.get(code="M8X30")
    rows: Rows = [["产品编号", "产品名称", "单位", "含税单价", "成本"], ["m8x30", before.name, "个", 0.5, 99]]
    assert "更新 1" in await import_file("products", xlsx(rows, tmp_path), dry_run=False)
    after = await Product.get(code="M8X30")
    # What goods in stock cost is the books' business.
    assert (str(after.list_price), after.cost, after.barcode) == ("0.500000", before.cost, before.barcode)


async def test_customers_bring_their_contacts_and_owner(database: str, tmp_path: Path) -> None:
    rows: Rows = [
        ["客户名称", "业务员", "联系人", "电话", "额度"],
        ["新客户甲", "小李", "陈工", "+86 139 5555 6666", ""],
    ]
    await import_file("customers", xlsx(rows, tmp_path), dry_run=False)
    customer = await Customer.get(name="新客户甲").select_related("owner")
    contact = await Person.get(customer_id=customer.id)
    assert (customer.owner.number, customer.credit_limit) == ("E003", None)
    assert (contact.number, contact.phone, contact.roles) == ("C004", "13955556666", ["customer"])


async def test_opening_stock_is_booked_against_capital(database: str, tmp_path: Path) -> None:
    since = await last_entry()
    rows: Rows = [["编号", "仓库", "数量", "成本"], ["AL4040", "二号仓", 30, 68.5], ["铝型材4040", "主仓", 1, 1]]
    # The main warehouse had its opening stock already.
    said = await refused("stock", xlsx(rows, tmp_path))
    assert "第 3 行：期初已经导入过" in said
    assert await last_entry() == since
    await import_file("stock", xlsx(rows[:2], tmp_path), dry_run=False)
    assert await sql.rows(BOOKED, "OPENING", since) == [
        {"code": "1405", "amount": "2055.00"},
        {"code": "4001", "amount": "-2055.00"},
    ]
    assert await clean()


async def test_open_invoices_are_owed_and_booked_against_retained_earnings(
    database: str, chat: Chat, tmp_path: Path
) -> None:
    rows: Rows = [
        ["客户", "未收金额", "开票日期", "到期日", "发票号"],
        ["宏达建材", 1000, ISSUED, ISSUED + timedelta(days=10), "99990001"],
    ]
    await import_file("invoices", xlsx(rows, tmp_path), dry_run=False)
    invoice = await Invoice.get(e_number="99990001")
    assert (invoice.kind, invoice.due_on) == ("opening", ISSUED + timedelta(days=10))
    assert await sql.rows(BOOKED, invoice.number, 0) == [
        {"code": "1122", "amount": "1000.00"},
        {"code": "4104", "amount": "-1000.00"},
    ]
    assert "¥13,860.50" in await chat("E009", "宏达还欠多少")
    assert await clean()
    await ClosedPeriod.create(month=f"{ISSUED:%Y-%m}", closed_at=now())
    rows[1][4], rows[1][1] = "99990002", 5
    assert "第 2 行：那个月已经结账" in await refused("invoices", xlsx(rows, tmp_path))


PRICES: Rows = [
    ["产品编号", "客户", "价格组", "起订数量", "单价", "含税", "有效期起", "有效期止"],
    ["M8X30", "宏达建材", "", 10000, 0.41, "", FIRST, ""],
    ["M8X30", "", "", 20000, 0.4, "", FIRST, FIRST + timedelta(days=30)],
]


async def test_a_price_list_says_what_a_customer_pays_from_a_quantity_on(
    database: str, chat: Chat, tmp_path: Path
) -> None:
    said = await import_file("prices", xlsx(PRICES, tmp_path), dry_run=False)
    assert said.startswith("价目表导入好了：2 行\n新增 2，更新 0，不变 0\n· 新增 M8X30 宏达建材 10000 0.41 ")
    for line, price in (
        ("m8x30给宏达多少钱", "¥0.45"), ("m8x30要10000个能便宜点吗", "¥0.45"), ("m8x30要20000个能便宜点吗", "¥0.40"),
    ):  # fmt: skip
        assert price in await chat("E003", line)
    await chat("E003", "宏达要m8x30 10000个")
    echo = await chat("E003", "宏达要m8x30 10000个")
    assert "¥4,100.00" in echo


async def test_a_price_said_again_on_its_day_is_mended_and_on_another_day_is_a_new_one(
    database: str, tmp_path: Path
) -> None:
    await import_file("prices", xlsx(PRICES, tmp_path), dry_run=False)
    rule = await PriceRule.get(min_quantity=10000)
    changed: Rows = [PRICES[0], [*PRICES[1][:4], 0.43, "否", FIRST, ""]]
    assert "新增 0，更新 1，不变 0" in await import_file("prices", xlsx(changed, tmp_path), dry_run=False)
    await rule.refresh_from_db()
    assert (str(rule.price), rule.tax_included) == ("0.430000", False)
    # Without a day, the row says what holds now; tomorrow the same file changes nothing.
    undated: Rows = [PRICES[0], [*PRICES[1][:4], 0.43, "否", "", ""]]
    assert "不变 1" in await import_file("prices", xlsx(undated, tmp_path), dry_run=False)
    undated[1][4] = 0.44
    assert "更新 1" in await import_file("prices", xlsx(undated, tmp_path), dry_run=False)
    assert [(str(each.price), each.valid_from) for each in await PriceRule.filter(min_quantity=10000).order_by("id")] == [
        ("0.430000", FIRST), ("0.440000", today()),
    ]  # fmt: skip


async def test_a_limit_out_of_a_file_is_the_customers_own(database: str, tmp_path: Path) -> None:
    await Customer.filter(name="宏达建材").update(own_limit=False)
    rows: Rows = [["客户", "额度"], ["宏达建材", 50000]]
    assert "更新 1" in await import_file("customers", xlsx(rows, tmp_path), dry_run=False)
    assert (await Customer.get(name="宏达建材")).own_limit
    assert "不变 1" in await import_file("customers", xlsx(rows, tmp_path), dry_run=False)


WRONG = [
    ("prices", ["产品编号", "客户", "价格组", "起订数量", "单价", "有效期起", "有效期止"],
     [["没有", "", "", "", 1, "", ""], ["M8X30", "没有这家", "", "", 1, "", ""], ["M8X30", "宏达建材", "经销商", "", 1, "", ""],
      ["M8X30", "", "", -1, 1, "", ""], ["M8X30", "", "", "", 0, "", ""], ["M8X30", "", "", "", 0.001, "", ""], ["M8X30", "", "", "", 10**12, "", ""],
      ["M8X30", "", "", "", 0.4, "2056-01-01", ""], ["M8X30", "", "", "", 0.4, FIRST, FIRST - timedelta(days=1)]],
     ["第 2 行：没有产品“没有”，请先导入产品", "第 3 行：没有客户“没有这家”，请先导入客户", "第 4 行：客户和价格组只能填一个", "第 5 行 起订数量“-1”：不能小于 0",
      "第 6 行 单价“0”：要大于 0", "第 7 行：离标准价太远，请核对", "第 8 行 单价“1000000000000”：太大了，请核对", "第 9 行 有效期起“2056-01-01”：太远了，请核对",
      "第 10 行：有效期止在有效期起以前"]),
    ("products", ["产品编号", "产品名称", "单位", "含税单价"],
     [["Z1", "甲", "个", 0], ["Z2", "", "个", 1], ["Z3", "丙", "个", "很贵"], ["Z4", "丁", "个", 10**12], ["Z4", "戊", "个", 1], ["Z5", "己" * 81, "个", 1],
      ["M10X40", "M10×40 不锈钢螺栓", "箱", 1]],
     ["第 2 行 含税单价“0”：要大于 0", "第 3 行 产品名称：没有填", "第 4 行 含税单价“很贵”：要写数字，例如 5000",
      "第 5 行 含税单价“1000000000000”：太大了，请核对", "最多 80 个字", "第 8 行：单位现在是“个”，有过出入库就不能改了"]),
    ("customers", ["客户名称", "业务员", "月结", "联系人", "电话", "额度"],
     [["甲", "没有这个人", "", "", "", ""], ["乙", "C001", "", "", "", ""], ["丙", "", "也许", "", "", ""], ["丁", "", "", "", "13900001234", ""],
      ["戊", "", "", "某人", "13900001111", ""], ["己", "", "", "", "", -1]],
     ["第 2 行：业务员“没有这个人”没有找到", "第 3 行：业务员“C001”没有找到", "第 4 行 月结“也许”：要写 是 或 否", "第 5 行：填了电话，也要填联系人",
      "第 6 行：电话 13900001111 已经是 周经理（C001）的了", "第 7 行 信用额度“-1”：不能小于 0"]),
    ("stock", ["产品编号", "仓库", "数量", "单位", "单位成本"],
     [["没有", "主仓", 1, "个", 1], ["M8X30", "三号仓", 1, "个", 1], ["M8X30", "主仓", 0, "个", 1], ["M8X30", "主仓", -5, "个", 1], ["AV15", "主仓", 1, "箱", 1]],
     ["第 2 行：没有产品“没有”，请先导入产品", "第 3 行：没有仓库“三号仓”，有：主仓、二号仓", "第 4 行 数量“0”：要大于 0", "第 5 行 数量“-5”：要大于 0",
      "第 6 行：单位要用“个”"]),
    ("invoices", ["客户", "金额", "开票日期", "到期日"],
     [["没有这家", 1, ISSUED, ""], ["宏达建材", 1, today() + timedelta(days=3), ""], ["宏达建材", 1, "1990-01-01", ""], ["宏达建材", 1, "昨晚", ""],
      ["宏达建材", 1.234, ISSUED, ""], ["宏达建材", 1, ISSUED, ISSUED - timedelta(days=1)]],
     ["第 2 行：没有客户“没有这家”，请先导入客户", "第 3 行 开票日期", "第 4 行 开票日期", "第 5 行 开票日期“昨晚”：要写日期，例如 2026-10-31", "第 6 行 未收金额“1.234”：最多 2 位小数",
      "第 7 行：到期日在开票日期以前"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "head", "rows", "said"), WRONG, ids=[each[0] for each in WRONG])
async def test_every_wrong_line_is_named_and_nothing_is_written(
    database: str, tmp_path: Path, kind: str, head: list[str], rows: Rows, said: list[str]
) -> None:
    before = await everything()
    words = await refused(kind, xlsx([head, *rows], tmp_path))
    assert not [each for each in said if each not in words], words
    assert "什么都没有改动" in words
    assert await everything() == before


async def test_many_changes_and_many_faults_are_told_in_part_and_counted(database: str, tmp_path: Path) -> None:
    head = ["产品编号", "产品名称", "单位"]
    good: Rows = [[f"Z{n}", f"测试{n}", "个"] for n in range(30)]
    assert "· 还有 25 行" in await import_file("products", xlsx([head, *good], tmp_path), dry_run=True)
    said = await refused("products", xlsx([head, *([code, "", "个"] for code, _, _ in good)], tmp_path))
    assert said.count("没有填") == 20 and "· 后面还有 10 处" in said


async def test_a_line_that_says_the_same_again_is_refused(database: str, tmp_path: Path) -> None:
    assert "第 4 行：和第 2 行重复" in await refused("products", xlsx([*PRODUCTS, PRODUCTS[1]], tmp_path))


async def test_a_missing_column_is_named_with_what_else_it_may_be_called(database: str, tmp_path: Path) -> None:
    said = await refused("products", xlsx([["货号", "品名"], ["Z1", "甲"]], tmp_path))
    assert "第 1 行 单位：没有这一列，也可以叫计量单位、基本单位" in said


async def test_codes_that_excel_cut_are_not_taken(database: str, tmp_path: Path) -> None:
    rows: Rows = [["产品编号", "产品名称", "单位", "条码"], ["Z1", "甲", "个", 69012345678921234567]]
    assert "请把这一列设成文本" in await refused("products", xlsx(rows, tmp_path))
    # 11-2 is a code; Excel makes a day of it.
    rows = [["产品编号", "产品名称", "单位"], [ISSUED, "甲", "个"]]
    assert "当成了日期" in await refused("products", xlsx(rows, tmp_path))


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (201 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "没有数据"), (b"\xd0\xcf\x11\xe0nonsense", "读不出表格"), (b"PK\x03\x04nonsense", "读不出表格"), (b"a,b\n", "没有数据"),
        (b"\x00\x01\x02\xff", "读不出表格"), (b"x" * (LARGEST + 1), "最大 20 MB"), (b"a\n" + b"b\n" * (ROWS + 1), "最多 20,000 行"), (bomb(), "最大 20 MB"),
    ],
    ids=["empty", "xls", "xlsx", "header", "binary", "large", "rows", "bomb"],
)  # fmt: skip
async def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    database: str, tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "odd"
    path.write_bytes(data)
    assert said in await refused("products", path)


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_template_can_be_filled_in_and_imported(database: str, tmp_path: Path, kind: str, name: str) -> None:
    said = write_template(kind, tmp_path / name)
    assert said.endswith("第二行是例子，填的时候删掉")
    with pytest.raises(Trouble):
        write_template(kind, tmp_path / name)
    if kind == "stock":
        # The example is what the demo company has there: its opening stock is refused a second time.
        assert "期初已经导入过" in await refused(kind, tmp_path / name)
    else:
        assert "1 行" in await import_file(kind, tmp_path / name, dry_run=False)


async def test_an_unknown_kind_is_told_which_there_are(database: str, tmp_path: Path) -> None:
    assert "可以是：products（产品）" in await refused("people", tmp_path / "x.csv")
    assert "打不开" in await refused("products", tmp_path / "nothing.csv")


@pytest.fixture
def sent(tmp_path: Path) -> Any:
    """A file that E001 has sent in chat, fetched already."""

    async def send(path: Path, person: str = "E001") -> str:
        STORE.folder = tmp_path / "files"
        data = content(path)
        number = await next_number("AT")
        await sql.rows(
            "INSERT INTO attachment (number, kind, name, content_type, size, sha256, owner_id, about, door, media_id, state, reason, "
            "tries, created_at, due_at) SELECT $1, 'file', '', 'application/zip', $2, $3, id, '', 'work', 'm', 'stored', '', 0, $4, $4 "
            "FROM person WHERE number = $5 RETURNING id",
            number, len(data), write_file(STORE.folder, data), now(), person,
        )  # fmt: skip
        return number

    return send


async def test_a_file_sent_in_chat_is_previewed_and_imported_with_a_yes(
    database: str, chat: Chat, tmp_path: Path, sent: Any
) -> None:
    number = await sent(xlsx(PRODUCTS, tmp_path))
    asked = await chat("E001", f"导入产品{number}")
    assert asked.startswith("产品预览：2 行都可以导入") and asked.endswith("回复 1 确认 / 0 取消")
    assert not await Product.exists(code="Z001")
    assert (await chat("E001", "1")).startswith("产品导入好了：2 行")
    assert await Product.exists(code="Z001")


async def test_a_wrong_file_in_chat_says_which_lines(database: str, chat: Chat, tmp_path: Path, sent: Any) -> None:
    await sent(xlsx([*PRODUCTS, ["Z3", "", "个", 1]], tmp_path))
    assert "第 4 行 产品名称：没有填" in await chat("E001", "导入产品")
    await sent(xlsx(PRODUCTS, tmp_path), "E003")
    assert "没有权限" in await chat("E003", "导入产品")
    assert not await Supplier.exists(name="Z3") and not await Product.exists(code="Z001")


async def test_a_product_comes_with_its_tax_its_tolerance_both_its_packs_and_whether_it_is_sold(
    database: str, tmp_path: Path
) -> None:
    head = [
        "编号",
        "名称",
        "单位",
        "大单位",
        "每大单位数量",
        "第二大单位",
        "每第二大单位数量",
        "税率",
        "发货允差",
        "在售",
    ]
    first = ["Z101", "测试阀", "个", "箱", 40, "托", 960, 9, 5, "是"]
    await import_file("products", xlsx([head, first], tmp_path, "a.xlsx"), dry_run=False)
    made = await Product.get(code="Z101")
    assert (made.tax_rate, made.tolerance, made.active) == (Decimal("0.09"), Decimal("0.05"), True)
    packs = await Pack.filter(product_id=made.id).order_by("holds").values_list("unit", "holds")
    assert packs == [("箱", 40), ("托", 960)]
    await import_file("products", xlsx([head, [*first[:-1], "否"]], tmp_path, "b.xlsx"), dry_run=False)
    assert not (await Product.get(code="Z101")).active
    for wrong, words in (([*first[:7], 8, 5, "是"], "税率只有"), ([*first[:8], 30, "是"], "最多 20%"),
                         ([*first[:5], "箱", 960, 9, 5, "是"], "两个大单位一样")):  # fmt: skip
        with pytest.raises(Trouble, match=words):
            await import_file("products", xlsx([head, wrong], tmp_path, "c.xlsx"), dry_run=False)
