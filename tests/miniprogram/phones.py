"""Phones in Chromium that show a mini-program."""

import os
import shutil
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("REQUIRE_BROWSER"), reason="no chromium on this machine"
)

FIRST_PAGE_MS = 20_000


@dataclass
class Phones:
    """Opens phones; keeps what their pages threw and where they wanted to go beside the emulator."""

    browser: Browser
    errors: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    async def open(self, address: str, width: int = 375) -> Page:
        """A phone at an address of the emulator, its first page drawn."""
        home = address.split("/miniprogram", 1)[0] + "/"
        context = await self.browser.new_context(viewport={"width": width, "height": 780}, locale="zh-CN")
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "request", lambda asked: None if asked.url.startswith((home, "data:")) else self.strays.append(asked.url)
        )
        await page.goto(address)
        await expect(page.locator("body[data-ready]")).to_be_attached(timeout=FIRST_PAGE_MS)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        # A refused request is the page's own business; a breach of the page's policy is not.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)
