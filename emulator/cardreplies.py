"""Passive replies that change the card of whoever tapped it: CamelCase, and lists as repeated elements (WeCom doc 90241)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .cardrules import Card, check_card
from .refusals import Refusal

EVENTS = {"template_card_event", "template_card_menu_event"}

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")

# These are one word in JSON.
_ONE_WORD = {"KeyName": "keyname", "UserId": "userid", "AppId": "appid", "PagePath": "pagepath", "CheckBox": "checkbox"}

_LISTS = {
    "horizontal_content_list",
    "vertical_content_list",
    "jump_list",
    "button_list",
    "select_list",
    "option_list",
    "action_list",
}

_TYPES: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("type", "style", "mode", "desc_color"), int),
    "aspect_ratio": float,
    **dict.fromkeys(("is_checked", "disable"), lambda text: text in ("1", "true")),
}


class BadChange(ValueError):
    """What is no change of a card; says why."""


def read_button(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The words that take the buttons' place."""
    button = fields.get("Button")
    words = button.get("ReplaceName") if isinstance(button, dict) else None
    if not isinstance(words, str) or not words:
        raise BadChange("Button/ReplaceName is missing")
    return {"button": {"replace_name": words}}


def read_card(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The card that takes the old one's place, held to the same rules."""
    given = fields.get("TemplateCard")
    if not isinstance(given, dict):
        raise BadChange("TemplateCard is missing")
    try:
        card: Card = _read("template_card", given)
        # The card that is changed has the task id; a new one has none of its own.
        check_card({"task_id": "kept"} | card)
    except ValueError as error:
        raise BadChange(f"TemplateCard: {error}") from error
    except Refusal as refusal:
        raise BadChange(f"TemplateCard: {refusal.code} {refusal.message}") from refusal
    return {"template_card": card}


def _read(name: str, value: Any) -> Any:
    if name in _LISTS:
        return [_read("", each) for each in (value if isinstance(value, list) else [value])]
    if isinstance(value, dict):
        return {_name(inner): _read(_name(inner), each) for inner, each in value.items()}
    return _TYPES.get(name, str)(value)


def _name(camel: str) -> str:
    return _ONE_WORD.get(camel) or _HUMP.sub("_", camel).lower()
