"""Links: one purpose each, secret, logged, gone when they expire or are taken back; and every page shows its document."""

import hashlib
import html
import re
from datetime import timedelta

import pytest

from models import sql
from models.clock import CLOCK_FILE
from models.pages.tables import PageLink, PageOpening
from tests.days import ahead
from tests.pages.conftest import PUBLIC_URL, Site
from tests.people import Api, Chat


def words(page: str) -> str:
    """What a page says, without its drawing."""
    body = re.sub(r"<(style|script|svg|title).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def delivered(chat: Chat) -> None:
    """SO0312 leaves and is invoiced."""
    await chat("E005", "312发了顺丰 单号SF1029384756")
    assert "已发货" in await chat("E005", "确认")
    await chat("E009", "SO0312开票")
    assert "已开票" in await chat("E009", "确认")


async def test_a_link_is_answered_once_and_kept_only_as_a_digest(site: Site) -> None:
    said = await site.chat("E009", "打印宏达对账单")
    assert re.fullmatch(
        rf"宏达建材 对账单 \d{{4}}-\d\d\n{PUBLIC_URL}/p/[\w-]{{32}}\n"
        r"\d\d-\d\d 周.前有效，谁拿到都能打开。不想给了发：撤回链接PG0001",
        re.sub(r"\n(\d{4})-(?=\d\d-\d\d 周)", r"\n", said),
    )
    token = said.split("/p/")[1].split()[0]
    link = await PageLink.get()
    assert link.digest == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(await sql.rows("SELECT * FROM page_link"))


async def test_every_opening_is_logged_with_where_it_came_from(site: Site) -> None:
    path = await site.link("E009", "打印宏达对账单")
    assert "还没人打开" in await site.chat("E009", "我的链接")
    await site.page(path, **{"X-Forwarded-For": "1.1.1.1, 203.0.113.9", "User-Agent": "MicroMessenger"})
    assert [(each.address, each.agent) for each in await PageOpening.all()] == [("203.0.113.9", "MicroMessenger")]
    assert "打开 1 次" in await site.chat("E009", "我的链接")
    assert "还没有发出过链接" in await site.chat("E003", "我的链接")


async def test_what_a_page_may_load_and_who_may_keep_it(site: Site) -> None:
    path = await site.link("E009", "打印宏达对账单")
    for each, status in ((path, 200), ("/p/unknown", 404)):
        async with site.client.get(each) as response:
            assert response.status == status
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
            policy = response.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'") and "unsafe" not in policy


async def test_unknown_expired_and_revoked_links_read_the_same(site: Site, clock: object) -> None:
    unknown = await site.page("/p/" + "x" * 32)
    assert unknown[0] == 404 and "这个链接打不开了" in unknown[1]
    revoked = await site.link("E009", "打印宏达对账单")
    assert "PG0001 已撤回" in await site.chat("E009", "撤回链接PG0001")
    expired = await site.link("E009", "打印宏达对账单")
    assert (await site.page(expired))[0] == 200
    assert CLOCK_FILE.path is not None
    CLOCK_FILE.path.write_text(str(timedelta(days=30, minutes=1).total_seconds()))
    assert await site.page(revoked) == await site.page(expired) == unknown
    assert await PageOpening.all().count() == 1


async def test_a_link_is_taken_back_by_its_maker_once_and_by_nobody_else(site: Site) -> None:
    path = await site.link("E009", "打印宏达对账单")
    assert "没有找到" in await site.chat("E003", "撤回链接PG0001")
    assert (await site.page(path))[0] == 200
    assert "已撤回" in await site.chat("E009", "撤回链接PG0001")
    assert "已失效" in await site.chat("E009", "撤回链接PG0001")


async def test_without_a_public_address_nothing_is_made_and_the_reason_is_said(chat: Chat, api: Api) -> None:
    assert "LIAODAN_PUBLIC_URL" in await chat("E009", "打印宏达对账单")
    assert await api.post("E009", "page.statement", customer="宏达建材") == (
        422,
        {
            "code": "no_public_address",
            "message": "还不能生成链接：管理员要先在服务器上设置 LIAODAN_PUBLIC_URL（外面访问本系统的地址）",
        },
    )
    assert await PageLink.all().count() == 0


async def test_a_page_of_another_customer_is_not_found(site: Site) -> None:
    for line in ("打印SO0315", "打印IV9999"):
        assert "没有找到" in await site.chat("C001", line)
    assert await PageLink.all().count() == 0


async def test_what_staff_print_for_a_customer_shows_what_the_customer_may_see(site: Site) -> None:
    await delivered(site.chat)
    by_staff = words(await site.shows("E003", "打印SO0312"))
    by_customer = words(await site.shows("C001", "打印SO0312"))
    assert re.sub("有效.*", "", by_staff) == re.sub("有效.*", "", by_customer)
    assert "¥2,250.00" in by_staff and "SF1029384756" in by_staff
    assert "小李" not in by_staff and "成本" not in by_staff


async def test_an_inner_page_closes_with_its_makers_right(site: Site) -> None:
    path = await site.link("E005", "打印拣货单SO0312")
    assert (await site.page(path))[0] == 200
    await sql.rows("UPDATE person SET active = false WHERE number = 'E005' RETURNING id")
    assert (await site.page(path))[0] == 404


async def test_a_statement_adds_up_and_names_the_account_to_pay_into(site: Site) -> None:
    await delivered(site.chat)
    shown = words(await site.shows("E009", "打印宏达对账单"))
    assert "宏达建材" in shown and "开票 IV" in shown and "¥2,250.00" in shown
    assert "6222 0210 0100 1234 567" in shown
    body = (await Api(site.client).get("E009", "statement.get", customer="宏达建材"))[1]
    assert f"期末欠款 ¥{float(body['closing']):,.2f}" in shown


async def test_an_invoice_shows_its_lines_net_and_tax(site: Site) -> None:
    await delivered(site.chat)
    number = (await sql.rows("SELECT max(number) AS n FROM invoice"))[0]["n"]
    shown = words(await site.shows("C001", f"打印{number}"))
    assert "M8×30 不锈钢螺栓" in shown and "5,000 个" in shown and "税额 ¥258.85" in shown
    listed = words(await site.shows("C001", "打印发票清单"))
    assert number in listed and "SO0312" in listed
    said = await site.chat("C001", number)
    assert said.startswith(f"发票 {number} 已开票") and "M8×30 不锈钢螺栓 5,000 个，¥2,250.00" in said


async def test_a_delivery_note_and_a_pick_list_name_goods_and_no_prices(site: Site) -> None:
    picked = words(await site.shows("E005", "打印拣货单SO0312"))
    assert "主仓" in picked and "A-03-2 M8×30 不锈钢螺栓 M8X30 5,000 个 5 箱" in picked
    await delivered(site.chat)
    number = (await sql.rows("SELECT max(number) AS n FROM delivery"))[0]["n"]
    note = words(await site.shows("E005", f"打印{number}"))
    assert "SF1029384756" in note and "5,000 个" in note and "建设路88号" in note
    assert "¥" not in picked and "¥" not in note
    assert "没有备好的货" in words(await site.shows("E005", "打印拣货单SO0312"))


async def test_labels_carry_the_code_that_chat_understands(site: Site) -> None:
    page = await site.shows("E005", "打印m8x30标签 3张")
    assert page.count('<section class="label">') == page.count("<svg") == 3
    assert "size:60mm 40mm" in page
    for line in ("打印m8x30标签 0张", "打印m8x30标签 201张"):
        assert "1 到 200 张" in await site.chat("E005", line)


async def test_a_label_of_a_lot_says_which_and_until_when(site: Site) -> None:
    last = ahead(300)
    await site.chat("E005", f"入库 BV2.5红 5卷 批号B261201 效期{last} 原因退料")
    said = await site.chat("E005", "打标签BV2.5红 批号B261201 2张")
    assert said.startswith("标签 2 张\n") and f"批号：B261201\n效期：{last}" in said
    shown = words((await site.page(said.split(PUBLIC_URL)[1].split()[0]))[1])
    assert shown.count(f"批号 B261201 效期 {last}") == 2
    made = await PageLink.all().count()
    assert (await site.chat("E005", "打标签BV2.5红 批号B999999 2张")).startswith("没有批号“B999999”。")
    assert await PageLink.all().count() == made


async def test_a_pick_list_in_chat_leads_to_its_page(site: Site) -> None:
    said = await site.chat("E005", "拣货单SO0312")
    assert "5,000 个（5 箱）" in said and said.endswith("回复 1 发货 / 2 打印")
    assert await PageLink.all().count() == 0
    shown = words(await site.shows("E005", "2"))
    assert "拣货单" in shown and "M8×30 不锈钢螺栓 M8X30 5,000 个 5 箱" in shown


async def test_hostile_names_stay_text_on_a_page(site: Site) -> None:
    await sql.rows(
        "UPDATE customer SET name = '<script>alert(1)</script>', address = '\"><img src=x>' WHERE name = '宏达建材' RETURNING id"
    )
    page = await site.shows("E003", "打印SO0312")
    assert "<script>alert" not in page and "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("path", ["/p/", "/p/x/y", "/p/%00", "/p/" + "x" * 3000])
async def test_odd_addresses_are_refused_quietly(site: Site, path: str) -> None:
    status, _ = await site.page(path)
    assert status == 404


async def test_a_statement_that_is_sent_carries_its_page(site: Site) -> None:
    echo = await site.chat("E009", "把上个月对账单发给宏达")
    assert echo.startswith("请确认把对账单发给 宏达建材\n") and echo.endswith("回复 1 确认 / 0 取消")
    assert not await sql.rows("SELECT FROM notice WHERE kind = 'statement.sent'")
    path = await site.link("E009", "确认")
    assert "宏达建材" in words((await site.page(path))[1])
    told = await sql.rows("SELECT facts->>'page' AS page FROM notice WHERE kind = 'statement.sent'")
    assert {row["page"] for row in told} == {PUBLIC_URL + path}


async def test_without_a_public_address_a_statement_is_sent_and_the_missing_link_is_said(chat: Chat) -> None:
    await chat("E009", "把上个月对账单发给宏达")
    said = await chat("E009", "确认")
    assert said.startswith("对账单已发给 宏达建材") and "LIAODAN_PUBLIC_URL" in said


async def quoted(site: Site, line: str, number: str = "QU0003") -> str:
    """A quotation, sent; the path of the page that its seller was told."""
    await site.chat("E003", line)
    assert f"{number} 已做好" in await site.chat("E003", "确认")
    await site.chat("E003", f"发送{number}")
    said = await site.chat("E003", "确认")
    assert said.startswith(f"{number} 已发给客户\n") and f"附了网页，可以转发：{PUBLIC_URL}/p/" in said
    return said.split(PUBLIC_URL)[1].split()[0]


async def test_a_quotation_goes_out_with_its_page_and_shows_no_cost(site: Site) -> None:
    path = await quoted(site, "给宏达报价 m8x30 2箱 t8灯管 30支")
    shown = words((await site.page(path))[1])
    for each in ("报价单", "QU0003 已发送", "宏达建材", "M8×30 不锈钢螺栓 M8X30 2 箱 2,000 个 ¥0.45/个 13% ¥900.00", "T8灯管18W T8-18W 30 支 ¥12.80/支 13% ¥384.00",
                 "¥1,284.00", "业务员 小李", "接受报价QU0003"):  # fmt: skip
        assert each in shown, (each, shown)
    assert "成本" not in shown and "毛利" not in shown
    told = (await sql.rows("SELECT facts->>'page' AS page FROM notice WHERE kind = 'quote.sent' AND about = 'QU0003'"))[
        0
    ]["page"]
    assert told == PUBLIC_URL + path
    # Whoever sees the quotation may have a page of it made, and it says the same.
    again = words(await site.shows("C001", "打印QU0003"))
    assert re.sub("有效.*", "", again) == re.sub("有效.*", "", shown)
    assert "没有找到" in await site.chat("C002", "打印QU0003")
    # Who asks for a picture gets the page, which says in a chat's preview what it is.
    page = (await site.page(await site.link("E003", "报价图QU0003")))[1]
    assert (
        'og:title" content="报价单 QU0003"' in page and 'og:description" content="宏达建材，¥1,284.00，有效到' in page
    )


async def test_a_quotation_that_nobody_sent_has_no_page(site: Site) -> None:
    await site.chat("E003", "给宏达报价 m8x30 2箱")
    await site.chat("E003", "确认")
    assert await site.chat("E003", "打印QU0003") == "QU0003 还没有发给客户。先发给客户：发送QU0003"
    assert "没有找到" in await site.chat("C001", "打印QU0003")
    assert await PageLink.all().count() == 0


async def test_a_quotation_that_is_changed_says_so_until_it_is_sent_again(site: Site) -> None:
    path = await quoted(site, "给宏达报价 m8x30 2箱")
    await site.chat("E003", "QU0003改成m8x30 3箱")
    await site.chat("E003", "确认")
    shown = words((await site.page(path))[1])
    assert "正在修改" in shown and "以重新发给您的为准" in shown and "接受报价" not in shown
    await site.chat("E003", "发送QU0003")
    await site.chat("E003", "确认")
    shown = words((await site.page(path))[1])
    assert "正在修改" not in shown and "第 2 版" in shown and "¥1,350.00" in shown
    await site.chat("C001", "接受报价QU0003")
    await site.chat("C001", "确认")
    assert "已转订单" in words((await site.page(path))[1])
