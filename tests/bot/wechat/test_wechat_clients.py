"""What each typed call puts on the wire and makes of the answer."""

import base64
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from wechat_server import wechat
from wechatpy.crypto import WeChatWxaCrypto

from bot.wechat.cards import Button, button_interaction
from bot.wechat.envelope import Malformed
from bot.wechat.errors import NoAnswer, Reaction, WeChatError
from bot.wechat.fields import FieldValue, Template, Unfit
from bot.wechat.miniprogram import MiniProgramClient, Session, open_user_data
from bot.wechat.official import Follower, OfficialClient, QrCode
from bot.wechat.work import Agent, Member, SendResult, WorkClient

KNOWN = json.loads((Path(__file__).parent / "fixtures" / "known_answers.json").read_text())
USER_DATA = KNOWN["miniprogram"][0]
SEND = "/cgi-bin/message/send"


async def test_official_text_is_cut_and_sent() -> None:
    async with wechat() as world:
        await OfficialClient(world.transport, world.app()).send_text("o1", "好" * 1000)
        body = world.server.to("/cgi-bin/message/custom/send")[0].json
        assert (body["touser"], body["msgtype"]) == ("o1", "text")
        assert body["text"]["content"] == "好" * 681 + "…"


async def test_official_template_carries_fitted_values_and_only_what_was_given() -> None:
    async with wechat() as world:
        path = "/cgi-bin/message/template/send"
        world.server.put(path, {"errcode": 0, "msgid": 200})
        client = OfficialClient(world.transport, world.app())
        data: dict[str, FieldValue] = {"thing1": "x" * 30, "amount2": Decimal("12.5"), "date3": date(2026, 12, 2)}
        mini = {"appid": "wx2", "pagepath": "pages/order"}
        assert await client.send_template("o1", "t1", data, "https://x", mini, "n-7") == "200"
        await client.send_template("o1", "t1", {"thing1": "y"})
        fitted = {
            "thing1": {"value": "x" * 19 + "…"},
            "amount2": {"value": "¥12.50"},
            "date3": {"value": "2026年12月2日"},
        }
        full = {"touser": "o1", "template_id": "t1", "data": fitted, "url": "https://x", "miniprogram": mini}
        bare = {"touser": "o1", "template_id": "t1", "data": {"thing1": {"value": "y"}}}
        assert [call.json for call in world.server.to(path)] == [full | {"client_msg_id": "n-7"}, bare]


async def test_a_value_that_does_not_fit_is_found_before_the_call() -> None:
    async with wechat() as world:
        with pytest.raises(Unfit):
            await OfficialClient(world.transport, world.app()).send_template("o1", "t1", {"time1": "明天"})
        assert world.server.calls == []


async def test_official_closed_window_asks_for_another_door() -> None:
    async with wechat() as world:
        world.server.put("/cgi-bin/message/custom/send", {"errcode": 45015, "errmsg": "response out of time limit"})
        with pytest.raises(WeChatError) as caught:
            await OfficialClient(world.transport, world.app()).send_text("o1", "好")
        assert caught.value.reaction is Reaction.OTHER_DOOR


async def test_official_lookups() -> None:
    async with wechat() as world:
        client = OfficialClient(world.transport, world.app())
        world.server.put("/cgi-bin/user/info", {"subscribe": 1, "openid": "o1", "unionid": " u1", "qr_scene_str": "s"})
        assert await client.user_info("o1") == Follower("o1", True, "u1", "", "s")
        world.server.put("/cgi-bin/user/info", {"subscribe": 0, "openid": "o2"})
        assert await client.user_info("o2") == Follower("o2", False, "", "", "")
        world.server.put("/cgi-bin/getcallbackip", {"ip_list": ["1.2.3.4", "101.226.103.*"]})
        assert await client.callback_ips() == ["1.2.3.4", "101.226.103.*"]
        world.server.put("/cgi-bin/media/get", b"\xff\xd8")
        assert await client.media("m1") == b"\xff\xd8"
        row = {
            "template_id": "t1",
            "title": "发货",
            "content": "订单号:{{character_string1.DATA}}\n状态：{{phrase2.DATA}}",
        }
        world.server.put("/cgi-bin/template/get_all_private_template", {"template_list": [row]})
        assert await client.templates() == [Template("t1", "发货", {"character_string1": "订单号", "phrase2": "状态"})]


async def test_official_qr_codes() -> None:
    async with wechat() as world:
        client = OfficialClient(world.transport, world.app())
        path = "/cgi-bin/qrcode/create"
        world.server.put(path, {"ticket": "a+b=", "url": "http://weixin.qq.com/q/1"}, {"ticket": "p", "url": "u"})
        # The platform shows codes at a host of its own; elsewhere the address is that of the API.
        image = f"{world.app().api_base}cgi-bin/showqrcode?ticket=a%2Bb%3D"
        assert await client.create_qrcode("bind-7", 600) == QrCode("a+b=", "http://weixin.qq.com/q/1", image)
        await client.create_qrcode("bind-7", None)
        scene = {"action_info": {"scene": {"scene_str": "bind-7"}}}
        assert [call.json for call in world.server.to(path)] == [
            scene | {"action_name": "QR_STR_SCENE", "expire_seconds": 600},
            scene | {"action_name": "QR_LIMIT_STR_SCENE"},
        ]
        with pytest.raises(ValueError, match="scene"):
            await client.create_qrcode("x" * 65)


async def test_work_text_names_those_who_did_not_get_it() -> None:
    async with wechat() as world:
        client = WorkClient(world.transport, world.app("work"), 1000002)
        answer = {"errcode": 0, "invaliduser": "zhangsan|ghost", "unlicenseduser": "lisi", "msgid": "m1"}
        world.server.put(SEND, answer)
        result = await client.send_text(["ZhangSan", "LiSi", "WangWu"], "好", duplicate_check_s=600)
        missed = frozenset({"ZhangSan", "LiSi", "ghost"})
        assert result == SendResult("m1", "", missed, unlicensed=frozenset({"LiSi"}))
        assert world.server.to(SEND)[0].json == {
            "touser": "ZhangSan|LiSi|WangWu",
            "agentid": 1000002,
            "msgtype": "text",
            "text": {"content": "好"},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 600,
        }


async def test_work_without_any_valid_receiver_is_unreachable() -> None:
    async with wechat() as world:
        world.server.put(SEND, {"errcode": 81013, "errmsg": "all invalid"})
        with pytest.raises(WeChatError) as caught:
            await WorkClient(world.transport, world.app("work"), 1).send_text(["x"], "好")
        assert caught.value.reaction is Reaction.UNREACHABLE


@pytest.mark.parametrize("userids", [[], [""], ["a|b"], ["@all"], ["x"] * 1001, "abc"])
async def test_work_receivers_are_checked(userids: list[str]) -> None:
    async with wechat() as world:
        client = WorkClient(world.transport, world.app("work"), 1)
        with pytest.raises(ValueError, match="userid"):
            await client.send_text(userids, "好")
        with pytest.raises(ValueError, match="userid"):
            await client.update_card("r", userids, replace_name="x")
        assert world.server.calls == []


async def test_work_card_is_sent_and_updated() -> None:
    async with wechat() as world:
        client = WorkClient(world.transport, world.app("work"), 1)
        card = button_interaction(
            title="折扣审批", task_id="AP0019", buttons=[Button("同意", "yes"), Button("驳回", "no", 2)]
        )
        world.server.put(SEND, {"errcode": 0, "msgid": "m", "response_code": "r1"})
        assert await client.send_card(["E1"], card) == SendResult("m", "r1", frozenset())
        sent = world.server.to(SEND)[0].json
        assert (sent["msgtype"], sent["template_card"]) == ("template_card", card)
        path = "/cgi-bin/message/update_template_card"
        world.server.put(path, {"errcode": 0, "invaliduser": ["e1"]})
        assert await client.update_card("r1", ["E1"], replace_name="已同意") == frozenset({"E1"})
        assert await client.update_card("r2", None, card=card) == frozenset()
        assert [call.json for call in world.server.to(path)] == [
            {"agentid": 1, "response_code": "r1", "userids": ["E1"], "button": {"replace_name": "已同意"}},
            {"agentid": 1, "response_code": "r2", "atall": 1, "template_card": card},
        ]
        with pytest.raises(ValueError, match="either"):
            await client.update_card("r3", None)


async def test_work_lookups_and_menu() -> None:
    async with wechat() as world:
        client = WorkClient(world.transport, world.app("work"), 7)
        world.server.put("/cgi-bin/user/get", {"errcode": 0, "userid": "E1", "department": [1, 2], "status": 1})
        assert await client.get_user("E1") == Member("E1", "", (1, 2), True, 1, "", "1")
        agent = {"name": "聊单", "allow_userinfos": {"user": [{"userid": "E1"}]}, "allow_partys": {"partyid": [1]}}
        world.server.put("/cgi-bin/agent/get", agent | {"errcode": 0, "close": 0})
        assert await client.get_agent() == Agent("聊单", False, ("E1",), (1,))
        world.server.put("/cgi-bin/getcallbackip", {"errcode": 0, "ip_list": ["1.2.3.4"]})
        assert await client.callback_ips() == ["1.2.3.4"]
        world.server.put("/cgi-bin/media/get", b"\xff\xd8")
        assert await client.media("m1") == b"\xff\xd8"
        await client.create_menu([{"type": "click", "name": "审批", "key": "approvals"}])
        menu = world.server.to("/cgi-bin/menu/create")[0]
        assert (menu.query["agentid"], menu.json["button"][0]["key"]) == ("7", "approvals")


async def test_login_needs_no_token_and_hides_the_session_key() -> None:
    async with wechat() as world:
        world.server.put("/sns/jscode2session", {"openid": "o1", "session_key": "KEY=="})
        session = await MiniProgramClient(world.transport, world.app("miniprogram")).login("c1")
        assert session == Session("o1", "", "KEY==")
        assert "KEY" not in repr(session)
        assert [call.path for call in world.server.calls] == ["/sns/jscode2session"]
        expected = {"appid": "wx1", "secret": "S3CRET", "js_code": "c1", "grant_type": "authorization_code"}
        assert world.server.calls[0].query == expected


async def test_a_login_answer_without_openid_is_no_login() -> None:
    async with wechat() as world:
        client = MiniProgramClient(world.transport, world.app("miniprogram"))
        with pytest.raises(NoAnswer):
            await client.login("c1")
        with pytest.raises(NoAnswer):
            await client.phone_number("c2")


@pytest.mark.parametrize("code", [40029, 40163, 40226])
async def test_a_refused_login_is_tried_once(code: int) -> None:
    async with wechat() as world:
        world.server.put("/sns/jscode2session", {"errcode": code, "errmsg": "invalid code"})
        with pytest.raises(WeChatError) as caught:
            await MiniProgramClient(world.transport, world.app("miniprogram")).login("c1")
        assert (caught.value.reaction, len(world.server.calls)) == (Reaction.GIVE_UP, 1)


async def test_phone_number_subscription_and_templates() -> None:
    async with wechat() as world:
        client = MiniProgramClient(world.transport, world.app("miniprogram"))
        phone = {"phoneNumber": "+8613800000000", "purePhoneNumber": "13800000000", "countryCode": 86}
        world.server.put("/wxa/business/getuserphonenumber", {"errcode": 0, "phone_info": phone})
        assert await client.phone_number("c2") == "13800000000"
        await client.send_subscription("o1", "t1", "pages/order?no=SO1105", {"phrase1": "已发货"}, "trial")
        assert world.server.to("/cgi-bin/message/subscribe/send")[0].json == {
            "touser": "o1",
            "template_id": "t1",
            "page": "pages/order?no=SO1105",
            "data": {"phrase1": {"value": "已发货"}},
            "miniprogram_state": "trial",
            "lang": "zh_CN",
        }
        row = {"priTmplId": "t1", "title": "发货", "content": "状态:{{phrase1.DATA}}\n"}
        enum = {"keywordCode": "phrase1.DATA", "enumValueList": ["已发货", "已签收"]}
        world.server.put(
            "/wxaapi/newtmpl/gettemplate", {"errcode": 0, "data": [row | {"keywordEnumValueList": [enum]}]}
        )
        expected = Template("t1", "发货", {"phrase1": "状态"}, {"phrase1": ("已发货", "已签收")})
        assert await client.templates() == [expected]


async def test_wxacode_is_a_picture_or_an_error() -> None:
    async with wechat() as world:
        client, path = MiniProgramClient(world.transport, world.app("miniprogram")), "/wxa/getwxacodeunlimit"
        world.server.put(path, b"\xff\xd8", {"errcode": 41030, "errmsg": "invalid page"})
        assert await client.wxacode("o=SO1105", "/pages/order") == b"\xff\xd8"
        body = {"scene": "o=SO1105", "page": "pages/order", "env_version": "release", "check_path": True}
        assert world.server.to(path)[0].json == body
        with pytest.raises(WeChatError) as caught:
            await client.wxacode("o=SO1105", "pages/none")
        assert caught.value.reaction is Reaction.ALARM
        for scene in ("", "库", "a%20", "x" * 33):
            with pytest.raises(ValueError, match="scene"):
                await client.wxacode(scene, "pages/order")


def test_published_user_data_opens_as_with_wechatpy() -> None:
    key, iv, data = USER_DATA["session_key"], USER_DATA["iv"], USER_DATA["encrypted_data"]
    opened = open_user_data(key, iv, data, USER_DATA["appid"])
    assert opened == USER_DATA["expect"]["json"]
    assert opened == WeChatWxaCrypto(key, iv, USER_DATA["appid"]).decrypt_message(data)


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("appid", "wx0"),
        ("session_key", base64.b64encode(b"x" * 16).decode()),
        ("session_key", "AA=="),
        ("iv", "AA=="),
        ("encrypted_data", "AAAA"),
        ("encrypted_data", "é"),
    ],
)
def test_user_data_that_is_not_ours_is_malformed(changed: str, value: str) -> None:
    case = USER_DATA | {changed: value}
    with pytest.raises(Malformed):
        open_user_data(case["session_key"], case["iv"], case["encrypted_data"], case["appid"])
