"""What the platforms share under one path: media, addresses, tickets of the JS-SDK, quotas."""

from collections.abc import Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from .api import Call, Endpoint
from .refusals import OK, Refusal

_KINDS = {
    "official": ("image", "voice", "video", "thumb"),
    "work": ("image", "voice", "video", "file"),
    "miniprogram": ("image",),
}


async def upload(call: Call) -> Mapping[str, Any]:
    """Keeps a file for three days."""
    kind = call.query.get("type", "")
    if kind not in _KINDS[call.door]:
        raise Refusal(40004, "invalid media type")
    name, content_type, data = await uploaded(call)
    medium = call.world.media.add(kind, name, content_type, data)
    key = "thumb_media_id" if kind == "thumb" else "media_id"
    created: int | str = str(medium.created) if call.door == "work" else medium.created
    head = OK if call.door == "work" else {}
    return {**head, "type": kind, key: medium.id, "created_at": created}


async def uploaded(call: Call) -> tuple[str, str, bytes]:
    """Name, type and bytes of the form's field `media`."""
    if not call.request.content_type.startswith("multipart/"):
        raise Refusal(41005, "media data missing")
    part = await (await call.request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "media":
        raise Refusal(41005, "media data missing")
    data = bytes(await part.read())
    return part.filename or "media", part.headers.get("Content-Type", "application/octet-stream"), data


async def download(call: Call) -> web.Response:
    """A file's bytes; of a film in the official account, its address."""
    medium = call.world.media.get(call.query.get("media_id"))
    if medium.kind == "video" and call.door == "official":
        return web.json_response({"video_url": str(call.request.url.origin() / "sim" / "media" / medium.id)})
    headers = {"Content-Disposition": f'attachment; filename="{medium.id[:12]}"'}
    return web.Response(body=medium.data, content_type=medium.content_type.split(";")[0], headers=headers)


async def addresses(call: Call) -> Mapping[str, Any]:
    """Where pushes come from."""
    head = OK if call.door == "work" else {}
    return {**head, "ip_list": ["127.0.0.1", "127.0.0.0/8"]}


async def ticket(call: Call) -> Mapping[str, Any]:
    """The official account's ticket for the JS-SDK, or WeCom's for agentConfig."""
    kind = {"official": "jsapi", "work": "agent_config"}[call.door]
    if call.query.get("type") != kind:
        raise Refusal(40097, "invalid args")
    text, left = call.world.tokens.ticket(call.door, kind)
    return {**OK, "ticket": text, "expires_in": left}


async def company_ticket(call: Call) -> Mapping[str, Any]:
    """The company's ticket for wx.config, the same while it is valid."""
    text, left = call.world.tokens.ticket("work", "jsapi")
    return {**OK, "ticket": text, "expires_in": left}


async def quota(call: Call) -> Mapping[str, Any]:
    """How much of a day's quota is used."""
    path = call.text("cgi_path", 76021, "cgi_path not found, please check")
    left = call.world.quotas.left(call.door, path)
    if left is None:
        raise Refusal(76021, "cgi_path not found, please check")
    return {**OK, "quota": left}


async def clear_quota(call: Call) -> Mapping[str, Any]:
    """Begins all quotas anew, ten times a month."""
    if call.body.get("appid") != getattr(call.world.config, call.door).app_id:
        raise Refusal(40013, "invalid appid")
    call.world.quotas.clear(call.door)
    return OK


_ALL = ("official", "work", "miniprogram")
_TENCENT = ("official", "miniprogram")
ENDPOINTS = [
    Endpoint("/cgi-bin/media/upload", "POST", dict.fromkeys(_ALL, upload), "media"),
    Endpoint("/cgi-bin/media/get", "GET", dict.fromkeys(_ALL, download)),
    Endpoint("/cgi-bin/getcallbackip", "GET", dict.fromkeys(_ALL, addresses)),
    Endpoint("/cgi-bin/get_api_domain_ip", "GET", dict.fromkeys(_ALL, addresses)),
    Endpoint("/cgi-bin/ticket/getticket", "GET", {"official": ticket}),
    Endpoint("/cgi-bin/ticket/get", "GET", {"work": ticket}),
    Endpoint("/cgi-bin/get_jsapi_ticket", "GET", {"work": company_ticket}),
    Endpoint("/cgi-bin/openapi/quota/get", "POST", dict.fromkeys(_TENCENT, quota)),
    Endpoint("/cgi-bin/clear_quota", "POST", dict.fromkeys(_TENCENT, clear_quota)),
]
