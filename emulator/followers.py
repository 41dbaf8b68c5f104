"""What the official account may know of its followers."""

from collections.abc import Mapping
from typing import Any

from .api import Call, Endpoint
from .config import Person
from .refusals import OK, Refusal
from .workcontacts import member

_MOST_AT_ONCE = 100
_PAGE = 10_000
_REMARK_CHARS = 30


async def info(call: Call) -> Mapping[str, Any]:
    """A follower's union id, tags, remark and the scene they came by."""
    return _about(call, call.world.people.by_openid("official", call.query.get("openid")))


async def several(call: Call) -> Mapping[str, Any]:
    """The same for up to a hundred."""
    wanted = call.body.get("user_list")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= _MOST_AT_ONCE:
        raise Refusal(40032, "invalid openid list size")
    openids = [each.get("openid") if isinstance(each, dict) else None for each in wanted]
    people = [call.world.people.by_openid("official", openid) for openid in openids]
    return {"user_info_list": [_about(call, person) for person in people]}


async def followers(call: Call) -> Mapping[str, Any]:
    """The followers' openids."""
    people = call.world.people
    openids = [person.official for person in people.all if people.follows(person)]
    after = call.query.get("next_openid")
    start = openids.index(after) + 1 if after in openids else 0
    page = openids[start : start + _PAGE]
    data = {"data": {"openid": page}} if page else {}
    return {"total": len(openids), "count": len(page), **data, "next_openid": page[-1] if page else ""}


async def remark(call: Call) -> Mapping[str, Any]:
    """What the account notes about a follower."""
    person = call.world.people.by_openid("official", call.body.get("openid"))
    words = call.body.get("remark", "")
    if not isinstance(words, str) or len(words) > _REMARK_CHARS:
        raise Refusal(40035, "invalid parameter remark")
    call.world.people.following(person).remark = words
    return OK


def _about(call: Call, person: Person) -> dict[str, Any]:
    union = {"unionid": person.unionid} if person.unionid else {}
    following = call.world.people.following(person)
    if not following.follows:
        return {"subscribe": 0, "openid": person.official, **union}
    scene = following.scene
    return {
        "subscribe": 1,
        "openid": person.official,
        "nickname": "",
        "sex": 0,
        "language": "zh_CN",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "subscribe_time": following.since,
        **union,
        "remark": following.remark,
        "groupid": 0,
        "tagid_list": sorted(call.world.tags.of(person.id)),
        "subscribe_scene": "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH",
        "qr_scene": int(scene) if scene.isdigit() else 0,
        "qr_scene_str": "" if scene.isdigit() else scene,
    }


ENDPOINTS = [
    Endpoint("/cgi-bin/user/info", "GET", {"official": info}),
    Endpoint("/cgi-bin/user/info/batchget", "POST", {"official": several}),
    Endpoint("/cgi-bin/user/info/updateremark", "POST", {"official": remark}),
    Endpoint("/cgi-bin/user/get", "GET", {"official": followers, "work": member}),
]
