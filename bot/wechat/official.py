"""What we ask of the Official Account's API (api.weixin.qq.com/cgi-bin)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.wechat.fields import FieldValue, Template, read_template, wrap
from bot.wechat.replies import cut_bytes
from bot.wechat.transport import App, Transport

MAX_QR_EXPIRE_S = 2_592_000
MAX_SCENE = 64


@dataclass(frozen=True)
class Follower:
    """A person as the account sees them; name and picture are no longer given out."""

    openid: str
    subscribed: bool
    unionid: str
    remark: str
    scene: str


@dataclass(frozen=True)
class QrCode:
    """An account code: `image_url` shows it, `url` is what it holds."""

    ticket: str
    url: str
    image_url: str


class OfficialClient:
    """Calls for one Official Account."""

    def __init__(self, transport: Transport, app: App) -> None:
        self._transport = transport
        self._app = app

    async def send_text(self, openid: str, text: str) -> None:
        """Send a customer-service message: within 48 h of the person's last one, five at most (message/custom/send)."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": cut_bytes(text)}}
        await self._transport.call(self._app, "POST", "/cgi-bin/message/custom/send", json=body)

    async def send_template(
        self,
        openid: str,
        template_id: str,
        data: Mapping[str, FieldValue],
        url: str | None = None,
        miniprogram: Mapping[str, str] | None = None,
        client_msg_id: str | None = None,
    ) -> str:
        """Send a template message and return its msgid; a `client_msg_id` sends it only once within ten minutes."""
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": wrap(data)}
        optional = {"url": url, "miniprogram": miniprogram and dict(miniprogram), "client_msg_id": client_msg_id}
        body |= {name: value for name, value in optional.items() if value}
        answer = await self._transport.call(
            self._app, "POST", "/cgi-bin/message/template/send", json=body, idempotent=client_msg_id is not None
        )
        return str(answer.get("msgid", ""))

    async def create_menu(self, buttons: Sequence[Mapping[str, Any]]) -> None:
        """Replace the account's menu: three buttons, five below each (menu/create)."""
        body = {"button": list(buttons)}
        await self._transport.call(self._app, "POST", "/cgi-bin/menu/create", json=body, idempotent=True)

    async def user_info(self, openid: str) -> Follower:
        """Look a person up; who does not follow has only openid and unionid (user/info)."""
        answer = await self._transport.call(
            self._app,
            "GET",
            "/cgi-bin/user/info",
            params={"openid": openid, "lang": "zh_CN"},
            idempotent=True,
        )
        return Follower(
            openid=str(answer.get("openid", openid)),
            subscribed=answer.get("subscribe") == 1,
            # A documented sample carries a leading space.
            unionid=str(answer.get("unionid", "")).strip(),
            remark=str(answer.get("remark", "")),
            scene=str(answer.get("qr_scene_str") or answer.get("qr_scene") or ""),
        )

    async def callback_ips(self) -> list[str]:
        """The addresses pushes come from: single, CIDR or with a wildcard (getcallbackip)."""
        answer = await self._transport.call(self._app, "GET", "/cgi-bin/getcallbackip", idempotent=True)
        return [str(address) for address in answer.get("ip_list", ())]

    async def templates(self) -> list[Template]:
        """The account's message templates (template/get_all_private_template)."""
        path = "/cgi-bin/template/get_all_private_template"
        answer = await self._transport.call(self._app, "GET", path, idempotent=True)
        return [read_template(row) for row in answer.get("template_list", ())]

    async def create_qrcode(self, scene: str, expire_s: int | None = MAX_QR_EXPIRE_S) -> QrCode:
        """Make an account code that carries `scene`; without `expire_s` it is one of the 100,000 permanent ones."""
        if not 1 <= len(scene) <= MAX_SCENE:
            raise ValueError(f"scene must have 1 to {MAX_SCENE} characters")
        body: dict[str, Any] = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        if expire_s is not None:
            body |= {"action_name": "QR_STR_SCENE", "expire_seconds": min(expire_s, MAX_QR_EXPIRE_S)}
        answer = await self._transport.call(self._app, "POST", "/cgi-bin/qrcode/create", json=body)
        ticket = str(answer.get("ticket", ""))
        image_url = f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"
        return QrCode(ticket=ticket, url=str(answer.get("url", "")), image_url=image_url)

    async def media(self, media_id: str) -> bytes:
        """Fetch a picture or voice that someone sent; kept by WeChat for three days (media/get)."""
        params = {"media_id": media_id}
        return await self._transport.call(
            self._app, "GET", "/cgi-bin/media/get", params=params, raw=True, idempotent=True
        )
