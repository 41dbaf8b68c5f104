"""The pages' part of `make screenshots`: what somebody who was sent a link sees, on a phone and on a screen."""

import asyncio
import re
import time
from pathlib import Path

from playwright.async_api import Browser

from docs.screenshots_miniprogram import Phones

WIDTHS = (375, 1280)
PICTURES = Path(__file__).parent / "pictures"
READY_S = 60

PAGES = (
    ("statement", "E009", "打印宏达对账单"),
    ("invoice", "E009", "打印IV0099"),
    ("order", "E003", "打印SO0312"),
    ("delivery", "E005", "打印DN0099"),
    ("pick", "E005", "打印拣货单SO0312"),
    ("label", "E005", "打印m8x30标签 3张"),
    ("quotation", "E003", "打印QU0003"),
    ("product", "E003", "m8x30图册"),
)
"""Name of the picture, who asks for the page, and the line that makes its link."""


async def draw_pages(browser: Browser, phones: Phones) -> None:
    """Every kind of page, from top to bottom."""
    await _photograph(phones, "M8X30")
    await phones.says("E003", "work", "给宏达报价m8x30 5000个, bv2.5 30卷", "确认", "发送QU0003", "确认")
    for name, person, line in PAGES:
        said = await phones.post("text", person=person, door="work", text=line)
        found = re.search(r"http\S+/p/\w+", said["reply"])
        assert found, said
        for width in WIDTHS:
            page = await browser.new_page(viewport={"width": width, "height": 600}, locale="zh-CN")
            await page.goto(found[0], wait_until="networkidle")
            await page.screenshot(path=PICTURES / f"page-{name}-{width}.png", full_page=True, animations="disabled")
            await page.close()


async def _photograph(phones: Phones, code: str) -> None:
    """A photo of a product, fetched and kept."""
    await phones.post("image", person="E002", door="work")
    await phones.says("E002", "work", f"附到{code}")
    ends = time.monotonic() + READY_S
    while (
        "已保存" not in (said := await phones.post("text", person="E002", door="work", text=f"{code}的附件"))["reply"]
    ):
        if time.monotonic() > ends:
            raise TimeoutError(said["reply"])
        await asyncio.sleep(0.2)
