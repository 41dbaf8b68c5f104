"""The menu calls of the official account and of WeCom, and what a menu may hold."""

from collections.abc import Mapping
from typing import Any

from .api import Call, Endpoint
from .menus import Menu
from .refusals import OK, Refusal
from .weblinks import is_link

_KEY_TYPES = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}
_OTHER_TYPES = {
    "view",
    "miniprogram",
    "view_miniprogram",
    "media_id",
    "view_limited",
    "article_id",
    "article_view_limited",
}
_MEDIA_TYPES = {"media_id", "view_limited"}
_SUB_NAME_BYTES = {"official": 60, "work": 40}
_RULES = ("tag_id", "client_platform_type")


async def create(call: Call) -> Mapping[str, Any]:
    """Puts a menu at the foot of every conversation."""
    check_agent(call)
    call.world.menus.put(call.door, _buttons(call))
    return OK


async def get(call: Call) -> Mapping[str, Any]:
    """The menu, and those made for tags."""
    check_agent(call)
    menu, others = call.world.menus.default(call.door), call.world.menus.conditional()
    if menu is None:
        raise Refusal(46003, "menu no exist")
    if call.door == "work":
        return {**OK, **menu}
    return {"menu": menu} | ({"conditionalmenu": others} if others else {})


async def delete(call: Call) -> Mapping[str, Any]:
    """Takes the menu away, and those made for tags with it."""
    check_agent(call)
    call.world.menus.clear(call.door)
    return OK


async def add_conditional(call: Call) -> Mapping[str, Any]:
    """A menu for followers with a tag."""
    rule = call.body.get("matchrule")
    if not isinstance(rule, dict) or not any(rule.get(name) for name in _RULES):
        raise Refusal(65304, "match rule empty")
    if rule.get("tag_id") and not call.world.tags.exists(rule["tag_id"]):
        raise Refusal(45159, "invalid tag")
    return {"menuid": call.world.menus.add(_buttons(call), rule)}


async def delete_conditional(call: Call) -> Mapping[str, Any]:
    """Takes one such menu away."""
    call.world.menus.drop(str(call.body.get("menuid", "")))
    return OK


async def try_match(call: Call) -> Mapping[str, Any]:
    """The menu that a follower sees."""
    try:
        person = call.world.people.by_openid("official", call.body.get("user_id"))
    except Refusal as refusal:
        raise Refusal(65302, "no such user") from refusal
    if not call.world.people.follows(person):
        raise Refusal(65302, "no such user")
    menu = call.world.menu_of("official", person)
    if not menu:
        raise Refusal(46003, "menu no exist")
    return {"button": menu["button"]}


def check_agent(call: Call) -> None:
    """A call about an application of WeCom names it in its query."""
    work = call.world.config.work
    if call.door == "work" and work is not None and call.query.get("agentid") != str(work.agent_id):
        raise Refusal(40056, "invalid agentid")


def _buttons(call: Call) -> list[Menu]:
    buttons = call.body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016, "invalid button size")
    for button in buttons:
        _name(button, 16)
        subs = button.get("sub_button") or []
        if len(subs) > 5:
            raise Refusal(40023, "invalid sub button size")
        for leaf in subs or [button]:
            _name(leaf, _SUB_NAME_BYTES[call.door] if subs else 16)
            _leaf(call, leaf)
            if leaf.get("url") and not is_link(leaf["url"]):
                code, where = (40054, "sub button") if subs else (40055, "button")
                raise Refusal(code, f"invalid {where} url domain")
    return buttons


def _name(button: Any, limit: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= limit:
        raise Refusal(40018, "invalid button name size")


def _leaf(call: Call, button: Menu) -> None:
    kind = button.get("type")
    if kind not in _KEY_TYPES | _OTHER_TYPES:
        raise Refusal(40017, "invalid button type")
    if kind in _KEY_TYPES and not 1 <= len(str(button.get("key") or "").encode()) <= 128:
        raise Refusal(40019, "invalid button key size")
    if kind == "view" and not 1 <= len(str(button.get("url") or "").encode()) <= 1024:
        raise Refusal(40020, "invalid button url size")
    if kind in _MEDIA_TYPES:
        call.world.media.get(button.get("media_id"))
    if kind in ("miniprogram", "view_miniprogram"):
        _miniprogram(call, button)


def _miniprogram(call: Call, button: Menu) -> None:
    if not call.world.config.is_linked(button.get("appid")):
        raise Refusal(45064, "no permission to use weapp in menu")
    if not button.get("pagepath"):
        raise Refusal(40165, "invalid weapp pagepath")
    # Clients too old for mini-programs open the address instead.
    if call.door == "official" and not button.get("url"):
        raise Refusal(40020, "invalid button url size")


_BOTH = ("official", "work")
ENDPOINTS = [
    Endpoint("/cgi-bin/menu/create", "POST", dict.fromkeys(_BOTH, create)),
    Endpoint("/cgi-bin/menu/get", "GET", dict.fromkeys(_BOTH, get)),
    Endpoint("/cgi-bin/menu/delete", "GET", dict.fromkeys(_BOTH, delete)),
    Endpoint("/cgi-bin/menu/addconditional", "POST", {"official": add_conditional}),
    Endpoint("/cgi-bin/menu/delconditional", "POST", {"official": delete_conditional}),
    Endpoint("/cgi-bin/menu/trymatch", "POST", {"official": try_match}),
]
