"""What all three platforms offer in the same way: media, addresses, and how a typed call is made."""

from collections.abc import Mapping
from typing import Any, Literal

import aiohttp

from bot.wechat.errors import NoAnswer
from bot.wechat.transport import App, Transport

MediaKind = Literal["image", "voice", "video", "thumb", "file"]


class Client:
    """Calls for one app; each platform has its own below this."""

    def __init__(self, transport: Transport, app: App) -> None:
        self._transport = transport
        self._app = app

    async def callback_ips(self) -> list[str]:
        """The addresses pushes come from: single, CIDR or with a wildcard (getcallbackip)."""
        answer = await self._get("/cgi-bin/getcallbackip")
        return [str(address) for address in answer.get("ip_list", ())]

    async def media(self, media_id: str) -> bytes:
        """Fetch a picture, voice or file that someone sent; kept for three days (media/get)."""
        return await self._bytes("GET", "/cgi-bin/media/get", params={"media_id": media_id})

    async def upload(
        self, kind: MediaKind, content: bytes, filename: str, content_type: str = "application/octet-stream"
    ) -> str:
        """Hand over a picture, voice, video or file and return its media_id, good for three days (media/upload)."""
        return await self._upload("/cgi-bin/media/upload", {"type": kind}, content, filename, content_type)

    async def _get(self, path: str, **params: str | int) -> dict[str, Any]:
        return await self._transport.call(self._app, "GET", path, params=params, idempotent=True)

    async def _post(self, path: str, body: Mapping[str, Any], *, idempotent: bool = False) -> dict[str, Any]:
        return await self._transport.call(self._app, "POST", path, json=dict(body), idempotent=idempotent)

    async def _bytes(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, json: Any = None
    ) -> bytes:
        return await self._transport.call(self._app, method, path, params=params, json=json, raw=True, idempotent=True)

    async def _upload(
        self,
        path: str,
        params: Mapping[str, str | int],
        content: bytes,
        filename: str,
        content_type: str,
        *,
        with_token: bool = True,
    ) -> str:
        def form() -> aiohttp.FormData:
            # The name is what the phone shows: as it is, for the platforms do not decode %E5.
            data = aiohttp.FormData(quote_fields=False)
            shown = "".join(letter for letter in filename if letter.isprintable())
            data.add_field("media", content, filename=shown, content_type=content_type)
            return data

        answer = await self._transport.call(
            self._app, "POST", path, params=params, data=form, idempotent=True, with_token=with_token
        )
        # A thumb's id has a name of its own.
        name = "thumb_media_id" if params.get("type") == "thumb" and "thumb_media_id" in answer else "media_id"
        return required(answer, name, self._app, path)


def required(answer: Mapping[str, Any], name: str, app: App, path: str) -> str:
    """A text that must be in the answer: nobody may be taken for the one whose id is empty. Raises NoAnswer."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise NoAnswer(app.name, path, f"no {name} in the answer")
    return value
