"""The page in a real browser: what is tapped is sent, what arrives is shown, nothing comes from elsewhere."""

import os
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.emulator.simkit import Pushed, Sim
from tests.emulator.test_cards import BUTTON

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("REQUIRE_BROWSER"), reason="no chromium on this machine"
    ),
]


@pytest.fixture
async def open_page(sim: Sim) -> AsyncIterator[Any]:
    troubles: list[str] = []
    home = str(sim.client.make_url("/"))
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])

        async def open_at(width: int) -> Page:
            page = await browser.new_page(viewport={"width": width, "height": 800}, locale="zh-CN")
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
            page.on("request", lambda asked: None if asked.url.startswith(home) else troubles.append(asked.url))
            await page.goto(home)
            return page

        yield open_at
        await browser.close()
    assert troubles == []


async def test_what_is_typed_and_tapped_is_sent_and_answers_arrive(sim: Sim, open_page: Any) -> None:
    async def answer(push: Pushed) -> str:
        link = '<a href="weixin://bizmsgmenu?msgmenucontent=查32S&msgmenuid=1">32S藏青</a>'
        return push.text_reply(link if push.fields["Content"] == "藏青" else "可用 1,280 件")

    sim.backend.answer = answer
    page = await open_page(1280)
    phone = page.get_by_role("log", name="小李的聊天")
    await page.get_by_label("小李发消息").fill("藏青")
    await page.get_by_label("小李发消息").press("Enter")
    await phone.get_by_role("button", name="32S藏青").click()
    await expect(phone.get_by_text("可用 1,280 件")).to_be_visible()
    await expect(page.locator("#log").get_by_text("text 查32S")).to_be_visible()


async def test_a_card_is_tapped_and_turns_grey(sim: Sim, open_page: Any) -> None:
    async def decide(push: Pushed) -> None:
        body = {"userids": ["wangzong"], "agentid": 1000002, "response_code": push.fields["ResponseCode"]}
        change = body | {"button": {"replace_name": "已同意"}}
        await sim.call("work", "/cgi-bin/message/update_template_card", change)

    sim.backend.answer = decide
    page = await open_page(1280)
    await sim.work_card("wangzong", BUTTON)
    phone = page.get_by_role("log", name="王总的聊天")
    await phone.get_by_role("button", name="同意").click()
    await expect(phone.get_by_text("已同意")).to_be_visible()
    await expect(phone.get_by_role("button", name="同意", exact=True)).to_have_count(0)


async def test_a_small_screen_shows_one_phone_and_a_tab_for_the_log(sim: Sim, open_page: Any) -> None:
    page = await open_page(375)
    await expect(page.get_by_role("log", name="小李的聊天")).to_be_visible()
    await expect(page.get_by_role("log", name="王总的聊天")).to_be_hidden()
    await page.get_by_role("button", name="日志").click()
    await expect(page.get_by_label("日志")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 375


async def test_a_thing_is_scanned_and_another_person_chosen(sim: Sim, open_page: Any) -> None:
    page = await open_page(1280)
    await page.get_by_role("button", name="扫码").first.click()
    await page.get_by_placeholder("码里的内容").fill("6901234567892")
    await page.get_by_role("button", name="确定").click()
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "scancode_waitmsg")
    assert push.fields["ScanCodeInfo"]["ScanResult"] == "6901234567892"
    await page.locator("select[name=a]").select_option("P3")
    await expect(page.get_by_role("log", name="路人的聊天")).to_be_visible()
