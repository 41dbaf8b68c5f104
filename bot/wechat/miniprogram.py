"""What we ask of the mini-program's API (api.weixin.qq.com)."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from bot.wechat.body import Malformed
from bot.wechat.client import required
from bot.wechat.errors import WeChatError
from bot.wechat.fields import NO_CHOICES, Choices, FieldValue, Template, read_template, wrap
from bot.wechat.service import ServiceClient

Language = Literal["zh_CN", "en_US", "zh_HK", "zh_TW"]
State = Literal["developer", "trial", "formal"]

MAX_LINK_DAYS = 30
MAX_CHECKED = 2500
"""Characters of one text that WeChat judges."""
STALE_SESSION = frozenset({87007, 87009})

_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}", re.ASCII)
_CODE_VERSIONS: dict[State, str] = {"developer": "develop", "trial": "trial", "formal": "release"}


@dataclass(frozen=True)
class Session:
    """Who logged in; the session key stays on the server and out of every log."""

    openid: str
    unionid: str
    session_key: str = field(repr=False)


class Scene(Enum):
    """Where somebody wrote what is to be checked."""

    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    LOG = 4


@dataclass(frozen=True)
class Verdict:
    """What WeChat thinks of a text: `suggest` is pass, review or risky."""

    suggest: str
    label: int
    trace_id: str

    @property
    def fine(self) -> bool:
        """Whether it may be shown."""
        return self.suggest == "pass"


class MiniProgramClient(ServiceClient):
    """Calls for one mini-program."""

    async def login(self, code: str) -> Session:
        """Exchange a wx.login code, good once for five minutes (jscode2session)."""
        params: dict[str, str | int] = {
            "appid": self._app.id,
            "secret": self._app.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        answer = await self._transport.call(self._app, "GET", "/sns/jscode2session", params=params, with_token=False)
        return Session(
            openid=required(answer, "openid", self._app, "/sns/jscode2session"),
            unionid=str(answer.get("unionid", "")).strip(),
            session_key=str(answer.get("session_key", "")),
        )

    async def phone_number(self, code: str) -> str:
        """Exchange the code of a phone-number button, not the login code, for the number without country code."""
        answer = await self._post("/wxa/business/getuserphonenumber", {"code": code})
        phone = answer.get("phone_info") or {}
        return required(phone, "purePhoneNumber", self._app, "/wxa/business/getuserphonenumber")

    async def send_subscription(
        self,
        openid: str,
        template_id: str,
        page: str,
        data: Mapping[str, FieldValue],
        state: State = "formal",
        language: Language = "zh_CN",
        choices: Choices = NO_CHOICES,
    ) -> str:
        """Send a subscription notice, which uses up one of the person's accepts; its id, or "" (message/subscribe/send)."""
        body: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "data": wrap(data, choices),
            "miniprogram_state": state,
            "lang": language,
        }
        if page:
            body["page"] = page
        sent = await self._post("/cgi-bin/message/subscribe/send", body)
        return str(sent.get("msgid", ""))

    async def wxacode(self, scene: str, page: str, state: State = "formal") -> bytes:
        """Make the picture of a code that opens `page` with `scene` (getwxacodeunlimit)."""
        if not _SCENE.fullmatch(scene):
            raise ValueError("scene must be 1 to 32 letters, digits or !#$&'()*+,/:;=?@-._~")
        body = {
            "scene": scene,
            "page": page.lstrip("/"),
            "env_version": _CODE_VERSIONS[state],
            # Only a released page passes the check, and a developer's or trial version is not released.
            "check_path": state == "formal",
        }
        return await self._bytes("POST", "/wxa/getwxacodeunlimit", json=body)

    async def check_session(self, session: Session) -> bool:
        """Whether a session key is still the newest of this person (wxa/checksession)."""
        signature = hmac.new(session.session_key.encode(), b"", hashlib.sha256).hexdigest()
        try:
            await self._get("/wxa/checksession", openid=session.openid, signature=signature, sig_method="hmac_sha256")
        except WeChatError as error:
            if error.code not in STALE_SESSION:
                raise
            return False
        return True

    async def url_link(self, path: str, query: str = "", *, days: int = MAX_LINK_DAYS, state: State = "formal") -> str:
        """Make a web address that opens a page for so many days (wxa/generate_urllink)."""
        body = {"path": path.lstrip("/"), "query": query, "env_version": _CODE_VERSIONS[state], **_expiry(days)}
        answer = await self._post("/wxa/generate_urllink", body, idempotent=True)
        return required(answer, "url_link", self._app, "/wxa/generate_urllink")

    async def scheme(self, path: str, query: str = "", *, days: int = MAX_LINK_DAYS, state: State = "formal") -> str:
        """Make a `weixin://` link for text messages and mail, good for so many days (wxa/generatescheme)."""
        page = {"path": path.lstrip("/"), "query": query, "env_version": _CODE_VERSIONS[state]}
        body = {"jump_wxa": page, "is_expire": True, **_expiry(days)}
        answer = await self._post("/wxa/generatescheme", body, idempotent=True)
        return required(answer, "openlink", self._app, "/wxa/generatescheme")

    async def check_text(self, openid: str, content: str, scene: Scene = Scene.COMMENT) -> Verdict:
        """Have WeChat judge what somebody wrote who was here in the last two hours (wxa/msg_sec_check, version 2)."""
        if len(content) > MAX_CHECKED:
            raise ValueError(f"content must have at most {MAX_CHECKED} characters")
        body = {"version": 2, "openid": openid, "scene": scene.value, "content": content}
        answer = await self._post("/wxa/msg_sec_check", body, idempotent=True)
        result = answer.get("result") or {}
        return Verdict(
            suggest=required(result, "suggest", self._app, "/wxa/msg_sec_check"),
            label=int(result.get("label", 0)),
            trace_id=str(answer.get("trace_id", "")),
        )

    async def templates(self) -> list[Template]:
        """The mini-program's subscription templates (newtmpl/gettemplate)."""
        answer = await self._get("/wxaapi/newtmpl/gettemplate")
        return [read_template(row) for row in answer.get("data", ())]


def _expiry(days: int) -> dict[str, int]:
    if not 1 <= days <= MAX_LINK_DAYS:
        raise ValueError(f"a link lives 1 to {MAX_LINK_DAYS} days")
    return {"expire_type": 1, "expire_interval": days}


def open_user_data(session_key: str, iv: str, encrypted_data: str, app_id: str) -> dict[str, Any]:
    """Decrypt what a page got from an open-data button: AES-128-CBC, ordinary PKCS#7, watermark (WXBizDataCrypt)."""
    try:
        cipher = Cipher(algorithms.AES128(base64.b64decode(session_key)), modes.CBC(base64.b64decode(iv)))
        decryptor = cipher.decryptor()
        padded = decryptor.update(base64.b64decode(encrypted_data)) + decryptor.finalize()
        unpadder = PKCS7(128).unpadder()
        data = json.loads(unpadder.update(padded) + unpadder.finalize())
        if data["watermark"]["appid"] != app_id:
            raise Malformed("data is for another mini-program")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        # Most often the session key has been replaced by a newer login.
        raise Malformed("data cannot be decrypted") from error
    return dict(data)
