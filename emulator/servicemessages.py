"""Customer-service messages of official accounts and mini-programs."""

from collections.abc import Mapping
from typing import Any

from .api import Call, Endpoint
from .limits import TEXT_BYTES
from .refusals import OK, Refusal
from .weblinks import check_links

_MEDIA = {"image": "image", "voice": "voice", "video": "video"}
# What the account published, which the emulator knows by name only.
_ARTICLES = {"mpnews": "media_id", "mpnewsarticle": "article_id", "wxcard": "card_id"}
_OFFICIAL = {"text", "news", "msgmenu", "miniprogrampage", "music", *_MEDIA, *_ARTICLES}
_MINIPROGRAM = {"text", "image", "link", "miniprogrampage"}


async def send(call: Call) -> Mapping[str, Any]:
    """A message within the window the person has opened: five in 48 hours after they wrote, three in a minute after a tap, a follow or a scan."""
    world = call.world
    person = world.people.by_openid(call.door, call.body.get("touser"))
    kind = call.text("msgtype", 40008, "invalid message type")
    if kind not in (_OFFICIAL if call.door == "official" else _MINIPROGRAM):
        raise Refusal(40008, "invalid message type")
    content = call.body.get(kind)
    if not isinstance(content, dict):
        raise Refusal(44004, f"empty {kind}")
    shown = _check(call, kind, content)
    if call.door == "official" and not world.people.follows(person):
        raise Refusal(45015, "response out of time limit or subscription is canceled")
    world.windows.use(call.door, person.id)
    world.phones.deliver(call.door, person, call.path, shown[0], call.body, body=shown[1])
    return OK


async def typing(call: Call) -> Mapping[str, Any]:
    """Shows that somebody is typing; needs the same window."""
    person = call.world.people.by_openid(call.door, call.body.get("touser"))
    if call.body.get("command") not in ("Typing", "CancelTyping"):
        raise Refusal(40035, "invalid parameter command")
    call.world.windows.check(call.door, person.id)
    return OK


def _check(call: Call, kind: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The bubble it becomes, if it may be sent."""
    if kind == "text":
        text = content.get("content")
        if not isinstance(text, str) or not text:
            raise Refusal(44004, "empty content")
        if len(text.encode()) > TEXT_BYTES:
            raise Refusal(45002, "content size out of limit")
        return "text", {"content": text}
    if kind in _MEDIA:
        medium = call.world.media.get(content.get("media_id"))
        return kind, {
            "media_id": medium.id,
            "name": medium.name,
            "size": len(medium.data),
            "title": content.get("title", ""),
        }
    if kind in _ARTICLES:
        if not content.get(_ARTICLES[kind]):
            raise Refusal(40035, f"invalid parameter {_ARTICLES[kind]}")
        return kind, content
    if kind == "news":
        return "news", {"articles": _articles(content)}
    if kind == "link":
        check_links(call.door, content, "url", "thumb_url")
        return "news", {"articles": [{**content, "picurl": content.get("thumb_url", "")}]}
    if kind == "msgmenu":
        return "msgmenu", _menu(content)
    if kind == "miniprogrampage":
        for name in ("title", "pagepath"):
            if not content.get(name):
                raise Refusal(40035, f"invalid parameter {name}")
        # A mini-program's own conversation opens that mini-program and no other.
        if call.door == "official" and not call.world.config.is_linked(content.get("appid")):
            raise Refusal(40013, "invalid appid")
        call.world.media.get(content.get("thumb_media_id"))
    if kind == "music":
        check_links(call.door, content, "musicurl", "hqmusicurl")
    return kind, content


def _articles(content: dict[str, Any]) -> list[dict[str, Any]]:
    articles = content.get("articles")
    if not isinstance(articles, list) or not articles:
        raise Refusal(44003, "empty news data")
    if len(articles) > 1:
        raise Refusal(45008, "article size out of limit")
    if not isinstance(articles[0], dict) or not articles[0].get("title"):
        raise Refusal(40035, "invalid parameter title")
    check_links("official", articles[0], "url", "picurl")
    return articles


def _menu(content: dict[str, Any]) -> dict[str, Any]:
    items = content.get("list")
    if not isinstance(items, list) or not items:
        raise Refusal(40035, "invalid parameter list")
    for item in items:
        if not isinstance(item, dict) or not item.get("id") or not item.get("content"):
            raise Refusal(40035, "invalid parameter list")
    return content


_BOTH = {"official": send, "miniprogram": send}
ENDPOINTS = [
    Endpoint("/cgi-bin/message/custom/send", "POST", _BOTH),
    Endpoint("/cgi-bin/message/custom/typing", "POST", {"official": typing, "miniprogram": typing}),
]
