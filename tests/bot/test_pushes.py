"""Every push through its door, encrypted: what it does, what it answers, and what must not have happened."""

import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.app import make_app
from bot.config import Settings
from bot.demo.wechat import MINI, OFFICIAL, WORK
from bot.doors.pushes import PUSHES, Fate, name_of
from bot.logs import set_up_logs
from bot.wechat.envelope import Envelope
from bot.wechat.inbound import parse
from models import sql
from models.chat.binding import bind, issue_code
from models.chat.tables import Attachment, Conversation, ExternalContact, WorkParty
from models.clock import today
from models.delivery.tables import Attempt, Notice, NoticeState
from models.delivery.telling import tell
from models.party.tables import Customer, Department, Person
from tests.bot.test_doors import send, signed
from tests.people import Sim
from tests.pushes import PAYLOADS, WHO, body

PLATFORMS: dict[str, dict[str, Any]] = {"official": OFFICIAL, "work": WORK, "miniprogram": MINI}
BOTH = ["official", "work"]

IGNORED = [key for key, push in PUSHES.items() if push.fate is Fate.ignored]


class Door:
    """The product's callbacks, and what they answer, opened."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    async def push(self, key: str, plaintext: str = "", *, form: str = "", **changed: Any) -> str:
        """Sends one push; the text that comes back, or `success`."""
        status, answer = await self.raw(key, plaintext or body(key, **changed), form=form)
        assert status == 200, status
        return _opened(key.split()[0], answer)

    async def raw(self, key: str, plaintext: str, *, form: str = "") -> tuple[int, str]:
        """Sends one push; the status and the body as they come back."""
        door = key.split()[0]
        platform = PLATFORMS[door]
        envelope = Envelope(platform["token"], platform.get("app_id") or platform["corp_id"], platform["aes_key"])
        aes = json.loads(envelope.seal(plaintext, timestamp=1, nonce="n1", as_json=True))["Encrypt"]
        wrapped = json.dumps({"ToUserName": "gh", "Encrypt": aes})
        if (form or ("json" if door == "miniprogram" else "xml")) == "xml":
            wrapped = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{aes}]]></Encrypt></xml>"
        return await send(self.client, f"/wechat/{door}", signed(platform, aes=aes), wrapped)


def _opened(door: str, answer: str) -> str:
    if answer == "success":
        return answer
    platform = PLATFORMS[door]
    envelope = Envelope(platform["token"], platform.get("app_id") or platform["corp_id"], platform["aes_key"])
    query = {
        "timestamp": answer.split("<TimeStamp>")[1].split("<")[0],
        "nonce": answer.split("<Nonce><![CDATA[")[1].split("]]>")[0],
        "msg_signature": answer.split("<MsgSignature><![CDATA[")[1].split("]]>")[0],
    }
    inside = envelope.open(query, answer.encode(), time.time()).decode()
    return inside.split("<Content><![CDATA[")[1].split("]]></Content>")[0]


@pytest.fixture
async def door(database: str, aiohttp_client: Callable[..., Awaitable[TestClient]]) -> Door:
    made = Settings(_env_file=None, official=OFFICIAL, work=WORK, miniprogram=MINI)
    return Door(await aiohttp_client(make_app(made, database=False, jobs=False)))


async def here(door: str, who: str = "") -> Conversation:
    return await Conversation.get(door=door, external_id=who or WHO[door])


TABLES = ("audit_entry", "notice", "attachment", "person", "department", "customer", "external_contact", "grant_ledger",
          "conversation", "inbox", "work_party", "approval", "welcome")  # fmt: skip


async def everything() -> list[str]:
    """A digest of every table that a push could change."""
    return [
        str(await sql.row(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY id), '')) AS d FROM {table} t"))
        for table in TABLES
    ]


def test_every_push_has_a_payload_and_every_payload_an_entry() -> None:
    assert set(PAYLOADS) == set(PUSHES)
    assert all(push.effect for push in PUSHES.values())
    assert all((push.becomes is not None) == (push.fate is Fate.handled) for push in PUSHES.values())


@pytest.mark.parametrize("key", PUSHES)
def test_a_push_is_read_into_an_object_of_its_own(key: str) -> None:
    inbound = parse(body(key).encode(), key.split()[0])
    assert f"{inbound.door} {name_of(inbound)}" == key
    assert PUSHES[key].reads(inbound) == PAYLOADS[key][1]


@pytest.mark.parametrize("key", IGNORED)
async def test_what_is_ignored_is_answered_success_and_changes_nothing(door: Door, key: str) -> None:
    before = await everything()
    assert await door.push(key) == "success"
    assert await everything() == before


async def test_an_unknown_type_is_answered_success_every_time_and_noted_once(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("info")
    for number in range(3):
        plaintext = body("official text").replace("[text]", "[hologram_seen_here]").replace("我是谁", str(number))
        assert await door.push("official text", plaintext) == "success"
    assert capsys.readouterr().out.count("official hologram_seen_here") == 1


@pytest.mark.push("work suite")
@pytest.mark.parametrize("info", ["suite_ticket", "create_auth", "change_auth"])
async def test_a_suites_command_is_refused_with_word_in_the_log_and_changes_nothing(
    door: Door, info: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("info")
    before = await everything()
    secrets = {"SuiteTicket": "very-secret", "AuthCode": "very-secret"}
    assert await door.raw("work suite", body("work suite", InfoType=info, **secrets)) == (403, "")
    assert await everything() == before
    (line,) = [json.loads(each) for each in capsys.readouterr().out.splitlines() if "refused" in each]
    assert line.pop("timestamp")
    assert line == {
        "event": "push.refused", "level": "warning", "door": "work", "push": "suite", "info_type": info,
        "why": "an event of a provider's suite, and this is no suite",
    }  # fmt: skip


@pytest.mark.push("official text", "work text")
@pytest.mark.parametrize("at", BOTH)
async def test_a_line_is_answered_and_a_repeat_of_it_gets_the_same(door: Door, at: str) -> None:
    plaintext = body(f"{at} text")
    answer = await door.push(f"{at} text", plaintext)
    assert {"official": "周经理", "work": "小李"}[at] in answer
    assert await door.push(f"{at} text", plaintext) == answer


async def test_a_message_opens_48_hours_and_a_tapped_reply_only_a_minute(door: Door) -> None:
    await door.push("official text", who="o_tapper", bizmsgmenuid="1")
    assert (await here("official", "o_tapper")).window_left == 3
    await door.push("official text", who="o_tapper")
    assert (await here("official", "o_tapper")).window_left == 5


@pytest.mark.push("official voice", "work voice")
@pytest.mark.parametrize("at", BOTH)
async def test_voice_is_its_text_or_gets_a_kind_answer(door: Door, at: str) -> None:
    assert {"official": "周经理", "work": "小李"}[at] in await door.push(f"{at} voice")
    assert "没有听清" in await door.push(f"{at} voice", Recognition="")
    assert await Attachment.all().count() == 0


@pytest.mark.push("official link", "work link")
@pytest.mark.parametrize("at", BOTH)
async def test_a_link_is_answered_kindly_and_not_opened(door: Door, at: str) -> None:
    assert "链接收到了" in await door.push(f"{at} link")


@pytest.mark.push("official image", "official video", "official file", "official shortvideo")
@pytest.mark.push("work image", "work video", "work file")
@pytest.mark.parametrize(
    "key",
    [
        "official image",
        "official video",
        "official file",
        "official shortvideo",
        "work image",
        "work video",
        "work file",
    ],
)
async def test_a_file_is_noted_for_its_sender_and_they_hear_what_can_be_done_with_it(door: Door, key: str) -> None:
    plaintext = body(key)
    answer = await door.push(key, plaintext)
    assert "附到 SO0312" in answer
    assert await door.push(key, plaintext) == answer
    file = await Attachment.get().select_related("owner")
    assert (file.media_id, file.state, file.about) == ("M1", "waiting", "")
    assert file.owner.number == {"official": "C001", "work": "E003"}[key.split()[0]]


async def test_a_file_goes_to_the_conversation_that_waits_for_one(door: Door) -> None:
    assert "请把图片或文件发来" in await door.push("work text", Content="附到 SO0312")
    assert "已附到 SO0312" in await door.push("work image")
    assert (await Attachment.get()).about == "SO0312"
    assert "附件 1 个" in await door.push("work text", Content="SO0312的附件")


async def test_a_file_cannot_be_put_to_a_document_of_others(door: Door) -> None:
    await door.push("official image")
    answer = await door.push("official text", Content="附到 SO0317")
    assert "没有找到" in answer
    assert (await Attachment.get()).about == ""


async def test_a_strangers_file_is_not_kept(door: Door) -> None:
    assert "还没有绑定" in await door.push("official image", who="o_stranger")
    assert await Attachment.all().count() == 0


@pytest.mark.push("official location", "official event location_select")
@pytest.mark.push("work location", "work event location_select")
@pytest.mark.parametrize("at", BOTH)
async def test_a_place_may_become_the_address_that_goods_go_to(door: Door, at: str) -> None:
    answer = await door.push(f"{at} location")
    assert "广州市海珠区" in answer and "设为收货地址" in answer
    assert (await here(at)).state["place"].startswith("广州市海珠区")
    assert "仓库" in await door.push(f"{at} event location_select")
    assert (await here(at)).state["place"].endswith("仓库")
    assert "没有地名" in await door.push(f"{at} location", Label="")
    if at == "official":
        await door.push("official text", Content="改收货地址")
        assert (await door.push("official location", Label="艺苑路88号")).startswith("请确认收货地址")
        assert (await Customer.get(name="宏达建材")).address == "建设路88号"
    assert "还没有绑定" in await door.push(f"{at} location", who="o_stranger")


@pytest.mark.push("official event click", "work event click")
@pytest.mark.parametrize("at", BOTH)
async def test_a_menu_key_is_a_line(door: Door, at: str) -> None:
    assert {"official": "周经理", "work": "小李"}[at] in await door.push(f"{at} event click")


SCANS = ["scancode_push", "scancode_waitmsg"]
BARCODE = {"ScanCodeInfo": {"ScanType": "barcode", "ScanResult": "EAN_13,6901234567892"}}
WORK_ORDER = {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "WO1105"}}


@pytest.mark.push("official event scancode_push", "work event scancode_push")
@pytest.mark.push("official event scancode_waitmsg", "work event scancode_waitmsg")
@pytest.mark.parametrize("scan", SCANS)
@pytest.mark.parametrize("at", BOTH)
async def test_a_scanned_product_answers_its_stock(door: Door, at: str, scan: str) -> None:
    answer = await door.push(f"{at} event {scan}", **BARCODE)
    # A customer reads one word, a colleague the figures.
    assert answer.startswith("M8×30 不锈钢螺栓\n") and ("可用" in answer) is (at == "work")


@pytest.mark.push("official event scancode_push", "work event scancode_push")
@pytest.mark.push("official event scancode_waitmsg", "work event scancode_waitmsg")
@pytest.mark.parametrize("scan", SCANS)
@pytest.mark.parametrize(("at", "turner"), [("official", "o_E006".ljust(28, "0")), ("work", "zhangwei")])
async def test_a_scanned_work_order_opens_the_report_of_whoever_makes_reports(
    door: Door, at: str, turner: str, scan: str
) -> None:
    assert "合格多少" in await door.push(f"{at} event {scan}", who=turner, **WORK_ORDER)
    assert (await here(at, turner)).state["pending"]["name"] == "task.report"
    answer = await door.push(f"{at} event {scan}", **WORK_ORDER)
    # A salesperson looks at it; to a customer it is no more than a word that says nothing.
    assert ("WO1105" if at == "work" else "没听懂") in answer and "合格多少" not in answer
    assert (await here(at)).state.get("pending") is None


@pytest.mark.push("official event subscribe", "work event subscribe")
@pytest.mark.parametrize("at", BOTH)
async def test_who_comes_is_welcomed_by_name_or_told_how_to_be_known(door: Door, at: str) -> None:
    known = await door.push(f"{at} event subscribe", EventKey="")
    assert known.startswith({"official": "周经理，您好", "work": "小李，您好"}[at])
    stranger = await door.push(f"{at} event subscribe", who="o_stranger", EventKey="")
    assert "还没有绑定" in stranger
    assert (await here(at, "o_stranger")).person_id is None


@pytest.mark.push("official event subscribe", "official event scan")
@pytest.mark.parametrize(("event", "prefix"), [("subscribe", "qrscene_"), ("scan", "")])
async def test_a_codes_scene_starts_its_conversation(door: Door, event: str, prefix: str) -> None:
    async def scans(scene: str, who: str = "") -> str:
        return await door.push(f"official event {event}", who=who or WHO["official"], EventKey=f"{prefix}{scene}")

    assert "SO0312" in await scans("order_SO0312")
    assert (await here("official")).scene == "order_SO0312"
    assert "我是小李" in await scans("card_E003", "o_new")
    assert "活动 CM0007" in await scans("campaign_CM0007", "o_newer")
    # A code that somebody printed themselves grants nothing, and says nothing of what there is.
    assert "SO0312" not in await scans("order_SO0312", "o_newest")
    assert "还没有绑定" in await scans("card_E999", "o_newest")
    person = await Person.get(number="C003")
    code = await issue_code(person.id, None)
    assert "绑定成功" in await scans(f"bind_{code}", "o_binder")
    assert (await here("official", "o_binder")).person_id == person.id
    assert "绑定码不对" in await scans(f"bind_{code}", "o_thief")
    assert (await here("official", "o_thief")).person_id is None


@pytest.mark.push("official event unsubscribe", "work event unsubscribe")
@pytest.mark.parametrize("at", BOTH)
async def test_who_leaves_cannot_be_reached_and_loses_nothing_until_they_come_back(door: Door, at: str) -> None:
    owner = (await here(at)).person_id
    assert await door.push(f"{at} event unsubscribe") == "success"
    left = await here(at)
    assert (left.reachable, left.person_id) == (False, owner)
    # What the platform reports of them later does not make them reachable.
    if at == "official":
        await door.push("official event templatesendjobfinish")
        assert not (await here(at)).reachable
    await door.push(f"{at} event subscribe", EventKey="")
    assert (await here(at)).reachable


@pytest.mark.push("work event enter_agent")
async def test_entering_shows_the_days_to_dos_once_a_day(door: Door) -> None:
    first = await door.push("work event enter_agent", who="wangjianguo")
    assert "等您审批" in first and "AP0018" in first
    later = int(time.time()) + 60
    assert await door.push("work event enter_agent", who="wangjianguo", CreateTime=later) == "success"
    assert "SO0314 今天要发" in await door.push("work event enter_agent", who="zhoufu")
    assert "今天没有等您办的" in await door.push("work event enter_agent", who="zhangwei")


async def test_a_repeat_and_a_second_look_in_the_same_second_greet_nobody_again(door: Door) -> None:
    plaintext = body("work event enter_agent", who="wangjianguo")
    first, *more = [await door.push("work event enter_agent", plaintext) for _ in range(3)]
    assert "AP0018" in first and more == ["success", "success"]
    await Conversation.filter(external_id="wangjianguo").update(greeted_on=today() - timedelta(days=1))
    first, *more = [await door.push("work event enter_agent", plaintext) for _ in range(3)]
    assert "AP0018" in first and more == ["success", "success"]


@pytest.mark.commits
async def test_several_copies_of_one_look_at_once_greet_once(sim: Sim) -> None:
    came = await sim.post("enter", door="work", person="E001", deliver=4, wait=0)
    assert sorted("AP0018" in (each or "") for each in came["replies"]) == [False, False, False, True]
    assert (await sim.post("enter", door="work", person="E001", wait=0))["reply"] is None


@pytest.mark.push("work event template_card_event", "work event template_card_menu_event")
@pytest.mark.parametrize("event", ["template_card_event", "template_card_menu_event"])
async def test_a_tap_is_the_line_on_the_button_and_needs_the_same_rights(door: Door, event: str) -> None:
    tapped = f"work event {event}"
    assert await door.push(tapped, who="zhoufu", EventKey="同意 AP0018") == "success"
    assert await sql.rows("SELECT state FROM approval WHERE number = 'AP0018'") == [{"state": "pending"}]
    assert (await Notice.get(kind="turn.reply")).facts["text"]
    assert await door.push(tapped, who="wangjianguo", EventKey="同意 AP0018") == "success"
    assert await sql.rows("SELECT state FROM approval WHERE number = 'AP0018'") == [{"state": "approved"}]


@pytest.mark.push("official event subscribe_msg_popup_event", "official event subscribe_msg_change_event")
@pytest.mark.push("miniprogram event subscribe_msg_popup_event", "miniprogram event subscribe_msg_change_event")
@pytest.mark.parametrize("at", ["official", "miniprogram"])
@pytest.mark.parametrize("wrapper", ["", "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"])
async def test_the_ledger_counts_accepts_and_forgets_what_was_switched_off(door: Door, at: str, wrapper: str) -> None:
    def rows(*statuses: str) -> dict[str, Any]:
        every = [{"TemplateId": f"T{n}", "SubscribeStatusString": status} for n, status in enumerate(statuses)]
        several = {"List": every[0] if len(every) == 1 else every}
        empty = {"SubscribeMsgPopupEvent": "", "SubscribeMsgChangeEvent": "", "List": ""}
        return {**empty, **({wrapper: several} if wrapper else several)}

    popup, change = (f"{at} event subscribe_msg_{kind}_event" for kind in ("popup", "change"))
    plaintext = body(popup, **rows("accept", "reject", "accept"))
    for _ in range(2):
        assert await door.push(popup, plaintext) == "success"
    assert await door.push(popup, **rows("accept"), CreateTime=int(time.time()) + 1) == "success"
    left = 'SELECT template_id, "left" FROM grant_ledger WHERE conversation_id = $1 AND template_id LIKE $2 ORDER BY 1'
    mine = (await here(at)).id
    assert await sql.rows(left, mine, "T_") == [{"template_id": "T0", "left": 2}, {"template_id": "T2", "left": 1}]
    assert await door.push(change, **rows("reject")) == "success"
    assert await sql.rows(left, mine, "T_") == [{"template_id": "T0", "left": 0}, {"template_id": "T2", "left": 1}]


async def attempted(number: str, platform_id: str) -> Notice:
    """A notice that the platform took, and knows by an id."""
    person = await Person.get(number=number)
    await tell("order.shipped", about="SO0312", facts={"number": "SO0312"}, customer=[person.id])
    notice = await Notice.get(receiver=person, about="SO0312", state="queued")
    await Notice.filter(id=notice.id).update(state="accepted", settled_at=notice.created_at)
    await Attempt.create(
        notice=notice, door="official", way="official_template", outcome="accepted", platform_id=platform_id,
        started_at=notice.created_at,
    )  # fmt: skip
    return notice


@pytest.mark.push("official event templatesendjobfinish", "official event subscribe_msg_sent_event")
@pytest.mark.push("miniprogram event subscribe_msg_sent_event")
@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("official event templatesendjobfinish", {"Status": "success"}, {"Status": "failed: system failed"}),
        (
            "official event subscribe_msg_sent_event",
            {},
            {"SubscribeMsgSentEvent": {"List": {"TemplateId": "T", "MsgID": "170", "ErrorCode": "1", "ErrorStatus": "user reject"}}},
        ),
        (
            "miniprogram event subscribe_msg_sent_event",
            {},
            {"List": {"TemplateId": "T", "MsgID": "170", "ErrorCode": "1", "ErrorStatus": "user reject"}},
        ),
    ],
)  # fmt: skip
async def test_a_report_marks_the_attempt_or_sends_the_notice_on(door: Door, key: str, good: dict, bad: dict) -> None:
    notice = await attempted("C001", "170")
    assert await door.push(key, **good) == "success"
    attempt = await Attempt.get(notice=notice)
    assert attempt.arrived_at is not None and attempt.outcome == "accepted"
    await notice.refresh_from_db()
    assert notice.state == "accepted"
    assert await door.push(key, **bad, CreateTime=int(time.time()) + 1) == "success"
    await attempt.refresh_from_db()
    await notice.refresh_from_db()
    assert (attempt.outcome, attempt.code, notice.state) == ("refused", "reported", "queued")
    assert "微信回报" in notice.reason


@pytest.mark.push("work event change_contact/create_party", "work event change_contact/update_party")
@pytest.mark.push("work event change_contact/delete_party", "work event change_contact/create_user")
@pytest.mark.push("work event change_contact/update_user", "work event change_contact/delete_user")
async def test_the_address_book_keeps_employees_and_departments_in_step(door: Door) -> None:
    contact = "work event change_contact/{}".format
    await door.push(contact("create_party"), Id="2")
    await door.push(contact("create_party"), Id="3", Name="仓库", ParentId="2")
    assert await Department.filter(name="仓库").count() == 1
    await door.push(contact("update_party"), Id="2")
    assert (await (await WorkParty.get(party_id=2)).department).name == "国际部"

    for _ in range(2):
        await door.push(contact("create_user"))
    newbie = await (await here("work", "newbie")).person
    boss = await Person.get(number="E002")
    party = await WorkParty.get(party_id=2)
    assert (newbie.name, newbie.roles, newbie.superior_id, newbie.department_id) == (
        "新人",
        [],
        boss.id,
        party.department_id,
    )
    told = await Notice.filter(kind="staff.joined").select_related("receiver")
    assert [each.receiver.number for each in told] == ["E001"]
    refusal = await door.push("work text", who="newbie", Content="待审批")
    assert "您还没有角色，先请管理员定好。发 ? 看找谁" in refusal

    await door.push(contact("update_user"), UserID="newbie", NewUserID="veteran", MainDepartment="3", Name="老人")
    await newbie.refresh_from_db()
    warehouse = await Department.get(name="仓库")
    assert (newbie.name, newbie.department_id) == ("老人", warehouse.id)
    assert (await here("work", "veteran")).person_id == newbie.id
    assert not await Conversation.filter(external_id="newbie").exists()

    await door.push(contact("delete_party"), Id="3")
    assert not await WorkParty.filter(party_id=3).exists()
    assert await Department.filter(name="仓库").exists()


async def test_the_address_books_own_key_opens_what_it_sends(
    database: str, aiohttp_client: Callable[..., Awaitable[TestClient]]
) -> None:
    own = {"contacts_token": "contacts", "contacts_aes_key": WORK["aes_key"][::-1]}
    made = Settings(_env_file=None, work={**WORK, **own})
    client = await aiohttp_client(make_app(made, database=False, jobs=False))
    book = {"token": own["contacts_token"], "aes_key": own["contacts_aes_key"]}
    key = "work event change_contact/create_party"
    for platform, status in (
        (book, 200),
        (WORK, 200),
        ({**book, "token": "other"}, 403),
        ({**WORK, "token": "x"}, 403),
    ):
        envelope = Envelope(platform["token"], WORK["corp_id"], platform["aes_key"])
        aes = json.loads(envelope.seal(body(key), timestamp=1, nonce="n1", as_json=True))["Encrypt"]
        wrapped = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{aes}]]></Encrypt></xml>"
        assert (await send(client, "/wechat/work", signed(platform, aes=aes), wrapped))[0] == status
    assert (await (await WorkParty.get(party_id=7)).department).name == "外贸部"


async def test_who_left_speaks_for_nobody_and_what_was_due_to_them_is_not_lost(door: Door) -> None:
    person = await Person.get(number="E003")
    boss = person.superior_id
    await tell("order.delivered", about="SO0312", facts={"number": "SO0312"}, salesperson=[person.id])
    await door.push("work event change_contact/delete_user")
    await person.refresh_from_db()
    assert not person.active
    assert not await Conversation.filter(person_id=person.id).exists()
    assert "还没有绑定" in await door.push("work text", who="liting", Content="我的订单")
    due = await Notice.get(receiver=person, kind="order.delivered", about="SO0312", state=NoticeState.queued.value)
    assert due.answerable_id == boss
    assert await Customer.filter(owner_id=person.id).count() > 0


@pytest.mark.push("work event change_external_contact/add_external_contact")
@pytest.mark.push("work event change_external_contact/add_half_external_contact")
@pytest.mark.push("work event change_external_contact/del_external_contact")
@pytest.mark.push("work event change_external_contact/del_follow_user")
@pytest.mark.parametrize(
    ("added", "dropped"),
    [("add_external_contact", "del_external_contact"), ("add_half_external_contact", "del_follow_user")],
)
async def test_a_contact_belongs_to_the_employee_they_added(door: Door, added: str, dropped: str) -> None:
    contact = await Person.get(number="C001")
    employee = await Person.get(number="E003")
    await Customer.filter(id=contact.customer_id).update(owner_id=None)
    for _ in range(2):
        await door.push(f"work event change_external_contact/{added}")
    bound = await ExternalContact.get()
    assert (bound.external_id, bound.employee_id, bound.person_id) == ("wmEXT1", employee.id, contact.id)
    assert (await Customer.get(id=contact.customer_id)).owner_id == employee.id
    # Whoever is added later does not take the customer away.
    await door.push(f"work event change_external_contact/{added}", UserID="zhaomin")
    assert (await Customer.get(id=contact.customer_id)).owner_id == employee.id
    await door.push(f"work event change_external_contact/{dropped}")
    await bound.refresh_from_db()
    assert bound.ended_at is not None
    assert (await Customer.get(id=contact.customer_id)).owner_id == employee.id


async def test_the_address_books_name_belongs_to_nobody(door: Door) -> None:
    """`sys` speaks for the platform; whoever were bound to that name could hear what it does."""
    await door.push("work event change_contact/update_user")
    assert (await here("work", "sys")).person_id is None
    await bind("work", "liting", (await Person.get(number="E003")).id)
    assert "小李" in await door.push("work text", who="liting")
