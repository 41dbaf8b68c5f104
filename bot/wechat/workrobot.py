"""A group's robot, which speaks without a token (消息推送, WeCom doc 99110)."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from bot.wechat.client import Client
from bot.wechat.messages import Article, Message, news, text
from bot.wechat.replies import cut_bytes
from bot.wechat.transport import App, Transport

MAX_IMAGE_BYTES = 2 * 1024 * 1024
MAX_MARKDOWN_BYTES = 4096
CARDS = ("text_notice", "news_notice")
EVERYBODY = "@all"


class Robot(Client):
    """One robot; it takes 20 messages a minute, which is asked for as `quotas.admit("work", "robot", …)`."""

    def __init__(self, transport: Transport, app: App, key: str) -> None:
        super().__init__(transport, app)
        self._key = key

    async def say(self, content: str, mention: Sequence[str] = (), mobiles: Sequence[str] = ()) -> None:
        """Say a text and point at people by userid or mobile number; EVERYBODY is everybody (webhook/send)."""
        message = text(content)
        extra = {"mentioned_list": list(mention), "mentioned_mobile_list": list(mobiles)}
        await self._send(Message(message.kind, message.body | {name: ids for name, ids in extra.items() if ids}))

    async def markdown(self, content: str, *, tables: bool = False) -> None:
        """Say markdown; `tables` takes the newer form, which has tables but no colours and no mentions (webhook/send)."""
        kind = "markdown_v2" if tables else "markdown"
        await self._send(Message(kind, {"content": cut_bytes(content, MAX_MARKDOWN_BYTES)}))

    async def image(self, content: bytes) -> None:
        """Show a JPG or PNG of at most 2 MB (webhook/send)."""
        if len(content) > MAX_IMAGE_BYTES:
            raise ValueError(f"a picture must have at most {MAX_IMAGE_BYTES} bytes")
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        await self._send(Message("image", {"base64": base64.b64encode(content).decode(), "md5": digest}))

    async def news(self, articles: Sequence[Article]) -> None:
        """Show one to eight links (webhook/send)."""
        await self._send(news(articles))

    async def file(self, content: bytes, filename: str) -> None:
        """Upload a file of at most 20 MB and show it (webhook/upload_media)."""
        path = "/cgi-bin/webhook/upload_media"
        params: dict[str, str | int] = {"key": self._key, "type": "file"}
        media_id = await self._upload(path, params, content, filename, "application/octet-stream", with_token=False)
        await self._send(Message("file", {"media_id": media_id}))

    async def card(self, made: Mapping[str, Any]) -> None:
        """Show a card that asks nothing (webhook/send)."""
        if made.get("card_type") not in CARDS:
            raise ValueError(f"a robot shows only {' and '.join(CARDS)}")
        await self._send(Message("template_card", dict(made)))

    async def _send(self, message: Message) -> None:
        await self._transport.call(
            self._app, "POST", "/cgi-bin/webhook/send", params={"key": self._key}, json=message.wire(), with_token=False
        )
