"""The customer's own story in the mini-program as it ships, run in the browser against the whole product."""

import re

import pytest
from playwright.async_api import Page, expect

from bot.demo.templates import SHIPPED as SHIPPED_TEMPLATE
from models import sql
from tests.miniprogram.phones import Phones, needs_browser
from tests.people import Sim
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.commits, needs_browser]

NUMBER = "SO0319"


def address(sim: Sim, person: str, opened: str = "") -> str:
    """Where that person's phone shows the mini-program."""
    home = str(sim.emulator.make_url("/miniprogram"))
    return f"{home}?person={person}" + (f"&open={opened}" if opened else "")


async def order_racks(sim: Sim, customer: str) -> None:
    """E003 takes an order of ten racks, of which the workshop makes all."""
    assert "请确认订单" in await sim.text("E003", f"{customer}要型材货架 10件")
    assert (await sim.text("E003", "1")).startswith(f"{NUMBER} 已下单")


async def ship(sim: Sim, order: str, tracking_no: str) -> None:
    assert "请确认发货" in await sim.text("E005", f"{order}发了德邦 单号{tracking_no}")
    assert "已发货" in await sim.text("E005", "确认")


async def pull(page: Page) -> None:
    """Pulls the page down with the mouse, as a finger would."""
    await page.mouse.move(180, 300)
    await page.mouse.down()
    await page.mouse.move(180, 360)
    await page.mouse.move(180, 460)
    await page.mouse.up()


async def percent(page: Page) -> int:
    found = re.search(r"约 (\d+)%", await page.locator(".hero-saying").inner_text())
    assert found
    return int(found[1])


async def test_a_customer_binds_follows_an_order_is_told_receives_it_and_leaves(sim: Sim, phones: Phones) -> None:
    await order_racks(sim, "建业工程")
    page = await phones.open(address(sim, "C002"))

    await page.get_by_role("button", name="用手机号绑定").click()
    await expect(page.get_by_role("dialog").get_by_text("139****2222")).to_be_visible()
    await page.get_by_role("button", name="允许", exact=True).click()

    order = page.locator(".order", has_text=NUMBER)
    await expect(order.get_by_text("生产中")).to_be_visible()
    await expect(order.get_by_text("¥2,600.00")).to_be_visible()
    await order.click()
    await expect(page.get_by_role("heading", name="订单进度")).to_be_visible()
    await expect(page.locator(".hero-stage")).to_have_text("生产中")

    seen = [await percent(page)]
    for line in ("wo1105 车削 580", "wo1105 攻丝 1000件"):
        assert "已报工" in await sim.text("E006", line)
        await pull(page)
        await expect(page.locator(".hero-saying")).not_to_contain_text(f"约 {seen[-1]}%")
        seen.append(await percent(page))
    assert seen == sorted(set(seen))

    await page.get_by_text("发货时微信通知我").click()
    await expect(page.get_by_role("dialog").get_by_text("订单发货通知")).to_be_visible()
    await page.get_by_role("button", name="允许", exact=True).click()
    await expect(page.get_by_text("已开启，还可通知 1 次")).to_be_visible()
    granted = (
        'SELECT "left" FROM grant_ledger g JOIN conversation c ON c.id = g.conversation_id WHERE external_id LIKE $1'
    )
    assert await sql.rows(granted, "m_C002%") == [{"left": 1}]

    for line in ("1105质检1000个", "1105 包装 1000"):
        await sim.text("E006", line)
    await ship(sim, NUMBER, "DPK3620018899")
    told = await until(lambda: notices(sim, "C002"))
    assert told == [("miniprogram", f"pages/order/order?no={NUMBER}")]

    await page.goto(str(sim.emulator.make_url("/?a=C002&ad=miniprogram")))
    await page.get_by_role("link", name="进入小程序查看").click()
    await expect(page.locator(".hero-stage")).to_have_text("已发货")
    await expect(page.locator(".parcel")).to_contain_text("德邦")
    await page.get_by_text("复制单号").click()
    await expect(page.get_by_role("status")).to_have_text("内容已复制")
    assert await page.evaluate("navigator.clipboard.readText()") == "DPK3620018899"

    await page.get_by_role("button", name="确认收货").click()
    await page.get_by_role("button", name="都收到了").click()
    await expect(page.locator(".hero-stage")).to_have_text("已签收")
    await expect(page.get_by_role("button", name="确认收货")).to_have_count(0)
    await expect(page.get_by_text("下次发货也通知我")).to_be_visible()
    assert await sql.rows("SELECT state FROM sales_order WHERE number = $1", NUMBER) == [{"state": "done"}]

    await page.get_by_role("button", name="找人问问").click()
    await expect(page.get_by_role("dialog")).to_contain_text("小李会尽快联系您")
    await page.get_by_role("button", name="好的").click()

    await page.get_by_role("button", name="首页").click()
    await page.get_by_role("button", name="我的").click()
    await expect(page.locator(".who")).to_contain_text("建业工程")
    await page.get_by_text("解除绑定").click()
    await page.get_by_role("button", name="解除", exact=True).click()
    await expect(page.get_by_role("button", name="用手机号绑定")).to_be_visible()
    assert await sql.rows("SELECT person_id FROM conversation WHERE external_id LIKE 'm_C002%'") == [
        {"person_id": None}
    ]


async def notices(sim: Sim, person: str) -> list[tuple[str, str]]:
    """The subscription messages that came, and the page each leads to."""
    return [
        (each["door"], each["payload"]["page"])
        for each in await sim.deliveries(person)
        if each["payload"].get("template_id") == SHIPPED_TEMPLATE
    ]


async def test_a_contact_without_a_known_number_binds_by_code(sim: Sim, phones: Phones) -> None:
    issued = re.search(r"\d{6}", await sim.text("E003", "给王工绑定码"))
    assert issued
    code = issued[0]
    page = await phones.open(address(sim, "C002"))
    await page.get_by_role("button", name="用手机号绑定").click()
    await page.get_by_role("button", name="不允许").click()
    await expect(page.get_by_text("没有拿到手机号")).to_be_visible()
    await page.get_by_text("我有绑定码").click()
    field = page.get_by_placeholder("6 位绑定码")
    await field.fill("000000" if code != "000000" else "111111")
    await page.get_by_role("button", name="绑定", exact=True).click()
    await expect(page.get_by_text("绑定码不对，还可以试")).to_be_visible()
    await field.fill(code)
    await field.press("Enter")
    await expect(page.get_by_role("heading", name="我的订单")).to_be_visible()
    await page.get_by_role("button", name="我的").click()
    await expect(page.locator(".who")).to_contain_text("王工")


async def test_what_goes_wrong_is_said_and_can_be_tried_again(sim: Sim, phones: Phones) -> None:
    listing = {"path": "/api/order/list", "times": 1}
    await sim.post("fault", **listing, drop="before")
    page = await phones.open(address(sim, "C001"))
    again = page.get_by_role("button", name="再试一次")
    await expect(page.get_by_text("连不上网")).to_be_visible()
    for status, words in ((503, "系统正忙"), (429, "请稍等一下")):
        await sim.post("fault", **listing, answer={"status": status, "text": "{}"})
        await again.click()
        await expect(page.locator(".blank-title")).to_have_text(words)
    # A session that has expired is nothing the customer should notice.
    await sim.post("fault", **listing, answer={"status": 401, "text": '{"code": "unauthorized"}'})
    await again.click()
    await expect(page.locator(".order").first).to_be_visible()

    await page.get_by_text("待收货").click()
    await expect(page.get_by_text("没有待收货的订单")).to_be_visible()
    await page.get_by_text("已完成").click()
    await expect(page.locator(".order")).to_contain_text("SO0310")

    page = await phones.open(address(sim, "C001", "pages/order/order%3Fno=SO0315"))
    await expect(page.get_by_text("没有找到这张订单")).to_be_visible()
    await page.get_by_role("button", name="看我的订单").click()
    await expect(page.locator(".order").first).to_be_visible()


async def test_a_receipt_whose_answer_was_lost_is_confirmed_once(sim: Sim, phones: Phones) -> None:
    await ship(sim, "SO0316", "DPK3620018900")
    page = await phones.open(address(sim, "C001", "pages/order/order%3Fno=SO0316"))
    await sim.post("fault", path="/api/order/receive", times=1, drop="after")
    for _ in range(2):
        await page.get_by_role("button", name="确认收货").click()
        await page.get_by_role("button", name="都收到了").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_role("status")).to_be_visible()
        await expect(page.get_by_role("status")).to_have_count(0)
    await expect(page.locator(".hero-stage")).to_have_text("已签收")
    keys = await sql.rows("SELECT key FROM audit_entry WHERE handler = 'order.receive' AND inputs->>'order' = 'SO0316'")
    assert len(keys) == 1


async def test_the_list_goes_on_at_its_bottom(sim: Sim, phones: Phones) -> None:
    for _ in range(3):
        items = [{"product": "M8X30", "quantity": "10"}]
        assert (await sim.api.post("C001", "order.create", customer="宏达建材", items=items))[0] == 200
    page = await phones.open(address(sim, "C001"))
    rows = page.locator(".order")
    await expect(rows).to_have_count(5)
    await page.mouse.move(180, 400)
    await page.mouse.wheel(0, 2000)
    await expect(rows).to_have_count(7)
    await expect(page.get_by_text("就这些了")).to_be_visible()
    numbers = await page.locator(".order-number").all_inner_texts()
    assert numbers == sorted(set(numbers), reverse=True)


@pytest.mark.parametrize("width", [375, 1280])
async def test_every_page_fits_its_screen(sim: Sim, phones: Phones, width: int) -> None:
    for opened in ("", "pages/order/order%3Fno=SO0312", "pages/me/me"):
        page = await phones.open(address(sim, "C001", opened), width)
        await expect(page.locator("page .card").first).to_be_visible()
        wide = "[...document.querySelectorAll('page')].filter((each) => each.scrollWidth > each.clientWidth).length"
        assert await page.evaluate(wide) == 0
        assert await page.evaluate("document.documentElement.scrollWidth") == width
