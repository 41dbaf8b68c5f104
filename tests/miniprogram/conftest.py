"""A browser for the mini-program; whatever goes wrong in it, or leads elsewhere, fails the test."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import async_playwright

from tests.miniprogram.phones import CHROMIUM, Phones


@pytest.fixture
async def phones() -> AsyncIterator[Phones]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        )
        found = Phones(browser)
        yield found
        await browser.close()
    assert (found.errors, found.strays) == ([], [])
