"""The login of pages inside WeChat: consent, the code that comes back, and what it can be exchanged for."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from aiohttp import web

from .api import WORLD, Call, Endpoint
from .config import Official, Person, Work
from .refusals import OK, Refusal
from .world import World

_SCOPES = {"official": ("snsapi_base", "snsapi_userinfo"), "work": ("snsapi_base", "snsapi_privateinfo")}
_STATE = re.compile(r"[A-Za-z0-9_\-.~%]{0,128}")
_REFRESH_LIFE_S = 30 * 86400
_TICKET_LIFE_S = 1800
_ASKER = "emulator_person"


class _NoConsent(Exception):
    """The page can only say what is wrong with its address."""


async def authorize(request: web.Request) -> web.Response:
    """Send the person back with a code; without knowing whose phone this is, ask."""
    world = request.app[WORLD]
    try:
        door, account = _app(world, request.query)
        target = _target(request.query, account)
        scope = _scope(request.query, door)
    except _NoConsent as error:
        page = f"<!doctype html><meta charset=utf-8><title>出错了</title><h1>{escape(str(error))}</h1>"
        return web.Response(text=page, content_type="text/html")
    who = request.query.get("person") or unquote(request.cookies.get(_ASKER, ""))
    if not who:
        return _whose_phone(world, request, door)
    code = world.codes.issue(door, world.people.at(door, who), scope=scope)
    query = "&".join(filter(None, [target.query, urlencode({"code": code, "state": request.query.get("state", "")})]))
    raise web.HTTPFound(urlunsplit((target.scheme, target.netloc, target.path or "/", query, "")))


def _app(world: World, query: Mapping[str, str]) -> tuple[str, Official | Work]:
    official, work = world.config.official, world.config.work
    if official is not None and query.get("appid") == official.app_id:
        return "official", official
    if work is not None and query.get("appid") == work.corp_id:
        return "work", work
    raise _NoConsent("appid 参数错误 10012")


def _target(query: Mapping[str, str], account: Official | Work) -> Any:
    target = urlsplit(query.get("redirect_uri", ""))
    if target.scheme not in ("http", "https") or not target.hostname:
        raise _NoConsent("redirect_uri 参数错误 10003")
    if account.redirect_domain is not None and target.hostname != account.redirect_domain:
        raise _NoConsent(
            "redirect_uri 域名与后台配置不一致 10003"
            if isinstance(account, Official)
            else "redirect_uri 需使用应用可信域名 50001"
        )
    if query.get("response_type") != "code":
        raise _NoConsent("response_type 参数错误 10004")
    if not _STATE.fullmatch(query.get("state", "")):
        raise _NoConsent("state 参数错误 10006")
    return target


def _scope(query: Mapping[str, str], door: str) -> str:
    scope = query.get("scope", "")
    if scope not in _SCOPES[door]:
        raise _NoConsent("scope 参数错误或没有 scope 权限 10005")
    return scope


def _whose_phone(world: World, request: web.Request, door: str) -> web.Response:
    rows = "".join(
        f'<li><a href="{escape(str(request.url.update_query(person=person.id).relative()))}">{escape(person.name)}</a>'
        for person in world.people.all
        if person.id_at(door) is not None
    )
    page = f"<!doctype html><meta charset=utf-8><title>授权</title><h1>谁的手机？</h1><ul>{rows}</ul>"
    return web.Response(text=page, content_type="text/html")


async def access_token(call: Call) -> Mapping[str, Any]:
    """A token for one person; it has nothing to do with the account's own."""
    account = _account(call)
    if call.query.get("secret") != account.secret:
        raise Refusal(40125, "invalid appsecret")
    if call.query.get("grant_type") != "authorization_code":
        raise Refusal(40002, "invalid grant_type")
    code = call.world.codes.take("official", call.query.get("code"))
    return _grant(call, code.person, code.facts["scope"])


async def refresh_token(call: Call) -> Mapping[str, Any]:
    """A fresh token for the same person, for thirty days."""
    _account(call)
    if call.query.get("grant_type") != "refresh_token":
        raise Refusal(40002, "invalid grant_type")
    grant = call.world.codes.look("web refresh", call.query.get("refresh_token"))
    if grant is None:
        raise Refusal(40030, "invalid refresh_token")
    return _grant(call, grant.person, grant.facts["scope"])


async def user_info(call: Call) -> Mapping[str, Any]:
    """The person's name and union id, if that was agreed to."""
    person, scope = _granted(call)
    if scope != "snsapi_userinfo":
        raise Refusal(48001, "api unauthorized")
    union = {"unionid": person.unionid} if person.unionid else {}
    blank = {"sex": 0, "language": "", "city": "", "province": "", "country": "", "headimgurl": "", "privilege": []}
    return {"openid": person.official, "nickname": person.name, **blank, **union}


async def check(call: Call) -> Mapping[str, Any]:
    """Is this token still good?"""
    _granted(call)
    return OK


def _granted(call: Call) -> tuple[Person, str]:
    """Whose token it is and what it is good for."""
    grant = call.world.codes.look("web token", call.query.get("access_token"))
    if grant is None:
        raise Refusal(40001, "invalid credential, access_token is invalid or not latest")
    if call.query.get("openid") != grant.person.official:
        raise Refusal(40003, "invalid openid")
    return grant.person, grant.facts["scope"]


def _grant(call: Call, person: Person, scope: str) -> dict[str, Any]:
    union = {"unionid": person.unionid} if scope == "snsapi_userinfo" and person.unionid else {}
    return {
        "access_token": call.world.codes.issue("web token", person, 7200, scope=scope),
        "expires_in": 7200,
        "refresh_token": call.world.codes.issue("web refresh", person, _REFRESH_LIFE_S, scope=scope),
        "openid": person.official,
        "scope": scope,
        **union,
    }


def _account(call: Call) -> Official:
    account = call.world.config.official
    if account is None or call.query.get("appid") != account.app_id:
        raise Refusal(40013, "invalid appid")
    return account


async def work_user(call: Call) -> Mapping[str, Any]:
    """The member behind a code, good once and for five minutes."""
    code = call.world.codes.look("work", call.query.get("code"))
    if code is None or code.used:
        raise Refusal(40029, "invalid code")
    code.used = True
    userid, scope = code.person.work, code.facts["scope"]
    if call.path == "/cgi-bin/user/getuserinfo":
        return {**OK, "UserId": userid, "DeviceId": ""}
    if scope != "snsapi_privateinfo":
        return {**OK, "userid": userid}
    ticket = call.world.codes.issue("user ticket", code.person, _TICKET_LIFE_S)
    return {**OK, "userid": userid, "user_ticket": ticket, "expires_in": _TICKET_LIFE_S}


async def work_user_detail(call: Call) -> Mapping[str, Any]:
    """The member's particulars, by a ticket of half an hour."""
    ticket = call.world.codes.look("user ticket", call.text("user_ticket", 84014, "user_ticket not exist"))
    if ticket is None:
        raise Refusal(84015, "user_ticket invalid or expired")
    person = ticket.person
    return {**OK, "userid": person.work, "gender": "0", "avatar": "", "mobile": person.phone or "", "email": ""}


ENDPOINTS = [
    Endpoint("/sns/oauth2/access_token", "GET", {"official": access_token}, needs_token=False),
    Endpoint("/sns/oauth2/refresh_token", "GET", {"official": refresh_token}, needs_token=False),
    Endpoint("/sns/userinfo", "GET", {"official": user_info}, needs_token=False),
    Endpoint("/sns/auth", "GET", {"official": check}, needs_token=False),
    Endpoint("/cgi-bin/auth/getuserinfo", "GET", {"work": work_user}),
    Endpoint("/cgi-bin/user/getuserinfo", "GET", {"work": work_user}),
    Endpoint("/cgi-bin/auth/getuserdetail", "POST", {"work": work_user_detail}),
]
PAGES = {"/connect/oauth2/authorize": authorize}
