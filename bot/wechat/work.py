"""What we ask of WeCom's API (qyapi.weixin.qq.com/cgi-bin)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.wechat.replies import cut_bytes
from bot.wechat.transport import App, Transport

MAX_RECEIVERS = 1000
MAX_DUPLICATE_CHECK_S = 14_400


@dataclass(frozen=True)
class SendResult:
    """How a message went out: `invalid` did not get it although the call succeeded (WeCom doc 90236)."""

    msgid: str
    response_code: str
    invalid: frozenset[str]


@dataclass(frozen=True)
class Member:
    """A colleague; `active` is false for the disabled, the departed and those who never joined."""

    userid: str
    name: str
    departments: tuple[int, ...]
    active: bool


@dataclass(frozen=True)
class Agent:
    """The application as WeCom has it; `users` and `departments` are who may see it."""

    name: str
    closed: bool
    users: tuple[str, ...]
    departments: tuple[int, ...]


class WorkClient:
    """Calls for one WeCom application."""

    def __init__(self, transport: Transport, app: App, agent_id: int) -> None:
        self._transport = transport
        self._app = app
        self._agent_id = agent_id

    async def send_text(
        self, userids: Collection[str], text: str, *, duplicate_check_s: int | None = None
    ) -> SendResult:
        """Send text at any time; with `duplicate_check_s` an identical message in that time is dropped by WeCom."""
        return await self._deliver(
            userids, {"msgtype": "text", "text": {"content": cut_bytes(text)}}, duplicate_check_s
        )

    async def send_card(
        self, userids: Collection[str], card: Mapping[str, Any], *, duplicate_check_s: int | None = None
    ) -> SendResult:
        """Send a template card; its `response_code` can change it once, for everyone, within 72 h."""
        body = {"msgtype": "template_card", "template_card": dict(card)}
        return await self._deliver(userids, body, duplicate_check_s)

    async def update_card(
        self,
        response_code: str,
        userids: Collection[str] | None,
        *,
        card: Mapping[str, Any] | None = None,
        replace_name: str | None = None,
    ) -> frozenset[str]:
        """Change a sent card or only its button; `userids` None means all receivers; returns who was not reached."""
        if (card is None) == (replace_name is None):
            raise ValueError("give either card or replace_name")
        body: dict[str, Any] = {"agentid": self._agent_id, "response_code": response_code}
        body |= {"atall": 1} if userids is None else {"userids": _receivers(userids)}
        body |= {"template_card": dict(card)} if card is not None else {"button": {"replace_name": replace_name}}
        answer = await self._transport.call(self._app, "POST", "/cgi-bin/message/update_template_card", json=body)
        return _restore_case(answer.get("invaliduser") or (), userids or ())

    async def create_menu(self, buttons: Sequence[Mapping[str, Any]]) -> None:
        """Replace the application's menu (WeCom doc 90231)."""
        await self._transport.call(
            self._app,
            "POST",
            "/cgi-bin/menu/create",
            params={"agentid": self._agent_id},
            json={"button": list(buttons)},
            idempotent=True,
        )

    async def get_user(self, userid: str) -> Member:
        """Look a colleague up; applications made since 2022 get no names or numbers (user/get)."""
        answer = await self._get("/cgi-bin/user/get", userid=userid)
        return Member(
            userid=str(answer.get("userid", userid)),
            name=str(answer.get("name", "")),
            departments=tuple(answer.get("department", ())),
            active=answer.get("status") == 1,
        )

    async def get_agent(self) -> Agent:
        """Look at the application itself: is it open, and who can see it (agent/get)."""
        answer = await self._get("/cgi-bin/agent/get", agentid=self._agent_id)
        users = answer.get("allow_userinfos", {}).get("user", ())
        return Agent(
            name=str(answer.get("name", "")),
            closed=bool(answer.get("close")),
            users=tuple(str(user["userid"]) for user in users),
            departments=tuple(answer.get("allow_partys", {}).get("partyid", ())),
        )

    async def callback_ips(self) -> list[str]:
        """The addresses pushes come from (getcallbackip)."""
        answer = await self._get("/cgi-bin/getcallbackip")
        return [str(address) for address in answer.get("ip_list", ())]

    async def media(self, media_id: str) -> bytes:
        """Fetch what someone sent to the application; kept by WeCom for three days (media/get)."""
        params = {"media_id": media_id}
        return await self._transport.call(
            self._app, "GET", "/cgi-bin/media/get", params=params, raw=True, idempotent=True
        )

    async def _get(self, path: str, **params: str | int) -> dict[str, Any]:
        return await self._transport.call(self._app, "GET", path, params=params, idempotent=True)

    async def _deliver(
        self, userids: Collection[str], message: Mapping[str, Any], duplicate_check_s: int | None
    ) -> SendResult:
        body: dict[str, Any] = {"touser": "|".join(_receivers(userids)), "agentid": self._agent_id, **message}
        if duplicate_check_s is not None:
            body["enable_duplicate_check"] = 1
            body["duplicate_check_interval"] = min(duplicate_check_s, MAX_DUPLICATE_CHECK_S)
        answer = await self._transport.call(
            self._app, "POST", "/cgi-bin/message/send", json=body, idempotent=duplicate_check_s is not None
        )
        refused = [*_split(answer.get("invaliduser")), *_split(answer.get("unlicenseduser"))]
        return SendResult(
            msgid=str(answer.get("msgid", "")),
            response_code=str(answer.get("response_code", "")),
            invalid=_restore_case(refused, userids),
        )


def _receivers(userids: Collection[str]) -> list[str]:
    if isinstance(userids, str) or not 1 <= len(userids) <= MAX_RECEIVERS:
        raise ValueError(f"give 1 to {MAX_RECEIVERS} userids")
    # A stored id must not be able to address others: "|" separates receivers and "@all" means the whole company.
    if any(not userid or "|" in userid or userid == "@all" for userid in userids):
        raise ValueError("not a userid")
    return list(userids)


def _split(names: Any) -> list[str]:
    return [name for name in str(names or "").split("|") if name]


def _restore_case(refused: Iterable[Any], userids: Collection[str]) -> frozenset[str]:
    """WeCom answers in lower case whatever case it was asked in."""
    known = {userid.lower(): userid for userid in userids}
    return frozenset(known.get(str(name).lower(), str(name)) for name in refused)
