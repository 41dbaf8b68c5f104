"""One payload of every type that WeChat sends, as it stands on the wire, and the object it is read into."""

import itertools
import json
import time
from typing import Any

from bot.wechat import typed
from bot.wechat.inbound import ApprovalChange, CardClick, Location, SubscriptionChange

_numbers = itertools.count(10**17)

Fields = dict[str, Any]

_PLACE = {"Location_X": "23.134", "Location_Y": "113.358", "Scale": "20", "Label": "广州市海珠区"}
_WHERE = Location(23.134, 113.358, "广州市海珠区")
_REPORTED = {"Latitude": "23.137", "Longitude": "113.352", "Precision": "119.3"}
_PICTURE = {"MediaId": "M1", "PicUrl": "http://mmbiz.qpic.cn/x"}
_PAGE = {"EventKey": "pages/index", "MenuId": "M"}
_PHOTOS = {
    "EventKey": "6",
    "SendPicsInfo": {"Count": "2", "PicList": {"item": [{"PicMd5Sum": "a"}, {"PicMd5Sum": "b"}]}},
}
_CONTACT = {"UserID": "liting", "ExternalUserID": "wmEXT1", "State": "C001", "WelcomeCode": "W1"}
_ADDED = typed.ContactChange("liting", "wmEXT1", "C001", "W1", "")
_CARD = {"EventKey": "待审批", "TaskId": "n1", "CardType": "button_interaction", "ResponseCode": "R1"}
_LIST = {"List": {"TemplateId": "TPL_SHIPPED_MINI", "SubscribeStatusString": "accept", "PopupScene": "0"}}
_SENT = {"List": {"TemplateId": "T", "MsgID": "170", "ErrorCode": "0", "ErrorStatus": "success"}}
_MEMBER = {
    "UserID": "newbie",
    "Name": "新人",
    "Department": "1,2",
    "MainDepartment": "2",
    "DirectLeader": "chenguodong",
}
_JOINED = typed.MemberChange("newbie", "", "新人", "", 2, "chenguodong", "")


def _scan(kind: str, text: str) -> Fields:
    return {"EventKey": "scan", "ScanCodeInfo": {"ScanType": kind, "ScanResult": text}}


def _media(kind: str) -> typed.Media:
    return typed.Media(kind, "M1", "", "", "", "")


_CHAT: dict[str, tuple[Fields, Any]] = {
    "text": ({"Content": "我是谁"}, typed.Text("我是谁", "")),
    "voice": ({"MediaId": "M1", "Format": "amr", "Recognition": "我是谁。"}, typed.Media("voice", "M1", "amr", "", "", "我是谁。")),
    "image": (_PICTURE, _media("image")),
    "video": ({"MediaId": "M1", "ThumbMediaId": "T1"}, typed.Media("video", "M1", "", "", "T1", "")),
    "file": ({"MediaId": "M1", "Title": "报价.pdf"}, typed.Media("file", "M1", "", "报价.pdf", "", "")),
    "location": (_PLACE, _WHERE),
    "link": ({"Title": "t", "Description": "d", "Url": "https://a.cn"}, typed.Link("t", "d", "https://a.cn")),
    "event unsubscribe": ({"EventKey": ""}, typed.Departure()),
    "event location": (_REPORTED, Location(23.137, 113.352)),
    "event click": ({"EventKey": "我是谁"}, typed.MenuTap("我是谁", "")),
    "event scancode_push": (_scan("barcode", "EAN_13,6901234567892"), typed.Scan("barcode", "6901234567892", False)),
    "event scancode_waitmsg": (_scan("qrcode", "WO1105"), typed.Scan("qrcode", "WO1105", True)),
    "event location_select": (
        {"EventKey": "6", "SendLocationInfo": {**_PLACE, "Poiname": "仓库"}},
        Location(23.134, 113.358, "广州市海珠区", "仓库"),
    ),
    "event view": ({"EventKey": "https://a.cn", "MenuId": "M"}, typed.MenuTap("https://a.cn", "M")),
    "event view_miniprogram": (_PAGE, typed.MenuTap("pages/index", "M")),
    "event pic_sysphoto": (_PHOTOS, typed.Pictures("6", 2, ("a", "b"))),
    "event pic_photo_or_album": (_PHOTOS, typed.Pictures("6", 2, ("a", "b"))),
    "event pic_weixin": (
        {"EventKey": "6", "SendPicsInfo": {"Count": "1", "PicList": [{"item": {"PicMd5Sum": "a"}}, {"item": {"PicMd5Sum": "b"}}]}},
        typed.Pictures("6", 1, ("a", "b")),
    ),
}  # fmt: skip

PAYLOADS: dict[str, tuple[Fields, Any]] = {
    **{f"official {name}": payload for name, payload in _CHAT.items()},
    **{f"work {name}": payload for name, payload in _CHAT.items()},
    "official shortvideo": ({"MediaId": "M1", "ThumbMediaId": "T1"}, typed.Media("video", "M1", "", "", "T1", "")),
    "official event subscribe": ({"EventKey": "qrscene_order_SO0312", "Ticket": "T"}, typed.Arrival("order_SO0312", True)),
    "official event scan": ({"EventKey": "order_SO0312", "Ticket": "T"}, typed.Arrival("order_SO0312", False)),
    "official event templatesendjobfinish": ({"MsgID": "170", "Status": "failed:user block"}, typed.SendReport("170", False, "failed:user block")),
    "official event subscribe_msg_popup_event": (
        {"SubscribeMsgPopupEvent": {"List": [{"TemplateId": "A", "SubscribeStatusString": "accept", "PopupScene": "1"},
                                             {"TemplateId": "B", "SubscribeStatusString": "reject", "PopupScene": "1"}]}},
        typed.Consent((SubscriptionChange("A", "accept", "1"), SubscriptionChange("B", "reject", "1"))),
    ),
    "official event subscribe_msg_change_event": (
        {"SubscribeMsgChangeEvent": {"List": {"TemplateId": "A", "SubscribeStatusString": "reject"}}},
        typed.Consent((SubscriptionChange("A", "reject"),)),
    ),
    "official event subscribe_msg_sent_event": (
        {"SubscribeMsgSentEvent": _SENT}, (typed.SendReport("170", True, "success"),),
    ),
    "official event masssendjobfinish": ({"MsgID": "171", "Status": "send success"}, typed.SendReport("171", True, "send success")),
    "official event freepublishjobfinish": ({"PublishEventInfo": {"publish_id": "1"}}, typed.SendReport("", False, "")),
    "official event user_info_modified": ({"OpenID": "o_x", "RevokeInfo": "1"}, typed.Privacy("o_x", "1")),
    "official event user_authorization_revoke": ({"OpenID": "o_x", "RevokeInfo": "301"}, typed.Privacy("o_x", "301")),
    "official event kf_create_session": ({"KfAccount": "a@b"}, typed.ServiceSession("a@b", "", "")),
    "official event kf_close_session": ({"KfAccount": "a@b", "CloseType": "KF"}, typed.ServiceSession("a@b", "", "KF")),
    "official event kf_switch_session": ({"FromKfAccount": "a@b", "ToKfAccount": "c@b"}, typed.ServiceSession("a@b", "c@b", "")),
    "work event subscribe": ({}, typed.Arrival("", True)),
    "work event enter_agent": ({"EventKey": ""}, typed.Arrival("", False)),
    "work event template_card_event": (
        {**_CARD, "SelectedItems": {"SelectedItem": {"QuestionKey": "q", "OpitonIds": {"OpitonId": ["a", "b"]}}}},
        CardClick("n1", "待审批", "R1", "button_interaction", {"q": ("a", "b")}),
    ),
    "work event template_card_menu_event": (_CARD, CardClick("n1", "待审批", "R1", "button_interaction", {})),
    "work event taskcard_click": ({"EventKey": "k", "TaskId": "t"}, CardClick("t", "k", "", "taskcard", {})),
    "work event change_contact/create_user": (_MEMBER, _JOINED),
    "work event change_contact/update_user": ({"UserID": "liting", "NewUserID": "lt"}, typed.MemberChange("liting", "lt", "", "", None, "", "")),
    "work event change_contact/delete_user": ({"UserID": "liting"}, typed.MemberChange("liting", "", "", "", None, "", "")),
    "work event change_contact/create_party": ({"Id": "7", "Name": "外贸部", "ParentId": "1"}, typed.PartyChange(7, "外贸部", 1)),
    "work event change_contact/update_party": ({"Id": "7", "Name": "国际部"}, typed.PartyChange(7, "国际部", None)),
    "work event change_contact/delete_party": ({"Id": "7"}, typed.PartyChange(7, "", None)),
    "work event change_contact/update_tag": ({"TagId": "3", "AddUserItems": "liting"}, typed.TagChange("3")),
    "work event change_external_contact/add_external_contact": (_CONTACT, _ADDED),
    "work event change_external_contact/add_half_external_contact": (_CONTACT, _ADDED),
    "work event change_external_contact/edit_external_contact": (_CONTACT, _ADDED),
    "work event change_external_contact/del_external_contact": (_CONTACT, _ADDED),
    "work event change_external_contact/del_follow_user": (_CONTACT, _ADDED),
    "work event change_external_contact/transfer_fail": (
        {"UserID": "liting", "ExternalUserID": "wm", "FailReason": "customer_refused"},
        typed.ContactChange("liting", "wm", "", "", "customer_refused"),
    ),
    "work event change_external_chat/create": ({"ChatId": "c1"}, typed.GroupChange("c1", "")),
    "work event change_external_chat/update": ({"ChatId": "c1", "UpdateDetail": "add_member"}, typed.GroupChange("c1", "add_member")),
    "work event change_external_chat/dismiss": ({"ChatId": "c1"}, typed.GroupChange("c1", "")),
    "work event change_external_tag/create": ({"Id": "t1", "TagType": "tag"}, typed.GroupChange("t1", "")),
    "work event change_external_tag/update": ({"Id": "t1", "TagType": "tag"}, typed.GroupChange("t1", "")),
    "work event change_external_tag/delete": ({"Id": "t1", "TagType": "tag"}, typed.GroupChange("t1", "")),
    "work event sys_approval_change": (
        {"ApprovalInfo": {"SpNoStr": "202611230001", "SpStatus": "2", "TemplateId": "T", "StatuChangeEvent": "2",
                          "Applyer": {"UserId": "liting", "Party": "2"}, "SpRecord": [{"SpStatus": "2"}, {"SpStatus": "1"}]}},
        ApprovalChange("202611230001", "T", "2", "2", "liting"),
    ),
    "work event open_approval_change": (
        {"ApprovalInfo": {"ThirdNo": "X1", "OpenTemplateId": "T", "OpenSpStatus": "1", "ApplyUserId": "liting"}},
        typed.OpenApproval("X1", "T", "1", "liting"),
    ),
    "work event batch_job_result": (
        {"BatchJob": {"JobId": "J", "JobType": "sync_user", "ErrCode": "0", "ErrMsg": "ok"}},
        typed.BatchJob("J", "sync_user", "0", "ok"),
    ),
    "work event kf_msg_or_event": ({"Token": "K", "OpenKfId": "wk1"}, typed.ServiceMail("K", "wk1")),
    "work event close_inactive_agent": ({}, typed.AppChange("1000002")),
    "work event reopen_inactive_agent": ({}, typed.AppChange("1000002")),
    "work event share_agent_change": ({}, typed.AppChange("1000002")),
    "work suite": ({"InfoType": "suite_ticket", "SuiteId": "ww1", "SuiteTicket": "s"}, typed.Suite("suite_ticket", "ww1")),
    "miniprogram event subscribe_msg_popup_event": (
        _LIST, typed.Consent((SubscriptionChange("TPL_SHIPPED_MINI", "accept", "0"),)),
    ),
    "miniprogram event subscribe_msg_change_event": (
        {"SubscribeMsgPopupEvent": {"List": {"TemplateId": "TPL_SHIPPED_MINI", "SubscribeStatusString": "reject"}}},
        typed.Consent((SubscriptionChange("TPL_SHIPPED_MINI", "reject"),)),
    ),
    "miniprogram event subscribe_msg_sent_event": (_SENT, (typed.SendReport("170", True, "success"),)),
    "miniprogram text": ({"Content": "在吗"}, typed.Text("在吗", "")),
    "miniprogram image": (_PICTURE, _media("image")),
    "miniprogram miniprogrampage": ({"Title": "t", "AppId": "wx1", "PagePath": "p"}, typed.MiniPage("t", "wx1", "p")),
    "miniprogram event user_enter_tempsession": ({"SessionFrom": "order"}, typed.Arrival("order", False)),
    "miniprogram event wxa_media_check": ({"trace_id": "t", "result": {"suggest": "pass", "label": 100}}, typed.Verdict("t", "pass")),
    "miniprogram event user_info_modified": ({"OpenID": "m_x", "RevokeInfo": "1"}, typed.Privacy("m_x", "1")),
    "miniprogram event user_authorization_revoke": ({"OpenID": "m_x", "RevokeInfo": "1"}, typed.Privacy("m_x", "1")),
    "miniprogram event add_express_path": ({"DeliveryID": "SF", "WayBillId": "1"}, typed.Parcel("SF", "1")),
}  # fmt: skip

WHO = {"official": "o_C001".ljust(28, "0"), "work": "liting", "miniprogram": "m_C001".ljust(28, "0")}


def body(key: str, *, who: str = "", form: str = "", **changed: Any) -> str:
    """The plaintext of one push: XML in both chats, in the mini-program JSON unless XML is wanted."""
    door, name = key.split(" ", 1)
    kind, _, event = name.partition(" ")
    own, _ = PAYLOADS[key]
    head: Fields = {
        "ToUserName": {"official": "gh_demo", "work": "ww0demo0corp", "miniprogram": "gh_mini"}[door],
        "FromUserName": who or ("sys" if "/" in event or event.endswith("_change") else WHO[door]),
        "CreateTime": int(time.time()),
        "MsgType": kind,
    }
    if name == "suite":
        head = {"ToUserName": head["ToUserName"], "TimeStamp": int(time.time())}
    elif kind == "event":
        head["Event"], _, change = event.partition("/")
        head |= {"ChangeType": change} if change else {}
    else:
        head["MsgId"] = next(_numbers)
    tail = {"AgentID": 1000002} if door == "work" else {}
    fields = {**head, **own, **tail, **changed}
    as_json = (form or ("json" if door == "miniprogram" else "xml")) == "json"
    return json.dumps(fields, ensure_ascii=False) if as_json else f"<xml>{_xml(fields)}</xml>"


def _xml(fields: Fields) -> str:
    written = []
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            inner = _xml(each) if isinstance(each, dict) else f"<![CDATA[{each}]]>"
            written.append(f"<{name}>{inner}</{name}>")
    return "".join(written)
