"""One way to call WeChat's APIs on every platform: token, JSON, errors."""

import asyncio
import hashlib
import json as jsonlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, overload

import aiohttp

from bot.wechat.errors import NoAnswer, NotSent, Reaction, Unanswered, WeChatError

log = logging.getLogger(__name__)

Platform = Literal["official", "work", "miniprogram"]
Fetch = Callable[[], Awaitable[tuple[str, int]]]

BUSY_TRIES = 3
# The stable token is handed out with at least 300 s left; a margin above that would fetch it again for every call.
EXPIRY_MARGIN_S = 120


@dataclass(frozen=True)
class App:
    """One set of credentials; `id` is the AppID, or the corpid for WeCom, where each secret has a token of its own."""

    name: Platform
    id: str
    secret: str = field(repr=False)
    api_base: str

    @property
    def key(self) -> str:
        """Under which the token is stored; no secret can be read from it."""
        return f"{self.name}:{self.id}:{hashlib.sha256(self.secret.encode()).hexdigest()[:12]}"


class TokenStore(Protocol):
    """Holds the current token of each app for every worker."""

    async def get(self, app_key: str) -> str | None:
        """Return the current token, if one is valid."""

    async def refresh(self, app_key: str, bad: str | None, fetch: Fetch) -> str:
        """Return the new current token; fetch it only if the stored one is still `bad`, absent or expired."""


class MemoryTokens:
    """Tokens of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tokens: dict[str, tuple[str, float]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, app_key: str) -> str | None:
        """Return the current token, if one is valid."""
        token, expires_at = self._tokens.get(app_key, ("", 0.0))
        return token if token and self._clock() < expires_at else None

    async def refresh(self, app_key: str, bad: str | None, fetch: Fetch) -> str:
        """Return the new current token; callers that come while it is fetched share it."""
        async with self._locks.setdefault(app_key, asyncio.Lock()):
            current = await self.get(app_key)
            if current is not None and current != bad:
                return current
            token, expires_in = await fetch()
            lifetime_s = max(expires_in - EXPIRY_MARGIN_S, expires_in / 2)
            self._tokens[app_key] = (token, self._clock() + lifetime_s)
            return token


class Transport:
    """Calls WeChat's APIs; knows tokens and errors, but no message."""

    def __init__(
        self, session: aiohttp.ClientSession, tokens: TokenStore, timeout_s: float = 8, *, backoff_s: float = 0.5
    ) -> None:
        self._session = session
        self._tokens = tokens
        # A time-out while connecting is known to be harmless, so connecting gets its own, shorter one.
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=timeout_s / 2)
        self._backoff_s = backoff_s

    @overload
    async def call(
        self,
        app: App,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        data: Callable[[], aiohttp.FormData] | None = None,
        raw: Literal[False] = False,
        idempotent: bool = False,
        with_token: bool = True,
    ) -> dict[str, Any]: ...

    @overload
    async def call(
        self,
        app: App,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        data: Callable[[], aiohttp.FormData] | None = None,
        raw: Literal[True],
        idempotent: bool = False,
        with_token: bool = True,
    ) -> bytes: ...

    async def call(
        self,
        app: App,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        data: Callable[[], aiohttp.FormData] | None = None,
        raw: bool = False,
        idempotent: bool = False,
        with_token: bool = True,
    ) -> dict[str, Any] | bytes:
        """Call one API and return its JSON, or bytes with `raw`; raises WeChatError, NoAnswer or NotSent."""
        request = _Request(method, path, dict(params or {}), json, data, raw)
        if not with_token:
            return await self._patiently(app, request, idempotent)
        token = await self._tokens.get(app.key) or await self._refresh(app, bad=None)
        try:
            return await self._patiently(app, request.with_token(token), idempotent)
        except WeChatError as error:
            if error.reaction is not Reaction.REFRESH_TOKEN:
                raise
        token = await self._refresh(app, bad=token)
        return await self._patiently(app, request.with_token(token), idempotent)

    async def fetch(self, app: App, url: str, limit: int) -> bytes:
        """What lies at an address that the platform named, up to a byte more than `limit`; raises NoAnswer or NotSent."""
        where = "an address of theirs"
        with _named(app, where):
            async with self._session.get(url, timeout=self._timeout) as response:
                if response.status != 200:
                    raise NoAnswer(app.name, where, f"HTTP {response.status}")
                body = bytearray()
                async for part in response.content.iter_any():
                    body += part
                    if len(body) > limit:
                        break
                return bytes(body[: limit + 1])

    async def jsapi_ticket(self, app: App) -> str:
        """The ticket that pages are signed with; like the token, one for all workers (ticket/getticket)."""
        key = f"jsapi:{app.key}"

        async def fetch() -> tuple[str, int]:
            path = "/cgi-bin/ticket/getticket"
            answer = await self.call(app, "GET", path, params={"type": "jsapi"}, idempotent=True)
            if not isinstance(answer.get("ticket"), str):
                raise NoAnswer(app.name, path, "no ticket in the answer")
            return answer["ticket"], _whole(answer.get("expires_in"), default=7200) or 0

        return await self._tokens.get(key) or await self._tokens.refresh(key, None, fetch)

    async def _patiently(self, app: App, request: "_Request", idempotent: bool) -> dict[str, Any] | bytes:
        for tries in range(BUSY_TRIES):
            try:
                return await self._send(app, request)
            except WeChatError as error:
                if not error.again(idempotent=idempotent):
                    raise
            # Workers that were refused together must not come back together.
            await asyncio.sleep(self._backoff_s * 2**tries * random.uniform(0.5, 1))
        return await self._send(app, request)

    async def _send(self, app: App, request: "_Request") -> dict[str, Any] | bytes:
        with _named(app, request.path):
            async with self._session.request(
                request.method,
                app.api_base.rstrip("/") + request.path,
                params=request.params,
                data=request.body(),
                headers=request.headers(),
                timeout=self._timeout,
                # A redirect would carry the token elsewhere; WeChat never sends one.
                allow_redirects=False,
            ) as response:
                status, content_type = response.status, response.content_type
                attached = response.headers.get("Content-Disposition", "").startswith("attachment")
                body = await response.read()
        if status != 200:
            raise NoAnswer(app.name, request.path, f"HTTP {status}")
        if request.raw and attached:
            return body
        return _read_answer(app, request, content_type, body)

    async def _refresh(self, app: App, bad: str | None) -> str:
        async def fetch() -> tuple[str, int]:
            log.info("fetching an access token for %s", app.name)
            token, expires_in = await self._fetch_token(app, force=False)
            # The stable token stays the same while it is valid; if WeChat refuses that very token, only force helps.
            if token == bad and app.name != "work":
                token, expires_in = await self._fetch_token(app, force=True)
            return token, expires_in

        try:
            return await self._tokens.refresh(app.key, bad, fetch)
        except Unanswered as error:
            # Whatever became of the token, the call it was for has not been made.
            raise NotSent(error.platform, error.path, error.why) from None

    async def _fetch_token(self, app: App, *, force: bool) -> tuple[str, int]:
        if app.name == "work":
            params: dict[str, str | int] = {"corpid": app.id, "corpsecret": app.secret}
            request = _Request("GET", "/cgi-bin/gettoken", params, None, None, False)
        else:
            body = {
                "grant_type": "client_credential",
                "appid": app.id,
                "secret": app.secret,
                "force_refresh": force,
            }
            request = _Request("POST", "/cgi-bin/stable_token", {}, body, None, False)
        answer = await self._patiently(app, request, idempotent=True)
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            raise NoAnswer(app.name, request.path, "no access_token in the answer")
        return answer["access_token"], _whole(answer.get("expires_in"), default=7200) or 0


@contextmanager
def _named(app: App, path: str) -> Iterator[None]:
    """What the network does as errors with names; the causes are dropped, for some quote the address with the token in it."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        raise NotSent(app.name, path, type(error).__name__) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NoAnswer(app.name, path, type(error).__name__) from None


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    params: dict[str, str | int] = field(repr=False)
    json: Any = field(repr=False)
    data: Callable[[], aiohttp.FormData] | None
    raw: bool

    def with_token(self, token: str) -> "_Request":
        params = {**self.params, "access_token": token}
        return _Request(self.method, self.path, params, self.json, self.data, self.raw)

    def body(self) -> bytes | aiohttp.FormData | None:
        if self.json is not None:
            # Some clients show \u escapes as they are.
            return jsonlib.dumps(self.json, ensure_ascii=False).encode("utf-8", "replace")
        return self.data() if self.data else None

    def headers(self) -> dict[str, str]:
        return {} if self.json is None else {"Content-Type": "application/json; charset=utf-8"}


def _read_answer(app: App, request: _Request, content_type: str, body: bytes) -> dict[str, Any] | bytes:
    # JSON also comes as text/plain, so the content type only serves to tell a picture from a proxy's error page.
    answer = _json_object(body)
    if answer is None:
        if request.raw and body and not content_type.startswith("text/"):
            return body
        raise NoAnswer(app.name, request.path, f"{content_type} instead of JSON")
    # Successful answers may leave errcode out; one that cannot be read is no success.
    code = _whole(answer.get("errcode", 0), default=None)
    if code is None:
        raise NoAnswer(app.name, request.path, "errcode is not a number")
    message = str(answer.get("errmsg", ""))
    if code:
        error = WeChatError(app.name, request.path, code, message)
        level = logging.ERROR if error.reaction.alarms else logging.INFO
        log.log(level, "%s %s: %s %s rid=%s", app.name, request.path, code, error.reaction.value, error.rid)
        raise error
    if message.startswith("Warning"):
        log.warning("%s %s: %s", app.name, request.path, message)
    return body if request.raw else answer


def _json_object(body: bytes) -> dict[str, Any] | None:
    if not body.lstrip().startswith(b"{"):
        return None
    try:
        answer = jsonlib.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _whole(value: Any, default: int | None) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return default
