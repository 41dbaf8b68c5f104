"""What the platforms share under one path: menus, media, addresses, members, the application itself."""

from collections.abc import Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from .api import Call, Endpoint
from .official import followers
from .refusals import OK, Refusal

_KEY_TYPES = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}
_OTHER_TYPES = {"view", "miniprogram", "view_miniprogram", "media_id", "view_limited", "article_id"}
_SUB_NAME_BYTES = {"official": 60, "work": 40}


async def create_menu(call: Call) -> Mapping[str, Any]:
    _check_agent(call)
    buttons = call.body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016, "invalid button size")
    for button in buttons:
        subs = button.get("sub_button") or []
        _name(button, 16)
        if len(subs) > 5:
            raise Refusal(40023, "invalid sub button size")
        for leaf in subs or [button]:
            _name(leaf, _SUB_NAME_BYTES[call.door] if subs else 16)
            _leaf(leaf)
    call.world.menus[call.door] = {"button": buttons}
    for listener in call.world.menu_listeners:
        listener(call.door)
    return OK


async def get_menu(call: Call) -> Mapping[str, Any]:
    _check_agent(call)
    menu = call.world.menus.get(call.door)
    if menu is None:
        raise Refusal(46003, "menu no exist")
    return {"menu": menu} if call.door == "official" else {"errcode": 0, "errmsg": "ok", **menu}


async def delete_menu(call: Call) -> Mapping[str, Any]:
    _check_agent(call)
    call.world.menus.pop(call.door, None)
    for listener in call.world.menu_listeners:
        listener(call.door)
    return OK


def _check_agent(call: Call) -> None:
    work = call.world.config.work
    if call.door == "work" and work is not None and call.query.get("agentid") != str(work.agent_id):
        raise Refusal(40056, "invalid agentid")


def _name(button: Any, limit: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= limit:
        raise Refusal(40018, "invalid button name size")


def _leaf(button: dict[str, Any]) -> None:
    kind = button.get("type")
    if kind not in _KEY_TYPES | _OTHER_TYPES:
        raise Refusal(40017, "invalid button type")
    if kind in _KEY_TYPES and not 1 <= len(str(button.get("key") or "").encode()) <= 128:
        raise Refusal(40019, "invalid button key size")
    if kind == "view" and not 1 <= len(str(button.get("url") or "").encode()) <= 1024:
        raise Refusal(40020, "invalid button url size")
    if kind in ("miniprogram", "view_miniprogram") and not (button.get("appid") and button.get("pagepath")):
        raise Refusal(45064, "no permission to use weapp in menu")


async def upload(call: Call) -> Mapping[str, Any]:
    if not call.request.content_type.startswith("multipart/"):
        raise Refusal(41005, "media data missing")
    part = await (await call.request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "media":
        raise Refusal(41005, "media data missing")
    kind = call.query.get("type", "")
    data = bytes(await part.read())
    content_type = part.headers.get("Content-Type", "application/octet-stream")
    medium = call.world.media.add(kind, part.filename or "media", content_type, data)
    key = "thumb_media_id" if kind == "thumb" else "media_id"
    created: int | str = str(medium.created) if call.door == "work" else medium.created
    head = {"errcode": 0, "errmsg": "ok"} if call.door == "work" else {}
    return {**head, "type": kind, key: medium.id, "created_at": created}


async def download(call: Call) -> web.Response:
    medium = call.world.media.get(call.query.get("media_id"))
    headers = {"Content-Disposition": f'attachment; filename="{medium.id[:12]}"'}
    return web.Response(body=medium.data, content_type=medium.content_type.split(";")[0], headers=headers)


async def addresses(call: Call) -> Mapping[str, Any]:
    head = {"errcode": 0, "errmsg": "ok"} if call.door == "work" else {}
    return {**head, "ip_list": ["127.0.0.1", "127.0.0.0/8"]}


async def member(call: Call) -> Mapping[str, Any]:
    userid = call.query.get("userid")
    person = call.world.people.member(userid) if userid else None
    if person is None:
        raise Refusal(60111, "userid not found")
    return {
        "errcode": 0,
        "errmsg": "ok",
        "userid": person.work,
        "name": person.name,
        "department": [1],
        "order": [0],
        "position": "",
        "is_leader_in_dept": [0],
        "direct_leader": [],
        "enable": 1,
        "status": 1,
        "isleader": 0,
        "main_department": 1,
    }


async def agent(call: Call) -> Mapping[str, Any]:
    work = call.world.config.work
    if work is None or call.query.get("agentid") != str(work.agent_id):
        raise Refusal(40056, "invalid agentid")
    allowed = [{"userid": person.work} for person in call.world.people.members()]
    return {
        "errcode": 0,
        "errmsg": "ok",
        "agentid": work.agent_id,
        "name": work.name,
        "square_logo_url": "",
        "description": "",
        "allow_userinfos": {"user": allowed},
        "allow_partys": {"partyid": [1]},
        "close": 0,
        "redirect_domain": "",
        "report_location_flag": 0,
        "isreportenter": 0,
        "home_url": "",
    }


ENDPOINTS = [
    Endpoint("/cgi-bin/menu/create", "POST", {"official": create_menu, "work": create_menu}),
    Endpoint("/cgi-bin/menu/get", "GET", {"official": get_menu, "work": get_menu}),
    Endpoint("/cgi-bin/menu/delete", "GET", {"official": delete_menu, "work": delete_menu}),
    Endpoint("/cgi-bin/media/upload", "POST", dict.fromkeys(("official", "work", "miniprogram"), upload), "media"),
    Endpoint("/cgi-bin/media/get", "GET", dict.fromkeys(("official", "work", "miniprogram"), download)),
    Endpoint("/cgi-bin/getcallbackip", "GET", dict.fromkeys(("official", "work", "miniprogram"), addresses)),
    Endpoint("/cgi-bin/get_api_domain_ip", "GET", dict.fromkeys(("official", "work", "miniprogram"), addresses)),
    Endpoint("/cgi-bin/user/get", "GET", {"official": followers, "work": member}),
    Endpoint("/cgi-bin/agent/get", "GET", {"work": agent}),
]
