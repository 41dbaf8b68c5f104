"""Every call of every client: what goes over the wire, to the letter, and what is made of the documented answer."""

import hashlib
import inspect
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from types import ModuleType
from typing import Any
from unittest.mock import ANY

import pytest
from aiohttp import web
from wechat_server import World, wechat

from bot.wechat import (
    miniprogram,
    official,
    officialmenus,
    officialweb,
    work,
    workapprovals,
    workcontacts,
    workcustomers,
    workrobot,
    workweb,
)
from bot.wechat.cards import Button, button_interaction, text_notice
from bot.wechat.errors import NoAnswer, Reaction, WeChatError
from bot.wechat.fields import Template
from bot.wechat.messages import Article, MiniPage, image, text
from bot.wechat.miniprogram import MiniProgramClient, Scene, Session, Verdict
from bot.wechat.official import Follower, OfficialClient, QrCode, Quota
from bot.wechat.officialmenus import Conditional, Menus, OfficialMenus, OfficialTags, Tag
from bot.wechat.officialweb import ForeignPage, OfficialWeb, WebLogin, WebUser, js_signature
from bot.wechat.transport import App
from bot.wechat.work import Agent, SendResult, WorkClient
from bot.wechat.workapprovals import (
    ApprovalDetail,
    Approvals,
    ApprovalStatus,
    Decision,
    Relation,
    Step,
    read_detail,
    relation,
)
from bot.wechat.workcontacts import ContactsClient, Member, WorkDepartment
from bot.wechat.workcustomers import Customer, CustomersClient, Follow, page_link
from bot.wechat.workrobot import EVERYBODY, Robot
from bot.wechat.workweb import Visitor, WorkWeb

OK = {"errcode": 0, "errmsg": "ok"}
BUTTON = {"type": "click", "name": "库存", "key": "查库存"}
CARD = button_interaction(title="折扣审批", task_id="AP0019", buttons=[Button("同意", "yes"), Button("驳回", "no", 2)])
NOTICE = text_notice(title="停机", url="https://erp.example/1")
LOGIN = WebLogin("o1", "u1", "snsapi_userinfo", False, "web-token", "again")
SESSION = Session("o1", "", "tiihtNczf5v6AKRyjwEUhQ==")


@dataclass
class Wire:
    """One request and its answer; the token is checked apart."""

    path: str
    answer: Any = field(default_factory=lambda: OK)
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    token: bool = True
    method: str = ""
    holds: Sequence[bytes] = ()

    @property
    def verb(self) -> str:
        return self.method or ("GET" if self.body is None and not self.holds else "POST")


@dataclass
class Case:
    """A call by its name, how it is made, and what it becomes."""

    call: str
    make: Callable[[Any], Awaitable[Any]]
    wires: list[Wire]
    result: Any = None


def made(name: str, world: World) -> Any:
    """A client of a class."""
    if name == "Robot":
        return Robot(world.transport, world.app("work"), "robot-key")
    classes: dict[str, Any] = {each.__name__: each for each in CLIENTS}
    platform = "miniprogram" if name == "MiniProgramClient" else "official" if name.startswith("Official") else "work"
    extra = (7,) if name in ("WorkClient", "WorkWeb") else ()
    return classes[name](world.transport, world.app(platform), *extra)  # type: ignore[arg-type]


CLIENTS = (
    OfficialClient, OfficialMenus, OfficialTags, OfficialWeb, WorkClient, WorkWeb, Approvals, ContactsClient,
    CustomersClient, Robot, MiniProgramClient,
)  # fmt: skip

OFFICIAL = [
    Case(
        "OfficialClient.send_text",
        lambda c: c.send_text("o1", "好"),
        [Wire("/cgi-bin/message/custom/send", body={"touser": "o1", "msgtype": "text", "text": {"content": "好"}})],
    ),
    Case(
        "OfficialClient.send",
        lambda c: c.send("o1", image("m1"), speaker="a@gh"),
        [
            Wire(
                "/cgi-bin/message/custom/send",
                body={
                    "touser": "o1",
                    "msgtype": "image",
                    "image": {"media_id": "m1"},
                    "customservice": {"kf_account": "a@gh"},
                },
            )
        ],
    ),
    Case(
        "OfficialClient.typing",
        lambda c: c.typing("o1", on=False),
        [Wire("/cgi-bin/message/custom/typing", body={"touser": "o1", "command": "CancelTyping"})],
    ),
    Case(
        "OfficialClient.send_template",
        lambda c: c.send_template("o1", "t1", {"amount1": Decimal("12.5")}, client_msg_id="n1"),
        [
            Wire(
                "/cgi-bin/message/template/send",
                OK | {"msgid": 200228332},
                {"touser": "o1", "template_id": "t1", "data": {"amount1": {"value": "¥12.50"}}, "client_msg_id": "n1"},
            )
        ],
        "200228332",
    ),
    Case(
        "OfficialClient.send_subscription",
        lambda c: c.send_subscription("o1", "t1", {"thing1": "螺栓"}, page="https://x", mini_page=MiniPage("wx2", "p")),
        [
            Wire(
                "/cgi-bin/message/subscribe/bizsend",
                body={
                    "touser": "o1",
                    "template_id": "t1",
                    "data": {"thing1": {"value": "螺栓"}},
                    "page": "https://x",
                    "miniprogram": {"appid": "wx2", "pagepath": "p"},
                },
            )
        ],
        "",
    ),
    Case(
        "OfficialClient.subscriptions",
        lambda c: c.subscriptions(),
        [
            Wire(
                "/wxaapi/newtmpl/gettemplate",
                {"errcode": 0, "data": [{"priTmplId": "S1", "title": "发货通知", "content": "商品:{{thing1.DATA}}\n"}]},
            )
        ],
        [Template("S1", "发货通知", {"thing1": "商品"})],
    ),
    Case(
        "OfficialClient.user_info",
        lambda c: c.user_info("o1"),
        [
            Wire(
                "/cgi-bin/user/info",
                {
                    "subscribe": 1,
                    "openid": "o1",
                    "unionid": " u1",
                    "remark": "老王",
                    "qr_scene": 0,
                    "qr_scene_str": "s",
                },
                query={"openid": "o1", "lang": "zh_CN"},
            )
        ],
        Follower("o1", True, "u1", "老王", "s"),
    ),
    Case(
        "OfficialClient.user_infos",
        lambda c: c.user_infos([f"o{number}" for number in range(101)]),
        [
            Wire(
                "/cgi-bin/user/info/batchget",
                {
                    "user_info_list": [
                        {"subscribe": 1, "openid": "o0", "unionid": "u0"},
                        {"subscribe": 0, "openid": "o1"},
                    ]
                },
                {"user_list": [{"openid": f"o{number}", "lang": "zh_CN"} for number in range(100)]},
            ),
            Wire(
                "/cgi-bin/user/info/batchget",
                {"user_info_list": []},
                {"user_list": [{"openid": "o100", "lang": "zh_CN"}]},
            ),
        ],
        [Follower("o0", True, "u0", "", ""), Follower("o1", False, "", "", "")],
    ),
    Case(
        "OfficialClient.templates",
        lambda c: c.templates(),
        [
            Wire(
                "/cgi-bin/template/get_all_private_template",
                {
                    "template_list": [
                        {"template_id": "t1", "title": "发货", "content": "单号:{{character_string1.DATA}}"}
                    ]
                },
            )
        ],
        [Template("t1", "发货", {"character_string1": "单号"})],
    ),
    Case(
        "OfficialClient.create_qrcode",
        lambda c: c.create_qrcode("bind-7", 600),
        [
            Wire(
                "/cgi-bin/qrcode/create",
                {"ticket": "a+b=", "expire_seconds": 600, "url": "http://weixin.qq.com/q/1"},
                {
                    "expire_seconds": 600,
                    "action_name": "QR_STR_SCENE",
                    "action_info": {"scene": {"scene_str": "bind-7"}},
                },
            )
        ],
        QrCode("a+b=", "http://weixin.qq.com/q/1", ANY),
    ),
    Case(
        "OfficialClient.video_url",
        lambda c: c.video_url("m1"),
        [Wire("/cgi-bin/media/get", {"video_url": "http://v.example/1"}, query={"media_id": "m1"})],
        "http://v.example/1",
    ),
    Case(
        "OfficialClient.quota",
        lambda c: c.quota("/cgi-bin/message/custom/send"),
        [
            Wire(
                "/cgi-bin/openapi/quota/get",
                OK | {"quota": {"daily_limit": 500000, "used": 7, "remain": 499993}},
                {"cgi_path": "/cgi-bin/message/custom/send"},
            )
        ],
        Quota(500000, 7, 499993),
    ),
    Case(
        "OfficialClient.callback_ips",
        lambda c: c.callback_ips(),
        [Wire("/cgi-bin/getcallbackip", {"ip_list": ["1.2.3.4", "101.226.103.*", "1.2.0.0/16"]})],
        ["1.2.3.4", "101.226.103.*", "1.2.0.0/16"],
    ),
    Case(
        "OfficialClient.media",
        lambda c: c.media("m1"),
        [Wire("/cgi-bin/media/get", b"\xff\xd8", query={"media_id": "m1"})],
        b"\xff\xd8",
    ),
    Case(
        "OfficialClient.upload",
        lambda c: c.upload("thumb", b"\xff\xd8jpg", "缩略图.jpg", "image/jpeg"),
        [
            Wire(
                "/cgi-bin/media/upload",
                {"type": "thumb", "thumb_media_id": "t9", "created_at": 1},
                query={"type": "thumb"},
                holds=[b'name="media"', b"Content-Type: image/jpeg", b"\xff\xd8jpg"],
            )
        ],
        "t9",
    ),
    Case(
        "OfficialMenus.create", lambda c: c.create([BUTTON]), [Wire("/cgi-bin/menu/create", body={"button": [BUTTON]})]
    ),
    Case(
        "OfficialMenus.current",
        lambda c: c.current(),
        [
            Wire(
                "/cgi-bin/menu/get",
                {
                    "menu": {"button": [{**BUTTON, "sub_button": []}], "menuid": 1},
                    "conditionalmenu": [
                        {
                            "button": [{"name": "更多", "sub_button": [{**BUTTON, "sub_button": []}]}],
                            "matchrule": {"group_id": 101},
                            "menuid": 408,
                        }
                    ],
                },
            )
        ],
        Menus([BUTTON], [Conditional("408", 101, [{"name": "更多", "sub_button": [BUTTON]}])]),
    ),
    Case("OfficialMenus.delete", lambda c: c.delete(), [Wire("/cgi-bin/menu/delete")]),
    Case(
        "OfficialMenus.create_conditional",
        lambda c: c.create_conditional([BUTTON], 101),
        [
            Wire(
                "/cgi-bin/menu/addconditional",
                {"menuid": 408},
                {"button": [BUTTON], "matchrule": {"tag_id": "101"}},
            )
        ],
        "408",
    ),
    Case(
        "OfficialMenus.delete_conditional",
        lambda c: c.delete_conditional("408"),
        [Wire("/cgi-bin/menu/delconditional", body={"menuid": "408"})],
    ),
    Case(
        "OfficialMenus.seen_by",
        lambda c: c.seen_by("o1"),
        [Wire("/cgi-bin/menu/trymatch", {"menu": {"button": [{**BUTTON, "sub_button": []}]}}, {"user_id": "o1"})],
        [BUTTON],
    ),
    Case(
        "OfficialTags.all",
        lambda c: c.all(),
        [Wire("/cgi-bin/tags/get", {"tags": [{"id": 2, "name": "星标组", "count": 3}]})],
        [Tag(2, "星标组", 3)],
    ),
    Case(
        "OfficialTags.create",
        lambda c: c.create("销售"),
        [Wire("/cgi-bin/tags/create", {"tag": {"id": 134, "name": "销售"}}, {"tag": {"name": "销售"}})],
        Tag(134, "销售"),
    ),
    Case(
        "OfficialTags.members",
        lambda c: c.members(134),
        [
            Wire(
                "/cgi-bin/user/tag/get",
                {"count": 2, "data": {"openid": ["o1", "o2"]}, "next_openid": "o2"},
                {"tagid": 134, "next_openid": ""},
            ),
            Wire("/cgi-bin/user/tag/get", {"count": 0, "next_openid": ""}, {"tagid": 134, "next_openid": "o2"}),
        ],
        {"o1", "o2"},
    ),
    Case(
        "OfficialTags.give",
        lambda c: c.give(134, [f"o{number}" for number in range(51)]),
        [
            Wire(
                "/cgi-bin/tags/members/batchtagging",
                body={"tagid": 134, "openid_list": [f"o{number}" for number in range(50)]},
            ),
            Wire("/cgi-bin/tags/members/batchtagging", body={"tagid": 134, "openid_list": ["o50"]}),
        ],
    ),
    Case(
        "OfficialTags.take",
        lambda c: c.take(134, ["o1"]),
        [Wire("/cgi-bin/tags/members/batchuntagging", body={"tagid": 134, "openid_list": ["o1"]})],
    ),
    Case(
        "OfficialWeb.login",
        lambda c: c.login("c1"),
        [
            Wire(
                "/sns/oauth2/access_token",
                {
                    "access_token": "web-token",
                    "expires_in": 7200,
                    "refresh_token": "again",
                    "openid": "o1",
                    "scope": "snsapi_base",
                    "is_snapshotuser": 1,
                },
                query={"appid": "wx1", "secret": "S3CRET", "code": "c1", "grant_type": "authorization_code"},
                token=False,
            )
        ],
        WebLogin("o1", "", "snsapi_base", True, "web-token", "again"),
    ),
    Case(
        "OfficialWeb.user",
        lambda c: c.user(LOGIN),
        [
            Wire(
                "/sns/userinfo",
                {"openid": "o1", "nickname": "老王", "headimgurl": "https://p.example/1", "unionid": "u1"},
                query={"access_token": "web-token", "openid": "o1", "lang": "zh_CN"},
                token=False,
            )
        ],
        WebUser("o1", "u1", "老王", "https://p.example/1"),
    ),
]

SENT = {"touser": "E1", "agentid": 7}

WORK = [
    Case(
        "WorkClient.send",
        lambda c: c.send(["ZhangSan", "E2"], text("好"), parties=[3], tags=[4, 5], safe=True, duplicate_check_s=600),
        [
            Wire(
                "/cgi-bin/message/send",
                OK
                | {
                    "invaliduser": "zhangsan",
                    "unlicenseduser": "e2",
                    "invalidparty": "3",
                    "invalidtag": "5",
                    "msgid": "m",
                },
                {
                    "touser": "ZhangSan|E2",
                    "toparty": "3",
                    "totag": "4|5",
                    "agentid": 7,
                    "msgtype": "text",
                    "text": {"content": "好"},
                    "safe": 1,
                    "enable_duplicate_check": 1,
                    "duplicate_check_interval": 600,
                },
            )
        ],
        SendResult("m", "", frozenset({"ZhangSan", "E2"}), frozenset({"3"}), frozenset({"5"}), frozenset({"E2"})),
    ),
    Case(
        "WorkClient.send_text",
        lambda c: c.send_text(["E1"], "好"),
        [Wire("/cgi-bin/message/send", OK | {"msgid": "m"}, SENT | {"msgtype": "text", "text": {"content": "好"}})],
        SendResult("m", "", frozenset()),
    ),
    Case(
        "WorkClient.send_card",
        lambda c: c.send_card(["E1"], CARD),
        [
            Wire(
                "/cgi-bin/message/send",
                OK | {"msgid": "m", "response_code": "r"},
                SENT | {"msgtype": "template_card", "template_card": CARD},
            )
        ],
        SendResult("m", "r", frozenset()),
    ),
    Case(
        "WorkClient.update_card",
        lambda c: c.update_card("r", ["E1", "E2"], replace_name="已同意"),
        [
            Wire(
                "/cgi-bin/message/update_template_card",
                OK | {"invaliduser": ["e2"]},
                {"agentid": 7, "response_code": "r", "userids": ["E1", "E2"], "button": {"replace_name": "已同意"}},
            )
        ],
        frozenset({"E2"}),
    ),
    Case("WorkClient.recall", lambda c: c.recall("m1"), [Wire("/cgi-bin/message/recall", body={"msgid": "m1"})]),
    Case(
        "WorkClient.create_menu",
        lambda c: c.create_menu([BUTTON]),
        [Wire("/cgi-bin/menu/create", body={"button": [BUTTON]}, query={"agentid": "7"})],
    ),
    Case(
        "WorkClient.menu",
        lambda c: c.menu(),
        [Wire("/cgi-bin/menu/get", OK | {"button": [BUTTON]}, query={"agentid": "7"})],
        [BUTTON],
    ),
    Case("WorkClient.delete_menu", lambda c: c.delete_menu(), [Wire("/cgi-bin/menu/delete", query={"agentid": "7"})]),
    Case(
        "WorkClient.get_user",
        lambda c: c.get_user("E1"),
        [Wire("/cgi-bin/user/get", OK | {"userid": "E1", "department": [1], "status": 4}, query={"userid": "E1"})],
        Member("E1", "", (1,), False, 1, "", "4"),
    ),
    Case(
        "WorkClient.get_agent",
        lambda c: c.get_agent(),
        [
            Wire(
                "/cgi-bin/agent/get",
                OK | {"name": "聊单", "close": 1, "allow_userinfos": {"user": [{"userid": "E1"}]}},
                query={"agentid": "7"},
            )
        ],
        Agent("聊单", True, ("E1",), ()),
    ),
    Case(
        "WorkClient.callback_ips",
        lambda c: c.callback_ips(),
        [Wire("/cgi-bin/getcallbackip", OK | {"ip_list": ["1.2.3.4"]})],
        ["1.2.3.4"],
    ),
    Case(
        "WorkClient.media",
        lambda c: c.media("m1"),
        [Wire("/cgi-bin/media/get", b"%PDF", query={"media_id": "m1"})],
        b"%PDF",
    ),
    Case(
        "WorkClient.upload",
        lambda c: c.upload("file", b"%PDF", "对账单.pdf", "application/pdf"),
        [
            Wire(
                "/cgi-bin/media/upload",
                OK | {"type": "file", "media_id": "m1", "created_at": "1380000000"},
                query={"type": "file"},
                holds=[b'name="media"', b"%PDF"],
            )
        ],
        "m1",
    ),
    Case(
        "WorkWeb.login",
        lambda c: c.login("c1"),
        [Wire("/cgi-bin/auth/getuserinfo", OK | {"userid": "E1", "user_ticket": "t"}, query={"code": "c1"})],
        Visitor("E1", "", "", "t"),
    ),
    Case(
        "Approvals.numbers",
        lambda c: c.numbers(datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(2_700_000, UTC)),
        [
            Wire(
                "/cgi-bin/oa/getapprovalinfo",
                OK | {"sp_no_list": ["1", "2"], "new_next_cursor": "c"},
                {"starttime": "0", "endtime": "2678400", "new_cursor": "", "size": 100, "filters": []},
            ),
            Wire(
                "/cgi-bin/oa/getapprovalinfo",
                OK | {"sp_no_list": ["3"]},
                {"starttime": "0", "endtime": "2678400", "new_cursor": "c", "size": 100, "filters": []},
            ),
            # The rest of the time holds too much for one question, so it is asked for in halves.
            Wire(
                "/cgi-bin/oa/getapprovalinfo",
                {"errcode": 301112, "errmsg": "time span too large"},
                {"starttime": "2678400", "endtime": "2700000", "new_cursor": "", "size": 100, "filters": []},
            ),
            Wire(
                "/cgi-bin/oa/getapprovalinfo",
                OK | {"sp_no_list": ["3"]},
                {"starttime": "2678400", "endtime": "2689200", "new_cursor": "", "size": 100, "filters": []},
            ),
            Wire(
                "/cgi-bin/oa/getapprovalinfo",
                OK | {"sp_no_list": ["4"]},
                {"starttime": "2689200", "endtime": "2700000", "new_cursor": "", "size": 100, "filters": []},
            ),
        ],
        ["1", "2", "3", "4"],
    ),
    Case(
        "Approvals.detail",
        lambda c: c.detail("202601010001"),
        [
            Wire(
                "/cgi-bin/oa/getapprovaldetail",
                OK
                | {
                    "info": {
                        "sp_no": "202601010001",
                        "sp_name": "请假",
                        "sp_status": 1,
                        "template_id": "T",
                        "apply_time": 1_700_000_000,
                        "applyer": {"userid": "E1", "partyid": "1"},
                        "sp_record": [
                            {
                                "sp_status": 2,
                                "approverattr": 1,
                                "details": [
                                    {
                                        "approver": {"userid": "E2"},
                                        "speech": "好",
                                        "sp_status": 2,
                                        "sptime": 1_700_000_060,
                                    }
                                ],
                            },
                            {
                                "sp_status": 1,
                                "approverattr": 2,
                                "details": [{"approver": {"userid": "E3"}, "speech": "", "sp_status": 1, "sptime": ""}],
                            },
                        ],
                        "apply_data": {"contents": [{"control": "Text", "id": "Text-1", "value": {"text": "病假"}}]},
                    }
                },
                {"sp_no": "202601010001"},
            )
        ],
        ApprovalDetail(
            number="202601010001",
            name="请假",
            status=ApprovalStatus.PENDING,
            template_id="T",
            applicant="E1",
            applied_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
            steps=(
                Step(1, Relation.ANY, 2, (Decision("E2", 2, "好", datetime(2023, 11, 14, 22, 14, 20, tzinfo=UTC)),)),
                Step(1, Relation.ALL, 1, (Decision("E3", 1, "", None),)),
            ),
            contents=({"control": "Text", "id": "Text-1", "value": {"text": "病假"}},),
        ),
    ),
    Case(
        "ContactsClient.departments",
        lambda c: c.departments(2),
        [
            Wire(
                "/cgi-bin/department/list",
                OK | {"department": [{"id": 2, "name": "销售部", "parentid": 1, "order": 1}]},
                query={"id": "2"},
            )
        ],
        [WorkDepartment(2, "销售部", 1)],
    ),
    Case(
        "ContactsClient.members",
        lambda c: c.members(2),
        [
            Wire(
                "/cgi-bin/user/list",
                OK | {"userlist": [{"userid": "E1", "name": "王强", "department": [2], "status": 1}]},
                query={"department_id": "2"},
            )
        ],
        [Member("E1", "王强", (2,), True, 2, "", "1")],
    ),
    Case(
        "ContactsClient.ids",
        lambda c: c.ids(),
        [
            Wire(
                "/cgi-bin/user/list_id",
                OK | {"dept_user": [{"userid": "E1", "department": 1}], "next_cursor": "n"},
                {"cursor": "", "limit": 10000},
            ),
            Wire(
                "/cgi-bin/user/list_id",
                OK | {"dept_user": [{"userid": "E1", "department": 2}, {"userid": "E2", "department": 2}]},
                {"cursor": "n", "limit": 10000},
            ),
        ],
        {"E1": (1, 2), "E2": (2,)},
    ),
    Case(
        "CustomersClient.of",
        lambda c: c.of("E1"),
        [Wire("/cgi-bin/externalcontact/list", OK | {"external_userid": ["wm1"]}, query={"userid": "E1"})],
        ["wm1"],
    ),
    Case(
        "CustomersClient.colleagues",
        lambda c: c.colleagues(),
        [Wire("/cgi-bin/externalcontact/get_follow_user_list", OK | {"follow_user": ["E1", "E2"]})],
        ["E1", "E2"],
    ),
    Case(
        "CustomersClient.get",
        lambda c: c.get("wm1"),
        [
            Wire(
                "/cgi-bin/externalcontact/get",
                OK
                | {
                    "external_contact": {"external_userid": "wm1", "name": "老周", "type": 1, "unionid": "u1"},
                    "follow_user": [{"userid": "E1", "remark": "宏达", "remark_mobiles": ["138"], "state": "fair"}],
                    "next_cursor": "n",
                },
                query={"external_userid": "wm1", "cursor": ""},
            ),
            Wire(
                "/cgi-bin/externalcontact/get",
                OK | {"follow_user": [{"userid": "E2"}]},
                query={"external_userid": "wm1", "cursor": "n"},
            ),
        ],
        Customer("wm1", "老周", True, "u1", (Follow("E1", "宏达", ("138",), "fair"), Follow("E2", "", (), ""))),
    ),
    Case(
        "CustomersClient.external_id",
        lambda c: c.external_id("u1", "m1"),
        [
            Wire(
                "/cgi-bin/idconvert/unionid_to_external_userid",
                OK | {"external_userid": "wm1", "pending_id": ""},
                {"unionid": "u1", "openid": "m1", "subject_type": 0},
            )
        ],
        "wm1",
    ),
    Case(
        "CustomersClient.welcome",
        lambda c: c.welcome("w1", "您好", [page_link("目录", "https://x")]),
        [
            Wire(
                "/cgi-bin/externalcontact/send_welcome_msg",
                body={
                    "welcome_code": "w1",
                    "text": {"content": "您好"},
                    "attachments": [{"msgtype": "link", "link": {"title": "目录", "url": "https://x"}}],
                },
            )
        ],
    ),
]

KEY = {"key": "robot-key"}


def robot(call: str, make: Callable[[Any], Awaitable[Any]], body: dict[str, Any]) -> Case:
    return Case(call, make, [Wire("/cgi-bin/webhook/send", body=body, query=KEY, token=False)])


ROBOT = [
    robot(
        "Robot.say",
        lambda c: c.say("停机", mention=["E1"], mobiles=[EVERYBODY]),
        {
            "msgtype": "text",
            "text": {"content": "停机", "mentioned_list": ["E1"], "mentioned_mobile_list": ["@all"]},
        },
    ),
    robot(
        "Robot.markdown",
        lambda c: c.markdown("|a|", tables=True),
        {"msgtype": "markdown_v2", "markdown_v2": {"content": "|a|"}},
    ),
    robot(
        "Robot.image",
        lambda c: c.image(b"abc"),
        {"msgtype": "image", "image": {"base64": "YWJj", "md5": "900150983cd24fb0d6963f7d28e17f72"}},
    ),
    robot(
        "Robot.news",
        lambda c: c.news([Article("日报", "https://x", "今天", "https://p")]),
        {
            "msgtype": "news",
            "news": {"articles": [{"title": "日报", "description": "今天", "url": "https://x", "picurl": "https://p"}]},
        },
    ),
    robot("Robot.card", lambda c: c.card(NOTICE), {"msgtype": "template_card", "template_card": NOTICE}),
    Case(
        "Robot.file",
        lambda c: c.file(b"%PDF", "日报.pdf"),
        [
            Wire(
                "/cgi-bin/webhook/upload_media",
                OK | {"type": "file", "media_id": "m1"},
                query=KEY | {"type": "file"},
                token=False,
                holds=[b'name="media"', b"%PDF"],
            ),
            Wire(
                "/cgi-bin/webhook/send",
                body={"msgtype": "file", "file": {"media_id": "m1"}},
                query=KEY,
                token=False,
            ),
        ],
    ),
]

LINK = {"path": "pages/order", "query": "no=SO1", "env_version": "release"}
DAYS = {"expire_type": 1, "expire_interval": 30}

MINI = [
    Case(
        "MiniProgramClient.login",
        lambda c: c.login("c1"),
        [
            Wire(
                "/sns/jscode2session",
                {"openid": "o1", "session_key": "KEY==", "unionid": "u1"},
                query={"appid": "wx1", "secret": "S3CRET", "js_code": "c1", "grant_type": "authorization_code"},
                token=False,
            )
        ],
        Session("o1", "u1", "KEY=="),
    ),
    Case(
        "MiniProgramClient.phone_number",
        lambda c: c.phone_number("c2"),
        [
            Wire(
                "/wxa/business/getuserphonenumber",
                OK | {"phone_info": {"phoneNumber": "+86138", "purePhoneNumber": "138", "countryCode": 86}},
                {"code": "c2"},
            )
        ],
        "138",
    ),
    Case(
        "MiniProgramClient.send_subscription",
        lambda c: c.send_subscription("o1", "t1", "pages/order", {"phrase1": "已发货"}, "trial", "zh_TW"),
        [
            Wire(
                "/cgi-bin/message/subscribe/send",
                OK | {"msgid": 77},
                body={
                    "touser": "o1",
                    "template_id": "t1",
                    "data": {"phrase1": {"value": "已发货"}},
                    "miniprogram_state": "trial",
                    "lang": "zh_TW",
                    "page": "pages/order",
                },
            )
        ],
        "77",
    ),
    Case(
        "MiniProgramClient.wxacode",
        lambda c: c.wxacode("o=SO1105", "/pages/order", "trial"),
        [
            Wire(
                "/wxa/getwxacodeunlimit",
                b"\xff\xd8",
                {"scene": "o=SO1105", "page": "pages/order", "env_version": "trial", "check_path": False},
            )
        ],
        b"\xff\xd8",
    ),
    Case(
        "MiniProgramClient.check_session",
        lambda c: c.check_session(SESSION),
        [
            Wire(
                "/wxa/checksession",
                {"errcode": 87009, "errmsg": "invalid signature"},
                query={
                    "openid": "o1",
                    # HMAC-SHA256 of nothing, keyed with the session key as it is written.
                    "signature": "7154f9f8b4b76b92f541cbf0e37d48840fa06e5e42da92a6f80168a1516a4735",
                    "sig_method": "hmac_sha256",
                },
            )
        ],
        False,
    ),
    Case(
        "MiniProgramClient.url_link",
        lambda c: c.url_link("/pages/order", "no=SO1"),
        [Wire("/wxa/generate_urllink", OK | {"url_link": "https://wxaurl.cn/1"}, LINK | DAYS)],
        "https://wxaurl.cn/1",
    ),
    Case(
        "MiniProgramClient.scheme",
        lambda c: c.scheme("/pages/order", "no=SO1"),
        [
            Wire(
                "/wxa/generatescheme",
                OK | {"openlink": "weixin://dl/business/?t=1"},
                {"jump_wxa": LINK, "is_expire": True, **DAYS},
            )
        ],
        "weixin://dl/business/?t=1",
    ),
    Case(
        "MiniProgramClient.check_text",
        lambda c: c.check_text("o1", "你好", Scene.FORUM),
        [
            Wire(
                "/wxa/msg_sec_check",
                OK | {"result": {"suggest": "risky", "label": 20001}, "detail": [], "trace_id": "t"},
                {"version": 2, "openid": "o1", "scene": 3, "content": "你好"},
            )
        ],
        Verdict("risky", 20001, "t"),
    ),
    Case(
        "MiniProgramClient.templates",
        lambda c: c.templates(),
        [Wire("/wxaapi/newtmpl/gettemplate", OK | {"data": [{"priTmplId": "t1", "title": "发货", "content": ""}]})],
        [Template("t1", "发货", {})],
    ),
]

CASES = {case.call: case for case in [*OFFICIAL, *WORK, *ROBOT, *MINI]}

SHARED = ("media", "upload", "callback_ips")

MODULES = (
    official, officialmenus, officialweb, work, workapprovals, workcontacts, workcustomers, workrobot, workweb,
    miniprogram,
)  # fmt: skip

LOCAL = {"authorize_url", "sign", "film"}
"""Public methods that make no call of the platform's own; they have tests further down, a film in tests/bot/test_files."""


@pytest.mark.parametrize("name", CASES)
async def test_a_call_is_on_the_wire_what_the_platform_documents(name: str) -> None:
    case = CASES[name]
    async with wechat() as world:
        for wire in case.wires:
            world.server.put(wire.path, wire.answer)
        assert await case.make(made(name.split(".")[0], world)) == case.result
        calls = [call for call in world.server.calls if call not in world.server.fetches]
        assert [call.path for call in calls] == [wire.path for wire in case.wires]
        for call, wire in zip(calls, case.wires, strict=True):
            assert call.method == wire.verb
            query = wire.query | ({"access_token": "token-1"} if wire.token else {})
            assert call.query == query
            if wire.body is not None:
                assert call.json == wire.body
            for part in wire.holds:
                assert part in call.raw


def test_every_public_call_has_its_case() -> None:
    # What the mini-program inherits is shown with the Official Account, what all inherit with the first two.
    own = {
        f"{client.__name__}.{name}"
        for client in CLIENTS
        for name, method in inspect.getmembers(client, inspect.isfunction)
        if not name.startswith("_") and name not in LOCAL
        if method.__qualname__.split(".")[0] != "Client"
        if not (client is MiniProgramClient and method.__qualname__.startswith("ServiceClient"))
    }
    shared = {f"{client}.{name}" for client in ("OfficialClient", "WorkClient") for name in SHARED}
    assert set(CASES) == own | shared


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_every_path_is_in_a_case(module: ModuleType) -> None:
    asked = {wire.path for case in CASES.values() for wire in case.wires}
    assert set(re.findall(r'"(/(?:cgi-bin|wxa|wxaapi|sns)/[^"]+)"', inspect.getsource(module))) <= asked


async def test_a_page_is_signed_with_a_ticket_that_all_share() -> None:
    async with wechat() as world:
        world.server.put(
            "/cgi-bin/ticket/getticket", OK | {"ticket": "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3", "expires_in": 7200}
        )
        first, second = OfficialWeb(world.transport, world.app()), OfficialWeb(world.transport, world.app())
        signed = await first.sign("https://shop.example/p?a=1#top", {"shop.example"})
        again = await second.sign("https://shop.example/p?a=1", {"shop.example"})
        assert [call.query["type"] for call in world.server.to("/cgi-bin/ticket/getticket")] == ["jsapi"]
        assert signed.app_id == "wx1"
        assert signed.nonce != again.nonce
        for each in (signed, again):
            plain = (
                f"jsapi_ticket=sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3&noncestr={each.nonce}&timestamp={each.timestamp}"
                "&url=https://shop.example/p?a=1"
            )
            assert each.signature == hashlib.sha1(plain.encode()).hexdigest()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/p",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://evil@shop.example/",
        "javascript:alert(1)//shop.example",
        "//shop.example/",
        "",
    ],
)
async def test_a_foreign_page_is_not_signed(url: str) -> None:
    async with wechat() as world:
        with pytest.raises(ForeignPage):
            await OfficialWeb(world.transport, world.app()).sign(url, {"shop.example"})
        assert world.server.calls == []


def test_the_published_example_of_a_page_signature() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    signature = js_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value")
    assert signature == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def test_authorize_addresses_have_their_parameters_in_order() -> None:
    app = App("official", "wx1", "S3CRET", "")
    page = "https://shop.example/wx?a=1&b=2"
    login = OfficialWeb(None, app).authorize_url(page, "s+1", "snsapi_userinfo")  # type: ignore[arg-type]
    assert login == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1"
        "&redirect_uri=https%3A%2F%2Fshop.example%2Fwx%3Fa%3D1%26b%3D2"
        "&response_type=code&scope=snsapi_userinfo&state=s%2B1#wechat_redirect"
    )
    login = WorkWeb(None, App("work", "ww1", "s", ""), 7).authorize_url(page, "s")  # type: ignore[arg-type]
    assert login == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww1"
        "&redirect_uri=https%3A%2F%2Fshop.example%2Fwx%3Fa%3D1%26b%3D2"
        "&response_type=code&scope=snsapi_base&state=s&agentid=7#wechat_redirect"
    )


async def test_the_older_login_answer_and_a_customer_are_visitors_too() -> None:
    async with wechat() as world:
        client, path = WorkWeb(world.transport, world.app("work"), 7), "/cgi-bin/auth/getuserinfo"
        world.server.put(path, OK | {"UserId": "E1"}, OK | {"openid": "o1", "external_userid": "wm1"}, OK)
        assert await client.login("c") == Visitor("E1", "", "")
        assert await client.login("c") == Visitor("", "o1", "wm1")
        with pytest.raises(NoAnswer):
            await client.login("c")


@pytest.mark.parametrize(
    ("node", "meaning"),
    [
        ({"apv_rel": 1}, Relation.ALL),
        ({"ApvRel": "2"}, Relation.ANY),
        ({"apv_rel": 3}, Relation.IN_TURN),
        ({"approverattr": 1}, Relation.ANY),
        ({"ApproverAttr": "2"}, Relation.ALL),
        ({}, None),
        ({"approverattr": ""}, None),
        ({"apv_rel": 9}, None),
    ],
)
def test_the_two_relation_fields_mean_opposite_things(node: dict[str, Any], meaning: Relation | None) -> None:
    assert relation(node) is meaning


async def test_the_newer_list_of_steps_goes_before_the_older() -> None:
    people = [{"userid": "E2", "sp_yj": 2, "speech": "", "sptime": 0}, {"user_info": {"userid": "E3"}, "sp_yj": 1}]
    node = {"node_type": 1, "sp_status": 1, "apv_rel": 2, "sub_node_list": people}
    info = {
        "sp_no": "1",
        "sp_status": 2,
        "apply_time": 1,
        "batch_applyer": [{"userid": "E1"}],
        "sp_record": [{"sp_status": 1, "approverattr": 2, "details": []}],
        "process_list": {"node_list": [node]},
    }
    detail = read_detail(info)
    assert detail.applicant == "E1"
    assert detail.steps == (Step(1, Relation.ANY, 1, (Decision("E2", 2, "", None), Decision("E3", 1, "", None))),)


async def test_a_detail_that_cannot_be_read_is_no_answer() -> None:
    async with wechat() as world:
        client, path = Approvals(world.transport, world.app("work")), "/cgi-bin/oa/getapprovaldetail"
        world.server.put(path, OK | {"info": {"sp_no": "2"}}, OK | {"info": {"sp_no": "1", "sp_status": 99}}, OK)
        for _ in range(3):
            with pytest.raises(NoAnswer):
                await client.detail("1")


@pytest.mark.parametrize(("code", "fine"), [(0, True), (87007, False), (87009, False)])
async def test_a_session_key_is_good_or_stale(code: int, fine: bool) -> None:
    async with wechat() as world:
        world.server.put("/wxa/checksession", {"errcode": code, "errmsg": "…"}, {"errcode": 40003, "errmsg": "…"})
        client = MiniProgramClient(world.transport, world.app("miniprogram"))
        assert await client.check_session(SESSION) is fine
        with pytest.raises(WeChatError):
            await client.check_session(SESSION)


async def test_without_a_menu_there_are_no_buttons() -> None:
    async with wechat() as world:
        none = {"errcode": 46003, "errmsg": "menu no exist"}
        world.server.put("/cgi-bin/menu/get", none, none, {"errcode": 48001, "errmsg": "api unauthorized"})
        assert await OfficialMenus(world.transport, world.app()).current() == Menus(())
        assert await WorkClient(world.transport, world.app("work"), 7).menu() == []
        with pytest.raises(WeChatError):
            await OfficialMenus(world.transport, world.app()).current()


async def test_a_file_of_json_is_a_file_and_not_an_answer() -> None:
    async with wechat() as world:
        attached = {"Content-Disposition": 'attachment; filename="a.json"'}
        body = '{"errcode": 40007}'
        world.server.put("/cgi-bin/media/get", lambda _: web.Response(text=body, headers=attached))
        world.server.put("/cgi-bin/media/get", {"errcode": 40007, "errmsg": "invalid media_id"})
        client = WorkClient(world.transport, world.app("work"), 7)
        assert await client.media("m1") == body.encode()
        with pytest.raises(WeChatError) as caught:
            await client.media("m2")
        assert caught.value.reaction is Reaction.GIVE_UP


async def test_what_would_be_refused_is_not_sent() -> None:
    async with wechat() as world:
        mini = MiniProgramClient(world.transport, world.app("miniprogram"))
        machine = Robot(world.transport, world.app("work"), "k")
        people = CustomersClient(world.transport, world.app("work"))
        application = WorkClient(world.transport, world.app("work"), 7)
        refused: list[Awaitable[Any]] = [
            mini.url_link("p", days=31),
            mini.scheme("p", days=0),
            mini.check_text("o1", "字" * 2501),
            machine.image(b"x" * (2 * 1024 * 1024 + 1)),
            machine.card(CARD),
            people.welcome("w", "您好", [page_link("t", "https://x")] * 10),
            application.send([], text("好")),
            application.send([], text("好"), parties=range(101)),
        ]
        for each in refused:
            with pytest.raises(ValueError):
                await each
        assert world.server.calls == []


async def test_a_robots_key_reaches_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with wechat() as world:
        world.server.put("/cgi-bin/webhook/send", {"errcode": 93000, "errmsg": "invalid webhook url"})
        with pytest.raises(WeChatError) as caught:
            await Robot(world.transport, world.app("work"), "robot-key").say("停机")
        assert caught.value.reaction is Reaction.ALARM
        ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("bot."))
        assert "robot-key" not in f"{ours}{caught.value!r}"
