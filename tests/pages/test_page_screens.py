"""Every page in Chromium, narrow and wide, and as the printer gets it: nothing cut, nothing refused by the page's own policy."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from models import sql
from tests.miniprogram.phones import CHROMIUM, needs_browser
from tests.pages.conftest import Site
from tests.pages.test_photos_of_products import attached, photo

pytestmark = [pytest.mark.browser, needs_browser]

LINES = {
    "statement": ("E009", "打印宏达对账单", "期末欠款"),
    "invoices": ("E009", "打印宏达发票清单", "发票清单"),
    "invoice": ("E009", "打印{invoice}", "购买方"),
    "order": ("E003", "打印SO0312", "收货地址"),
    "quotation": ("E004", "打印QU0003", "要下单"),
    "delivery": ("E005", "打印{delivery}", "收货人"),
    "pick": ("E005", "打印拣货单SO0312", "拣货人"),
    "product": ("E003", "角阀图册", "一箱"),
    "label": ("E005", "打印m8x30标签 3张", "60×40 毫米"),
}

LONG = "一家名字特别特别长的建筑装饰材料有限责任公司第二分公司采购部（华东大区）"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        found = await driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        )
        yield found
        await found.close()


async def address(site: Site, kind: str) -> str:
    person, line, _ = LINES[kind]
    if kind == "quotation":
        await attached(site, photo("#7a8f5a"), "M8X30")
        for said in ("给老王五金店报价 m8x30 20箱 轴承6204 100个", "确认", "发送QU0003", "确认"):
            await site.chat(person, said)
    if kind == "product":
        for colour, size in (("#7a8f5a", (1600, 1200)), ("#b5793f", (900, 1600)), ("#3f5f7f", (1200, 1200))):
            await attached(site, photo(colour, size))
    numbers = (
        await sql.rows(
            "SELECT (SELECT max(number) FROM invoice WHERE order_id IS NOT NULL) AS invoice, (SELECT max(number) FROM delivery) AS delivery"
        )
    )[0]
    return str(site.client.make_url(await site.link(person, line.format(**numbers))))


@pytest.mark.parametrize("kind", LINES)
async def test_a_page_fits_phone_and_screen_and_breaks_no_policy(site: Site, browser: Browser, kind: str) -> None:
    await sql.rows("UPDATE customer SET name = $1 WHERE name = '老王五金店' RETURNING id", LONG)
    url = await address(site, kind)
    for width in (375, 1280):
        page = await browser.new_page(viewport={"width": width, "height": 800}, locale="zh-CN")
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        await page.goto(url)
        await expect(page.get_by_text(LINES[kind][2]).first).to_be_visible()
        await expect(page.locator("h1")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        assert (
            await page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor")
            == "rgb(255, 255, 255)"
        )
        await expect(page.get_by_role("button", name="打印")).to_be_visible(visible=width > 600)
        assert said == []
        await page.close()


async def test_the_button_prints(site: Site, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.add_init_script("window.print = () => { window.printed = true }")
    await page.goto(await address(site, "statement"))
    await page.get_by_role("button", name="打印").click()
    assert await page.evaluate("window.printed") is True


async def test_a_quotations_picture_is_one_tap_away_and_fits_a_phone(site: Site, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 375, "height": 700}, locale="zh-CN")
    await page.goto(await address(site, "quotation"))
    await page.get_by_role("link", name="打开图片").click()
    await expect(page).to_have_url(re.compile(r"/p/\w+\?as=png$"))
    assert await page.evaluate("[document.images.length, document.images[0].naturalWidth]") == [1, 750]
    await page.go_back()
    await expect(page.get_by_text("长按可以保存")).to_be_visible()


async def test_the_photos_of_a_product_are_drawn_and_one_opens_by_itself(site: Site, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 375, "height": 700}, locale="zh-CN")
    await page.goto(await address(site, "product"))
    await page.get_by_role("img").last.scroll_into_view_if_needed()
    loaded = "[...document.images].filter(each => each.complete && each.naturalWidth).length"
    await page.wait_for_function(f"{loaded} === 3")
    await page.get_by_role("link", name="第 2 张").click()
    await expect(page).to_have_url(re.compile(r"\?photo=AT\d+$"))
    assert await page.evaluate("document.images[0].naturalHeight") == 1280


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Each page of a PDF in whole millimetres."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(wide) * 25.4 / 72), round(float(high) * 25.4 / 72)) for wide, high in boxes]


async def test_labels_print_one_to_a_label_and_papers_on_a4(site: Site, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(await address(site, "label"))
    assert sizes(await page.pdf(prefer_css_page_size=True)) == [(60, 40)] * 3
    for kind in ("statement", "quotation"):
        await page.goto(await address(site, kind))
        assert sizes(await page.pdf(prefer_css_page_size=True)) == [(210, 297)]


async def test_a_link_that_is_gone_says_so_kindly_on_a_phone(site: Site, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 375, "height": 700})
    await page.goto(str(site.client.make_url("/p/gone")))
    await expect(page.get_by_role("heading", name="这个链接打不开了")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 375
