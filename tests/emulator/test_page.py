"""The page: drawn by the server, live, and deaf to what strangers write into it."""

import asyncio
import json
from typing import Any

from tests.emulator.simkit import Pushed, Sim, seal
from tests.emulator.test_cards import BUTTON, MULTIPLE, NEWS, TEXT, VOTE


async def page(sim: Sim, **query: str) -> str:
    async with sim.client.get("/", params=query) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        return str(await response.text())


async def test_two_people_side_by_side_and_anyone_by_choice(sim: Sim) -> None:
    html = await page(sim)
    assert 'data-door="official" data-person="P1"' in html and 'data-door="work" data-person="P2"' in html
    assert 'lang="zh-CN"' in html
    mini = await page(sim, a="P2", ad="miniprogram", b="P2", bd="miniprogram")
    assert 'data-door="miniprogram" data-person="P2"' in mini and 'data-act="image"' in mini
    assert [act for act in ("scan", "voice", "file", "location", "share") if f'data-act="{act}"' in mini] == []


async def test_up_to_four_phones_side_by_side(sim: Sim) -> None:
    html = await page(sim, a="P1", b="P2", c="P3", d="P1", dd="work")
    assert html.count('<section class="place"') == 4 and "再放一部手机" not in html
    assert 'data-slot="d" data-door="work" data-person="P1"' in html
    assert 'name="c"' in await page(sim)


async def test_the_log_says_why_a_call_was_refused(sim: Sim) -> None:
    await sim.work_text("ghost", "早")
    await sim.say("o_1", "早")
    html = await page(sim)
    assert '<span class="state">81013 user &amp; party &amp; tag all invalid</span>' in html
    assert '<span class="state">45015 response out of time limit or subscription is canceled</span>' in html


async def test_someone_who_is_not_there_has_no_phone(sim: Sim) -> None:
    async with sim.client.get("/", params={"a": "nobody"}) as response:
        assert response.status == 404


async def test_every_kind_of_message_has_a_drawing(sim: Sim) -> None:
    phone = {"door": "official", "person": "P1", "wait": 0}
    await sim.sim("file", **phone, name="验收单.pdf")
    await sim.sim("video", **phone)
    await sim.sim("voice", **phone, recognition="喂")
    await sim.sim("location", **phone, label="西门")
    await sim.sim("share", **phone, title="周报", url="https://example.com/")
    html = await page(sim, a="P1", ad="official")
    for words in ("验收单.pdf", 'aria-label="视频"', '<p class="heard">喂</p>', 'aria-label="地图"', "周报"):
        assert words in html
    assert '<a class="card tile link-tile" href="https://example.com/"' in html


async def test_what_was_chosen_stays_chosen_until_the_card_changes(sim: Sim) -> None:
    await sim.work_card("wangzong", MULTIPLE)
    tap = {"door": "work", "person": "P2", "task_id": "m-1", "button": "提交", "wait": 0}
    await sim.sim("card", **tap, selected={"q1": "o2"})
    assert '<option value="o2" selected>' in await page(sim)
    code = sim.backend.pushes[-1].fields["ResponseCode"]
    change = {"agentid": 1000002, "userids": ["wangzong"], "response_code": code, "template_card": MULTIPLE}
    assert (await sim.call("work", "/cgi-bin/message/update_template_card", change))["errcode"] == 0
    assert '<option value="o2" selected>' not in await page(sim)


async def test_those_with_a_tag_see_their_menu_on_the_page(sim: Sim) -> None:
    mine, own = ({"type": "click", "name": name, "key": name} for name in ("待办", "审批"))
    tag = (await sim.call("official", "/cgi-bin/tags/create", {"tag": {"name": "经理"}}))["tag"]["id"]
    await sim.call("official", "/cgi-bin/tags/members/batchtagging", {"openid_list": ["o_2"], "tagid": tag})
    await sim.call("official", "/cgi-bin/menu/create", {"button": [mine]})
    await sim.call("official", "/cgi-bin/menu/addconditional", {"button": [own], "matchrule": {"tag_id": tag}})
    html = await page(sim, a="P1", ad="official", b="P2", bd="official")
    assert html.count('data-key="待办"') == 1 == html.count('data-key="审批"')


async def test_all_cards_and_messages_can_be_drawn(sim: Sim) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    for path in ("voice", "image", "location", "scan"):
        await sim.sim(path, door="official", person="P1", wait=0, recognition="喂", text="690")
    menu = {"list": [{"id": "1", "content": "满意"}]}
    await sim.call("official", "/cgi-bin/message/custom/send", {"touser": "o_1", "msgtype": "msgmenu", "msgmenu": menu})
    for number, card in enumerate((TEXT, NEWS, BUTTON, VOTE, MULTIPLE)):
        assert (await sim.work_card("wangzong", card | {"task_id": f"t{number}"}))["errcode"] == 0
    code = (await sim.work_card("wangzong", BUTTON))["response_code"]
    change = {"agentid": 1000002, "userids": ["wangzong"], "response_code": code, "button": {"replace_name": "已同意"}}
    await sim.call("work", "/cgi-bin/message/update_template_card", change)
    for kind, body in {
        "textcard": {"title": "t", "description": "<div class='gray'>d</div>", "url": "https://example.com/"},
        "news": {"articles": [{"title": "要闻", "url": "https://example.com/"}]},
        "miniprogram_notice": {
            "appid": "wx",
            "title": "订单通知",
            "page": "p",
            "content_item": [{"key": "单", "value": "1"}],
        },
        "markdown": {"content": "**粗**"},
    }.items():
        message = {"touser": "wangzong", "msgtype": kind, "agentid": 1000002, kind: body}
        assert (await sim.call("work", "/cgi-bin/message/send", message))["errcode"] == 0
    html = await page(sim)
    for words in (
        "满意",
        "去哪",
        "提交",
        '<span class="decided">已同意</span>',
        "要闻",
        "订单通知",
        "<strong>粗</strong>",
    ):
        assert words in html


async def test_a_text_card_has_grey_plain_and_bright_paragraphs(sim: Sim) -> None:
    told = (
        "见附件：<div class=\"gray\">9月26日</div> <div class='normal'>领奖码 A&amp;B<br>凭码领取</div>"
        '<div class="highlight">10月10日前</div><div class="huge">大字</div><script>x</script>'
    )
    card = {"title": "领奖", "description": told, "url": "https://example.com/"}
    message = {"touser": "wangzong", "msgtype": "textcard", "agentid": 1000002, "textcard": card}
    assert (await sim.call("work", "/cgi-bin/message/send", message))["errcode"] == 0
    unknown = '<div class="huge">大字</div><script>x</script>'
    assert (await sim.shown("work", "P2"))[0].split("\n") == [
        "领奖", "见附件：", "9月26日", "领奖码 A&B", "凭码领取", "10月10日前", unknown, "详情",
    ]  # fmt: skip
    html = await page(sim)
    for kind, words in (
        ("normal", "见附件："),
        ("gray", "9月26日"),
        ("normal", "领奖码 A&amp;B\n凭码领取"),
        ("highlight", "10月10日前"),
    ):
        assert f'<p class="told {kind}">{words}</p>' in html
    assert "<script>x" not in html


async def test_several_articles_are_a_cover_and_rows_below_it(sim: Sim) -> None:
    def article(title: str, **more: str) -> dict[str, str]:
        return {"title": title, "url": "https://example.com/", "description": f"{title}的说明", **more}

    async def news(*articles: dict[str, str]) -> None:
        message = {"touser": "wangzong", "msgtype": "news", "agentid": 1000002, "news": {"articles": list(articles)}}
        assert (await sim.call("work", "/cgi-bin/message/send", message))["errcode"] == 0

    picture = {"picurl": "https://example.com/a.png"}
    opens = 'href="https://example.com/" target="_blank" rel="noopener noreferrer"'
    await news(article("头条", **picture), article("二条", **picture), article("三条"))
    html = await page(sim)
    assert (
        f'<a class="cover" {opens}><span class="scene" role="img" aria-label="封面"></span><strong>头条</strong></a>'
        in html
    )
    assert f'<a class="article" {opens}><strong>二条</strong><span class="thumb" aria-hidden="true"></span></a>' in html
    assert f'<a class="article" {opens}><strong>三条</strong></a>' in html
    phones, _, _ = html.partition('<section class="wire"')
    assert "的说明" not in phones and "查看全文" not in phones
    await news(article("独条", **picture))
    html = await page(sim)
    assert '<strong class="headline">独条</strong>' in html and "独条的说明" in html and "查看全文" in html


async def test_an_article_that_leads_to_no_page_is_no_link(sim: Sim) -> None:
    async def answer(push: Pushed) -> str:
        item = "<item><Title>{}</Title><Url>javascript:alert(1)</Url></item>"
        inner = (
            f"<xml><ToUserName>{push.fields['FromUserName']}</ToUserName><FromUserName>{push.fields['ToUserName']}</FromUserName>"
            "<CreateTime>1700000000</CreateTime><MsgType>news</MsgType><ArticleCount>2</ArticleCount>"
            f"<Articles>{item.format('甲')}{item.format('乙')}</Articles></xml>"
        )
        return seal("work", inner)

    sim.backend.answer = answer
    await sim.text("work", "P1", "新闻")
    html = await page(sim, a="P1", ad="work")
    assert '<a class="article"><strong>乙</strong></a>' in html and 'href="javascript' not in html


async def test_hostile_text_stays_text(sim: Sim) -> None:
    evil = '<script>alert(1)</script><a href="javascript:alert(1)">点</a><a href="weixin://bizmsgmenu?msgmenucontent=%22%3E%3Cb%3E&msgmenuid=1">"><i></a>'

    async def answer(push: Pushed) -> str:
        return push.text_reply(evil)

    sim.backend.answer = answer
    await sim.text("official", "P1", evil)
    html = await page(sim)
    assert "<script>alert" not in html and "javascript:alert(1)&#34;" in html
    assert 'href="javascript' not in html and "<i>" not in html and "<b>" not in html.replace('<b class="way">', "")


async def test_changes_are_streamed_and_closing_does_not_wait(sim: Sim) -> None:
    async with sim.client.get("/sim/stream") as stream:
        await stream.content.readuntil(b"\n\n")
        await sim.text("official", "P1", "在吗", wait=0)
        await sim.sim("reset")
        seen: list[Any] = []
        while not seen or seen[-1]["op"] != "reload":
            event = (await stream.content.readuntil(b"\n\n")).decode()
            seen.append(json.loads(event.split("data: ")[1]))
        appended = [each for each in seen if each["op"] == "append"]
        assert [each["to"] for each in appended] == ["official-P1"]
        assert "在吗" in appended[0]["html"]
        assert {"prepend", "replace"} <= {each["op"] for each in seen}
        async with asyncio.timeout(5):
            await sim.client.server.close()


async def first_event(sim: Sim, seen: str) -> dict[str, str]:
    async with sim.client.get("/sim/stream", headers={"Last-Event-ID": seen}) as stream:
        await stream.content.readuntil(b"\n\n")
        event = (await stream.content.readuntil(b"\n\n")).decode()
        return dict(json.loads(event.split("data: ")[1]))


async def test_a_page_that_missed_something_gets_it(sim: Sim) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    missed = await first_event(sim, "0")
    assert (missed["op"], missed["id"]) == ("append", "b1")


async def test_a_page_of_another_time_is_told_to_load_again(sim: Sim) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    assert await first_event(sim, "999") == {"op": "reload"}
    await sim.sim("reset")
    assert await first_event(sim, "1") == {"op": "reload"}


async def test_scripts_and_styles_are_files(sim: Sim) -> None:
    for path in ("/static/page.js", "/static/page.css"):
        async with sim.client.get(path) as response:
            assert response.status == 200
