"""The fields of messages and events as each platform writes them."""

import secrets
from typing import Any

from .config import MiniProgram, Person, Work
from .simerrors import NotNow, SimError
from .world import World


def message_fields(world: World, door: str, person: Person, kind: str, parts: dict[str, Any]) -> dict[str, Any]:
    """A message with a MsgId of its own."""
    msg_id = secrets.randbelow(10**18) + 10**18
    return {**_head(world, door, person, kind), **parts, "MsgId": msg_id, **_tail(world, door)}


def event_fields(
    world: World, door: str, person: Person, event: str, parts: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An event; it has no MsgId, its sender and second stand for one."""
    return {**_head(world, door, person, "event"), "Event": event, **(parts or {}), **_tail(world, door)}


def system_fields(world: World, event: str, parts: dict[str, Any], *, of_agent: bool = True) -> dict[str, Any]:
    """An event of the company itself; nobody's phone sends it."""
    work = world.config.work
    if work is None:
        raise SimError("no platform 'work' is configured", doors=list(world.config.doors()))
    head = {
        "ToUserName": work.corp_id,
        "FromUserName": "sys",
        "CreateTime": world.clock.seconds(),
        "MsgType": "event",
        "Event": event,
    }
    return {**head, **parts, **(_tail(world, "work") if of_agent else {})}


def _head(world: World, door: str, person: Person, kind: str) -> dict[str, Any]:
    if door not in world.config.doors():
        raise SimError(f"no platform {door!r} is configured", doors=list(world.config.doors()))
    if person.robot is not None:
        raise NotNow(f"{person.name} is a group, which only its robot writes to")
    account = getattr(world.config, door)
    return {
        "ToUserName": account.corp_id if isinstance(account, Work) else account.account,
        "FromUserName": person.id_at(door),
        "CreateTime": world.clock.seconds(),
        "MsgType": kind,
    }


def _tail(world: World, door: str) -> dict[str, Any]:
    work = world.config.work
    return {"AgentID": work.agent_id} if door == "work" and work is not None else {}


def subscribe_list(world: World, door: str, wrapper: str, items: list[dict[str, str]]) -> dict[str, Any]:
    """The List of a subscribe_msg event: JSON has it bare, XML in a wrapper; one item is no array."""
    one_or_more: Any = items[0] if len(items) == 1 else items
    account = getattr(world.config, door)
    if isinstance(account, MiniProgram) and account.format == "json":
        return {"List": one_or_more}
    return {wrapper: {"List": one_or_more}}


def popup_items(door: str, answers: list[tuple[str, str]]) -> list[dict[str, str]]:
    scene = "0" if door == "miniprogram" else "1"
    return [
        {"TemplateId": template, "SubscribeStatusString": status, "PopupScene": scene} for template, status in answers
    ]


def sent_status(report: str | None) -> dict[str, str]:
    """How a subscription message ended."""
    return {"ErrorCode": "0" if report is None else "43101", "ErrorStatus": report or "success"}
