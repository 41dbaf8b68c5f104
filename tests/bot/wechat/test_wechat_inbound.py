"""What pushes mean once they are open, and the replies that answer them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.parser import parse_message

from bot.wechat.envelope import Malformed
from bot.wechat.inbound import ApprovalChange, CardClick, Inbound, Location, SubscriptionChange, parse
from bot.wechat.replies import cut_bytes, text_reply


def push(inner: str, kind: str = "event", msg_id: str = "", time: int = 1_700_000_000) -> Inbound:
    common = "<ToUserName>gh_1</ToUserName><FromUserName>o_1</FromUserName>"
    number = f"<MsgId>{msg_id}</MsgId>" if msg_id else ""
    xml = f"<xml>{common}<CreateTime>{time}</CreateTime><MsgType>{kind}</MsgType>{inner}{number}</xml>"
    return parse(xml.encode(), "official")


def event(name: str, inner: str = "", **more: Any) -> Inbound:
    return push(f"<Event>{name}</Event>{inner}", **more)


def test_text_message_has_its_common_fields() -> None:
    inbound = push("<Content><![CDATA[查库存]]></Content><bizmsgmenuid>7</bizmsgmenuid>", "Text", "4561255354251345929")
    assert inbound.key == "gh_1:4561255354251345929"
    assert (inbound.door, inbound.kind, inbound.event, inbound.text, inbound.menu_id) == (
        "official",
        "text",
        "",
        "查库存",
        "7",
    )
    assert (inbound.sender, inbound.account, inbound.created_at) == ("o_1", "gh_1", 1_700_000_000)


def test_json_push_gives_the_same_as_xml() -> None:
    fields = {
        "ToUserName": "gh_1",
        "FromUserName": "o_1",
        "CreateTime": 1_700_000_000,
        "MsgType": "text",
        "Content": "好",
    }
    from_json = parse(json.dumps(fields | {"MsgId": 2**63 - 1}).encode(), "official")
    assert from_json == push("<Content>好</Content>", "text", str(2**63 - 1))


def test_fields_cannot_be_changed() -> None:
    inbound = event("CLICK", "<EventKey>K</EventKey>")
    with pytest.raises(TypeError):
        inbound.fields["EventKey"] = "other"  # type: ignore[index]
    assert hash(inbound) == hash(event("CLICK", "<EventKey>K</EventKey>"))


def test_escaped_nul_and_half_characters_do_not_get_in() -> None:
    body = rb'{"MsgType": "text", "FromUserName": "m_1", "Content": "a\u0000b\ud800c", "Silent": true, "Nothing": null, "Weight": 1.50}'
    inbound = parse(body, "miniprogram")
    assert inbound.text == "ab?c"
    assert [inbound.get(name) for name in ("Silent", "Nothing", "Weight")] == ["true", "", "1.50"]


def test_empty_text_is_empty_and_not_none() -> None:
    assert push("<Content/>", "text", "1").text == ""


def test_voice_is_what_was_recognised() -> None:
    assert push("<MediaId>m</MediaId><Recognition>查库存。</Recognition>", "voice", "1").text == "查库存。"
    assert push("<MediaId>m</MediaId><Recognition/>", "voice", "1").text == ""


@pytest.mark.parametrize("kind", ["image", "video", "shortvideo", "link", "file", "miniprogrampage", "hologram"])
def test_every_type_survives_under_its_own_name(kind: str) -> None:
    inbound = push("<MediaId>m</MediaId><New>x</New>", kind, "1")
    assert (inbound.kind, inbound.media_id, inbound.get("New")) == (kind, "m", "x")


def test_unknown_events_survive_under_their_own_name() -> None:
    assert event("Hologram_Call").event == "hologram_call"


def test_location_x_is_the_latitude() -> None:
    inner = "<Location_X>29.8</Location_X><Location_Y>121.5</Location_Y><Scale>16</Scale><Label>宁波</Label>"
    assert push(inner, "location", "1").location == Location(29.8, 121.5, "宁波")
    picked = event("location_select", f"<SendLocationInfo>{inner}<Poiname>仓库</Poiname></SendLocationInfo>")
    assert picked.location == Location(29.8, 121.5, "宁波", "仓库")
    reported = event("LOCATION", "<Latitude>29.8</Latitude><Longitude>121.5</Longitude><Precision>9</Precision>")
    assert reported.location == Location(29.8, 121.5)


@pytest.mark.parametrize("degrees", ["", "north", "nan", "inf", "91"])
def test_a_place_that_is_nowhere_is_none(degrees: str) -> None:
    assert push(f"<Location_X>{degrees}</Location_X><Location_Y>1</Location_Y>", "location", "1").location is None


def test_scene_is_the_same_for_new_and_old_followers() -> None:
    assert event("subscribe", "<EventKey>qrscene_bind-7</EventKey>").scene == "bind-7"
    assert event("SCAN", "<EventKey>bind-7</EventKey>").scene == "bind-7"
    assert event("subscribe", "<EventKey>last_trade_no_123</EventKey>").scene == ""
    assert event("subscribe", "<EventKey/>").scene == ""


@pytest.mark.parametrize(
    ("kind", "result", "scanned"),
    [
        ("barcode", "CODE_128,1234", "1234"),
        ("barcode", "EAN_13,6901234567892", "6901234567892"),
        ("barcode", "CODE_39,A,B", "A,B"),
        ("barcode", "6901234567892", "6901234567892"),
        ("barcode", "A,B", "A,B"),
        ("qrcode", "CODE_128,1234", "CODE_128,1234"),
        ("qrcode", "https://x/?a,b", "https://x/?a,b"),
    ],
)
def test_scanned_codes_lose_only_their_symbology(kind: str, result: str, scanned: str) -> None:
    info = f"<ScanCodeInfo><ScanType>{kind}</ScanType><ScanResult>{result}</ScanResult></ScanCodeInfo>"
    assert event("scancode_waitmsg", f"<EventKey>k</EventKey>{info}").scanned == scanned


@pytest.mark.parametrize("ids", ["OptionIds/OptionId", "OpitonIds/OpitonId"])
def test_card_click_reads_both_spellings_and_one_or_many_options(ids: str) -> None:
    plural, single = ids.split("/")
    items = (
        f"<SelectedItem><QuestionKey>q1</QuestionKey><{plural}><{single}>a</{single}><{single}>b</{single}></{plural}>"
        f"</SelectedItem><SelectedItem><QuestionKey>q2</QuestionKey><{plural}><{single}>c</{single}></{plural}></SelectedItem>"
    )
    inner = (
        "<EventKey>approve</EventKey><TaskId>AP0019</TaskId><CardType>button_interaction</CardType>"
        f"<ResponseCode>r1</ResponseCode><AgentID>1</AgentID><SelectedItems>{items}</SelectedItems>"
    )
    click = event("template_card_event", inner)
    assert click.card == CardClick("AP0019", "approve", "r1", "button_interaction", {"q1": ("a", "b"), "q2": ("c",)})
    assert click.agent_id == "1"
    assert event("click").card is None


ACCEPT = {"TemplateId": "t1", "SubscribeStatusString": "accept", "PopupScene": "0"}


@pytest.mark.parametrize("rows", [ACCEPT, [ACCEPT]])
def test_subscriptions_come_as_one_or_several_at_the_top_or_wrapped(rows: Any) -> None:
    fields = {"ToUserName": "gh", "FromUserName": "o", "CreateTime": "1", "MsgType": "event"}
    fields |= {"Event": "subscribe_msg_popup_event"}
    expected = (SubscriptionChange("t1", "accept", "0"),)
    for body in ({"List": rows}, {"SubscribeMsgPopupEvent": {"List": rows}}):
        assert parse(json.dumps(fields | body).encode(), "miniprogram").subscriptions == expected


def test_subscription_results_name_the_message_and_the_error() -> None:
    row = "<TemplateId>t1</TemplateId><MsgID>9</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus>"
    sent = event("subscribe_msg_sent_event", f"<SubscribeMsgSentEvent><List>{row}</List></SubscribeMsgSentEvent>")
    assert sent.subscriptions == (SubscriptionChange("t1", "success", "", "9", "0"),)


def test_approval_uses_the_text_number() -> None:
    info = (
        "<ApprovalInfo><SpNoStr>202611230001</SpNoStr><SpStatus>2</SpStatus><TemplateId>t</TemplateId>"
        "<Applyer><UserId>E001</UserId></Applyer><StatuChangeEvent>2</StatuChangeEvent></ApprovalInfo>"
    )
    assert event("sys_approval_change", info).approval == ApprovalChange("202611230001", "t", "2", "2", "E001")
    assert event("click").approval is None


def test_pictures_of_a_menu_are_counted_alike_for_one_and_many() -> None:
    one = "<item><PicMd5Sum>a</PicMd5Sum></item>"
    for items, count in ((one, 1), (one * 3, 3), ("", 0)):
        inbound = event("pic_weixin", f"<SendPicsInfo><PicList>{items}</PicList></SendPicsInfo>")
        assert len(inbound.each("SendPicsInfo", "PicList", "item")) == count


def test_a_repeated_push_has_the_same_key_and_different_events_of_one_second_do_not() -> None:
    pushes = [
        event("change_contact", "<ChangeType>create_user</ChangeType><UserID>a</UserID>"),
        event("change_contact", "<ChangeType>create_user</ChangeType><UserID>b</UserID>"),
        event("change_contact", "<ChangeType>update_user</ChangeType><UserID>a</UserID>"),
        event("template_card_event", "<TaskId>a</TaskId><EventKey>k</EventKey>"),
        event("template_card_event", "<TaskId>b</TaskId><EventKey>k</EventKey>"),
        event("sys_approval_change", "<ApprovalInfo><SpNoStr>1</SpNoStr></ApprovalInfo>"),
        event("sys_approval_change", "<ApprovalInfo><SpNoStr>2</SpNoStr></ApprovalInfo>"),
        event("click", "<EventKey>k</EventKey>"),
        event("click", "<EventKey>k</EventKey>", time=1_700_000_001),
        event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID>"),
        event("TEMPLATESENDJOBFINISH", "<MsgID>6</MsgID>"),
        event("change_contact", "<ChangeType>update_user</ChangeType><UserID>a</UserID><Name>b</Name>"),
        event("change_contact", "<ChangeType>update_user</ChangeType><UserID>a</UserID><Mobile>1</Mobile>"),
        event("scancode_push", "<EventKey>s</EventKey><ScanCodeInfo><ScanResult>M8X30</ScanResult></ScanCodeInfo>"),
        event("scancode_push", "<EventKey>s</EventKey><ScanCodeInfo><ScanResult>WO1105</ScanResult></ScanCodeInfo>"),
        push("<Content>a</Content>", "text"),
        push("<Content>b</Content>", "text"),
    ]
    assert len({inbound.key for inbound in pushes}) == len(pushes)
    assert event("click", "<EventKey>k</EventKey>").key == pushes[7].key


def test_kf_event_without_sender_and_suite_command_without_type_are_read() -> None:
    kf = parse(
        b"<xml><ToUserName>ww</ToUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
        b"<Event>kf_msg_or_event</Event><Token>T</Token></xml>",
        "work",
    )
    assert (kf.sender, kf.event) == ("", "kf_msg_or_event")
    suite = parse(b"<xml><SuiteId>ww</SuiteId><InfoType>suite_ticket</InfoType><TimeStamp>5</TimeStamp></xml>", "work")
    assert (suite.kind, suite.event, suite.created_at) == ("event", "suite_ticket", 5)


@pytest.mark.parametrize(
    "body",
    [
        "<xml/>",
        "<a><MsgType>text</MsgType></a>",
        "<xml><MsgType/></xml>",
        "<xml><MsgType>a</MsgType><MsgType>b</MsgType></xml>",
        "<xml><MsgType><b>c</b></MsgType></xml>",
        "<xml><MsgType>event</MsgType></xml>",
        "<xml><MsgType>text</MsgType><CreateTime>now</CreateTime></xml>",
        "<xml><MsgType>text</MsgType><CreateTime>" + "9" * 5000 + "</CreateTime></xml>",
        "<xml><MsgType>text</MsgType>",
        "<xml>text</xml>",
        "<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>",
        "{}",
        '{"MsgType": NaN}',
        '{"MsgType": ["text"]}',
        '{"MsgType": "text", "a": ' + "[" * 5000 + "]" * 5000 + "}",
        "<xml><MsgType>text</MsgType>" + "<a>" * 16 + "</a>" * 16 + "</xml>",
        '{"MsgType": "text", "a": ' + "[" * 16 + "]" * 16 + "}",
        '{"MsgType": "text"',
    ],
)
def test_what_wechat_never_sends_is_malformed(body: str) -> None:
    with pytest.raises(Malformed):
        parse(body.encode(), "official")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
)
NAMES = st.sampled_from(
    ["Event", "EventKey", "FromUserName", "CreateTime", "MsgId", "List", "SelectedItems", "SubscribeMsgPopupEvent",
     "ScanCodeInfo", "Location_X", "Location_Y", "SendLocationInfo", "ApprovalInfo", "Content", "ResponseCode"]
)  # fmt: skip
EVENTS = st.sampled_from(
    ["template_card_event", "subscribe", "scan", "sys_approval_change", "subscribe_msg_popup_event"]
)


@given(st.dictionaries(NAMES, JSON), EVENTS)
def test_no_accessor_ever_raises(fields: dict[str, Any], name: str) -> None:
    body = json.dumps({**fields, "MsgType": "event", "Event": name}).encode()
    try:
        inbound = parse(body, "miniprogram")
    except Malformed:
        return
    properties = [name for name in dir(Inbound) if isinstance(getattr(Inbound, name), property)]
    assert len([getattr(inbound, name) for name in properties]) == len(properties)


def test_we_read_what_wechatpy_reads() -> None:
    xml = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>o_1</FromUserName><CreateTime>1700000000</CreateTime>"
        "<MsgType>location</MsgType><Location_X>29.8</Location_X><Location_Y>121.5</Location_Y><Label>宁波</Label>"
        "<MsgId>77</MsgId></xml>"
    )
    theirs, ours = parse_message(xml), parse(xml.encode(), "official")
    assert ours.location is not None
    assert (theirs.source, theirs.target, str(theirs.id)) == (ours.sender, ours.account, ours.msg_id)
    assert (float(theirs.location_x), theirs.label) == (ours.location.latitude, ours.location.label)


def test_text_reply_swaps_the_names_and_tells_the_time() -> None:
    reply = parse(
        text_reply(push("<Content>1</Content>", "text", "1"), "库存 5 件\n下一步", 1_700_000_009.9).encode(), "x"
    )
    assert (reply.sender, reply.account, reply.created_at, reply.kind) == ("gh_1", "o_1", 1_700_000_009, "text")
    assert reply.text == "库存 5 件\n下一步"


@pytest.mark.parametrize("hostile", ["a]]><MsgType>x</MsgType><![CDATA[b", "]]]]>>", "]]>", "\x00\x08<&>"])
def test_nothing_breaks_out_of_a_reply(hostile: str) -> None:
    reply = parse(text_reply(push("<Content>1</Content>", "text", "1"), hostile, 1).encode(), "x")
    assert reply.text == hostile.replace("\x00", "").replace("\x08", "")
    sender = push("<Content>1</Content>", "text", "1")
    forged = Inbound(**{**vars(sender), "sender": "o]]></ToUserName><Evil/>"})
    assert "Evil" not in parse(text_reply(forged, "好", 1).encode(), "x").fields


@given(st.text(), st.integers(3, 60))
def test_cut_text_is_short_enough_and_whole_characters(text: str, limit: int) -> None:
    cut = cut_bytes(text, limit)
    assert len(cut.encode()) <= limit
    if len(text.encode("utf-8", "replace")) > limit:
        assert cut.endswith("…")
