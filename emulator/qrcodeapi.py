"""The calls that make the official account's codes and draw them."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .api import WORLD, Call, Endpoint
from .picture import code_picture
from .refusals import Refusal

_ACTIONS = ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE")
_MAX_EXPIRY_S = 2_592_000
_EXPIRY_S = 60
_HIGHEST_FOR_GOOD = 100_000
_HIGHEST = 0xFFFFFFFF
_PICTURE_PX = 430


async def create(call: Call) -> Mapping[str, Any]:
    """A code with a scene, for a while or for good; its picture is at /cgi-bin/showqrcode."""
    action = call.body.get("action_name")
    if action not in _ACTIONS:
        raise Refusal(40050, "invalid action name")
    scene = _scene(str(action), call.body.get("action_info"))
    expiry = None if "LIMIT" in action else call.body.get("expire_seconds", _EXPIRY_S)
    if expiry is not None and (not isinstance(expiry, int) or not 1 <= expiry <= _MAX_EXPIRY_S):
        raise Refusal(40052, "invalid expire_seconds")
    code = call.world.qrcodes.add(scene, expiry)
    answer: dict[str, Any] = {"ticket": code.ticket, "url": f"http://weixin.qq.com/q/{code.ticket[:16]}"}
    return answer if expiry is None else answer | {"expire_seconds": expiry}


async def picture(request: web.Request) -> web.Response:
    """The code to scan; it needs no token, only the ticket."""
    code = request.app[WORLD].qrcodes.of_ticket(request.query.get("ticket", ""))
    if code is None or request.app[WORLD].qrcodes.is_over(code):
        return web.Response(status=404, text="<h1>404</h1>", content_type="text/html")
    return web.Response(body=code_picture(code.ticket, _PICTURE_PX), content_type="image/png")


def _scene(action: str, info: object) -> str:
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        raise Refusal(40053, "invalid action info")
    if "STR" in action:
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise Refusal(40053, "invalid action info")
        return text
    number = scene.get("scene_id")
    most = _HIGHEST_FOR_GOOD if "LIMIT" in action else _HIGHEST
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= most:
        raise Refusal(40053, "invalid action info")
    return str(number)


ENDPOINTS = [Endpoint("/cgi-bin/qrcode/create", "POST", {"official": create})]
PAGES = {"/cgi-bin/showqrcode": picture}
