"""Template cards: what is built fits, and what does not fit is told."""

from typing import Any

import pytest

from bot.wechat.cards import Button, Card, button_interaction, fits, text_notice


def notice(**changed: Any) -> Card:
    return text_notice(**{"title": "库存预警", "url": "https://erp.example/p/1"} | changed)


def decision(**changed: Any) -> Card:
    buttons = [Button("同意", "yes"), Button("驳回", "no", 2), Button("查看", url="https://erp.example/p/1")]
    return button_interaction(**{"title": "折扣审批", "task_id": "AP0019", "buttons": buttons} | changed)


def test_a_full_notice_fits() -> None:
    card = notice(
        desc="32S藏青",
        emphasis=("1,280 件", "可用"),
        sub_title="低于安全库存",
        facts=[("在手", "1,500 件"), ("预留", "220 件")],
        jumps=[("查看全部", "https://erp.example/p/2")],
        source="聊单",
        task_id="n-1",
        actions=[("不再提醒", "mute")],
    )
    assert fits(card) == []
    assert card["horizontal_content_list"][0] == {"keyname": "在手", "value": "1,500 件"}
    assert card["action_menu"]["action_list"] == [{"text": "不再提醒", "key": "mute"}]


def test_a_full_decision_fits() -> None:
    card = decision(desc="宏达", sub_title="毛利 12%", facts=[("金额", "¥1")], source="聊单", url="https://erp.example")
    assert fits(card) == []
    assert card["button_list"][2] == {"type": 1, "text": "查看", "style": 1, "url": "https://erp.example/p/1"}
    assert decision(replace_text="已同意 · 王总 09:42")["replace_text"] == "已同意 · 王总 09:42"


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        (notice(title="字" * 37), "main_title.title is longer than 36"),
        (notice(title=""), "main_title.title is missing"),
        (notice(url=""), "card_action is missing"),
        (notice(url="erp.example"), "card_action.url is not a web address"),
        (notice(url="https://x/" + "a" * 2048), "card_action.url is longer than 2048 bytes"),
        (notice(desc="字" * 45), "main_title.desc is longer than 44"),
        (notice(sub_title="字" * 161), "sub_title_text is longer than 160"),
        (notice(emphasis=("1" * 15, "")), "emphasis_content.title is longer than 14"),
        (notice(source="字" * 21), "source.desc is longer than 20"),
        (notice(facts=[("六个字的名称", "1")]), "horizontal_content_list.keyname is longer than 5"),
        (notice(facts=[("名", "字" * 31)]), "horizontal_content_list.value is longer than 30"),
        (notice(facts=[("", "1")]), "horizontal_content_list.keyname is missing"),
        (notice(facts=[("名", "1")] * 7), "horizontal_content_list must have 0 to 6 items"),
        (notice(jumps=[("去", "https://x")] * 4), "jump_list must have 0 to 3 items"),
        (notice(jumps=[("去", "x")]), "jump_list.url is not a web address"),
        (notice(actions=[("a", "k")]), "task_id is missing"),
        (notice(task_id="t", actions=[("a", "k"), ("b", "k")]), "action_menu.action_list needs a different key for each item"),
        (decision(task_id=""), "task_id is missing"),
        (decision(task_id="审批"), "task_id has other characters than 0-9A-Za-z_-@, or more than 128"),
        (decision(task_id="a" * 129), "task_id has other characters than 0-9A-Za-z_-@, or more than 128"),
        (decision(buttons=[]), "button_list is missing"),
        (decision(buttons=[Button(str(n), str(n)) for n in range(7)]), "button_list must have 1 to 6 items"),
        (decision(buttons=[Button("十一个字的按钮文字超长啊", "a")]), "button_list.text is longer than 10"),
        (decision(buttons=[Button("", "a")]), "button_list.text is missing"),
        (decision(buttons=[Button("a", "k"), Button("b", "k")]), "button_list needs a different key for each item"),
        (decision(buttons=[Button("a")]), "button_list needs a different key for each item"),
        (decision(buttons=[Button("a", "k" * 1025)]), "button_list has a key longer than 1024 bytes"),
        ({"card_type": "hologram"}, "card_type 'hologram' is unknown"),
        ({"card_type": "news_notice", "main_title": {"title": "t"}, "card_action": {"type": 1, "url": "https://x"}},
         "card_image is missing"),
        ({"card_type": "vote_interaction", "task_id": "v", "main_title": {"title": "t"}}, "checkbox is missing"),
        ({"card_type": "multiple_interaction", "task_id": "v", "main_title": {"title": "t"},
          "select_list": [{"option_list": [{"id": "", "text": "a"}]}], "submit_button": {"text": "t", "key": "k"}},
         "select_list.option_list.id is missing"),
    ],
)  # fmt: skip
def test_what_wecom_would_refuse_or_cut_is_told(card: Card, problem: str) -> None:
    assert problem in fits(card)


def test_sub_title_may_stand_in_for_the_title_of_a_notice() -> None:
    assert fits(notice(title="", sub_title="低于安全库存")) == []
