"""What we ask of the mini-program's API (api.weixin.qq.com)."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from bot.wechat.body import Malformed
from bot.wechat.errors import NoAnswer
from bot.wechat.fields import FieldValue, Template, read_template, wrap
from bot.wechat.transport import App, Transport

State = Literal["developer", "trial", "formal"]

_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}", re.ASCII)
_CODE_VERSIONS: dict[State, str] = {"developer": "develop", "trial": "trial", "formal": "release"}


@dataclass(frozen=True)
class Session:
    """Who logged in; the session key stays on the server and out of every log."""

    openid: str
    unionid: str
    session_key: str = field(repr=False)


class MiniProgramClient:
    """Calls for one mini-program."""

    def __init__(self, transport: Transport, app: App) -> None:
        self._transport = transport
        self._app = app

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
            openid=_required(answer, "openid", self._app, "/sns/jscode2session"),
            unionid=str(answer.get("unionid", "")),
            session_key=str(answer.get("session_key", "")),
        )

    async def phone_number(self, code: str) -> str:
        """Exchange the code of a phone-number button, not the login code, for the number without country code."""
        answer = await self._transport.call(self._app, "POST", "/wxa/business/getuserphonenumber", json={"code": code})
        phone = answer.get("phone_info") or {}
        return _required(phone, "purePhoneNumber", self._app, "/wxa/business/getuserphonenumber")

    async def send_subscription(
        self,
        openid: str,
        template_id: str,
        page: str,
        data: Mapping[str, FieldValue],
        state: State = "formal",
    ) -> None:
        """Send a subscription notice, which uses up one of the person's accepts (message/subscribe/send)."""
        body: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "data": wrap(data),
            "miniprogram_state": state,
            "lang": "zh_CN",
        }
        if page:
            body["page"] = page
        await self._transport.call(self._app, "POST", "/cgi-bin/message/subscribe/send", json=body)

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
        return await self._transport.call(
            self._app, "POST", "/wxa/getwxacodeunlimit", json=body, raw=True, idempotent=True
        )

    async def templates(self) -> list[Template]:
        """The mini-program's subscription templates (newtmpl/gettemplate)."""
        answer = await self._transport.call(self._app, "GET", "/wxaapi/newtmpl/gettemplate", idempotent=True)
        return [read_template(row) for row in answer.get("data", ())]


def _required(answer: Mapping[str, Any], name: str, app: App, path: str) -> str:
    # A person must never be taken for the one whose id is empty.
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise NoAnswer(app.name, path, f"no {name} in the answer")
    return value


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
