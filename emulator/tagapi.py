"""The tag calls of the official account."""

from collections.abc import Mapping
from typing import Any

from .api import Call, Endpoint
from .refusals import OK, Refusal

_MOST_AT_ONCE = 50


async def create(call: Call) -> Mapping[str, Any]:
    """A new tag, up to a hundred."""
    given = call.body.get("tag")
    name = given.get("name") if isinstance(given, dict) else None
    call.world.tags.check_name(name)
    return {"tag": {"id": call.world.tags.create(str(name)), "name": name}}


async def get(call: Call) -> Mapping[str, Any]:
    """All tags and how many bear each."""
    return {"tags": call.world.tags.all()}


async def update(call: Call) -> Mapping[str, Any]:
    """A tag's new name."""
    given = call.body.get("tag") or {}
    tag = _tag(call, given.get("id"))
    call.world.tags.check_name(given.get("name"))
    call.world.tags.rename(tag, str(given["name"]))
    return OK


async def delete(call: Call) -> Mapping[str, Any]:
    """Takes a tag away from everybody."""
    call.world.tags.delete(_tag(call, (call.body.get("tag") or {}).get("id")))
    return OK


async def give(call: Call) -> Mapping[str, Any]:
    """Gives a tag to up to fifty followers."""
    tag = _tag(call, call.body.get("tagid"))
    call.world.tags.give(tag, _people(call))
    return OK


async def take(call: Call) -> Mapping[str, Any]:
    """Takes a tag from up to fifty followers."""
    tag = _tag(call, call.body.get("tagid"))
    call.world.tags.take(tag, _people(call))
    return OK


async def of_one(call: Call) -> Mapping[str, Any]:
    """A follower's tags."""
    person = call.world.people.by_openid("official", call.body.get("openid"))
    return {"tagid_list": sorted(call.world.tags.of(person.id))}


async def bearers(call: Call) -> Mapping[str, Any]:
    """The followers with a tag."""
    people = call.world.people
    openids = [people.find(each).official for each in call.world.tags.bearers(_tag(call, call.body.get("tagid")))]
    data = {"data": {"openid": openids}} if openids else {}
    return {"count": len(openids), **data, "next_openid": openids[-1] if openids else ""}


def _tag(call: Call, tag: object) -> int:
    if str(tag) in ("0", "1", "2"):
        raise Refusal(45058, "can't modify sys tag")
    if not call.world.tags.exists(tag):
        raise Refusal(45159, "invalid tag")
    return int(str(tag))


def _people(call: Call) -> list[str]:
    openids = call.body.get("openid_list")
    if not isinstance(openids, list) or not 1 <= len(openids) <= _MOST_AT_ONCE:
        raise Refusal(40032, "invalid openid list size")
    people = [call.world.people.by_openid("official", openid) for openid in openids]
    if not all(call.world.people.follows(person) for person in people):
        raise Refusal(43004, "require subscribe")
    return [person.id for person in people]


ENDPOINTS = [
    Endpoint("/cgi-bin/tags/create", "POST", {"official": create}),
    Endpoint("/cgi-bin/tags/get", "GET", {"official": get}),
    Endpoint("/cgi-bin/tags/update", "POST", {"official": update}),
    Endpoint("/cgi-bin/tags/delete", "POST", {"official": delete}),
    Endpoint("/cgi-bin/tags/members/batchtagging", "POST", {"official": give}),
    Endpoint("/cgi-bin/tags/members/batchuntagging", "POST", {"official": take}),
    Endpoint("/cgi-bin/tags/getidlist", "POST", {"official": of_one}),
    Endpoint("/cgi-bin/user/tag/get", "POST", {"official": bearers}),
]
