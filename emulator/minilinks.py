"""Links that open a mini-program from outside: URL Link and URL Scheme."""

import secrets
from collections.abc import Mapping
from typing import Any

from .api import Call, Endpoint
from .minipages import is_published
from .refusals import OK, Refusal

_QUERY_CHARS = 1024
_MOST_DAYS = 30
_VERSIONS = ("release", "trial", "develop")


async def url_link(call: Call) -> Mapping[str, Any]:
    """A web address that opens a page of the mini-program."""
    check_target(call, call.body)
    _check_expiry(call, call.body.get("is_expire", True))
    return {**OK, "url_link": f"https://wxaurl.cn/{secrets.token_urlsafe(9)}"}


async def scheme(call: Call) -> Mapping[str, Any]:
    """A weixin:// address that opens a page of the mini-program."""
    target = call.body.get("jump_wxa") or {}
    if not isinstance(target, dict):
        raise Refusal(47001, "data format error")
    check_target(call, target)
    _check_expiry(call, call.body.get("is_expire", False))
    return {**OK, "openlink": f"weixin://dl/business/?t={secrets.token_urlsafe(9)}"}


def check_target(call: Call, target: Mapping[str, Any]) -> None:
    path, query = target.get("path") or "", target.get("query") or ""
    account = call.world.config.miniprogram
    assert account is not None
    if not isinstance(path, str) or "?" in path:
        raise Refusal(40165, "invalid weapp pagepath")
    if path and not is_published(account, path.removeprefix("/")):
        raise Refusal(40165, "invalid weapp pagepath")
    if not isinstance(query, str) or len(query) > _QUERY_CHARS:
        raise Refusal(40212, "invalid query")
    if target.get("env_version", "release") not in _VERSIONS:
        raise Refusal(85402, "invalid env_version")


def _check_expiry(call: Call, expires: bool) -> None:
    if not expires:
        return
    kind = call.body.get("expire_type", 0)
    if kind == 1:
        days = call.body.get("expire_interval")
        if not isinstance(days, int) or not 1 <= days <= _MOST_DAYS:
            raise Refusal(85401, "time limit between 1min and 30days")
        return
    at = call.body.get("expire_time", call.world.clock.seconds() + 86400)
    now = call.world.clock.seconds()
    if kind != 0 or not isinstance(at, int) or not now + 60 <= at <= now + _MOST_DAYS * 86400:
        raise Refusal(85401, "time limit between 1min and 30days")


ENDPOINTS = [
    Endpoint("/wxa/generate_urllink", "POST", {"miniprogram": url_link}),
    Endpoint("/wxa/generatescheme", "POST", {"miniprogram": scheme}),
]
