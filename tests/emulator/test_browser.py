"""The page in a real browser: what is tapped is sent, what arrives is shown, nothing comes from elsewhere."""

import os
import shutil
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.emulator.simkit import OFFICIAL_ID, Pushed, Sim
from tests.emulator.test_cards import BUTTON, TEXT, VOTE

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
    await page.goto(str(sim.client.make_url("/?c=P3")))
    await page.get_by_role("button", name="路人").click()
    await expect(page.get_by_role("log", name="路人的聊天")).to_be_visible()
    await expect(page.get_by_role("log", name="小李的聊天")).to_be_hidden()


async def test_a_thing_is_scanned_and_another_person_chosen(sim: Sim, open_page: Any) -> None:
    page = await open_page(1280)
    await page.get_by_role("button", name="扫码").first.click()
    await page.get_by_placeholder("码里的内容").fill("6901234567892")
    await page.get_by_role("button", name="确定").click()
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "scancode_waitmsg")
    assert push.fields["ScanCodeInfo"]["ScanResult"] == "6901234567892"
    await page.locator("select[name=a]").select_option("P3")
    await expect(page.get_by_role("log", name="路人的聊天")).to_be_visible()


async def test_a_vote_keeps_its_ticks_and_goes_grey_when_the_backend_says_so(sim: Sim, open_page: Any) -> None:
    page = await open_page(1280)
    options = [{"id": "1", "text": "千岛湖", "is_checked": False}, {"id": "2", "text": "莫干山", "is_checked": False}]
    vote = VOTE | {"checkbox": {"question_key": "q", "mode": 1, "option_list": options}}
    await sim.work_card("wangzong", vote)
    phone = page.get_by_role("log", name="王总的聊天")
    await phone.get_by_label("千岛湖").check()
    await phone.get_by_label("莫干山").check()
    await phone.get_by_role("button", name="提交").click()
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "template_card_event")
    assert push.fields["SelectedItems"]["SelectedItem"]["OptionIds"]["OptionId"] == ["1", "2"]
    await expect(phone.get_by_label("莫干山")).to_be_checked()
    change = {"agentid": 1000002, "userids": ["wangzong"], "response_code": push.fields["ResponseCode"]}
    change |= {"template_card": vote | {"replace_text": "已提交"}}
    await sim.call("work", "/cgi-bin/message/update_template_card", change)
    await expect(phone.get_by_text("已提交")).to_be_visible()
    await expect(phone.get_by_label("千岛湖")).to_be_disabled()


async def test_the_menu_of_a_notice_is_tapped(sim: Sim, open_page: Any) -> None:
    page = await open_page(375)
    await page.get_by_role("button", name="王总").click()
    menu = {"desc": "更多", "action_list": [{"text": "不再推送", "key": "mute"}]}
    await sim.work_card("wangzong", TEXT | {"action_menu": menu, "task_id": "t-1"})
    await page.get_by_role("log", name="王总的聊天").locator("summary").click()
    await page.get_by_role("button", name="不再推送").click()
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "template_card_menu_event")
    assert push.fields["EventKey"] == "mute"


async def test_a_menu_button_opens_the_camera_and_another_asks_for_the_place(sim: Sim, open_page: Any) -> None:
    camera = {"type": "scancode_waitmsg", "name": "扫一下", "key": "scan"}
    place = {"type": "location_select", "name": "签到", "key": "here"}
    await sim.call("official", "/cgi-bin/menu/create", {"button": [camera, place]})
    page = await open_page(1280)
    await page.get_by_role("button", name="扫一下").click()
    await page.get_by_placeholder("码里的内容").fill("6901234567892")
    await page.get_by_role("button", name="确定").click()
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "scancode_waitmsg")
    assert push.fields["EventKey"] == "scan"
    await page.get_by_role("button", name="签到").click()
    await page.get_by_placeholder("地名或地址").fill("三号仓库")
    await page.get_by_role("button", name="确定").click()
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "location_select")
    assert push.fields["SendLocationInfo"]["Label"] == "三号仓库"


async def test_more_gestures_and_a_third_phone(sim: Sim, open_page: Any) -> None:
    page = await open_page(1280)
    await page.get_by_text("更多", exact=True).first.click()
    await page.get_by_role("button", name="文件").click()
    await page.get_by_placeholder("文件名").fill("验收单.pdf")
    await page.get_by_role("button", name="确定").click()
    await expect(page.get_by_role("log", name="小李的聊天").get_by_text("验收单.pdf")).to_be_visible()
    await page.get_by_role("button", name="＋手机").click()
    await expect(page.get_by_role("log", name="路人的聊天")).to_be_visible()
    await page.locator('[data-slot="c"]').get_by_text("更多", exact=True).click()
    await page.get_by_role("button", name="收起这部手机").click()
    await expect(page.get_by_role("log", name="路人的聊天")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth") == 1280


async def test_four_phones_leave_room_for_the_log_and_cut_no_choice(sim: Sim, open_page: Any) -> None:
    await sim.ask("work", "/cgi-bin/externalcontact/get_follow_user_list")
    page = await open_page(1280)
    await page.goto(str(sim.client.make_url("/?a=P1&b=P2&c=P1&cd=work&d=P2&dd=official")))
    await expect(page.locator(".place")).to_have_count(4)
    assert await page.evaluate("document.documentElement.scrollWidth") == 1280
    wire = await page.get_by_label("日志").bounding_box()
    assert wire is not None and wire["x"] + wire["width"] <= 1280 and wire["width"] >= 240
    cut = "nodes => nodes.filter(each => each.scrollWidth > each.clientWidth).length"
    assert await page.locator(".picker select").evaluate_all(cut) == 0
    await page.locator(".place[data-slot=d] .composer input").scroll_into_view_if_needed()
    await expect(page.locator(".place[data-slot=d] .composer input")).to_be_in_viewport()


async def test_a_long_path_is_shortened_and_whole_once_it_is_opened(sim: Sim, open_page: Any) -> None:
    path = "/cgi-bin/externalcontact/get_follow_user_list"
    await sim.ask("work", path)
    page = await open_page(375)
    await page.get_by_role("button", name="日志").click()
    entry = page.locator(".entry", has_text="get_follow_user_list")
    lines = "node => Math.round(node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).lineHeight))"
    assert await entry.locator(".what").evaluate(lines) == 1
    size = "node => getComputedStyle(node).fontSize"
    assert await entry.locator(".root").evaluate(size) == "0px"
    await entry.locator("summary").click()
    assert await entry.locator(".root").evaluate(size) == "12px"
    assert (await entry.locator(".what").evaluate("node => node.innerText")).replace("\n", "") == path
    assert await entry.locator(".root").evaluate("node => node.getClientRects().length") == 1


async def test_a_page_opened_from_a_phone_logs_in_as_its_owner(sim: Sim, open_page: Any) -> None:
    async def answer(push: Pushed) -> str:
        back = quote(str(sim.client.make_url("/static/page.css")), safe="")
        query = f"appid={OFFICIAL_ID}&redirect_uri={back}&response_type=code&scope=snsapi_base&state=s"
        address = sim.client.make_url("/connect/oauth2/authorize")
        return push.text_reply(f'<a href="{address}?{query}#wechat_redirect">登录</a>')

    sim.backend.answer = answer
    page = await open_page(1280)
    await page.get_by_label("小李发消息").fill("登录")
    await page.get_by_label("小李发消息").press("Enter")
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="登录").click()
    landed = await opened.value
    await landed.wait_for_url("**code=*")
    code = parse_qs(urlsplit(landed.url).query)["code"][0]
    wanted = {"appid": OFFICIAL_ID, "secret": "s3cret", "code": code, "grant_type": "authorization_code"}
    assert (await sim.get("/sns/oauth2/access_token", **wanted))["openid"] == "o_1"


async def test_a_phone_is_cut_off_and_gets_what_waited_when_it_is_back(sim: Sim, open_page: Any) -> None:
    page = await open_page(375)
    await page.get_by_role("button", name="王总").click()
    phone = page.locator(".place[data-person=P2]")
    await phone.get_by_text("更多", exact=True).click()
    await phone.get_by_role("button", name="断网").click()
    await expect(phone.get_by_text("当前网络不可用")).to_be_visible()
    assert (await sim.work_text("wangzong", "早"))["errcode"] == 0
    await expect(page.locator("#log .what", has_text="/cgi-bin/message/send")).to_have_count(1)
    await expect(phone.get_by_text("早", exact=True)).to_have_count(0)
    await phone.get_by_role("button", name="恢复网络").click()
    await expect(phone.get_by_text("早", exact=True)).to_be_visible()
    await expect(phone.get_by_text("当前网络不可用")).to_have_count(0)


async def test_somebody_new_follows_on_the_second_phone(sim: Sim, open_page: Any) -> None:
    page = await open_page(375)
    await page.get_by_role("button", name="新用户").click()
    await expect(page.get_by_role("log", name="新用户1的聊天").get_by_text("你已关注宏远五金")).to_be_visible()
    await page.get_by_label("新用户1发消息").fill("绑定")
    await page.get_by_label("新用户1发消息").press("Enter")
    push = await sim.backend.next(lambda push: push.fields.get("Content") == "绑定")
    assert push.fields["FromUserName"] == "o_N001".ljust(28, "0")
