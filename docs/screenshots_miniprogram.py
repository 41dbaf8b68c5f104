"""The mini-program's part of `make screenshots`: a customer's phone, from the entrance to a confirmed receipt."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, Page

SIZES = {375: 780, 1280: 860}
PICTURES = Path(__file__).parent / "pictures"


class Phones(Protocol):
    """As much of the control API as this needs."""

    address: str

    async def post(self, gesture: str, **body: Any) -> dict[str, Any]: ...

    async def says(self, person: str, door: str, *lines: str) -> None: ...


async def draw_miniprogram(browser: Browser, phones: Phones) -> None:
    """An order in production, one that has left, and what the pages show around them."""
    await phones.says("E003", "work", "宏达建材要型材货架 10件", "1")
    await phones.says("E006", "work", "wo1105 车削 580")
    for width in SIZES:
        async with _phone(browser, phones, width, "C002") as page:
            await page.get_by_role("button", name="用手机号绑定").wait_for()
            await _save(page, f"mini-login-{width}")
        async with _phone(browser, phones, width, "C001") as page:
            await page.locator(".order").first.wait_for()
            await _save(page, f"mini-orders-{width}")
            await page.locator(".order", has_text="生产中").first.click()
            await page.locator(".hero").wait_for()
            await _save(page, f"mini-order-{width}")
            await page.get_by_text("发货时微信通知我").click()
            await page.get_by_role("dialog").wait_for()
            await _save(page, f"mini-subscribe-{width}")
            await page.get_by_role("button", name="拒绝").click()
            await page.get_by_role("button", name="返回").click()
            await page.get_by_role("button", name="我的").click()
            await page.locator(".who").wait_for()
            await _save(page, f"mini-me-{width}")
            await page.get_by_text("对账单").click()
            await page.locator(".month").first.wait_for()
            await _save(page, f"mini-statements-{width}")
            await page.locator(".month").first.click()
            await page.locator(".moved").first.wait_for()
            await _save(page, f"mini-statement-{width}")
        async with _phone(browser, phones, width, "C001", "pages/invoices/invoices") as page:
            await page.locator(".bill").first.wait_for()
            await _save(page, f"mini-invoices-{width}")
            await page.locator(".bill", has_text="SO0310").click()
            await page.locator(".bill-head").wait_for()
            await _save(page, f"mini-invoice-{width}")
        async with _phone(browser, phones, width, "C001", "pages/order/order%3Fno=SO0316") as page:
            await page.get_by_role("button", name="确认收货").wait_for()
            await _save(page, f"mini-shipped-{width}")
        await phones.post("fault", path="/api/order/list", drop="before")
        async with _phone(browser, phones, width, "C001") as page:
            await page.get_by_text("连不上网").wait_for()
            await _save(page, f"mini-offline-{width}")


@asynccontextmanager
async def _phone(
    browser: Browser, phones: Phones, width: int, person: str, opened: str = "pages/orders/orders"
) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": width, "height": SIZES[width]}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{phones.address}/miniprogram?person={person}&open={opened}")
    yield page
    await context.close()


async def _save(page: Page, name: str) -> None:
    # A message of the moment would hide what the picture is about.
    await page.get_by_role("status").wait_for(state="detached")
    await page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")
