"""Template cards: what they may hold, one-use codes, taps and updates."""

from typing import Any

import pytest

from emulator.xmltext import write_xml
from tests.emulator.simkit import Sim, seal

UPDATE = "/cgi-bin/message/update_template_card"
URL = "https://example.com/"
ACTION = {"type": 1, "url": URL}
YES, NO = {"text": "同意", "key": "yes", "style": 1}, {"text": "驳回", "key": "no", "style": 2}
OPTION = {"id": "o1", "text": "价格低"}
TEXT: dict[str, Any] = {"card_type": "text_notice", "main_title": {"title": "库存"}, "card_action": ACTION}
NEWS: dict[str, Any] = TEXT | {"card_type": "news_notice", "card_image": {"url": URL, "aspect_ratio": 2}}
BUTTON: dict[str, Any] = {
    "card_type": "button_interaction",
    "task_id": "ap-1",
    "main_title": {"title": "折扣"},
    "button_list": [YES, NO],
}
VOTE: dict[str, Any] = {
    "card_type": "vote_interaction",
    "task_id": "v-1",
    "main_title": {"title": "去哪"},
    "checkbox": {"question_key": "q", "mode": 1, "option_list": [OPTION | {"is_checked": True}]},
    "submit_button": {"text": "提交", "key": "s"},
}
SELECT = {"question_key": "q1", "title": "原因", "option_list": [OPTION, {"id": "o2", "text": "资料缺"}]}
MULTIPLE: dict[str, Any] = {
    "card_type": "multiple_interaction",
    "task_id": "m-1",
    "main_title": {"title": "原因"},
    "select_list": [SELECT],
    "submit_button": {"text": "提交", "key": "s"},
}
MENU = {"desc": "更多", "action_list": [{"text": "不再推送", "key": "mute"}]}


@pytest.mark.parametrize("ratio", [{}, {"aspect_ratio": 1.31}, {"aspect_ratio": 2.24}, {"aspect_ratio": 2}])
async def test_a_picture_within_its_ratio(sim: Sim, ratio: dict[str, float]) -> None:
    assert (await sim.work_card("liting", NEWS | {"card_image": {"url": URL} | ratio}))["errcode"] == 0


@pytest.mark.parametrize(
    ("card", "has_code"),
    [(TEXT, False), (NEWS, False), (BUTTON, True), (VOTE, True), (MULTIPLE, True)],
    ids=lambda value: value.get("card_type") if isinstance(value, dict) else str(value),
)
async def test_the_five_kinds_are_accepted(sim: Sim, card: dict[str, Any], has_code: bool) -> None:
    answer = await sim.work_card("liting", card)
    assert answer["errcode"] == 0
    assert ("response_code" in answer) is has_code
    assert [shown["card_type"] for shown in await sim.get("/sim/cards", person="P1")] == [card["card_type"]]


async def test_a_notice_with_an_action_menu_can_be_updated_too(sim: Sim) -> None:
    assert "response_code" in await sim.work_card("liting", TEXT | {"action_menu": MENU, "task_id": "t-1"})


FACT = {"keyname": "金额", "value": "¥1"}


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"card_type": "poem"}, 42031),
        ({}, 42031),
        (TEXT | {"main_title": {}}, 42033),
        (TEXT | {"main_title": {"title": "字" * 37}}, 42033),
        (TEXT | {"main_title": {"title": "t", "desc": "字" * 45}}, 40058),
        (TEXT | {"card_action": {}}, 42045),
        (TEXT | {"card_action": {"type": 1}}, 42028),
        (TEXT | {"card_action": {"type": 1, "url": "example.com"}}, 45034),
        (TEXT | {"card_action": {"type": 2}}, 42030),
        (TEXT | {"source": {"desc": "字" * 21}}, 40058),
        (TEXT | {"sub_title_text": "字" * 161}, 40058),
        (TEXT | {"horizontal_content_list": [FACT] * 7}, 42035),
        (TEXT | {"horizontal_content_list": [{"value": "1"}]}, 42027),
        (TEXT | {"horizontal_content_list": [FACT | {"keyname": "一二三四五六"}]}, 42027),
        (TEXT | {"horizontal_content_list": [FACT | {"value": "字" * 31}]}, 40058),
        (TEXT | {"horizontal_content_list": [FACT | {"type": 1}]}, 42028),
        (TEXT | {"horizontal_content_list": [FACT | {"type": 2}]}, 42029),
        (TEXT | {"horizontal_content_list": [FACT | {"type": 3}]}, 42050),
        (TEXT | {"jump_list": [{"type": 1, "title": "看", "url": URL}] * 4}, 42042),
        (TEXT | {"jump_list": [{"type": 1, "title": "字" * 19, "url": URL}]}, 42033),
        (TEXT | {"quote_area": {"type": 1}}, 42028),
        (TEXT | {"action_menu": MENU}, 42014),
        (TEXT | {"action_menu": {"action_list": MENU["action_list"] * 2}, "task_id": "t"}, 42051),
        (NEWS | {"card_image": {}}, 42044),
        *((NEWS | {"card_image": {"url": URL, "aspect_ratio": ratio}}, 40058) for ratio in (1.3, 2.25, 3, "2", True)),
        (NEWS | {"vertical_content_list": [{"title": "t"}] * 5}, 42036),
        (NEWS | {"vertical_content_list": [{"title": "字" * 39}]}, 42033),
        (BUTTON | {"task_id": ""}, 42014),
        (BUTTON | {"task_id": "空 格"}, 42014),
        (BUTTON | {"task_id": "x" * 129}, 42014),
        (BUTTON | {"button_list": []}, 42038),
        (BUTTON | {"button_list": [YES | {"key": str(n)} for n in range(7)]}, 42038),
        (BUTTON | {"button_list": [YES | {"text": "字" * 11}]}, 42038),
        (BUTTON | {"button_list": [{"text": "同意"}]}, 42039),
        (BUTTON | {"button_list": [YES, YES]}, 42039),
        (BUTTON | {"button_selection": {"option_list": [OPTION]}}, 42043),
        (BUTTON | {"button_selection": {"question_key": "q", "option_list": []}}, 42037),
        (BUTTON | {"button_selection": {"question_key": "q", "option_list": [{"text": "t"}]}}, 42040),
        (BUTTON | {"button_selection": {"question_key": "q", "option_list": [{"id": "1", "text": "字" * 17}]}}, 42041),
        (VOTE | {"main_title": {"title": "字" * 17}}, 42033),
        (VOTE | {"submit_button": {"text": "提交"}}, 42046),
        (VOTE | {"submit_button": {"key": "s"}}, 42049),
        (VOTE | {"horizontal_content_list": [FACT]}, 40058),
        (MULTIPLE | {"select_list": [SELECT] * 4}, 42047),
        (MULTIPLE | {"select_list": [SELECT] * 2}, 42043),
    ],
)
async def test_cards_that_are_refused(sim: Sim, card: dict[str, Any], code: int) -> None:
    assert (await sim.work_card("liting", card))["errcode"] == code
    assert await sim.get("/sim/cards", person="P1") == []


async def test_a_task_id_is_good_for_one_message(sim: Sim) -> None:
    await sim.work_card("liting", BUTTON)
    assert (await sim.work_card("wangzong", BUTTON))["errcode"] == 42014


async def test_a_tap_tells_the_backend_with_a_fresh_code(sim: Sim) -> None:
    await sim.work_card("liting", BUTTON)
    for button in ("同意", "no"):
        await sim.sim("card", door="work", person="P1", task_id="ap-1", button=button, wait=0)
    first, second = (push.fields for push in sim.backend.pushes)
    assert (first["MsgType"], first["Event"], first["FromUserName"]) == ("event", "template_card_event", "LiTing")
    assert (first["EventKey"], second["EventKey"]) == ("yes", "no")
    assert (first["TaskId"], first["CardType"], first["AgentID"]) == ("ap-1", "button_interaction", "1000002")
    assert first["ResponseCode"] != second["ResponseCode"]


async def test_what_is_not_on_the_card_cannot_be_tapped(sim: Sim) -> None:
    await sim.work_card("liting", BUTTON)
    tap = {"door": "work", "task_id": "ap-1", "button": "同意"}
    assert await sim.status("card", person="P2", **tap) == 404
    assert await sim.status("card", person="P1", **tap | {"button": "转交"}) == 404
    assert await sim.status("card", person="P1", **tap | {"task_id": "ap-9"}) == 404
    assert sim.backend.pushes == []


async def test_choices_go_along_with_the_tap(sim: Sim) -> None:
    await sim.work_card("liting", MULTIPLE)
    tap = {"door": "work", "person": "P1", "task_id": "m-1", "button": "提交", "wait": 0}
    await sim.sim("card", **tap)
    await sim.sim("card", **tap, selected={"q1": "o2"})
    chosen = [push.fields["SelectedItems"]["SelectedItem"] for push in sim.backend.pushes]
    assert chosen == [{"QuestionKey": "q1", "OptionIds": {"OptionId": option}} for option in ("o1", "o2")]


async def test_an_action_of_the_menu_is_an_event_of_its_own(sim: Sim) -> None:
    await sim.work_card("liting", TEXT | {"action_menu": MENU, "task_id": "t-1"})
    await sim.sim("card", door="work", person="P1", task_id="t-1", button="不再推送", wait=0)
    fields = sim.backend.pushes[0].fields
    assert (fields["Event"], fields["EventKey"]) == ("template_card_menu_event", "mute")


async def update(sim: Sim, code: str, **changes: Any) -> Any:
    body = {"userids": ["liting"], "agentid": 1000002, "response_code": code, "button": {"replace_name": "已同意"}}
    return await sim.call("work", UPDATE, body | changes)


async def states(sim: Sim) -> list[str]:
    return [(await sim.get("/sim/cards", person=person))[0]["state"] for person in ("P1", "P2")]


async def test_one_code_updates_everyone_once(sim: Sim) -> None:
    code = (await sim.work_card("liting|wangzong", BUTTON))["response_code"]
    assert await update(sim, code, atall=1, userids=[]) == {"errcode": 0, "errmsg": "ok"}
    assert await states(sim) == ["decided", "decided"]
    assert (await sim.shown("work", "P2"))[-1].endswith("[已同意]")
    assert (await update(sim, code))["errcode"] == 42022
    assert await sim.status("card", door="work", person="P2", task_id="ap-1", button="同意") == 409


async def test_only_those_named_see_the_update_and_strangers_are_named(sim: Sim) -> None:
    code = (await sim.work_card("liting|wangzong", BUTTON))["response_code"]
    assert (await update(sim, code, userids=["LiTing", "Ghost"]))["invaliduser"] == ["ghost"]
    assert await states(sim) == ["decided", "open"]


async def test_the_code_of_a_tap_updates_the_card_and_the_tap_reports_it(sim: Sim) -> None:
    async def decide(push: Any) -> None:
        await update(sim, push.fields["ResponseCode"], userids=["liting", "wangzong"])

    sim.backend.answer = decide
    await sim.work_card("liting|wangzong", BUTTON)
    answer = await sim.sim("card", door="work", person="P1", task_id="ap-1", button="同意")
    assert answer["reply"] == "折扣\n[已同意]"
    assert await states(sim) == ["decided", "decided"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_code": "wrong"}, 60140),
        ({"agentid": 1}, 40056),
        ({"userids": []}, 82001),
        ({"button": {}}, 40058),
    ],
)
async def test_updates_that_are_refused_leave_the_code_unused(sim: Sim, changes: dict[str, Any], code: int) -> None:
    response_code = (await sim.work_card("liting|wangzong", BUTTON))["response_code"]
    assert (await update(sim, response_code, **changes))["errcode"] == code
    assert (await update(sim, response_code))["errcode"] == 0


async def test_a_code_ends_after_72_hours(sim: Sim) -> None:
    code = (await sim.work_card("liting", BUTTON))["response_code"]
    await sim.sim("clock", forward=72 * 3600)
    sim.forget_tokens()
    assert (await update(sim, code))["errcode"] == 60140


async def test_an_update_may_bring_another_card(sim: Sim) -> None:
    code = (await sim.work_card("liting", BUTTON))["response_code"]
    body = {"userids": ["liting"], "agentid": 1000002, "response_code": code}
    bad = await sim.call("work", UPDATE, body | {"template_card": TEXT | {"card_action": {}}})
    assert bad["errcode"] == 42045
    assert (await sim.call("work", UPDATE, body | {"template_card": TEXT}))["errcode"] == 0
    assert (await sim.shown("work", "P1"))[-1] == "库存"


async def test_two_taps_at_once_are_both_delivered(sim: Sim) -> None:
    await sim.work_card("liting|wangzong", BUTTON)
    answers = await sim.taps_at_once(
        [{"door": "work", "person": who, "task_id": "ap-1", "button": "同意"} for who in ("P1", "P2")]
    )
    assert [answer["attempts"] for answer in answers] == [1, 1]
    assert sim.backend.most_at_once == 2


def replying(sim: Sim, kind: str, body: dict[str, Any]) -> None:
    """A backend that answers every tap with a change of the card."""

    async def answer(push: Any) -> str:
        fields = {"ToUserName": push.fields["FromUserName"], "FromUserName": push.fields["ToUserName"]}
        return seal("work", write_xml({**fields, "CreateTime": 1700000000, "MsgType": kind, **body}))

    sim.backend.answer = answer


async def tapped(sim: Sim, task_id: str = "ap-1", button: str = "同意") -> dict[str, Any]:
    answer: dict[str, Any] = await sim.sim("card", door="work", person="P1", task_id=task_id, button=button)
    return answer


async def test_a_reply_may_make_the_button_grey_for_whoever_tapped_it(sim: Sim) -> None:
    await sim.work_card("liting|wangzong", BUTTON)
    replying(sim, "update_button", {"Button": {"ReplaceName": "已同意"}})
    assert (await tapped(sim))["reply"] == "折扣\n[已同意]"
    assert await states(sim) == ["decided", "open"]


async def test_a_reply_may_bring_another_card(sim: Sim) -> None:
    await sim.work_card("liting|wangzong", BUTTON)
    rows = [{"KeyName": "金额", "Value": "¥1"}, {"KeyName": "网址", "Value": "看", "Type": 1, "Url": URL}]
    parts = {"MainTitle": {"Title": "折扣"}, "HorizontalContentList": rows, "ReplaceText": "已驳回"}
    buttons = [{"Text": "同意", "Style": 1, "Key": "yes"}, {"Text": "驳回", "Style": 2, "Key": "no"}]
    card = {"CardType": "button_interaction", **parts, "ButtonList": buttons}
    replying(sim, "update_template_card", {"TemplateCard": card})
    assert (await tapped(sim, button="驳回"))["reply"] == "折扣\n金额: ¥1\n网址: 看\n[已驳回]"
    (shown,) = await sim.get("/sim/cards", person="P1")
    assert (shown["task_id"], shown["state"]) == ("ap-1", "decided")
    assert (await states(sim))[1] == "open"


async def test_a_reply_may_end_a_vote_with_what_was_chosen(sim: Sim) -> None:
    await sim.work_card("liting", VOTE)
    options = [{"Id": "o1", "Text": "价格低", "IsChecked": "true"}]
    box = {"QuestionKey": "q", "OptionList": options, "Disable": "true", "Mode": 1}
    card = {"CardType": "vote_interaction", "MainTitle": {"Title": "去哪"}, "CheckBox": box}
    card |= {"SubmitButton": {"Text": "提交", "Key": "s"}, "ReplaceText": "已提交"}
    replying(sim, "update_template_card", {"TemplateCard": card})
    assert (await tapped(sim, "v-1", "提交"))["reply"].endswith("[已提交]")
    assert (await sim.get("/sim/cards", person="P1"))[0]["state"] == "decided"


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("update_button", {}, "Button/ReplaceName is missing"),
        ("update_template_card", {}, "TemplateCard is missing"),
        ("update_template_card", {"TemplateCard": {"CardType": "poem"}}, "42031"),
        ("update_template_card", {"TemplateCard": {"CardType": "text_notice", "MainTitle": {"Title": "t"}}}, "42045"),
        (
            "update_template_card",
            {"TemplateCard": {"CardType": "button_interaction", "MainTitle": {"Title": "t"}, "ButtonList": {"Text": "好", "Key": "k", "Style": "red"}}},
            "TemplateCard: ",
        ),
    ],
)  # fmt: skip
async def test_a_change_that_is_none_leaves_the_card_as_it_was(
    sim: Sim, kind: str, body: dict[str, Any], words: str
) -> None:
    await sim.work_card("liting", BUTTON)
    replying(sim, kind, body)
    assert words in (await tapped(sim))["failures"][0]
    assert (await sim.get("/sim/cards", person="P1"))[0]["state"] == "open"


async def test_a_notice_has_no_button_to_change_and_a_line_no_card(sim: Sim) -> None:
    await sim.work_card("liting", TEXT | {"action_menu": MENU, "task_id": "t-1"})
    replying(sim, "update_button", {"Button": {"ReplaceName": "已关闭"}})
    assert (await tapped(sim, "t-1", "不再推送"))["reply"] is None
    assert (await sim.get("/sim/cards", person="P1"))[0]["state"] == "open"
    assert "only a tap on a card" in (await sim.text("work", "P1", "在吗"))["failures"][0]
