"""Exports: what a file holds, what it never holds, and how long ones come."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bot.jobs.due import run_jobs
from bot.understanding.describing import describe
from handlers.actor import person
from handlers.areas.export.kinds import SOURCES, ExportKind
from models import sql
from models.clock import today
from models.delivery.tables import Notice
from models.party.tables import Person
from models.product.tables import Product
from models.system.files import STORE
from tests.pages.conftest import PUBLIC_URL, Site
from tests.people import Api, Chat

LAST = f"{today().replace(day=1) - timedelta(days=1):%Y-%m}"


async def fetched(site: Site, path: str) -> tuple[dict[str, str], bytes]:
    async with site.client.get(path) as response:
        assert response.status == 200
        return dict(response.headers), await response.read()


async def sheet(site: Site, line: str) -> list[list[Any]]:
    """The rows of the workbook that a line makes, headers first."""
    _, data = await fetched(site, await site.link("E009", line))
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


async def test_last_months_sales_come_as_a_workbook_that_adds_up(site: Site) -> None:
    said = await site.chat("E009", "导出上个月销售明细")
    assert said.startswith(f"销售明细 {LAST}.xlsx\n")
    headers, data = await fetched(site, said.split(PUBLIC_URL)[1].split()[0])
    assert "spreadsheetml" in headers["Content-Type"] and headers["Content-Disposition"].startswith("attachment;")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["日期", "订单", "客户"]
    wanted = (
        await sql.rows(
            "SELECT count(*) AS n, sum(l.amount) AS amount FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id "
            "WHERE to_char(o.confirmed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') = $1 AND o.state <> 'cancelled'",
            LAST,
        )
    )[0]
    assert len(rows) - 1 == wanted["n"] > 0
    assert sum(Decimal(str(row[9])).quantize(Decimal("0.01")) for row in rows[1:]) == wanted["amount"]


@pytest.mark.parametrize("kind", list(ExportKind))
async def test_every_kind_has_a_cell_for_each_header(site: Site, kind: ExportKind) -> None:
    whose = "宏达" if SOURCES[kind].by_customer else ""
    rows = await sheet(site, f"导出{whose}今年{kind.text}")
    assert rows[0] == [column.header for column in SOURCES[kind].columns]
    assert len(rows) > 1


@pytest.mark.parametrize(
    ("kind", "report", "by", "column", "figure"),
    [("毛利", "report.profit", "order", 4, "profit"), ("客户销售汇总", "report.sales", "customer", 2, "amount"),
     ("产品销售汇总", "report.sales", "product", 2, "amount")],
)  # fmt: skip
async def test_a_report_and_its_file_hold_the_same_figures(
    site: Site, kind: str, report: str, by: str, column: int, figure: str
) -> None:
    rows = {row[0]: row for row in (await sheet(site, f"导出今年{kind}"))[1:]}
    _, said = await Api(site.client).get("E009" if by == "order" else "E001", report, period=str(today().year), by=by)
    assert {name: Decimal(str(row[column])).quantize(Decimal("0.01")) for name, row in rows.items()} == {
        row["name"]: Decimal(row[figure]) for row in said["rows"]
    }
    assert len(rows) > 2


async def test_a_statement_is_a_file_of_one_customer_and_month(site: Site) -> None:
    said = await site.chat("E009", "导出宏达上个月对账单")
    assert said.startswith(f"宏达建材 对账单 {LAST}.xlsx\n")
    rows = await sheet(site, f"导出宏达{LAST}对账单")
    assert rows[0] == ["日期", "往来", "单据", "开票", "收款", "余额"]
    _, told = await Api(site.client).get("E009", "statement.get", customer="宏达建材", period=LAST)
    assert [rows[1][1], rows[-1][1]] == ["期初", "期末"]
    assert (str(rows[-1][3]), str(rows[-1][4])) == (str(float(told["invoiced"])), str(float(told["received"])))
    assert [row[2] for row in rows[2:-1]] == [each["document"] for each in told["items"]]
    assert Decimal(str(rows[-1][5])) == Decimal(told["closing"])


async def test_a_statement_asks_whose_and_everything_else_is_of_all(site: Site) -> None:
    assert "给哪个客户" in await site.chat("E009", "导出上个月对账单")
    assert f"宏达建材 对账单 {LAST}.xlsx" in await site.chat("E009", "宏达")
    assert "只有对账单按客户导出" in await site.chat("E009", "导出宏达发票")


async def test_the_page_of_a_statement_gives_its_file(site: Site) -> None:
    path = await site.link("E009", "打印宏达上个月对账单")
    assert 'href="?as=xlsx"' in (await site.page(path))[1]
    headers, data = await fetched(site, f"{path}?as=xlsx")
    assert "spreadsheetml" in headers["Content-Type"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows == await sheet(site, f"导出宏达{LAST}对账单")
    # A kind without rows of its own stays a page.
    order = await site.link("E009", "打印SO0312")
    assert (await site.page(f"{order}?as=xlsx"))[1].startswith("<!doctype html>")


async def test_what_suppliers_are_owed_is_the_file_of_payables(site: Site) -> None:
    rows = (await sheet(site, "导出应付"))[1:]
    wanted = (
        await sql.rows("SELECT coalesce(sum(total - paid), 0) AS open FROM supplier_invoice WHERE state = 'posted'")
    )[0]
    assert sum(Decimal(str(row[9])).quantize(Decimal("0.01")) for row in rows) == wanted["open"] > 0


async def test_a_csv_opens_in_excel_and_holds_no_formula(site: Site) -> None:
    await sql.rows("UPDATE product SET name = '=HYPERLINK(\"http://x\")' WHERE code = 'M8X30' RETURNING id")
    await sql.rows("UPDATE product SET name = '-10 铁丝, \"粗\"' WHERE code = 'AV15' RETURNING id")
    headers, data = await fetched(site, await site.link("E009", "导出产品csv"))
    assert data.startswith(b"\xef\xbb\xbf") and headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = {row[0]: row for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))}
    assert rows["M8X30"][1] == '\'=HYPERLINK("http://x")' and rows["AV15"][1] == '\'-10 铁丝, "粗"'
    assert not [cell for row in rows.values() for cell in row if cell.startswith(("=", "+", "-", "@"))]


async def test_a_workbook_holds_hostile_text_as_text(site: Site) -> None:
    await sql.rows("UPDATE product SET name = '=1+1' WHERE code = 'M8X30' RETURNING id")
    rows = {row[0]: row for row in await sheet(site, "导出产品")}
    assert rows["M8X30"][1] == "=1+1"


MANY = """
INSERT INTO customer (number, name, address, terms_days, month_end, keys, active)
SELECT 'CU9' || n, '客户' || n, '', 30, false, '', true FROM generate_series(1, 2100) n RETURNING id
"""


async def test_a_long_export_becomes_a_job_whose_notice_carries_the_file(site: Site) -> None:
    await sql.rows(MANY)
    said = await site.chat("E009", "导出客户")
    assert said.startswith("客户行数很多，正在后台导出") and "JB0001" in said
    assert await run_jobs() == 1
    told = await Notice.get(kind="job.done")
    assert told.facts["file_name"] == f"客户 {today():%Y-%m-%d}.xlsx"
    _, data = await fetched(site, told.facts["url"].removeprefix(PUBLIC_URL))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert len(rows) - 1 == int(told.facts["done"]) > 2100


async def test_an_export_through_json_and_what_it_refuses(site: Site) -> None:
    api = Api(site.client)
    status, body = await api.post("E009", "export", kind="sales", period=LAST, format="csv")
    assert (status, body["file_name"], body["kind_text"]) == (200, f"销售明细 {LAST}.csv", "销售明细")
    assert (await api.post("E009", "export", kind="salaries"))[0] == 422
    assert (await api.post("E009", "export", kind="sales", period="2099-01"))[0] == 422
    assert (await api.post("E003", "export", kind="sales"))[0] == 403
    assert (await api.post("C001", "export", kind="customers"))[1]["code"] == "no_right"


async def test_export_asks_what_if_nothing_was_said(site: Site) -> None:
    assert (await site.chat("E009", "导出")).startswith("要导出什么？")
    assert (await site.chat("E009", "收款")).startswith("收款 ")


async def test_a_line_is_understood_with_what_and_when(site: Site) -> None:
    me = await person("E009", door="work")
    for line, kind in (
        ("导出10月销售明细", "sales"),
        ("10月的销售明细导出", "sales"),
        ("导出10月凭证", "journal"),
        ("导出10月份收款", "payments"),
    ):
        read = await describe(me, line)
        assert (read["intent"], read["slots"]["kind"], read["slots"]["period"][-3:]) == ("export", kind, "-10"), line


async def test_without_a_public_address_only_who_can_be_sent_a_file_gets_one(
    chat: Chat, api: Api, tmp_path: Path
) -> None:
    STORE.folder = tmp_path / "files"
    said = await chat("E009", "导出产品")
    assert said == f"产品 {today():%Y-%m-%d}.xlsx\n{await Product.filter(active=True).count()} 行\n文件马上单独发给您"
    notice = await Notice.get(kind="export.file")
    assert notice.receiver_id == (await Person.get(number="E009")).id and set(notice.facts) == {"file"}
    status, refused = await api.post("E009", "export", kind="products")
    assert (status, refused["code"]) == (422, "no_public_address")
    assert await Notice.filter(kind="export.file").count() == 1
