"""Group robots: a key instead of a token, twenty messages a minute, a few kinds."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

from .api import Call, Endpoint
from .cardrules import NOTICES, check_card
from .commons import uploaded
from .config import Person
from .refusals import OK, Refusal
from .weblinks import check_links

_TEXT_BYTES = 2048
_MARKDOWN_BYTES = 4096
_IMAGE_BYTES = 2 << 20


async def send(call: Call) -> Mapping[str, Any]:
    """A message to the robot's group, twenty a minute."""
    group = _group(call)
    call.world.quotas.use_minute(group.id, call.path)
    kind = call.text("msgtype", 40008, "invalid message type")
    if kind not in _KINDS:
        raise Refusal(40008, "invalid message type")
    content = call.body.get(kind)
    if not isinstance(content, dict):
        raise Refusal(40058, f"{kind} missing, invalid parameter")
    shown = _KINDS[kind](call, content)
    shown_as = {"markdown_v2": "markdown"}.get(kind, kind)
    call.world.phones.deliver("work", group, call.path, shown_as, call.body, body=shown)
    return OK


async def upload(call: Call) -> Mapping[str, Any]:
    """Keeps a file the robot may send."""
    _group(call)
    kind = call.query.get("type", "")
    if kind not in ("file", "voice"):
        raise Refusal(40004, "invalid media type")
    medium = call.world.media.add(kind, *await uploaded(call))
    return {**OK, "type": kind, "media_id": medium.id, "created_at": str(medium.created)}


def _group(call: Call) -> Person:
    group = call.world.people.robot(call.query.get("key", ""))
    if group is None:
        raise Refusal(93000, "invalid webhook url")
    return group


def _text(limit: int) -> Any:
    def read(call: Call, content: dict[str, Any]) -> dict[str, Any]:
        text = content.get("content")
        if not isinstance(text, str) or not text:
            raise Refusal(44004, "empty content")
        if len(text.encode()) > limit:
            raise Refusal(40058, f"content exceed max length {limit}. invalid Request Parameter")
        named = [*(content.get("mentioned_list") or []), *(content.get("mentioned_mobile_list") or [])]
        mentions = " ".join("@所有人" if each == "@all" else f"@{each}" for each in named)
        return {"content": f"{text}\n{mentions}" if mentions else text}

    return read


def _image(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    try:
        data = base64.b64decode(content.get("base64") or "", validate=True)
    except binascii.Error as error:
        raise Refusal(40058, "image.base64 invalid, invalid parameter") from error
    if not data or len(data) > _IMAGE_BYTES or not data.startswith((b"\x89PNG", b"\xff\xd8")):
        raise Refusal(40009, "invalid image size")
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != content.get("md5"):
        raise Refusal(301019, "media md5 check fail")
    medium = call.world.media.add("image", "robot.png", "image/png", data)
    return {"media_id": medium.id, "name": medium.name}


def _news(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    articles = content.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        raise Refusal(45008, "article size out of limit")
    if any(not isinstance(each, dict) or not each.get("title") or not each.get("url") for each in articles):
        raise Refusal(40058, "articles.title or url missing, invalid parameter")
    for article in articles:
        check_links("work", article, "url", "picurl")
    return content


def _medium(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    medium = call.world.media.get(content.get("media_id"))
    return {"media_id": medium.id, "name": medium.name}


def _card(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    if content.get("card_type") not in NOTICES:
        raise Refusal(42031, "template_card.card_type missing or invalid")
    title = content.get("main_title") or {}
    for name, limit in (("title", 26), ("desc", 30)):
        if len(str(title.get(name) or "")) > limit:
            raise Refusal(42033, f"main_title.{name} too long, at most {limit} characters")
    check_card(content)
    return {"card": content, "decided": None}


_KINDS: dict[str, Any] = {
    "text": _text(_TEXT_BYTES),
    "markdown": _text(_MARKDOWN_BYTES),
    "markdown_v2": _text(_MARKDOWN_BYTES),
    "image": _image,
    "news": _news,
    "file": _medium,
    "voice": _medium,
    "template_card": _card,
}

ENDPOINTS = [
    Endpoint("/cgi-bin/webhook/send", "POST", {"work": send}, needs_token=False),
    Endpoint("/cgi-bin/webhook/upload_media", "POST", {"work": upload}, "media", needs_token=False),
]
