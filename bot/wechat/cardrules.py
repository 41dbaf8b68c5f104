"""What WeCom takes in a template card: telling whether one fits, and cutting it so that it does (WeCom doc 90236)."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.wechat.messages import cut

Card = dict[str, Any]

MAX_KEY_BYTES = 1024
MAX_OPTION_BYTES = 128
MAX_URL_BYTES = 2048

_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}", re.ASCII)
_INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
_TYPES = _INTERACTIVE | {"text_notice", "news_notice"}

# Characters, by the path of the field. They are called suggestions, but what is longer is cut on the phone.
_LENGTHS: dict[tuple[str, ...], int] = {
    ("source", "desc"): 20,
    ("main_title", "title"): 36,
    ("main_title", "desc"): 44,
    ("emphasis_content", "title"): 10,
    ("emphasis_content", "desc"): 15,
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
# These two kinds have less room, and know few parts.
_NARROW: dict[str, dict[tuple[str, ...], int]] = {
    "vote_interaction": {("main_title", "title"): 16, ("main_title", "desc"): 160},
    "multiple_interaction": {("main_title", "title"): 36, ("main_title", "desc"): 160},
}
_ONLY = {
    "vote_interaction": {"card_type", "source", "main_title", "task_id", "checkbox", "submit_button", "replace_text"},
    "multiple_interaction": {
        "card_type", "source", "main_title", "task_id", "select_list", "submit_button", "replace_text",
    },
}  # fmt: skip
_RATIO = (1.3, 2.25)
_WEB = ("https://", "http://")
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
    ("checkbox", "question_key"),
    ("select_list", "question_key"),
    ("button_selection", "question_key"),
)


def fits(card: Mapping[str, Any]) -> list[str]:
    """What WeCom would refuse or cut in this card; empty if it can be sent."""
    kind = str(card.get("card_type", ""))
    if kind not in _TYPES:
        return [f"card_type {kind!r} is unknown"]
    return [*_too_long(card), *_counts(card), *_absent(card, kind), *_unknown(card, kind), *_keys(card), *_links(card)]


def shortened(card: Mapping[str, Any]) -> Card:
    """The same card with every text cut to the room it has; keys, numbers of items and links stay as they are."""
    return {name: _shorten(value, (name,), _limits(card)) for name, value in card.items()}


def _limits(card: Mapping[str, Any]) -> dict[tuple[str, ...], int]:
    return _LENGTHS | _NARROW.get(str(card.get("card_type", "")), {})


def _shorten(value: Any, path: tuple[str, ...], limits: Mapping[tuple[str, ...], int]) -> Any:
    if isinstance(value, list):
        return [_shorten(each, path, limits) for each in value]
    if isinstance(value, Mapping):
        return {name: _shorten(each, (*path, name), limits) for name, each in value.items()}
    return cut(value, limits[path]) if isinstance(value, str) and path in limits else value


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
    for path, limit in _limits(card).items():
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


def _unknown(card: Mapping[str, Any], kind: str) -> Iterator[str]:
    for name in sorted(set(card) - _ONLY.get(kind, set(card))):
        yield f"{name} does not belong to {kind}"
    ratio = next(iter(_walk(card, ("card_image", "aspect_ratio"))), None)
    if ratio is not None and not _RATIO[0] < ratio < _RATIO[1]:
        yield f"card_image.aspect_ratio must lie between {_RATIO[0]} and {_RATIO[1]}"


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
    asked = list(_walk(card, ("select_list", "question_key")))
    if len(set(asked)) != len(asked):
        yield "select_list needs a different question_key for each item"
    for path in (("checkbox",), ("select_list",), ("button_selection",)):
        for question in _walk(card, path):
            for one in question if isinstance(question, list) else (question,):
                yield from _choices(".".join(path), one)


def _choices(name: str, question: Mapping[str, Any]) -> Iterator[str]:
    ids = [str(option.get("id", "")) for option in question.get("option_list", ())]
    if len(set(ids)) != len(ids):
        yield f"{name}.option_list needs a different id for each option"
    if any(len(each.encode()) > MAX_OPTION_BYTES for each in ids):
        yield f"{name}.option_list has an id longer than {MAX_OPTION_BYTES} bytes"
    if (chosen := question.get("selected_id")) and chosen not in ids:
        yield f"{name}.selected_id is none of its options"
    if (
        "mode" in question
        and not question["mode"]
        and sum(o.get("is_checked", False) for o in question["option_list"]) > 1
    ):
        yield f"{name} allows only one option to be checked"


def _links(card: Mapping[str, Any]) -> Iterator[str]:
    for path in (("card_action",), ("jump_list",), ("horizontal_content_list",), ("button_list",), ("quote_area",)):
        for found in _walk(card, path):
            for item in found if isinstance(found, list) else (found,):
                url = str(item.get("url", ""))
                if item.get("type") == 1 and not url.startswith(_WEB):
                    yield f"{'.'.join(path)}.url is not a web address"
                if len(url.encode()) > MAX_URL_BYTES:
                    yield f"{'.'.join(path)}.url is longer than {MAX_URL_BYTES} bytes"
    picture = _text(card, "card_image", "url")
    if picture and not picture.startswith(_WEB):
        yield "card_image.url is not a web address"


def _text(card: Mapping[str, Any], *path: str) -> str:
    return next((str(value) for value in _walk(card, path)), "")
