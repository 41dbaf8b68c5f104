"""What we ask of the Official Account's API (api.weixin.qq.com/cgi-bin)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.wechat.fields import NO_CHOICES, Choices, FieldValue, Template, read_template, wrap
from bot.wechat.messages import MiniPage
from bot.wechat.officialmenus import OfficialMenus, OfficialTags
from bot.wechat.officialweb import OfficialWeb
from bot.wechat.service import ServiceClient
from bot.wechat.transport import App, Transport

MAX_QR_EXPIRE_S = 2_592_000
MAX_SCENE = 64
API = "https://api.weixin.qq.com"
SHOWS = "https://mp.weixin.qq.com"
"""Where pictures of codes are, which is another host than the API's; a stand-in for it serves both."""
MAX_PEOPLE = 100


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


@dataclass(frozen=True)
class Quota:
    """How often one API may be called in a day, and how often it has been."""

    daily: int
    used: int
    left: int


class OfficialClient(ServiceClient):
    """Calls for one Official Account; `menus`, `tags` and `web` are parts of the same account."""

    def __init__(self, transport: Transport, app: App) -> None:
        super().__init__(transport, app)
        self.menus = OfficialMenus(transport, app)
        self.tags = OfficialTags(transport, app)
        self.web = OfficialWeb(transport, app)

    async def send_template(
        self,
        openid: str,
        template_id: str,
        data: Mapping[str, FieldValue],
        url: str | None = None,
        miniprogram: Mapping[str, str] | None = None,
        client_msg_id: str | None = None,
        choices: Choices = NO_CHOICES,
    ) -> str:
        """Send a template message and return its msgid; a `client_msg_id` sends it only once within ten minutes."""
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": wrap(data, choices)}
        optional = {"url": url, "miniprogram": miniprogram and dict(miniprogram), "client_msg_id": client_msg_id}
        body |= {name: value for name, value in optional.items() if value}
        path = "/cgi-bin/message/template/send"
        answer = await self._post(path, body, idempotent=client_msg_id is not None)
        return str(answer.get("msgid", ""))

    async def send_subscription(
        self,
        openid: str,
        template_id: str,
        data: Mapping[str, FieldValue],
        *,
        page: str = "",
        mini_page: MiniPage | None = None,
        choices: Choices = NO_CHOICES,
    ) -> str:
        """Send a subscription notice, which uses up one of the person's accepts; its id (message/subscribe/bizsend)."""
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": wrap(data, choices)}
        if page:
            body["page"] = page
        if mini_page is not None:
            body["miniprogram"] = {"appid": mini_page.app_id, "pagepath": mini_page.path}
        return str((await self._post("/cgi-bin/message/subscribe/bizsend", body)).get("msgid", ""))

    async def user_info(self, openid: str) -> Follower:
        """Look a person up; who does not follow has only openid and unionid (user/info)."""
        return _follower(await self._get("/cgi-bin/user/info", openid=openid, lang="zh_CN"), openid)

    async def user_infos(self, openids: Sequence[str]) -> list[Follower]:
        """Look many people up, a hundred with each call (user/info/batchget)."""
        found: list[Follower] = []
        for start in range(0, len(openids), MAX_PEOPLE):
            asked = [{"openid": openid, "lang": "zh_CN"} for openid in openids[start : start + MAX_PEOPLE]]
            answer = await self._post("/cgi-bin/user/info/batchget", {"user_list": asked}, idempotent=True)
            found += [_follower(row, "") for row in answer.get("user_info_list", ())]
        return found

    async def templates(self) -> list[Template]:
        """The account's message templates (template/get_all_private_template)."""
        answer = await self._get("/cgi-bin/template/get_all_private_template")
        return [read_template(row) for row in answer.get("template_list", ())]

    async def subscriptions(self) -> list[Template]:
        """The account's subscription notices (newtmpl/gettemplate)."""
        answer = await self._get("/wxaapi/newtmpl/gettemplate")
        return [read_template(row) for row in answer.get("data", ())]

    async def create_qrcode(self, scene: str, expire_s: int | None = MAX_QR_EXPIRE_S) -> QrCode:
        """Make an account code that carries `scene`; without `expire_s` it is one of the 100,000 permanent ones."""
        if not 1 <= len(scene) <= MAX_SCENE:
            raise ValueError(f"scene must have 1 to {MAX_SCENE} characters")
        body: dict[str, Any] = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        if expire_s is not None:
            body |= {"action_name": "QR_STR_SCENE", "expire_seconds": min(expire_s, MAX_QR_EXPIRE_S)}
        answer = await self._post("/cgi-bin/qrcode/create", body)
        ticket = str(answer.get("ticket", ""))
        host = SHOWS if self._app.api_base.rstrip("/") == API else self._app.api_base.rstrip("/")
        image_url = f"{host}/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"
        return QrCode(ticket=ticket, url=str(answer.get("url", "")), image_url=image_url)

    async def video_url(self, media_id: str) -> str:
        """Where a film that someone sent can be fetched; media/get names its address instead of sending it."""
        answer = json.loads(await self.media(media_id))
        return str(answer.get("video_url", ""))

    async def film(self, media_id: str, limit: int) -> bytes:
        """A film that someone sent, up to a byte more than `limit`; kept for three days."""
        return await self._transport.fetch(self._app, await self.video_url(media_id), limit)

    async def quota(self, path: str) -> Quota:
        """How much of an API's daily quota is left (openapi/quota/get)."""
        answer = await self._post("/cgi-bin/openapi/quota/get", {"cgi_path": path}, idempotent=True)
        row = answer.get("quota") or {}
        return Quota(int(row.get("daily_limit", 0)), int(row.get("used", 0)), int(row.get("remain", 0)))


def _follower(row: Mapping[str, Any], openid: str) -> Follower:
    return Follower(
        openid=str(row.get("openid", openid)),
        subscribed=row.get("subscribe") == 1,
        # A documented sample carries a leading space.
        unionid=str(row.get("unionid", "")).strip(),
        remark=str(row.get("remark", "")),
        scene=str(row.get("qr_scene_str") or row.get("qr_scene") or ""),
    )
