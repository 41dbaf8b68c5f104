"""What a phone or the company does, and what the backend hears of it."""

from typing import Any

import pytest

from tests.emulator.simkit import MINI_ID, Sim, settings

PICTURES = {"type": "pic_photo_or_album", "name": "拍照", "key": "photo"}
PLACE = {"type": "location_select", "name": "位置", "key": "place"}
CAMERA = {"type": "scancode_waitmsg", "name": "扫码", "key": "scan"}
MINI = {"type": "miniprogram", "name": "小店", "appid": MINI_ID, "pagepath": "pages/order", "url": "https://e.com/"}


@pytest.fixture
async def menu(sim: Sim) -> Sim:
    buttons = [{"name": "更多", "sub_button": [PICTURES, PLACE, CAMERA, MINI]}]
    assert (await sim.call("official", "/cgi-bin/menu/create", {"button": buttons}))["errcode"] == 0
    return sim


async def pushed(sim: Sim, gesture: str, /, **body: Any) -> dict[str, Any]:
    """The fields of the newest push after this gesture."""
    await sim.sim(gesture, **{"door": "official", "person": "P1", "wait": 0, **body})
    return sim.backend.pushes[-1].fields


async def test_pictures_of_a_menu_are_counted_and_come_one_by_one(menu: Sim) -> None:
    await pushed(menu, "menu", key="拍照", count=2)
    event, first, second = (push.fields for push in menu.backend.pushes)
    assert (event["Event"], event["SendPicsInfo"]["Count"]) == ("pic_photo_or_album", "2")
    sums = [each["PicMd5Sum"] for each in event["SendPicsInfo"]["PicList"]["item"]]
    assert len(set(sums)) == 2
    assert (first["MsgType"], second["MsgType"]) == ("image", "image")
    media = await menu.client.get("/cgi-bin/media/get", params=await grant(menu, first["MediaId"]))
    assert (await media.read()).startswith(b"\x89PNG")


async def grant(sim: Sim, media_id: str) -> dict[str, str]:
    return {"access_token": await sim.token("official"), "media_id": media_id}


async def test_a_place_of_a_menu(menu: Sim) -> None:
    fields = await pushed(menu, "menu", key="place", latitude=30.2, longitude=120.1, label="仓库", poiname="西门")
    info = fields["SendLocationInfo"]
    assert (info["Location_X"], info["Location_Y"], info["Label"], info["Poiname"]) == (
        "30.2",
        "120.1",
        "仓库",
        "西门",
    )


async def test_a_camera_of_a_menu_needs_something_to_see(menu: Sim) -> None:
    assert await menu.status("menu", door="official", person="P1", key="scan") == 409
    fields = await pushed(menu, "menu", key="scan", text="6901234567892", type="barcode")
    assert (fields["Event"], fields["EventKey"]) == ("scancode_waitmsg", "scan")
    assert fields["ScanCodeInfo"] == {"ScanType": "barcode", "ScanResult": "CODE_128,6901234567892"}


async def test_a_mini_program_of_a_menu(menu: Sim) -> None:
    fields = await pushed(menu, "menu", key="小店")
    assert (fields["Event"], fields["EventKey"]) == ("view_miniprogram", "pages/order") and fields["MenuId"]


async def test_a_voice_may_be_understood_or_not(sim: Sim) -> None:
    assert (await pushed(sim, "voice", recognition="查库存"))["Recognition"] == "查库存"
    assert "Recognition" not in await pushed(sim, "voice")
    assert await sim.shown("official", "P1") == ["[语音] 查库存", "[语音]"]


async def test_wecom_hears_no_words_and_the_phone_does_not_look_as_if_it_did(sim: Sim) -> None:
    push = await pushed(sim, "voice", door="work", recognition="查库存")
    assert push["MsgType"] == "voice" and "Recognition" not in push
    assert await sim.shown("work", "P1") == ["[语音]"]
    async with sim.client.get("/") as response:
        assert "语音识别只有公众号有" in await response.text()


async def test_files_videos_and_shared_pages(sim: Sim) -> None:
    file = await pushed(sim, "file", name="收据.txt", text="¥100")
    assert (file["MsgType"], file["Title"], file["FileTotalLen"]) == ("file", "收据.txt", "5")
    got = await sim.client.get("/cgi-bin/media/get", params=await grant(sim, file["MediaId"]))
    assert (await got.read()).decode() == "¥100"
    video = await pushed(sim, "video")
    assert video["MsgType"] == "video" and video["ThumbMediaId"] != video["MediaId"]
    assert (await pushed(sim, "video", short=True))["MsgType"] == "shortvideo"
    link = await pushed(sim, "share", title="报价", url="https://example.com/")
    assert (link["MsgType"], link["Title"], link["Url"]) == ("link", "报价", "https://example.com/")


async def test_a_picture_of_ones_own(sim: Sim) -> None:
    fields = await pushed(sim, "image", base64="/9g=")
    got = await sim.client.get("/cgi-bin/media/get", params=await grant(sim, fields["MediaId"]))
    assert (await got.read(), got.content_type) == (b"\xff\xd8", "image/jpeg")
    assert await sim.status("image", door="official", person="P1", base64="?") == 400


@pytest.mark.parametrize(
    ("gesture", "more"),
    [
        ("voice", {}),
        ("file", {"name": "a.pdf"}),
        ("location", {"label": "仓库"}),
        ("share", {"title": "t", "url": "https://a.cn"}),
    ],
)
async def test_a_mini_programs_session_takes_words_and_pictures_only(
    sim: Sim, gesture: str, more: dict[str, str]
) -> None:
    assert await sim.status(gesture, door="miniprogram", person="P1", **more) == 400
    assert (await pushed(sim, "image", door="miniprogram"))["MsgType"] == "image"
    assert (await pushed(sim, "text", door="miniprogram", text="在吗"))["MsgType"] == "text"


async def test_entering_a_conversation(sim: Sim) -> None:
    assert (await pushed(sim, "enter", door="work"))["Event"] == "enter_agent"
    assert (await pushed(sim, "enter", door="miniprogram"))["Event"] == "user_enter_tempsession"
    place = await pushed(sim, "enter", latitude=30.2, longitude=120.1)
    assert (place["Event"], place["Latitude"], place["Precision"]) == ("LOCATION", "30.2", "30.0")
    assert await sim.status("enter", door="official", person="P1") == 400


MINE = {"id": "M1", "title": "订单状态", "fields": {"character_string1": "单号", "phrase2": "状态"}}


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_a_popup_with_several_templates_is_a_list(make_sim: Any, form: str) -> None:
    sim = await make_sim(miniprogram={"templates": [MINE, MINE | {"id": "M2"}], "format": form})
    await sim.sim("subscribe", person="P1", accept={"M1": True, "M2": False})
    fields = sim.backend.pushes[0].fields
    listed = (fields if form == "json" else fields["SubscribeMsgPopupEvent"])["List"]
    assert [(each["TemplateId"], each["SubscribeStatusString"]) for each in listed] == [
        ("M1", "accept"),
        ("M2", "reject"),
    ]


async def test_switching_a_template_off_voids_what_was_accepted(sim: Sim) -> None:
    await sim.sim("subscribe", person="P1", template="M1")
    fields = await pushed(sim, "unsubscribe", door="miniprogram", template="M1")
    assert (fields["Event"], fields["List"]["SubscribeStatusString"]) == ("subscribe_msg_change_event", "reject")
    data = {"character_string1": {"value": "SO1"}, "phrase2": {"value": "已发货"}}
    body = {"touser": "m_1", "template_id": "M1", "data": data}
    assert (await sim.call("miniprogram", "/cgi-bin/message/subscribe/send", body))["errcode"] == 43101


async def test_a_template_message_that_was_switched_off_is_refused(sim: Sim) -> None:
    fields = await pushed(sim, "unsubscribe", template="T1")
    assert fields["SubscribeMsgChangeEvent"]["List"]["TemplateId"] == "T1"
    data = {"thing1": {"value": "螺栓"}, "time2": {"value": "15:01"}}
    body = {"touser": "o_1", "template_id": "T1", "data": data}
    assert (await sim.call("official", "/cgi-bin/message/template/send", body))["errcode"] == 43101


async def test_members_come_change_and_go(sim: Sim) -> None:
    await sim.sim("contact", userid="zhao", name="小赵")
    made = sim.backend.pushes[-1].fields
    assert (made["Event"], made["ChangeType"], made["UserID"]) == ("change_contact", "create_user", "zhao")
    assert made["FromUserName"] == "sys" and "AgentID" not in made and "Name" not in made
    assert (await sim.work_text("zhao", "你好"))["errcode"] == 0
    await sim.sim("contact", userid="zhao", new_userid="zhaoyi")
    assert (sim.backend.pushes[-1].fields["ChangeType"], sim.backend.pushes[-1].fields["NewUserID"]) == (
        "update_user",
        "zhaoyi",
    )
    assert (await sim.work_text("zhao", "你好"))["errcode"] == 81013
    await sim.sim("contact", userid="zhaoyi", leave=True)
    assert sim.backend.pushes[-1].fields["ChangeType"] == "delete_user"
    assert (await sim.ask("work", "/cgi-bin/user/get", userid="zhaoyi"))["errcode"] == 60111
    assert await sim.status("contact", userid="ghost", leave=True) == 404


async def test_departments_come_change_and_go(sim: Sim) -> None:
    for body, change in (
        ({"department": 7, "name": "质检"}, "create_party"),
        ({"department": 7, "name": "质检部"}, "update_party"),
        ({"department": 7, "leave": True}, "delete_party"),
    ):
        await sim.sim("contact", **body)
        fields = sim.backend.pushes[-1].fields
        assert (fields["ChangeType"], fields["Id"]) == (change, "7")
    assert await sim.status("contact", department=7, leave=True) == 404


@pytest.fixture
async def shop(make_sim: Any) -> Sim:
    customer = {"id": "C1", "name": "老陈", "official": "o_c", "external": "wm_c"}
    sim: Sim = await make_sim(people=[*settings()["people"], customer])
    return sim


WELCOME = "/cgi-bin/externalcontact/send_welcome_msg"


async def add(sim: Sim) -> dict[str, Any]:
    await sim.sim("customer", person="C1", member="liting", state="card-7")
    fields: dict[str, Any] = sim.backend.pushes[-1].fields
    return {"welcome_code": fields["WelcomeCode"], "text": {"content": "欢迎"}}


async def test_a_new_customer_is_welcomed_once(shop: Sim) -> None:
    welcome = await add(shop)
    fields = shop.backend.pushes[-1].fields
    assert (fields["Event"], fields["ChangeType"]) == ("change_external_contact", "add_external_contact")
    assert (fields["UserID"], fields["ExternalUserID"], fields["State"]) == ("LiTing", "wm_c", "card-7")
    assert (await shop.call("work", WELCOME, welcome))["errcode"] == 0
    assert await shop.shown("work", "P1") == ["[欢迎语] 老陈：欢迎"]
    assert (await shop.call("work", WELCOME, welcome))["errcode"] == 41050


async def test_a_welcome_is_late_after_twenty_seconds(shop: Sim) -> None:
    welcome = await add(shop)
    await shop.sim("clock", forward=20)
    assert (await shop.call("work", WELCOME, welcome))["errcode"] == 41050


async def test_a_welcome_is_too_late_once_the_chat_has_begun(shop: Sim) -> None:
    welcome = await add(shop)
    await shop.sim("customer", person="C1", member="liting", act="write")
    assert (await shop.call("work", WELCOME, welcome))["errcode"] == 41051


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": {}}, 40058),
        ({"text": {"content": "字" * 1334}}, 40058),
        ({"attachments": [{"msgtype": "link", "link": {"title": "t", "url": "https://e.com/"}}] * 10}, 40058),
        ({"attachments": [{"msgtype": "poem"}]}, 40058),
        ({"attachments": [{"msgtype": "link", "link": {"title": "t"}}]}, 40058),
        ({"attachments": [{"msgtype": "link", "link": {"title": "t", "url": "e.com"}}]}, 45034),
        ({"attachments": [{"msgtype": "image", "image": {"pic_url": "e.com/a.png"}}]}, 45034),
        ({"attachments": [{"msgtype": "miniprogram", "miniprogram": {"title": "t"}}]}, 40058),
    ],
)
async def test_a_refused_welcome_leaves_the_code_unused(shop: Sim, changes: dict[str, Any], code: int) -> None:
    welcome = await add(shop)
    assert (await shop.call("work", WELCOME, welcome | changes))["errcode"] == code
    assert (await shop.call("work", WELCOME, welcome))["errcode"] == 0


@pytest.mark.parametrize(
    ("act", "change"),
    [
        ("half", "add_half_external_contact"),
        ("edit", "edit_external_contact"),
        ("delete", "del_external_contact"),
        ("leave", "del_follow_user"),
        ("fail", "transfer_fail"),
    ],
)
async def test_other_things_between_a_customer_and_a_member(shop: Sim, act: str, change: str) -> None:
    await add(shop)
    await shop.sim("customer", person="C1", member="liting", act=act)
    assert shop.backend.pushes[-1].fields["ChangeType"] == change
    known = await shop.ask("work", "/cgi-bin/externalcontact/get", external_userid="wm_c")
    assert known["errcode"] == (84061 if act in ("delete", "leave") else 0)


async def test_the_end_of_a_job(sim: Sim) -> None:
    await sim.sim("job", type="replace_party", id="j-1", code=60003, words="party not found")
    job = sim.backend.pushes[-1].fields["BatchJob"]
    assert job == {"JobId": "j-1", "JobType": "replace_party", "ErrCode": "60003", "ErrMsg": "party not found"}
    assert await sim.status("job", type="nothing") == 400
