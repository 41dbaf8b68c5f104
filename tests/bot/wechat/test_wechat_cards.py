"""Template cards: what is built fits, and what does not fit is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat.cardrules import Card, fits, shortened
from bot.wechat.cards import (
    Button,
    Choice,
    Picture,
    Question,
    Quote,
    button_interaction,
    multiple_interaction,
    news_notice,
    text_notice,
    vote_interaction,
)
from bot.wechat.messages import MiniPage


def notice(**changed: Any) -> Card:
    return text_notice(**{"title": "库存预警", "url": "https://erp.example/p/1"} | changed)


def decision(**changed: Any) -> Card:
    buttons = [Button("同意", "yes"), Button("驳回", "no", 2), Button("查看", url="https://erp.example/p/1")]
    return button_interaction(**{"title": "折扣审批", "task_id": "AP0019", "buttons": buttons} | changed)


LEVEL = Question("level", "级别", [Choice("a", "普通"), Choice("b", "加急")], "a")


def picture(**changed: Any) -> Card:
    shown = Picture("https://erp.example/p.png")
    return news_notice(**{"title": "新品", "url": "https://erp.example/p/1", "picture": shown} | changed)


def vote(**changed: Any) -> Card:
    choices = [Choice("a", "周三", True), Choice("b", "周四")]
    return vote_interaction(
        **{"title": "哪天盘点", "task_id": "v1", "key": "day", "choices": choices, "submit": ("提交", "go")} | changed
    )


def multiple(**changed: Any) -> Card:
    return multiple_interaction(
        **{"title": "质检结果", "task_id": "m1", "questions": [LEVEL], "submit": ("提交", "go")} | changed
    )


def test_the_other_kinds_hold_what_wecom_documents() -> None:
    card = picture(desc="d", paragraphs=[("t", "d")], quote=Quote("q", "t", MiniPage("wx1", "pages/i")), source="聊单")
    assert fits(card) == []
    assert card["card_image"] == {"url": "https://erp.example/p.png", "aspect_ratio": 1.6}
    assert card["vertical_content_list"] == [{"title": "t", "desc": "d"}]
    quoted = {"type": 2, "appid": "wx1", "pagepath": "pages/i", "title": "t", "quote_text": "q"}
    assert card["quote_area"] == quoted
    assert vote(several=True) == {
        "card_type": "vote_interaction",
        "main_title": {"title": "哪天盘点"},
        "task_id": "v1",
        "checkbox": {
            "question_key": "day",
            "option_list": [
                {"id": "a", "text": "周三", "is_checked": True},
                {"id": "b", "text": "周四", "is_checked": False},
            ],
            "mode": 1,
        },
        "submit_button": {"text": "提交", "key": "go"},
    }
    question = {
        "question_key": "level",
        "title": "级别",
        "option_list": [{"id": "a", "text": "普通"}, {"id": "b", "text": "加急"}],
        "selected_id": "a",
    }
    assert multiple()["select_list"] == [question]
    assert decision(question=LEVEL)["button_selection"] == question
    for each in (vote(), multiple(), decision(question=LEVEL, quote=Quote("q"), actions=[("稍后", "later")])):
        assert fits(each) == []


def test_an_answered_card_takes_no_more_answers() -> None:
    done = vote(replace_text="已提交")
    assert (done["replace_text"], done["checkbox"]["disable"], fits(done)) == ("已提交", True, [])
    done = multiple(replace_text="已提交")
    assert (done["replace_text"], done["select_list"][0]["disable"], fits(done)) == ("已提交", True, [])


words = st.text(min_size=1, max_size=200)


@given(st.tuples(words, words, words, words), st.lists(st.tuples(words, words), max_size=6))
def test_a_shortened_card_always_fits(texts: tuple[str, str, str, str], pairs: list[tuple[str, str]]) -> None:
    title, desc, source, more = texts
    quote = Quote(more, more)
    facts: dict[str, Any] = {"title": title, "desc": desc, "source": source}
    buttons = [Button(words, str(number)) for number, (words, _) in enumerate(pairs)] or [Button(more, "k")]
    choices = [Choice(str(number), words) for number, (words, _) in enumerate(pairs)] or [Choice("k", more)]
    cards = [
        notice(**facts, sub_title=more, facts=pairs, emphasis=(title, more), quote=quote),
        picture(**facts, facts=pairs, paragraphs=pairs[:4], quote=quote),
        decision(**facts, sub_title=more, facts=pairs, buttons=buttons, question=Question("q", more, choices)),
        vote(**facts, choices=choices, submit=(more, "k")),
        multiple(**facts, questions=[Question("q", more, choices)], submit=(more, "k")),
    ]
    for card in cards:
        assert fits(shortened(card)) == []
        assert shortened(shortened(card)) == shortened(card)
        # What fits already is left alone.
        if fits(card) == []:
            assert shortened(card) == card


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
        (notice(emphasis=("1" * 11, "")), "emphasis_content.title is longer than 10"),
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
          "select_list": [{"question_key": "q", "option_list": [{"id": "", "text": "a"}]}], "submit_button": {"text": "t", "key": "k"}},
         "select_list.option_list.id is missing"),
        (picture(picture=Picture("https://x/1.png", 1.3)), "card_image.aspect_ratio must lie between 1.3 and 2.25"),
        (picture(picture=Picture("https://x/1.png", 2.25)), "card_image.aspect_ratio must lie between 1.3 and 2.25"),
        (picture(picture=Picture("", 1.5)), "card_image is missing"),
        (picture(picture=Picture("x/1.png", 1.5)), "card_image.url is not a web address"),
        (picture(paragraphs=[("t", "d")] * 5), "vertical_content_list must have 0 to 4 items"),
        (picture(quote=Quote("q", target="x")), "quote_area.url is not a web address"),
        (vote(title="字" * 17), "main_title.title is longer than 16"),
        (vote(desc="字" * 161), "main_title.desc is longer than 160"),
        (vote() | {"jump_list": []}, "jump_list does not belong to vote_interaction"),
        (vote(key=""), "checkbox.question_key is missing"),
        (vote(submit=("", "k")), "submit_button.text is missing"),
        (vote(choices=[]), "checkbox.option_list must have 1 to 20 items"),
        (vote(choices=[Choice("a", "甲"), Choice("a", "乙")]), "checkbox.option_list needs a different id for each option"),
        (vote(choices=[Choice("a" * 129, "甲")]), "checkbox.option_list has an id longer than 128 bytes"),
        (vote(choices=[Choice("a", "甲", True), Choice("b", "乙", True)]), "checkbox allows only one option to be checked"),
        (multiple(questions=[]), "select_list is missing"),
        (multiple(questions=[LEVEL] * 4), "select_list must have 1 to 3 items"),
        (multiple(questions=[LEVEL] * 2), "select_list needs a different question_key for each item"),
        (multiple(questions=[Question("q", "级别", LEVEL.choices, "z")]), "select_list.selected_id is none of its options"),
        (multiple() | {"card_action": {}}, "card_action does not belong to multiple_interaction"),
    ],
)  # fmt: skip
def test_what_wecom_would_refuse_or_cut_is_told(card: Card, problem: str) -> None:
    assert problem in fits(card)


def test_sub_title_may_stand_in_for_the_title_of_a_notice() -> None:
    assert fits(notice(title="", sub_title="低于安全库存")) == []
