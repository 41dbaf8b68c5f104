"""The mini-program's API: login, phone number, subscription messages, codes."""

import base64
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .api import Call, Endpoint
from .callbacks import CALLBACKS
from .config import MiniProgram
from .minipages import is_published
from .official import subscriptions
from .picture import code_picture
from .pushfields import event_fields, sent_status, subscribe_list
from .refusals import OK, Refusal
from .templatefields import check_fields, find_template, subscription_row

_CHECKED_CHARS = 2500
_ACTIVE_S = 7200
_SCENE = re.compile(r"[0-9a-zA-Z!#$&'()*+,/:;=?@\-._~]{1,32}")


async def login(call: Call) -> web.Response:
    """Answers as text/plain, as WeChat does, although it is JSON."""
    world, query = call.world, call.query
    account = world.config.miniprogram
    if account is None or query.get("appid") != account.app_id:
        raise Refusal(40013, "invalid appid")
    if query.get("secret") != account.secret:
        raise Refusal(40125, "invalid appsecret")
    if query.get("grant_type") != "authorization_code":
        raise Refusal(40002, "invalid grant_type")
    person = world.codes.use("login", query.get("js_code"))
    if not world.login_minute.allows(person.id):
        raise Refusal(45011, "api minute-quota reach limit, must slower, retry next minute")
    world.login_minute.note(person.id)
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    world.sessions[person.id] = (key, world.clock.now())
    answer = {"session_key": key, "openid": person.miniprogram}
    if person.unionid:
        answer["unionid"] = person.unionid
    return web.Response(text=web.json_response(answer).text, content_type="text/plain")


async def check_session(call: Call) -> Mapping[str, Any]:
    """Is the server's session_key still the one of this person's phone?"""
    person = call.world.people.by_openid("miniprogram", call.query.get("openid"))
    key, _ = call.world.sessions.get(person.id, ("", 0.0))
    if call.query.get("sig_method") != "hmac_sha256":
        raise Refusal(87007, "session_key is not existd or expired")
    expected = hmac.new(key.encode(), b"", "sha256").hexdigest()
    if not key or not hmac.compare_digest(expected.encode(), call.query.get("signature", "").encode()):
        raise Refusal(87009, "invalid signature")
    return OK


async def check_text(call: Call) -> Mapping[str, Any]:
    """Content check v2: the word 违规 is risky and 可疑 wants a human's eye, so that a test can have either."""
    body = call.body
    person = call.world.people.by_openid("miniprogram", body.get("openid"))
    content = body.get("content")
    if body.get("version") != 2 or body.get("scene") not in (1, 2, 3, 4) or not isinstance(content, str) or not content:
        raise Refusal(40035, "invalid parameter version, scene or content")
    if len(content) > _CHECKED_CHARS:
        raise Refusal(45002, "content size out of limit")
    _, seen = call.world.sessions.get(person.id, ("", 0.0))
    if seen <= call.world.clock.now() - _ACTIVE_S:
        raise Refusal(61010, "code is expired")
    suggest, label = next((verdict for word, verdict in _VERDICTS.items() if word in content), ("pass", 100))
    detail = {"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}
    result = {"suggest": suggest, "label": label}
    return {**OK, "detail": [detail], "trace_id": secrets.token_hex(16), "result": result}


_VERDICTS = {"违规": ("risky", 20006), "可疑": ("review", 10001)}


async def phone_number(call: Call) -> Mapping[str, Any]:
    """The number behind a code of the phone button, good once and for five minutes."""
    person = call.world.codes.use("phone", call.body.get("code"))
    number = person.phone or ""
    return {
        **OK,
        "phone_info": {
            "phoneNumber": number,
            "purePhoneNumber": number,
            "countryCode": "86",
            "watermark": {"timestamp": call.world.clock.seconds(), "appid": _account(call).app_id},
        },
    }


async def send_subscription(call: Call) -> Mapping[str, Any]:
    """A subscription message; uses up one accept and is reported by subscribe_msg_sent_event."""
    world = call.world
    person = world.people.by_openid("miniprogram", call.body.get("touser"))
    template = find_template(_account(call), call.body.get("template_id"))
    if call.body.get("miniprogram_state", "formal") not in ("developer", "trial", "formal"):
        raise Refusal(40035, "invalid parameter miniprogram_state")
    if call.body.get("lang", "zh_CN") not in ("zh_CN", "en_US", "zh_HK", "zh_TW"):
        raise Refusal(40035, "invalid parameter lang")
    page = call.body.get("page") or ""
    if not isinstance(page, str) or (page and not is_published(_account(call), page.partition("?")[0].lstrip("/"))):
        raise Refusal(41030, "invalid page")
    rows = check_fields(template, call.body.get("data"), exact=True)
    world.accepts.check("miniprogram", person.id, template.id)
    world.accepts.use("miniprogram", person.id, template.id)
    body = {"title": template.title, "rows": rows, "url": page}
    world.phones.deliver("miniprogram", person, call.path, "notice", call.body, dropped=call.report, body=body)
    sent = {
        "TemplateId": template.id,
        "MsgID": str(secrets.randbelow(10**18)),
        **sent_status(call.report),
    }
    fields = event_fields(world, "miniprogram", person, "subscribe_msg_sent_event")
    fields |= subscribe_list(world, "miniprogram", "SubscribeMsgSentEvent", [sent])
    call.request.app[CALLBACKS].report("miniprogram", person, fields)
    return {**OK, "msgid": int(sent["MsgID"])}


async def templates(call: Call) -> Mapping[str, Any]:
    """The mini-program's templates and their fields."""
    return {**OK, "data": [subscription_row(each) for each in _account(call).templates]}


async def unlimited_code(call: Call) -> web.Response:
    """A code for a page and a scene as PNG bytes, or an error as JSON."""
    scene = call.body.get("scene")
    if not isinstance(scene, str) or not _SCENE.fullmatch(scene):
        raise Refusal(40129, "invalid scene")
    page = call.body.get("page", "")
    if not isinstance(page, str) or page.startswith("/") or "?" in page:
        raise Refusal(41030, "invalid page")
    if page and call.body.get("check_path", True) and not is_published(_account(call), page):
        raise Refusal(41030, "invalid page")
    if call.body.get("env_version", "release") not in ("release", "trial", "develop"):
        raise Refusal(40035, "invalid parameter env_version")
    width = call.body.get("width", 430)
    if not isinstance(width, int) or not 280 <= width <= 1280:
        raise Refusal(40035, "invalid parameter width")
    return web.Response(body=code_picture(f"{page}?{scene}", width), content_type="image/png")


def _account(call: Call) -> MiniProgram:
    account = call.world.config.miniprogram
    assert account is not None
    return account


ENDPOINTS = [
    Endpoint("/sns/jscode2session", "GET", {"miniprogram": login}, needs_token=False),
    Endpoint("/wxa/checksession", "GET", {"miniprogram": check_session}),
    Endpoint("/wxa/msg_sec_check", "POST", {"miniprogram": check_text}),
    Endpoint("/wxa/business/getuserphonenumber", "POST", {"miniprogram": phone_number}),
    Endpoint("/cgi-bin/message/subscribe/send", "POST", {"miniprogram": send_subscription}),
    Endpoint("/wxaapi/newtmpl/gettemplate", "GET", {"miniprogram": templates, "official": subscriptions}),
    Endpoint("/wxa/getwxacodeunlimit", "POST", {"miniprogram": unlimited_code}),
]
