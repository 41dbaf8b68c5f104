"""The official account's notices: template messages and subscription messages."""

import secrets
from collections.abc import Mapping
from typing import Any

from .api import Call, Endpoint
from .callbacks import CALLBACKS
from .config import Official
from .pushfields import event_fields, sent_status, subscribe_list
from .refusals import OK, Refusal
from .templatefields import check_fields, find_template, subscription_row
from .weblinks import check_links

_SAME_CLIENT_MSG_S = 600


async def send_template(call: Call) -> Mapping[str, Any]:
    """A template message to a follower, reported later by TEMPLATESENDJOBFINISH."""
    world = call.world
    person = world.people.by_openid("official", call.body.get("touser"))
    template = find_template(_account(call), call.body.get("template_id"))
    rows = check_fields(template, call.body.get("data"), exact=False)
    _check_target(call, "url")
    if not world.people.follows(person):
        raise Refusal(43004, "require subscribe")
    if world.accepts.refuses("official", person.id, template.id):
        raise Refusal(43101, "user refuse to accept the msg")
    client_id = call.body.get("client_msg_id")
    if client_id is not None and (not isinstance(client_id, str) or not 1 <= len(client_id) <= 32):
        raise Refusal(40035, "invalid parameter client_msg_id")
    key = ("template", person.id, str(client_id))
    until, earlier = world.sent_once.get(key, (0.0, 0))
    again = client_id is not None and until > world.clock.now()
    msg_id = earlier if again else secrets.randbelow(10**15) + 10**15
    body = {"title": template.title, "rows": rows, "url": call.body.get("url", "")}
    dropped = "duplicate" if again else call.report
    world.phones.deliver("official", person, call.path, "notice", call.body, dropped=dropped, body=body)
    if not again:
        world.sent_once[key] = (world.clock.now() + _SAME_CLIENT_MSG_S, msg_id)
        finished = event_fields(world, "official", person, "TEMPLATESENDJOBFINISH")
        call.request.app[CALLBACKS].report(
            "official", person, finished | {"MsgID": msg_id, "Status": call.report or "success"}
        )
    return {**OK, "msgid": msg_id}


async def send_subscription(call: Call) -> Mapping[str, Any]:
    """A subscription message; uses up one accept and is reported by subscribe_msg_sent_event."""
    person = call.world.people.by_openid("official", call.body.get("touser"))
    template = find_template(_account(call), call.body.get("template_id"))
    rows = check_fields(template, call.body.get("data"), exact=True)
    _check_target(call, "page")
    call.world.accepts.check("official", person.id, template.id)
    call.world.accepts.use("official", person.id, template.id)
    body = {"title": template.title, "rows": rows, "url": call.body.get("page", "")}
    call.world.phones.deliver("official", person, call.path, "notice", call.body, dropped=call.report, body=body)
    msg_id = str(secrets.randbelow(10**18))
    sent = {"TemplateId": template.id, "MsgID": msg_id, **sent_status(call.report)}
    fields = event_fields(call.world, "official", person, "subscribe_msg_sent_event")
    fields |= subscribe_list(call.world, "official", "SubscribeMsgSentEvent", [sent])
    call.request.app[CALLBACKS].report("official", person, fields)
    return {**OK, "msgid": int(msg_id)}


def _check_target(call: Call, address: str) -> None:
    """A notice opens a web page, a mini-program that is linked, or nothing."""
    check_links("official", call.body, address)
    program = call.body.get("miniprogram")
    if program and not (isinstance(program, dict) and call.world.config.is_linked(program.get("appid"))):
        raise Refusal(40013, "invalid appid")


def _account(call: Call) -> Official:
    account = call.world.config.official
    assert account is not None
    return account


async def private_templates(call: Call) -> Mapping[str, Any]:
    """The account's templates and their fields."""
    return {
        "template_list": [
            {
                "template_id": template.id,
                "title": template.title,
                "primary_industry": "",
                "deputy_industry": "",
                "content": "\n".join(f"{label}:{{{{{key}.DATA}}}}" for key, label in template.fields.items()),
                "example": "",
            }
            for template in _account(call).templates
            if not template.subscription
        ]
    }


async def subscriptions(call: Call) -> Mapping[str, Any]:
    """The account's subscription messages and their fields."""
    return {**OK, "data": [subscription_row(each) for each in _account(call).templates if each.subscription]}


ENDPOINTS = [
    Endpoint("/cgi-bin/message/template/send", "POST", {"official": send_template}),
    Endpoint("/cgi-bin/message/subscribe/bizsend", "POST", {"official": send_subscription}),
    Endpoint("/cgi-bin/template/get_all_private_template", "GET", {"official": private_templates}),
]
