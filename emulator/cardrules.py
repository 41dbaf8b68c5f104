"""What a template card may hold: the five kinds, their required parts, lengths and error codes."""

import re
from collections.abc import Callable
from typing import Any

from .refusals import Refusal
from .weblinks import check_links

Card = dict[str, Any]

INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")
NOTICES = ("text_notice", "news_notice")
_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")


def check_task_id(task_id: object) -> None:
    if not isinstance(task_id, str) or not _TASK_ID.fullmatch(task_id):
        raise Refusal(42014, "invalid task_id")


def check_card(card: object) -> None:
    """Refuse the card for the first thing in it that WeCom would refuse."""
    if not isinstance(card, dict):
        raise Refusal(40058, "template_card missing, invalid parameter")
    rules = _RULES.get(card.get("card_type", ""))
    if rules is None:
        raise Refusal(42031, "template_card.card_type missing or invalid")
    for rule in rules:
        rule(card)


def has_response_code(card: Card) -> bool:
    return card["card_type"] in INTERACTIVE or "action_menu" in card


def _need(value: Any, code: int, name: str) -> Any:
    if value in (None, "", [], {}):
        raise Refusal(code, f"{name} missing")
    return value


def _short(value: Any, limit: int, code: int, name: str) -> None:
    if value is not None and not isinstance(value, str):
        raise Refusal(40058, f"{name} is not a string, invalid parameter")
    if value is not None and len(value) > limit:
        raise Refusal(code, f"{name} too long, at most {limit} characters")


def _list(card: Card, name: str, limit: int, code: int, least: int = 0) -> list[Card]:
    items = card.get(name) or []
    if not isinstance(items, list) or any(not isinstance(item, dict) for item in items):
        raise Refusal(40058, f"{name} is not an array of objects, invalid parameter")
    if not least <= len(items) <= limit:
        raise Refusal(code, f"{name} length must be {least} to {limit}")
    return items


def _unique(values: list[Any], code: int, name: str) -> None:
    if len(set(values)) != len(values):
        raise Refusal(code, f"{name} repeated")


def _part(card: Card, name: str) -> Card:
    part = card.get(name) or {}
    if not isinstance(part, dict):
        raise Refusal(40058, f"{name} is not an object, invalid parameter")
    return part


def _jump_target(part: Card, name: str) -> None:
    kind = part.get("type", 0)
    if kind == 1:
        _url(part, f"{name}.url")
    if kind == 2:
        _need(part.get("appid"), 42030, f"{name}.appid")


def _url(part: Card, name: str) -> None:
    _need(part.get("url"), 42028, name)
    check_links("work", part, "url")


def _source(card: Card) -> None:
    source = _part(card, "source")
    _short(source.get("desc"), 20, 40058, "source.desc")
    check_links("work", source, "icon_url")


def _titles(title_limit: int, desc_limit: int) -> Callable[[Card], None]:
    def rule(card: Card) -> None:
        title = _part(card, "main_title")
        _short(title.get("title"), title_limit, 42033, "main_title.title")
        _short(title.get("desc"), desc_limit, 40058, "main_title.desc")

    return rule


def _need_title(card: Card) -> None:
    _need(_part(card, "main_title").get("title"), 42033, "main_title.title")


def _need_title_or_sub_title(card: Card) -> None:
    if not _part(card, "main_title").get("title") and not card.get("sub_title_text"):
        raise Refusal(42033, "main_title.title and sub_title_text missing")


def _sub_title(card: Card) -> None:
    _short(card.get("sub_title_text"), 160, 40058, "sub_title_text")


def _emphasis(card: Card) -> None:
    emphasis = _part(card, "emphasis_content")
    _short(emphasis.get("title"), 10, 42033, "emphasis_content.title")
    _short(emphasis.get("desc"), 15, 40058, "emphasis_content.desc")


def _quote(card: Card) -> None:
    if "quote_area" in card:
        _jump_target(_part(card, "quote_area"), "quote_area")


def _facts(card: Card) -> None:
    for row in _list(card, "horizontal_content_list", 6, 42035):
        _short(_need(row.get("keyname"), 42027, "keyname"), 5, 42027, "keyname")
        _short(row.get("value"), 30, 40058, "horizontal_content_list.value")
        kind = row.get("type", 0)
        if kind == 1:
            _url(row, "horizontal_content_list.url")
        if kind == 2:
            _need(row.get("media_id"), 42029, "horizontal_content_list.media_id")
        if kind == 3:
            _need(row.get("userid"), 42050, "horizontal_content_list.userid")


def _paragraphs(card: Card) -> None:
    for row in _list(card, "vertical_content_list", 4, 42036):
        _short(_need(row.get("title"), 42033, "vertical_content_list.title"), 38, 42033, "vertical_content_list.title")
        _short(row.get("desc"), 160, 40058, "vertical_content_list.desc")


def _jumps(card: Card) -> None:
    for jump in _list(card, "jump_list", 3, 42042):
        _short(_need(jump.get("title"), 42033, "jump_list.title"), 18, 42033, "jump_list.title")
        _jump_target(jump, "jump_list")


def _action(card: Card) -> None:
    if "card_action" in card:
        _jump_target(_part(card, "card_action"), "card_action")


def _need_action(card: Card) -> None:
    if _part(card, "card_action").get("type") not in (1, 2):
        raise Refusal(42045, "card_action missing")


def _action_menu(card: Card) -> None:
    if "action_menu" not in card:
        return
    actions = _list(_part(card, "action_menu"), "action_list", 3, 40058, least=1)
    for action in actions:
        _need(action.get("text"), 42041, "action_list.text")
        _need(action.get("key"), 42039, "action_list.key")
    _unique([action["key"] for action in actions], 42051, "action_list.key")
    check_task_id(card.get("task_id"))


def _picture(card: Card) -> None:
    image, area = _part(card, "card_image"), _part(card, "image_text_area")
    if not image and not area:
        raise Refusal(42044, "card_image and image_text_area missing")
    if image:
        _need(image.get("url"), 42044, "card_image.url")
        check_links("work", image, "url")
        _ratio(image.get("aspect_ratio"))
    if area:
        _need(area.get("image_url"), 42044, "image_text_area.image_url")
        check_links("work", area, "image_url")
        _jump_target(area, "image_text_area")


def _ratio(value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1.3 < value < 2.25:
        raise Refusal(40058, "card_image.aspect_ratio out of range, invalid parameter")


def _buttons(card: Card) -> None:
    buttons = _list(card, "button_list", 6, 42038, least=1)
    for button in buttons:
        _short(_need(button.get("text"), 42038, "button_list.text"), 10, 42038, "button_list.text")
        if button.get("type", 0) == 1:
            _url(button, "button_list.url")
        else:
            _key(button.get("key"), 42039, "button_list.key")
    _unique([button["key"] for button in buttons if button.get("type", 0) == 0], 42039, "button_list.key")


def _key(value: Any, code: int, name: str) -> None:
    if len(str(_need(value, code, name)).encode()) > 1024:
        raise Refusal(code, f"{name} too long, at most 1024 bytes")


def _options(choice: Card, limit: int, text_limit: int) -> None:
    _need(choice.get("question_key"), 42043, "question_key")
    options = _list(choice, "option_list", limit, 42037, least=1)
    for option in options:
        _short(_need(option.get("id"), 42040, "option_list.id"), 128, 42040, "option_list.id")
        _short(_need(option.get("text"), 42041, "option_list.text"), text_limit, 42041, "option_list.text")
    _unique([option["id"] for option in options], 42040, "option_list.id")


def _button_selection(card: Card) -> None:
    if "button_selection" in card:
        _options(_part(card, "button_selection"), 10, 16)


def _checkbox(card: Card) -> None:
    _options(_part(card, "checkbox"), 20, 17)


def _selects(card: Card) -> None:
    selects = _list(card, "select_list", 3, 42047, least=1)
    for select in selects:
        _options(select, 10, 16)
    _unique([select["question_key"] for select in selects], 42043, "question_key")


def _submit(card: Card) -> None:
    button = _part(card, "submit_button")
    _short(_need(button.get("text"), 42049, "submit_button.text"), 10, 42049, "submit_button.text")
    _key(button.get("key"), 42046, "submit_button.key")


def _only(*names: str) -> Callable[[Card], None]:
    allowed = {"card_type", "source", "main_title", "task_id", "submit_button", "replace_text", *names}

    def rule(card: Card) -> None:
        for name in card:
            if name not in allowed:
                raise Refusal(40058, f"{name} not supported by {card['card_type']}, invalid parameter")

    return rule


_COMMON = (_source, _quote, _facts, _jumps, _action, _action_menu, _sub_title)
_RULES: dict[str, tuple[Callable[[Card], None], ...]] = {
    "text_notice": (_titles(36, 44), *_COMMON, _emphasis, _need_title_or_sub_title, _need_action),
    "news_notice": (_titles(36, 44), *_COMMON, _paragraphs, _need_title, _picture, _need_action),
    "button_interaction": (_titles(36, 44), *_COMMON, _need_title, _buttons, _button_selection),
    "vote_interaction": (_only("checkbox"), _source, _titles(16, 160), _need_title, _checkbox, _submit),
    "multiple_interaction": (_only("select_list"), _source, _titles(36, 160), _need_title, _selects, _submit),
}
