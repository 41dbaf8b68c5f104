"""Every message and event of the three platforms, and what on a phone or in the company causes it."""

from dataclasses import dataclass, field
from typing import Any

from tests.emulator.simkit import MINI_ID


@dataclass(frozen=True)
class Cause:
    """A gesture and the push it makes: `what` is the MsgType or the Event, `change` its ChangeType."""

    door: str
    what: str
    gesture: str
    body: dict[str, Any] = field(default_factory=dict)
    change: str = ""
    # What has to be done before, as gestures of the same person.
    before: tuple[tuple[str, dict[str, Any]], ...] = ()


def event(door: str, name: str, **fields: Any) -> Cause:
    return Cause(door, name, "event", {"event": name, **fields})


CAMERA = {"type": "scancode_waitmsg", "name": "扫码", "key": "wait"}
PUSH = {"type": "scancode_push", "name": "扫", "key": "push"}
PLACE = {"type": "location_select", "name": "位置", "key": "place"}
CLICK = {"type": "click", "name": "点", "key": "click"}
VIEW = {"type": "view", "name": "看", "url": "https://example.com/"}
PICTURES = [
    {"type": kind, "name": kind[4:9], "key": kind} for kind in ("pic_sysphoto", "pic_photo_or_album", "pic_weixin")
]
MINI = {"name": "小店", "appid": MINI_ID, "pagepath": "pages/order"}
OFFICIAL_MENU = [
    {"name": "甲", "sub_button": [CAMERA, PUSH, PLACE, CLICK, VIEW]},
    {"name": "乙", "sub_button": [*PICTURES, MINI | {"type": "miniprogram", "url": "https://example.com/"}]},
]
WORK_MENU = [OFFICIAL_MENU[0], {"name": "乙", "sub_button": [*PICTURES, MINI | {"type": "view_miniprogram"}]}]


def _both() -> list[Cause]:
    """What the official account and WeCom have in common, in the spelling of each."""
    causes = []
    for door in ("official", "work"):
        low = door == "work"
        causes += [
            Cause(door, "text", "text", {"text": "在吗"}),
            Cause(door, "image", "image"),
            Cause(door, "voice", "voice", {"recognition": "查库存"}),
            Cause(door, "video", "video"),
            Cause(door, "location", "location", {"label": "西门"}),
            Cause(door, "link", "share", {"title": "周报", "url": "https://example.com/"}),
            Cause(door, "LOCATION", "enter" if not low else "event", _place(low)),
            Cause(door, "click" if low else "CLICK", "menu", {"key": "click"}),
            Cause(door, "view" if low else "VIEW", "menu", {"key": "看"}),
            Cause(door, "view_miniprogram", "menu", {"key": "小店"}),
            Cause(door, "scancode_push", "menu", {"key": "push", "text": "690"}),
            Cause(door, "scancode_waitmsg", "menu", {"key": "wait", "text": "690", "type": "barcode"}),
            *(Cause(door, each["key"], "menu", {"key": each["key"], "count": 0}) for each in PICTURES),
            Cause(door, "location_select", "menu", {"key": "place", "label": "西门"}),
        ]
    return causes


def _place(of_work: bool) -> dict[str, Any]:
    if of_work:
        return {"event": "LOCATION", "Latitude": 30.2, "Longitude": 120.1, "Precision": 30, "AppType": "wxwork"}
    return {"latitude": 30.2, "longitude": 120.1}


FOLLOW_AGAIN = (("unfollow", {}),)
OFFICIAL = [
    Cause("official", "shortvideo", "video", {"short": True}),
    Cause("official", "file", "file", {"name": "收据.txt"}),
    Cause("official", "subscribe", "follow"),
    Cause("official", "subscribe", "scan", {"scene": "sales-7"}, before=FOLLOW_AGAIN),
    Cause("official", "unsubscribe", "unfollow"),
    Cause("official", "SCAN", "scan", {"scene": "sales-7"}),
    event("official", "TEMPLATESENDJOBFINISH", MsgID=1, Status="success"),
    event("official", "MASSSENDJOBFINISH", MsgID=1, Status="send success"),
    event("official", "FREEPUBLISHJOBFINISH", PublishEventInfo={"publish_id": 1, "publish_status": 0}),
    Cause("official", "subscribe_msg_popup_event", "subscribe", {"template": "T1"}),
    Cause("official", "subscribe_msg_change_event", "unsubscribe", {"template": "T1"}),
    event("official", "subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": {"TemplateId": "T1"}}),
    event("official", "user_info_modified", OpenID="o_1", RevokeInfo="1"),
    event("official", "user_authorization_revoke", OpenID="o_1", RevokeInfo="1"),
    event("official", "kf_create_session", KfAccount="a@b"),
    event("official", "kf_close_session", KfAccount="a@b", CloseType="KF"),
    event("official", "kf_switch_session", FromKfAccount="a@b", ToKfAccount="c@b"),
]

CARD = {"button": "好", "task_id": "t-1"}
WORK = [
    event("work", "subscribe"),
    event("work", "unsubscribe"),
    Cause("work", "enter_agent", "enter"),
    Cause("work", "batch_job_result", "job"),
    Cause("work", "change_contact", "contact", {"userid": "zhao"}, "create_user"),
    Cause("work", "change_contact", "contact", {"userid": "liting", "name": "李婷"}, "update_user"),
    Cause("work", "change_contact", "contact", {"userid": "liting", "leave": True}, "delete_user"),
    Cause("work", "change_contact", "contact", {"department": 7, "name": "质检"}, "create_party"),
    Cause("work", "change_contact", "contact", {"department": 1, "name": "总部"}, "update_party"),
    Cause("work", "change_contact", "contact", {"department": 1, "leave": True}, "delete_party"),
    Cause("work", "change_contact", "event", {"event": "change_contact", "ChangeType": "update_tag"}, "update_tag"),
    Cause("work", "template_card_event", "card", CARD),
    Cause("work", "template_card_menu_event", "card", {"button": "静音", "task_id": "t-2"}),
    event("work", "taskcard_click", EventKey="k", TaskId="t"),
    Cause("work", "sys_approval_change", "approval", {"nodes": [{"userid": ["wangzong"]}]}),
    event("work", "open_approval_change", ApprovalInfo={"ThirdNo": "1", "OpenSpStatus": 1}),
    *(
        Cause("work", "change_external_contact", "customer", {"person": "C1", "member": "liting", "act": act}, change)
        for act, change in (
            ("add", "add_external_contact"),
            ("half", "add_half_external_contact"),
            ("edit", "edit_external_contact"),
            ("delete", "del_external_contact"),
            ("leave", "del_follow_user"),
            ("fail", "transfer_fail"),
        )
    ),
    *(
        Cause("work", what, "event", {"event": what, "ChangeType": change}, change)
        for what in ("change_external_chat", "change_external_tag")
        for change in ("create", "update", "dismiss" if what.endswith("chat") else "delete")
    ),
    event("work", "kf_msg_or_event", Token="t", OpenKfId="k"),
    event("work", "close_inactive_agent"),
    event("work", "reopen_inactive_agent"),
    event("work", "share_agent_change"),
]

MINIPROGRAM = [
    Cause("miniprogram", "text", "text", {"text": "在吗"}),
    Cause("miniprogram", "image", "image"),
    Cause("miniprogram", "user_enter_tempsession", "enter", {"from": "order"}),
    Cause("miniprogram", "subscribe_msg_popup_event", "subscribe", {"template": "M1"}),
    Cause("miniprogram", "subscribe_msg_change_event", "unsubscribe", {"template": "M1"}),
    event("miniprogram", "subscribe_msg_sent_event", List={"TemplateId": "M1", "ErrorCode": "0"}),
    event("miniprogram", "wxa_media_check", trace_id="t", result={"suggest": "pass", "label": 100}),
    event("miniprogram", "user_info_modified", OpenID="m_1", RevokeInfo="1"),
    event("miniprogram", "user_authorization_revoke", OpenID="m_1", RevokeInfo="1"),
    event("miniprogram", "add_express_path", DeliveryID="SF", WayBillId="1"),
]

CAUSES = [*_both(), *OFFICIAL, *WORK, *MINIPROGRAM]
