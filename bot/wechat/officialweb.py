"""Web pages inside WeChat: logging in (网页授权) and the signature of the JS-SDK."""

import hashlib
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, urlsplit

from bot.wechat.client import Client, required

Scope = Literal["snsapi_base", "snsapi_userinfo"]

AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"


@dataclass(frozen=True)
class JsSignature:
    """What `wx.config` wants."""

    app_id: str
    timestamp: int
    nonce: str
    signature: str


@dataclass(frozen=True)
class WebLogin:
    """Who came to a page; `virtual` is nobody's account, which WeChat makes up for a preview."""

    openid: str
    unionid: str
    scope: str
    virtual: bool
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True)
class WebUser:
    """What somebody agreed to show."""

    openid: str
    unionid: str
    nickname: str
    picture: str


class ForeignPage(ValueError):
    """A signature was wanted for a page of a host that is not ours."""


class OfficialWeb(Client):
    """Calls of one account for its pages."""

    def authorize_url(self, redirect_uri: str, state: str, scope: Scope = "snsapi_base") -> str:
        """The address that sends somebody back with a code; WeChat insists on this order of parameters."""
        return (
            f"{AUTHORIZE}?appid={self._app.id}&redirect_uri={quote(redirect_uri, safe='')}"
            f"&response_type=code&scope={scope}&state={quote(state, safe='')}#wechat_redirect"
        )

    async def login(self, code: str) -> WebLogin:
        """Exchange the code of a page, good once for five minutes (sns/oauth2/access_token)."""
        path = "/sns/oauth2/access_token"
        params: dict[str, str | int] = {
            "appid": self._app.id,
            "secret": self._app.secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        answer = await self._transport.call(self._app, "GET", path, params=params, with_token=False)
        return WebLogin(
            openid=required(answer, "openid", self._app, path),
            unionid=str(answer.get("unionid", "")).strip(),
            scope=str(answer.get("scope", "")),
            virtual=answer.get("is_snapshotuser") == 1,
            access_token=required(answer, "access_token", self._app, path),
            refresh_token=str(answer.get("refresh_token", "")),
        )

    async def user(self, login: WebLogin) -> WebUser:
        """What somebody shows who agreed to `snsapi_userinfo` (sns/userinfo)."""
        # This token is the person's own; the account's would be refused.
        params: dict[str, str | int] = {
            "access_token": login.access_token,
            "openid": login.openid,
            "lang": "zh_CN",
        }
        path = "/sns/userinfo"
        answer = await self._transport.call(self._app, "GET", path, params=params, with_token=False, idempotent=True)
        return WebUser(
            openid=required(answer, "openid", self._app, path),
            unionid=str(answer.get("unionid", "")).strip(),
            nickname=str(answer.get("nickname", "")),
            picture=str(answer.get("headimgurl", "")),
        )

    async def sign(self, url: str, hosts: Collection[str]) -> JsSignature:
        """Sign a page of one of our hosts for the JS-SDK. Raises ForeignPage."""
        page = urlsplit(url)
        if page.scheme not in ("https", "http") or page.hostname not in hosts or page.username is not None:
            raise ForeignPage(page.hostname or "")
        ticket = await self._transport.jsapi_ticket(self._app)
        timestamp, nonce = int(time.time()), secrets.token_hex(8)
        return JsSignature(self._app.id, timestamp, nonce, js_signature(ticket, nonce, timestamp, url))


def js_signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Sign what stands before the `#` of an address, nothing in it escaped (JS-SDK appendix 1)."""
    plain = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.split('#')[0]}"
    return hashlib.sha1(plain.encode()).hexdigest()
