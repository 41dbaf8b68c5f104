"""The clients against the emulator over HTTP: what it is as strict about as the platforms, it takes from us."""

from collections.abc import AsyncIterator

import pytest
from emulated import AGENT, World, code_of, emulated

from bot.config import Settings
from bot.demo.wechat import WORK
from bot.quotas import Quotas
from bot.wechat import messages
from bot.wechat.cards import (
    Button,
    Choice,
    Picture,
    Question,
    Quote,
    button_interaction,
    multiple_interaction,
    news_notice,
    text_notice,
    vote_interaction,
)
from bot.wechat.errors import Reaction
from bot.wechat.messages import Article, Message, MiniPage
from tests.emulator.simkit import MINI_ID, WORK_ID, settings

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 60


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with emulated(settings()) as world:
        yield world


async def test_customer_service_in_its_kinds_within_its_window(world: World) -> None:
    assert await code_of(world.official.send_text("o_1", "您好")) == (45015, Reaction.OTHER_DOOR)
    await world.do("text", door="official", person="P1", text="在吗")
    picture = await world.official.upload("image", PNG, "1.png", "image/png")
    assert await world.official.media(picture) == PNG
    said = [
        messages.text("您好"),
        messages.image(picture),
        messages.news([Article("新品", "https://shop.example/1", "到货", "https://shop.example/1.png")]),
        messages.choices("满意吗", [("1", "满意"), ("2", "不满意")], "谢谢"),
    ]
    await world.official.typing("o_1")
    for message in said:
        await world.official.send("o_1", message)
    assert [each["kind"] for each in await world.arrived("P1")] == ["text", "image", "news", "msgmenu"]
    await world.official.send_text("o_1", "还有吗")
    assert await code_of(world.official.send_text("o_1", "第六条")) == (45047, Reaction.OTHER_DOOR)
    await world.do("text", door="official", person="P1", text="在吗")
    assert await code_of(world.official.send("o_1", messages.image("none"))) == (40007, Reaction.GIVE_UP)


async def test_a_template_is_sent_once_however_often_it_is_called_for(world: World) -> None:
    data = {"thing1": "螺栓 M8x30", "time2": "2026年11月23日 15:01"}
    first, second = [await world.official.send_template("o_1", "T1", data, client_msg_id="n-1") for _ in range(2)]
    assert first == second
    assert [each["dropped"] for each in await world.arrived("P1")] == [None, "duplicate"]
    assert await code_of(world.official.send_template("o_1", "T9", data)) == (40037, Reaction.ALARM)
    assert await code_of(world.official.send_template("o_3", "T1", data)) == (43004, Reaction.UNREACHABLE)


async def test_the_account_is_looked_at_and_given_a_menu(world: World) -> None:
    assert [template.id for template in await world.official.templates()] == ["T1"]
    follower = await world.official.user_info("o_1")
    assert (follower.subscribed, follower.unionid) == (True, "u_1")
    assert (await world.official.user_info("o_3")).subscribed is False
    code = await world.official.create_qrcode("bind-7", 600)
    assert code.ticket and "/cgi-bin/showqrcode?ticket=" in code.image_url
    assert not (await world.official.menus.current()).buttons
    buttons = [{"type": "click", "name": "库存", "key": "查库存"}]
    await world.official.menus.create(buttons)
    await world.work.create_menu(buttons)
    assert (await world.official.menus.current()).buttons == buttons
    assert await world.work.menu() == buttons
    await world.official.menus.delete()
    await world.work.delete_menu()
    assert not (await world.official.menus.current()).buttons
    assert not await world.work.menu()


LEVEL = Question("level", "级别", [Choice("a", "普通"), Choice("b", "加急")], "a")
URL = "https://erp.example/1"

CARDS = [
    text_notice(
        title="停机",
        url=URL,
        desc="三号机",
        emphasis=("35 分钟", "已停"),
        sub_title="等备件",
        facts=[("车间", "二车间")],
        jumps=[("看板", URL)],
        source="聊单",
        task_id="c1",
        actions=[("不再提醒", "mute")],
        quote=Quote("主轴报警", "报警", URL),
    ),
    news_notice(title="新品", url=URL, picture=Picture(URL, 1.5), paragraphs=[("规格", "M8x30")], task_id="c2"),
    button_interaction(
        title="折扣审批",
        task_id="c3",
        buttons=[Button("同意", "yes"), Button("驳回", "no", 2), Button("查看", url=URL)],
        question=LEVEL,
    ),
    vote_interaction(
        title="哪天盘点",
        task_id="c4",
        key="day",
        choices=[Choice("a", "周三"), Choice("b", "周四")],
        submit=("提交", "go"),
    ),
    multiple_interaction(title="质检结果", task_id="c5", questions=[LEVEL], submit=("提交", "go")),
]


async def test_a_colleague_gets_every_kind_of_message(world: World) -> None:
    image = await world.work.upload("image", PNG, "1.png", "image/png")
    voice = await world.work.upload("voice", b"#!AMR\n" + b"0" * 60, "1.amr", "audio/amr")
    video = await world.work.upload("video", b"0" * 60, "1.mp4", "video/mp4")
    file = await world.work.upload("file", b"%PDF" + b"0" * 60, "对账单.pdf", "application/pdf")
    assert await world.work.media(file) == b"%PDF" + b"0" * 60
    said: list[Message] = [
        messages.text("好" * 2000),
        messages.image(image),
        messages.voice(voice),
        messages.video(video, title="演示", description="十秒"),
        messages.file(file),
        messages.text_card("停机", '<div class="highlight">三号机</div>', URL, "处理"),
        messages.news([Article("日报", URL), Article("周报", URL)]),
        messages.markdown("**好**"),
        messages.mini_notice(MiniPage(MINI_ID, "pages/order"), "订单已发货", [("单号", "SO1")]),
        *[messages.card(card) for card in CARDS],
    ]
    for message in said:
        assert (await world.work.send(["LiTing"], message)).invalid == frozenset()
    assert [each["kind"] for each in await world.arrived("P1")] == [message.kind for message in said]


async def test_who_does_not_get_it_is_named_although_the_call_succeeds(world: World) -> None:
    sent = await world.work.send_text(["LiTing", "Nobody"], "好")
    assert sent.invalid == frozenset({"Nobody"})
    assert await code_of(world.work.send_text(["Nobody"], "好")) == (81013, Reaction.UNREACHABLE)


async def test_a_card_is_changed_once_with_its_code_and_a_text_is_taken_back(world: World) -> None:
    sent = await world.work.send_card(["LiTing", "wangzong"], CARDS[2])
    done = button_interaction(title="折扣审批", task_id="c3", buttons=[Button("同意", "yes")], replace_text="已同意")
    assert await world.work.update_card(sent.response_code, ["LiTing", "wangzong"], card=done) == frozenset()
    code, reaction = await code_of(world.work.update_card(sent.response_code, ["LiTing"], card=done))
    assert (code in (42022, 60140), reaction) == (True, Reaction.OTHER_DOOR)
    assert await code_of(world.work.send_card(["LiTing"], CARDS[2])) == (42014, Reaction.DONE)
    await world.work.recall((await world.work.send_text(["LiTing"], "发错了")).msgid)


async def test_the_application_and_its_people_are_looked_at(world: World) -> None:
    agent = await world.work.get_agent()
    assert (agent.name, agent.closed, "LiTing" in agent.users) == ("助手", False, True)
    assert (await world.work.get_user("liting")).userid == "LiTing"
    assert await code_of(world.work.get_user("Nobody")) == (60111, Reaction.UNREACHABLE)
    for client in (world.official, world.work, world.mini):
        assert "127.0.0.1" in await client.callback_ips()


async def test_a_mini_program_is_logged_into_once_per_code(world: World) -> None:
    code = (await world.do("login", person="P1"))["code"]
    session = await world.mini.login(code)
    assert (session.openid, session.unionid) == ("m_1", "u_1")
    used, reaction = await code_of(world.mini.login(code))
    assert (used in (40029, 40163), reaction) == (True, Reaction.GIVE_UP)
    picture = await world.mini.wxacode("o=SO1105", "pages/index/index", "trial")
    assert len(picture) > 100
    number = (await world.do("phone", person="P1"))["code"]
    assert await world.mini.phone_number(number) == "13800000001"
    assert (await code_of(world.mini.phone_number(number)))[1] is Reaction.GIVE_UP
    assert [template.id for template in await world.mini.templates()] == ["M1"]
    data = {"character_string1": "SO1105", "phrase2": "已发货"}
    refused = world.mini.send_subscription("m_1", "M1", "pages/index/index", data)
    assert await code_of(refused) == (43101, Reaction.OTHER_DOOR)
    await world.do("subscribe", door="miniprogram", person="P1", template="M1")
    await world.mini.send_subscription("m_1", "M1", "pages/index/index", data)
    assert [each["kind"] for each in await world.arrived("P1")] == ["notice"]


@pytest.mark.commits
async def test_thirty_in_a_minute_arrive_and_the_rest_waits_instead_of_being_dropped(
    world: World, database: str
) -> None:
    quotas = Quotas(
        Settings(_env_file=None, work={**WORK, "corp_id": WORK_ID, "agent_id": AGENT}, official=None, miniprogram=None)
    )
    waiting = 0
    for number in range(35):
        if await quotas.admit("work", "message", member="LiTing") is None:
            await world.work.send_text(["LiTing"], f"第 {number} 条")
        else:
            waiting += 1
    arrived = await world.arrived("P1")
    assert (len(arrived), {each["dropped"] for each in arrived}, waiting) == (30, {None}, 5)
