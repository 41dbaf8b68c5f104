"""Building the five kinds of WeCom's template cards (WeCom doc 90236)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.wechat.cardrules import Card
from bot.wechat.messages import MiniPage

Facts = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Button:
    """A button of a card; with `url` it opens a page, otherwise it calls back with `key`."""

    text: str
    key: str = ""
    style: Literal[1, 2, 3, 4] = 1
    url: str = ""


@dataclass(frozen=True)
class Choice:
    """One option of a question."""

    id: str
    text: str
    checked: bool = False


@dataclass(frozen=True)
class Question:
    """A list to choose from; `chosen` is the option that stands there at first."""

    key: str
    title: str
    choices: Sequence[Choice]
    chosen: str = ""


@dataclass(frozen=True)
class Quote:
    """Words in a grey box; with `target`, a web address or a page, they can be tapped."""

    text: str
    title: str = ""
    target: str | MiniPage = ""


@dataclass(frozen=True)
class Picture:
    """The picture of a card, wider than high: its width is 1.3 to 2.25 times its height."""

    url: str
    aspect_ratio: float = 1.6


def text_notice(
    *,
    title: str,
    url: str,
    desc: str = "",
    emphasis: tuple[str, str] | None = None,
    sub_title: str = "",
    facts: Facts = (),
    jumps: Sequence[tuple[str, str]] = (),
    source: str = "",
    task_id: str = "",
    actions: Sequence[tuple[str, str]] = (),
    quote: Quote | None = None,
) -> Card:
    """Build a card that tells something; `emphasis` is a big figure and its caption, `actions` make it updatable."""
    card = _common("text_notice", title, desc, sub_title, facts, source, task_id, url)
    if emphasis:
        card["emphasis_content"] = {"title": emphasis[0], "desc": emphasis[1]}
    return card | _below(jumps, actions, quote)


def news_notice(
    *,
    title: str,
    url: str,
    picture: Picture,
    desc: str = "",
    paragraphs: Sequence[tuple[str, str]] = (),
    facts: Facts = (),
    jumps: Sequence[tuple[str, str]] = (),
    source: str = "",
    task_id: str = "",
    actions: Sequence[tuple[str, str]] = (),
    quote: Quote | None = None,
) -> Card:
    """Build a card that tells something with a picture; `paragraphs` are up to four titles with words below."""
    card = _common("news_notice", title, desc, "", facts, source, task_id, url)
    card["card_image"] = {"url": picture.url, "aspect_ratio": picture.aspect_ratio}
    if paragraphs:
        card["vertical_content_list"] = [{"title": head, "desc": words} for head, words in paragraphs]
    return card | _below(jumps, actions, quote)


def button_interaction(
    *,
    title: str,
    task_id: str,
    buttons: Sequence[Button],
    desc: str = "",
    sub_title: str = "",
    facts: Facts = (),
    source: str = "",
    url: str = "",
    replace_text: str = "",
    question: Question | None = None,
    actions: Sequence[tuple[str, str]] = (),
    quote: Quote | None = None,
) -> Card:
    """Build a card that asks for a decision; `replace_text` is for an update, and greys the buttons out."""
    card = _common("button_interaction", title, desc, sub_title, facts, source, task_id, url)
    card["button_list"] = [_button(button) for button in buttons]
    if question is not None:
        card["button_selection"] = _question(question)
    return card | _below((), actions, quote) | _replaced(replace_text)


def vote_interaction(
    *,
    title: str,
    task_id: str,
    key: str,
    choices: Sequence[Choice],
    submit: tuple[str, str],
    several: bool = False,
    desc: str = "",
    source: str = "",
    replace_text: str = "",
) -> Card:
    """Build a card with boxes to tick, one or `several`; `submit` is the button's text and key.

    With `replace_text`, for an update, nothing can be ticked any more.
    """
    card = _common("vote_interaction", title, desc, "", (), source, task_id, "")
    rows = [{"id": each.id, "text": each.text, "is_checked": each.checked} for each in choices]
    card["checkbox"] = {"question_key": key, "option_list": rows, "mode": int(several)}
    card["submit_button"] = {"text": submit[0], "key": submit[1]}
    if replace_text:
        card["checkbox"]["disable"] = True
    return card | _replaced(replace_text)


def multiple_interaction(
    *,
    title: str,
    task_id: str,
    questions: Sequence[Question],
    submit: tuple[str, str],
    desc: str = "",
    source: str = "",
    replace_text: str = "",
) -> Card:
    """Build a card with up to three lists to choose from; `submit` is the button's text and key."""
    card = _common("multiple_interaction", title, desc, "", (), source, task_id, "")
    card["select_list"] = [_question(each) | ({"disable": True} if replace_text else {}) for each in questions]
    card["submit_button"] = {"text": submit[0], "key": submit[1]}
    return card | _replaced(replace_text)


def _common(
    kind: str, title: str, desc: str, sub_title: str, facts: Facts, source: str, task_id: str, url: str
) -> Card:
    card: Card = {"card_type": kind, "main_title": {"title": title}}
    if desc:
        card["main_title"]["desc"] = desc
    if source:
        card["source"] = {"desc": source}
    if task_id:
        card["task_id"] = task_id
    if sub_title:
        card["sub_title_text"] = sub_title
    if facts:
        card["horizontal_content_list"] = [{"keyname": name, "value": value} for name, value in facts]
    if url:
        card["card_action"] = {"type": 1, "url": url}
    return card


def _below(jumps: Sequence[tuple[str, str]], actions: Sequence[tuple[str, str]], quote: Quote | None) -> Card:
    parts: Card = {}
    if jumps:
        parts["jump_list"] = [{"type": 1, "title": text, "url": target} for text, target in jumps]
    if actions:
        parts["action_menu"] = {"desc": "更多", "action_list": [{"text": text, "key": key} for text, key in actions]}
    if quote is not None:
        parts["quote_area"] = {**_target(quote.target), "title": quote.title, "quote_text": quote.text}
    return parts


def _target(target: str | MiniPage) -> dict[str, Any]:
    if isinstance(target, MiniPage):
        return {"type": 2, "appid": target.app_id, "pagepath": target.path}
    return {"type": 1, "url": target} if target else {"type": 0}


def _question(question: Question) -> dict[str, Any]:
    rows = [{"id": each.id, "text": each.text} for each in question.choices]
    made = {"question_key": question.key, "title": question.title, "option_list": rows}
    return made | ({"selected_id": question.chosen} if question.chosen else {})


def _replaced(text: str) -> Card:
    return {"replace_text": text} if text else {}


def _button(button: Button) -> dict[str, Any]:
    if button.url:
        return {"type": 1, "text": button.text, "style": button.style, "url": button.url}
    return {"text": button.text, "style": button.style, "key": button.key}
