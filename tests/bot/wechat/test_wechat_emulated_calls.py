"""The rest of the calls against the emulator over HTTP: web pages, tags, lists, customers, robots, approvals, links."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from emulated import World, code_of, emulated

from bot.wechat import messages
from bot.wechat.cards import text_notice
from bot.wechat.errors import Reaction
from bot.wechat.messages import Article, MiniPage, Page
from bot.wechat.workapprovals import ApprovalStatus, Relation
from bot.wechat.workcontacts import ContactsClient
from bot.wechat.workcustomers import CustomersClient, page_link
from bot.wechat.workrobot import EVERYBODY, Robot
from models.clock import now
from tests.emulator.simkit import MINI_ID, OFFICIAL_ID, settings

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 60
URL = "https://erp.example/1"
GROUP = {"id": "G1", "name": "车间群", "robot": "key-1"}
CUSTOMER = {
    "id": "C1",
    "name": "老周",
    "official": "o_c",
    "unionid": "u_c",
    "external": "wm_c",
    "served_by": ["LiTing"],
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    company = settings()
    company["people"] += [GROUP, CUSTOMER]
    company["departments"] = [{"id": 2, "name": "销售部"}]
    async with emulated(company) as world:
        yield world


async def test_a_follower_logs_in_to_a_page_once_per_code(world: World) -> None:
    web = world.official.web
    code = await world.visit(web.authorize_url("https://shop.example.com/login", "s1", "snsapi_userinfo"))
    login = await web.login(code)
    assert (login.openid, login.scope, login.virtual) == ("o_1", "snsapi_userinfo", False)
    user = await web.user(login)
    assert (user.openid, user.unionid, user.nickname) == ("o_1", "u_1", "小李")
    assert await code_of(web.login(code)) == (40163, Reaction.GIVE_UP)
    base = await web.login(await world.visit(web.authorize_url("https://shop.example.com/login", "s2")))
    assert (await code_of(web.user(base)))[0] == 48001


async def test_a_colleague_logs_in_to_a_page(world: World) -> None:
    code = await world.visit(world.work.web.authorize_url("https://shop.example.com/login", "s1"))
    assert (await world.work.web.login(code)).userid == "LiTing"
    assert await code_of(world.work.web.login(code)) in ((40029, Reaction.GIVE_UP), (42022, Reaction.OTHER_DOOR))


async def test_a_page_is_signed_with_the_accounts_ticket(world: World) -> None:
    first = await world.official.web.sign("https://shop.example.com/", {"shop.example.com"})
    assert first.app_id == OFFICIAL_ID


async def test_tags_decide_on_menus(world: World) -> None:
    buttons = [{"type": "click", "name": "库存", "key": "查库存"}]
    other = [{"type": "click", "name": "报工", "key": "报工"}]
    tag = await world.official.tags.create("车间")
    assert await code_of(world.official.tags.create("车间")) == (45157, Reaction.DONE)
    await world.official.tags.give(tag.id, ["o_1"])
    assert await world.official.tags.members(tag.id) == {"o_1"}
    assert (await code_of(world.official.menus.create_conditional(other, tag.id)))[0] == 65303
    await world.official.menus.create(buttons)
    menu = await world.official.menus.create_conditional(other, tag.id)
    assert await world.official.menus.seen_by("o_1") == other
    assert await world.official.menus.seen_by("o_2") == buttons
    current = await world.official.menus.current()
    assert [(each.id, each.tag_id, each.buttons) for each in current.conditional] == [(menu, tag.id, other)]
    await world.official.tags.take(tag.id, ["o_1"])
    assert await world.official.menus.seen_by("o_1") == buttons
    await world.official.menus.delete_conditional(menu)
    assert not (await world.official.menus.current()).conditional
    assert [each.name for each in await world.official.tags.all() if each.id == tag.id] == ["车间"]


async def test_many_are_looked_up_and_quotas_are_read(world: World) -> None:
    found = await world.official.user_infos(["o_1", "o_3"])
    assert [(each.openid, each.subscribed) for each in found] == [("o_1", True), ("o_3", False)]
    await world.do("text", door="official", person="P1", text="在吗")
    await world.official.send_text("o_1", "您好")
    quota = await world.official.quota("/cgi-bin/message/custom/send")
    assert (quota.daily, quota.used, quota.left) == (500_000, 1, 499_999)


async def test_a_subscription_of_the_account_is_used_up(world: World) -> None:
    data = {"thing1": "螺栓", "time2": "15:01"}
    assert await code_of(world.official.send_subscription("o_1", "T1", data)) == (43101, Reaction.OTHER_DOOR)
    await world.do("subscribe", door="official", person="P1", template="T1")
    await world.official.send_subscription("o_1", "T1", data, mini_page=MiniPage(MINI_ID, "pages/order"))
    assert await code_of(world.official.send_subscription("o_1", "T1", data)) == (43101, Reaction.OTHER_DOOR)


async def test_the_address_book_is_read(world: World) -> None:
    contacts = ContactsClient(world.transport, world.work_app)
    departments = {each.id: each for each in await contacts.departments()}
    assert (departments[2].name, departments[2].parent, departments[1].parent) == ("销售部", 1, 0)
    members = await contacts.members(1)
    assert {member.userid for member in members} >= {"LiTing", "wangzong"}
    assert all(member.active for member in members)


async def test_customers_are_found_and_greeted_once(world: World) -> None:
    customers = CustomersClient(world.transport, world.work_app)
    assert await customers.of("LiTing") == ["wm_c"]
    assert "LiTing" in await customers.colleagues()
    customer = await customers.get("wm_c")
    assert (customer.name, customer.wechat, customer.unionid) == ("老周", True, "u_c")
    assert [follow.userid for follow in customer.follows] == ["LiTing"]
    assert await customers.external_id("u_c", "o_c") == "wm_c"
    assert await code_of(customers.get("wm_x")) == (40096, Reaction.GIVE_UP)
    greeting = customers.welcome("none", "您好", [page_link("目录", URL)])
    assert await code_of(greeting) == (41050, Reaction.GIVE_UP)


async def test_a_robot_says_every_kind_and_is_stopped_at_twenty(world: World) -> None:
    robot = Robot(world.transport, world.work_app, "key-1")
    await robot.say("停机", ["LiTing"], [EVERYBODY])
    await robot.markdown("**停机**")
    await robot.markdown("|a|\n|-|", tables=True)
    await robot.image(PNG)
    await robot.news([Article("日报", URL)])
    await robot.file(b"%PDF" + b"0" * 60, "日报.pdf")
    await robot.card(text_notice(title="停机", url=URL))
    kinds = [each["kind"] for each in await world.arrived("G1")]
    assert kinds == ["text", "markdown", "markdown", "image", "news", "file", "template_card"]
    for _ in range(20 - len(kinds)):
        await robot.say("停机")
    assert await code_of(robot.say("停机")) == (45009, Reaction.QUOTA)
    wrong = Robot(world.transport, world.work_app, "key-2")
    assert await code_of(wrong.say("停机")) == (93000, Reaction.ALARM)


async def test_pages_and_partial_success_of_many_receivers(world: World) -> None:
    thumb = await world.work.upload("image", PNG, "1.png", "image/png")
    await world.work.send(["LiTing"], messages.pages([Page("制度", thumb, "<p>正文</p>")]))
    sent = await world.work.send(["LiTing", "Nobody"], messages.text("好"), parties=[2, 99], tags=[7])
    assert (sent.invalid, sent.invalid_parties, sent.invalid_tags) == (
        frozenset({"Nobody"}),
        frozenset({"99"}),
        frozenset({"7"}),
    )


async def test_an_approval_is_read_as_it_stands(world: World) -> None:
    approvals = world.work.approvals
    nodes = [{"userid": ["liting", "wangzong"], "apv_rel": 1}, {"userid": ["wangzong"], "apv_rel": 2}]
    number = (await world.do("approval", person="P1", name="请假", template="T-LEAVE", nodes=nodes))["sp_no"]
    await world.do("approval", sp_no=number, person="P2", act="agree", speech="好")
    assert await approvals.numbers(now() - timedelta(days=40), now() + timedelta(hours=1)) == [number]
    detail = await approvals.detail(number)
    assert (detail.number, detail.status, detail.applicant.lower()) == (number, ApprovalStatus.PENDING, "liting")
    assert [step.relation for step in detail.steps] == [Relation.ALL, Relation.ANY]
    agreed = {each.userid.lower(): each.code for each in detail.steps[0].decisions}
    assert agreed == {"liting": 1, "wangzong": 2}
    for person in ("P1", "P2"):
        await world.do("approval", sp_no=number, person=person, act="agree")
    assert (await approvals.detail(number)).status is ApprovalStatus.APPROVED


async def test_links_sessions_and_checks_of_the_mini_program(world: World) -> None:
    assert (await world.mini.url_link("/pages/order", "no=SO1")).startswith("https://wxaurl.cn/")
    assert (await world.mini.scheme("/pages/order", "no=SO1")).startswith("weixin://dl/business/?t=")
    session = await world.mini.login((await world.do("login", person="P1"))["code"])
    assert await world.mini.check_session(session)
    assert (await world.mini.check_text("m_1", "你好")).fine
    await world.mini.login((await world.do("login", person="P1"))["code"])


async def test_a_card_for_all_is_changed_for_all(world: World) -> None:
    card = text_notice(title="停机", url=URL, task_id="c1", actions=[("不再提醒", "mute")])
    sent = await world.work.send_card(["LiTing", "wangzong"], card)
    assert sent.response_code
    done = text_notice(title="已恢复", url=URL, task_id="c1", actions=[("不再提醒", "mute")])
    assert await world.work.update_card(sent.response_code, None, card=done) == frozenset()
