"""The token endpoints of the three platforms."""

from collections.abc import Mapping
from typing import Any

from .addresses import check_address
from .api import Call, Endpoint
from .refusals import Refusal


async def token(call: Call) -> Mapping[str, Any]:
    """A new token for two hours; the one before lives five minutes more."""
    door = _app(call, call.query)
    call.world.quotas.use(door, call.path)
    text, left = call.world.tokens.issue(door)
    return {"access_token": text, "expires_in": left}


async def stable_token(call: Call) -> Mapping[str, Any]:
    """The same token while it is valid; forced, a new one at once, twenty times a day and thirty seconds apart."""
    door = _app(call, call.body)
    text, left = call.world.tokens.stable(door, force=bool(call.body.get("force_refresh", False)))
    return {"access_token": text, "expires_in": left}


async def get_token(call: Call) -> Mapping[str, Any]:
    """The token of the application, the address book or customer contact, the same while it is valid."""
    work = call.world.config.work
    corp_id, secret = call.query.get("corpid"), call.query.get("corpsecret")
    if not corp_id:
        raise Refusal(41002, "corpid missing")
    if not secret:
        raise Refusal(41004, "corpsecret missing")
    if work is None or corp_id != work.corp_id:
        raise Refusal(40013, "invalid corpid")
    uses = {work.customers_secret: "customers", work.contacts_secret: "contacts", work.secret: "app"}
    if secret not in uses:
        raise Refusal(40001, "invalid credential")
    text, left = call.world.tokens.keep("work", uses[secret])
    return {"errcode": 0, "errmsg": "ok", "access_token": text, "expires_in": left}


def _app(call: Call, given: Mapping[str, Any]) -> str:
    """Which app asks for a token, if its secret is right."""
    if given.get("grant_type") != "client_credential":
        raise Refusal(40002, "invalid grant_type")
    app_id, secret = given.get("appid"), given.get("secret")
    if not app_id:
        raise Refusal(41002, "appid missing")
    if not secret:
        raise Refusal(41004, "appsecret missing")
    config = call.world.config
    for door, account in (("official", config.official), ("miniprogram", config.miniprogram)):
        if account is not None and app_id == account.app_id:
            if secret != account.secret:
                raise Refusal(40125, "invalid appsecret")
            check_address(call.request.remote, door, account.allowed_ips)
            return door
    raise Refusal(40013, "invalid appid")


ENDPOINTS = [
    Endpoint("/cgi-bin/token", "GET", {"official": token}, needs_token=False),
    Endpoint("/cgi-bin/stable_token", "POST", {"official": stable_token}, needs_token=False),
    Endpoint("/cgi-bin/gettoken", "GET", {"work": get_token}, needs_token=False),
]
