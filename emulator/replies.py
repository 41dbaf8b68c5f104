"""Passive replies: what a backend answers to a push, read as strictly as WeChat reads it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .cardreplies import EVENTS, BadChange, read_button, read_card
from .envelope import Envelope, EnvelopeError
from .limits import TEXT_BYTES, cut_bytes
from .media import MediaStore
from .refusals import Refusal
from .xmltext import BadXml, read_xml

CHANGE = "change"
"""The kind of a reply that shows nothing new, but changes the card that was tapped."""


class MalformedReply(Exception):
    """The phone's user will read that the account's service is out of order."""


@dataclass(frozen=True)
class Reply:
    """What the phone shows, and the reply as it was decrypted."""

    kind: str
    body: dict[str, Any]
    inner: str


@dataclass(frozen=True)
class Expected:
    """What the push was, as far as its reply must fit it."""

    door: str
    sender: str
    receiver: str
    kind: str
    envelope: Envelope | None
    format: str = "xml"
    event: str = ""


class ReplyReader:
    """Opens, checks and reads replies."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media

    def read(self, text: str, expected: Expected) -> Reply | None:
        """The reply, or nothing if the backend has nothing to say."""
        if text.strip() in ("", "success"):
            return None
        inner = text if expected.envelope is None else _open(text, expected.envelope, expected.format)
        if inner.strip() in ("", "success"):
            return None
        fields = _fields(inner, expected.format)
        _check_common(fields, expected)
        kind = str(fields["MsgType"])
        if expected.door == "miniprogram" and kind != "transfer_customer_service":
            raise MalformedReply(f"a mini-program cannot answer with {kind}")
        if kind == "transfer_customer_service":
            return None
        read = getattr(self, f"_read_{kind}", None)
        if read is None:
            raise MalformedReply(f"MsgType {kind} is not known")
        shown, body = read(fields, expected)
        return Reply(shown, body, inner)

    def _read_text(self, fields: Mapping[str, Any], expected: Expected) -> tuple[str, dict[str, Any]]:
        content = fields.get("Content")
        if not isinstance(content, str) or not content:
            raise MalformedReply("Content is missing")
        if len(content.encode()) > TEXT_BYTES and expected.door == "official":
            raise MalformedReply(f"Content has {len(content.encode())} bytes, more than {TEXT_BYTES}")
        return "text", {"content": cut_bytes(content, TEXT_BYTES)}

    def _read_news(self, fields: Mapping[str, Any], expected: Expected) -> tuple[str, dict[str, Any]]:
        articles = fields.get("Articles")
        items = articles.get("item", []) if isinstance(articles, dict) else []
        items = items if isinstance(items, list) else [items]
        if not 1 <= len(items) <= 8 or str(fields.get("ArticleCount")) != str(len(items)):
            raise MalformedReply(f"ArticleCount {fields.get('ArticleCount')} with {len(items)} articles")
        if any(not isinstance(item, dict) or not item.get("Title") for item in items):
            raise MalformedReply("an article has no Title")
        shown = items[:1] if expected.kind != "event" and expected.door == "official" else items
        names = {"Title": "title", "Description": "description", "PicUrl": "picurl", "Url": "url"}
        return "news", {"articles": [{low: item.get(up, "") for up, low in names.items()} for item in shown]}

    def _read_image(self, fields: Mapping[str, Any], expected: Expected) -> tuple[str, dict[str, Any]]:
        return self._medium(fields, "image")

    def _read_voice(self, fields: Mapping[str, Any], expected: Expected) -> tuple[str, dict[str, Any]]:
        return self._medium(fields, "voice")

    def _read_video(self, fields: Mapping[str, Any], expected: Expected) -> tuple[str, dict[str, Any]]:
        return self._medium(fields, "video")

    def _read_music(self, fields: Mapping[str, Any], expected: Expected) -> tuple[str, dict[str, Any]]:
        music = fields.get("Music")
        if expected.door != "official" or not isinstance(music, dict) or not music.get("ThumbMediaId"):
            raise MalformedReply("Music/ThumbMediaId is missing")
        return "music", {"title": music.get("Title", ""), "url": music.get("MusicUrl", "")}

    def _read_update_button(self, fields: Mapping[str, Any], expected: Expected) -> tuple[str, dict[str, Any]]:
        return _change(read_button, fields, expected)

    def _read_update_template_card(self, fields: Mapping[str, Any], expected: Expected) -> tuple[str, dict[str, Any]]:
        return _change(read_card, fields, expected)

    def _medium(self, fields: Mapping[str, Any], kind: str) -> tuple[str, dict[str, Any]]:
        part = fields.get(kind.capitalize())
        try:
            medium = self._media.get(part.get("MediaId") if isinstance(part, dict) else None)
        except Refusal as refusal:
            raise MalformedReply(f"MediaId: {refusal.message}") from refusal
        title = part.get("Title", "") if isinstance(part, dict) else ""
        return kind, {"media_id": medium.id, "name": medium.name, "size": len(medium.data), "title": title}


def _change(
    read: Callable[[Mapping[str, Any]], dict[str, Any]], fields: Mapping[str, Any], expected: Expected
) -> tuple[str, dict[str, Any]]:
    if expected.door != "work" or expected.event not in EVENTS:
        raise MalformedReply(f"{fields['MsgType']} answers only a tap on a card")
    try:
        return CHANGE, read(fields)
    except BadChange as error:
        raise MalformedReply(str(error)) from error


def _open(text: str, envelope: Envelope, form: str) -> str:
    names = ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
    fields = _fields(text, form)
    missing = [name for name in names if fields.get(name) in (None, "")]
    if missing:
        raise MalformedReply(f"{', '.join(missing)} missing; an encrypted reply is due")
    encrypted, given, timestamp, nonce = (str(fields[name]) for name in names)
    if not timestamp.isdigit():
        raise MalformedReply("TimeStamp is not a number")
    try:
        envelope.check(given, timestamp, nonce, encrypted)
        return envelope.decrypt(encrypted)
    except EnvelopeError as error:
        raise MalformedReply(f"{type(error).__name__}: {error}") from error


def _fields(text: str, form: str) -> dict[str, Any]:
    try:
        fields = json.loads(text) if form == "json" else read_xml(text)
    except (BadXml, json.JSONDecodeError) as error:
        raise MalformedReply(f"not {form.upper()}: {error}") from error
    if not isinstance(fields, dict):
        raise MalformedReply(f"not a {form.upper()} object")
    return fields


def _check_common(fields: Mapping[str, Any], expected: Expected) -> None:
    for name, value in (("ToUserName", expected.sender), ("FromUserName", expected.receiver)):
        if fields.get(name) != value:
            raise MalformedReply(f"{name} is {fields.get(name)!r}, must be {value!r}")
    if not str(fields.get("CreateTime", "")).isdigit():
        raise MalformedReply("CreateTime is not a whole number of seconds")
    if not fields.get("MsgType"):
        raise MalformedReply("MsgType is missing")
