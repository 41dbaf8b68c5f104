"""Statements and invoices in the mini-program as it ships, against the whole product."""

import pytest
from playwright.async_api import expect

from models.clock import today
from models.pages.linking import PUBLIC
from tests.miniprogram.phones import Phones, needs_browser
from tests.miniprogram.test_story import address
from tests.people import Sim

pytestmark = [pytest.mark.browser, pytest.mark.commits, needs_browser]


async def test_a_customer_checks_the_account_and_finds_the_invoice_behind_a_line(sim: Sim, phones: Phones) -> None:
    PUBLIC.url = "https://chat.example.com"
    page = await phones.open(address(sim, "C001", "pages/me/me"))
    await page.get_by_text("对账单").click()
    await expect(page.locator(".owed-figure")).to_have_text("¥12,860.50")
    await page.locator(".month").first.click()
    await expect(page.locator(".moved").first).to_be_visible()
    await page.get_by_text("复制网页链接").click()
    await expect(page.get_by_role("status")).to_have_text("内容已复制")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("https://chat.example.com/p/")
    async with sim.product.get(copied.removeprefix("https://chat.example.com")) as response:
        assert response.status == 200
        assert "¥12,860.50" in await response.text()
    await page.locator(".moved", has_text="IV").last.click()
    await expect(page.locator(".bill-head")).to_contain_text("IV")
    PUBLIC.url = None


async def test_invoices_are_listed_opened_and_missed_in_words(sim: Sim, phones: Phones) -> None:
    await sim.post("fault", path="/api/invoice/query", times=1, drop="before")
    page = await phones.open(address(sim, "C001", "pages/invoices/invoices"))
    await expect(page.get_by_text("连不上网")).to_be_visible()
    await page.get_by_role("button", name="再试一次").click()
    await expect(page.locator(".bill")).to_have_count(2)
    await page.locator(".bill", has_text="SO0310").click()
    await expect(page.get_by_text("角阀DN15")).to_be_visible()
    await page.get_by_text("SO0310").last.click()
    await expect(page.locator(".hero-number")).to_have_text("SO0310")
    # Another customer's invoice reads like none.
    page = await phones.open(address(sim, "C001", "pages/invoice/invoice%3Fno=IV0001"))
    await expect(page.get_by_text("没有找到这张发票")).to_be_visible()


async def test_a_month_in_which_nothing_moved_says_so(sim: Sim, phones: Phones) -> None:
    month = f"{today().replace(day=1):%Y-%m}"
    page = await phones.open(address(sim, "C001", f"pages/statement/statement%3Fmonth={int(month[:4]) - 2}-01"))
    await expect(page.get_by_text("这个月没有往来")).to_be_visible()


@pytest.mark.parametrize("width", [375, 1280])
async def test_every_page_of_the_account_fits_its_screen(sim: Sim, phones: Phones, width: int) -> None:
    month = f"{today():%Y-%m}"
    for opened in (
        "pages/statements/statements", f"pages/statement/statement%3Fmonth={month}", "pages/invoices/invoices",
        "pages/invoice/invoice%3Fno=IV0099",
    ):  # fmt: skip
        page = await phones.open(address(sim, "C001", opened), width)
        await expect(page.locator("page .card").first).to_be_visible()
        wide = "[...document.querySelectorAll('page')].filter((each) => each.scrollWidth > each.clientWidth).length"
        assert await page.evaluate(wide) == 0
        assert await page.evaluate("document.documentElement.scrollWidth") == width
