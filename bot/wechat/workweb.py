"""Web pages inside WeCom: who opened one (企业微信网页授权)."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from bot.wechat.client import Client
from bot.wechat.errors import NoAnswer
from bot.wechat.officialweb import AUTHORIZE
from bot.wechat.transport import App, Transport

WorkScope = Literal["snsapi_base", "snsapi_privateinfo"]


@dataclass(frozen=True)
class Visitor:
    """Who came to a page: a colleague by `userid`, anybody else by `openid` and, as a customer, `external_userid`."""

    userid: str
    openid: str
    external_userid: str
    user_ticket: str = field(default="", repr=False)


class WorkWeb(Client):
    """Calls of one application for its pages."""

    def __init__(self, transport: Transport, app: App, agent_id: int) -> None:
        super().__init__(transport, app)
        self._agent_id = agent_id

    def authorize_url(self, redirect_uri: str, state: str, scope: WorkScope = "snsapi_base") -> str:
        """The address that sends somebody back with a code (WeCom doc 91022)."""
        return (
            f"{AUTHORIZE}?appid={self._app.id}&redirect_uri={quote(redirect_uri, safe='')}"
            f"&response_type=code&scope={scope}&state={quote(state, safe='')}&agentid={self._agent_id}#wechat_redirect"
        )

    async def login(self, code: str) -> Visitor:
        """Exchange the code of a page, good once for five minutes (auth/getuserinfo)."""
        path = "/cgi-bin/auth/getuserinfo"
        answer = await self._transport.call(self._app, "GET", path, params={"code": code})
        visitor = Visitor(
            # The older call wrote them with capitals.
            userid=str(answer.get("userid") or answer.get("UserId") or ""),
            openid=str(answer.get("openid") or answer.get("OpenId") or ""),
            external_userid=str(answer.get("external_userid", "")),
            user_ticket=str(answer.get("user_ticket", "")),
        )
        if not (visitor.userid or visitor.openid):
            raise NoAnswer(self._app.name, path, "nobody in the answer")
        return visitor
