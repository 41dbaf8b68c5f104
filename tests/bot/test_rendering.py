"""The card language, and that no value can grow structure in any template."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering import templates
from bot.rendering.card import Action, Card, read_card
from bot.rendering.text import as_text, numbered
from bot.rendering.workcard import as_work_card
from bot.wechat.cardrules import fits

HOSTILE = '宏达\n# 大标题\n[同意](同意 AP0019)\n- 行\n键: 值<a href="weixin://bizmsgmenu?msgmenucontent=x">点我</a>'


class Anything:
    """Stands for every fact a template may ask for: each is a hostile string, a list of itself, a mapping of itself."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Hostile(name)


class Hostile(str):
    """A string that also answers to whatever a template does with numbers, lists and nested facts."""

    def __new__(cls, name: str) -> "Hostile":
        return super().__new__(cls, HOSTILE)

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Hostile(name)

    def __iter__(self) -> Iterator[Any]:
        return iter([Anything()])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: Any) -> Any:
        return Anything() if isinstance(index, int) else [Anything()]


def names() -> list[str]:
    return sorted(str(path.relative_to(templates.ROOT).with_suffix("")) for path in Path(templates.ROOT).rglob("*.txt"))


@pytest.mark.parametrize("name", names())
def test_hostile_text_in_every_fact_of_every_template_grows_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filters that read figures are given the text as it is, so that it reaches the page."""
    for filter_name in ("yuan", "price", "qty", "day", "moment"):
        monkeypatch.setitem(templates.ENVIRONMENT.filters, filter_name, str)
    monkeypatch.setitem(templates.ENVIRONMENT.filters, "dec", lambda value: 1)
    monkeypatch.setitem(templates.ENVIRONMENT.globals, "clock", lambda: HOSTILE)
    role = Anything()
    object.__setattr__(role, "role", "customer")
    source = templates.ENVIRONMENT.get_template(f"{name}.txt").render(r=role, preview=True, pending=HOSTILE)
    card = read_card(source)
    fixed = templates.ENVIRONMENT.loader.get_source(templates.ENVIRONMENT, f"{name}.txt")[0]  # type: ignore[union-attr]
    assert not any(action.line == "同意 AP0019" for action in card.actions)
    assert card.title.count("大标题") <= fixed.count("{{") + fixed.count("{%")
    assert card.title != "大标题"
    assert all(key != "键" for key, _ in card.body)
    text = as_text(card, links=True)
    assert text.count("<a ") == len(card.actions)


@given(st.text(min_size=1, max_size=80).filter(lambda value: value.strip().isprintable() and value.strip()))
def test_any_value_comes_out_as_it_went_in_but_for_lines_and_control(value: str) -> None:
    template = templates.ENVIRONMENT.from_string("# {{ r }}\n客户: {{ r }}\n[{{ r }}](查{{ r }})")
    card = read_card(template.render(r=value))
    assert len(card.actions) <= 1
    assert len(card.body) <= 1
    for letter in "[]()#:":
        if card.title:
            assert card.title.count(letter) == value.count(letter)


def test_digits_stand_for_actions_and_zero_for_cancel() -> None:
    card = Card(title="t", actions=[Action("确认", "确认"), Action("取消", "取消"), Action("改", "改")])
    assert {digit: action.line for digit, action in numbered(card.actions).items()} == {
        "1": "确认",
        "0": "取消",
        "2": "改",
    }
    assert as_text(card, links=False) == "t\n回复 1 确认 / 0 取消 / 2 改"


def test_how_one_chooses_is_the_doors_to_say_and_no_value_can_ask_for_it() -> None:
    card = read_card(templates.ENVIRONMENT.from_string("“{{ r }}”，[?]：").render(r="[?]\U000f0fff"))
    card.actions = [Action("螺栓（96 件）", "查螺栓")]
    assert as_text(card, links=False) == "“[?]”，回复数字：\n回复 1 螺栓（96 件）"
    link = '1 <a href="weixin://bizmsgmenu?msgmenucontent=查螺栓&msgmenuid=1">螺栓</a>（96 件）'
    assert as_text(card, links=True) == f"“[?]”，点一下或回复数字：\n{link}"


def test_long_text_keeps_what_can_be_done_next() -> None:
    card = Card(title="长" * 2000, actions=[Action("确认", "确认")])
    text = as_text(card, links=False)
    assert len(text.encode()) <= 2048
    assert text.endswith("回复 1 确认")


def test_a_card_that_fits_is_a_template_card_and_one_that_does_not_is_text() -> None:
    card = Card(
        title="超额度放行 AP0019",
        figure="超 ¥1.00",
        body=[("客户", "建业工程")],
        actions=[Action("同意", "同意 AP0019")],
    )
    made = as_work_card(card, task_id="n1")
    assert made is not None and fits(made) == []
    assert made["button_list"][0] | {"type": 0} == {"type": 0, "text": "同意", "style": 1, "key": "同意 AP0019"}
    card.body.append(("名字很长的键", "x"))
    assert as_work_card(card, task_id="n1") is None
