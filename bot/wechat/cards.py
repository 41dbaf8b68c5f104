"""WeCom template cards: building them, and telling whether one fits WeCom's limits (WeCom doc 90236)."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Card = dict[str, Any]
Facts = Sequence[tuple[str, str]]

MAX_KEY_BYTES = 1024
MAX_URL_BYTES = 2048

_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}", re.ASCII)
_INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
_TYPES = _INTERACTIVE | {"text_notice", "news_notice"}

# Characters, by the path of the field. They are called suggestions, but what is longer is cut on the phone.
_LENGTHS: dict[tuple[str, ...], int] = {
    ("source", "desc"): 20,
    ("main_title", "title"): 36,
    ("main_title", "desc"): 44,
    ("emphasis_content", "title"): 14,
    ("emphasis_content", "desc"): 22,
    ("sub_title_text",): 160,
    ("horizontal_content_list", "keyname"): 5,
    ("horizontal_content_list", "value"): 30,
    ("jump_list", "title"): 18,
    ("vertical_content_list", "title"): 38,
    ("vertical_content_list", "desc"): 160,
    ("button_list", "text"): 10,
    ("submit_button", "text"): 10,
    ("button_selection", "option_list", "text"): 16,
    ("select_list", "option_list", "text"): 16,
    ("checkbox", "option_list", "text"): 17,
}
_COUNTS: dict[tuple[str, ...], tuple[int, int]] = {
    ("horizontal_content_list",): (0, 6),
    ("vertical_content_list",): (0, 4),
    ("jump_list",): (0, 3),
    ("button_list",): (1, 6),
    ("select_list",): (1, 3),
    ("action_menu", "action_list"): (1, 3),
    ("button_selection", "option_list"): (1, 10),
    ("select_list", "option_list"): (1, 10),
    ("checkbox", "option_list"): (1, 20),
}
_REQUIRED_TEXTS = (
    ("horizontal_content_list", "keyname"),
    ("jump_list", "title"),
    ("vertical_content_list", "title"),
    ("button_list", "text"),
    ("submit_button", "text"),
    ("submit_button", "key"),
    ("action_menu", "action_list", "text"),
    ("action_menu", "action_list", "key"),
    ("button_selection", "option_list", "id"),
    ("button_selection", "option_list", "text"),
    ("select_list", "option_list", "id"),
    ("select_list", "option_list", "text"),
    ("checkbox", "option_list", "id"),
    ("checkbox", "option_list", "text"),
)


@dataclass(frozen=True)
class Button:
    """A button of a card; with `url` it opens a page, otherwise it calls back with `key`."""

    text: str
    key: str = ""
    style: Literal[1, 2, 3, 4] = 1
    url: str = ""


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
) -> Card:
    """Build a card that tells something; `emphasis` is a big figure and its caption, `actions` make it updatable."""
    card = _common("text_notice", title, desc, sub_title, facts, source, task_id, url)
    if emphasis:
        card["emphasis_content"] = {"title": emphasis[0], "desc": emphasis[1]}
    if jumps:
        card["jump_list"] = [{"type": 1, "title": text, "url": target} for text, target in jumps]
    if actions:
        card["action_menu"] = {"desc": "更多", "action_list": [{"text": text, "key": key} for text, key in actions]}
    return card


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
) -> Card:
    """Build a card that asks for a decision; `replace_text` is for an update, and greys the buttons out."""
    card = _common("button_interaction", title, desc, sub_title, facts, source, task_id, url)
    card["button_list"] = [_button(button) for button in buttons]
    if replace_text:
        card["replace_text"] = replace_text
    return card


def fits(card: Mapping[str, Any]) -> list[str]:
    """What WeCom would refuse or cut in this card; empty if it can be sent."""
    kind = str(card.get("card_type", ""))
    if kind not in _TYPES:
        return [f"card_type {kind!r} is unknown"]
    return [*_too_long(card), *_counts(card), *_absent(card, kind), *_keys(card), *_links(card)]


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


def _button(button: Button) -> dict[str, Any]:
    if button.url:
        return {"type": 1, "text": button.text, "style": button.style, "url": button.url}
    return {"text": button.text, "style": button.style, "key": button.key}


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Every value at a path, looking into each element of the lists on the way."""
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        below = value[path[0]]
        if len(path) == 1:
            yield below
        else:
            yield from _walk(below, path[1:])


def _too_long(card: Mapping[str, Any]) -> Iterator[str]:
    for path, limit in _LENGTHS.items():
        for text in _walk(card, path):
            if len(str(text)) > limit:
                yield f"{'.'.join(path)} is longer than {limit}"


def _counts(card: Mapping[str, Any]) -> Iterator[str]:
    for path, (least, most) in _COUNTS.items():
        for items in _walk(card, path):
            if not least <= len(items) <= most:
                yield f"{'.'.join(path)} must have {least} to {most} items"


def _absent(card: Mapping[str, Any], kind: str) -> Iterator[str]:
    title = _text(card, "main_title", "title")
    if not title and not (kind == "text_notice" and card.get("sub_title_text")):
        yield "main_title.title is missing"
    if kind in ("text_notice", "news_notice") and _text(card, "card_action", "type") not in ("1", "2"):
        yield "card_action is missing"
    needed: dict[str, Collection[str]] = {
        "button_interaction": ("button_list",),
        "vote_interaction": ("checkbox", "submit_button"),
        "multiple_interaction": ("select_list", "submit_button"),
    }
    for name in needed.get(kind, ()):
        if not card.get(name):
            yield f"{name} is missing"
    if kind == "news_notice" and not (_text(card, "card_image", "url") or card.get("image_text_area")):
        yield "card_image is missing"
    for path in _REQUIRED_TEXTS:
        parents = path[:-1]
        for item in _walk(card, parents):
            for one in item if isinstance(item, list) else (item,):
                if not one.get(path[-1]):
                    yield f"{'.'.join(path)} is missing"


def _keys(card: Mapping[str, Any]) -> Iterator[str]:
    task_id = str(card.get("task_id", ""))
    if task_id and not _TASK_ID.fullmatch(task_id):
        yield "task_id has other characters than 0-9A-Za-z_-@, or more than 128"
    if not task_id and (card["card_type"] in _INTERACTIVE or "action_menu" in card):
        yield "task_id is missing"
    for path in (("button_list",), ("action_menu", "action_list")):
        keys = [item.get("key", "") for items in _walk(card, path) for item in items if not item.get("type")]
        if len(set(keys)) != len(keys) or "" in keys:
            yield f"{'.'.join(path)} needs a different key for each item"
        if any(len(str(key).encode()) > MAX_KEY_BYTES for key in keys):
            yield f"{'.'.join(path)} has a key longer than {MAX_KEY_BYTES} bytes"


def _links(card: Mapping[str, Any]) -> Iterator[str]:
    for path in (("card_action",), ("jump_list",), ("horizontal_content_list",), ("button_list",), ("quote_area",)):
        for found in _walk(card, path):
            for item in found if isinstance(found, list) else (found,):
                url = str(item.get("url", ""))
                if item.get("type") == 1 and not url.startswith(("https://", "http://")):
                    yield f"{'.'.join(path)}.url is not a web address"
                if len(url.encode()) > MAX_URL_BYTES:
                    yield f"{'.'.join(path)}.url is longer than {MAX_URL_BYTES} bytes"


def _text(card: Mapping[str, Any], *path: str) -> str:
    return next((str(value) for value in _walk(card, path)), "")
