"""What we ask of WeCom's API (qyapi.weixin.qq.com/cgi-bin)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.wechat.client import Client
from bot.wechat.errors import WeChatError
from bot.wechat.messages import Message, card, text
from bot.wechat.transport import App, Transport
from bot.wechat.workapprovals import Approvals
from bot.wechat.workcontacts import Member, read_member
from bot.wechat.workweb import WorkWeb

NO_MENU = 46003
MAX_RECEIVERS = 1000
MAX_GROUPS = 100
MAX_DUPLICATE_CHECK_S = 14_400


@dataclass(frozen=True)
class SendResult:
    """How a message went out: `invalid` did not get it although the call succeeded (WeCom doc 90236).

    Those of them who are `unlicensed` have no licence for messages; the others are outside the application's range.
    """

    msgid: str
    response_code: str
    invalid: frozenset[str]
    invalid_parties: frozenset[str] = frozenset()
    invalid_tags: frozenset[str] = frozenset()
    unlicensed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Agent:
    """The application as WeCom has it; `users` and `departments` are who may see it."""

    name: str
    closed: bool
    users: tuple[str, ...]
    departments: tuple[int, ...]


class WorkClient(Client):
    """Calls for one WeCom application; `web` and `approvals` are parts of the same."""

    def __init__(self, transport: Transport, app: App, agent_id: int) -> None:
        super().__init__(transport, app)
        self._agent_id = agent_id
        self.web = WorkWeb(transport, app, agent_id)
        self.approvals = Approvals(transport, app)

    async def send(
        self,
        userids: Collection[str],
        message: Message,
        *,
        parties: Collection[int] = (),
        tags: Collection[int] = (),
        safe: bool = False,
        duplicate_check_s: int | None = None,
    ) -> SendResult:
        """Send at any time; with `duplicate_check_s` an identical message in that time is dropped by WeCom.

        That the call succeeds does not say that everybody got it: see `SendResult` (message/send).
        """
        body: dict[str, Any] = {**_addressed(userids, parties, tags), "agentid": self._agent_id, **message.wire()}
        if safe:
            body["safe"] = 1
        if duplicate_check_s is not None:
            body["enable_duplicate_check"] = 1
            body["duplicate_check_interval"] = min(duplicate_check_s, MAX_DUPLICATE_CHECK_S)
        answer = await self._post("/cgi-bin/message/send", body, idempotent=duplicate_check_s is not None)
        unlicensed = _split(answer.get("unlicenseduser"))
        refused = [*_split(answer.get("invaliduser")), *unlicensed]
        return SendResult(
            msgid=str(answer.get("msgid", "")),
            response_code=str(answer.get("response_code", "")),
            invalid=_restore_case(refused, userids),
            invalid_parties=frozenset(_split(answer.get("invalidparty"))),
            invalid_tags=frozenset(_split(answer.get("invalidtag"))),
            unlicensed=_restore_case(unlicensed, userids),
        )

    async def send_text(
        self, userids: Collection[str], content: str, *, duplicate_check_s: int | None = None
    ) -> SendResult:
        """Send text, as `send` does."""
        return await self.send(userids, text(content), duplicate_check_s=duplicate_check_s)

    async def send_card(
        self, userids: Collection[str], made: Mapping[str, Any], *, duplicate_check_s: int | None = None
    ) -> SendResult:
        """Send a template card; its `response_code` can change it once, for everyone, within 72 h."""
        return await self.send(userids, card(dict(made)), duplicate_check_s=duplicate_check_s)

    async def update_card(
        self,
        response_code: str,
        userids: Collection[str] | None,
        *,
        card: Mapping[str, Any] | None = None,
        replace_name: str | None = None,
    ) -> frozenset[str]:
        """Change a sent card or only its button, and return who was not reached (message/update_template_card).

        `userids` None means all receivers.
        """
        if (card is None) == (replace_name is None):
            raise ValueError("give either card or replace_name")
        body: dict[str, Any] = {"agentid": self._agent_id, "response_code": response_code}
        body |= {"atall": 1} if userids is None else {"userids": _receivers(userids)}
        body |= {"template_card": dict(card)} if card is not None else {"button": {"replace_name": replace_name}}
        answer = await self._post("/cgi-bin/message/update_template_card", body)
        return _restore_case(answer.get("invaliduser") or (), userids or ())

    async def recall(self, msgid: str) -> None:
        """Take a message back within a day; in the WeChat plug-in it stays (message/recall)."""
        await self._post("/cgi-bin/message/recall", {"msgid": msgid}, idempotent=True)

    async def create_menu(self, buttons: Sequence[Mapping[str, Any]]) -> None:
        """Replace the application's menu (menu/create, WeCom doc 90231)."""
        await self._transport.call(
            self._app,
            "POST",
            "/cgi-bin/menu/create",
            params={"agentid": self._agent_id},
            json={"button": list(buttons)},
            idempotent=True,
        )

    async def menu(self) -> list[Mapping[str, Any]]:
        """The application's menu as it is; without one, no buttons (menu/get)."""
        try:
            answer = await self._get("/cgi-bin/menu/get", agentid=self._agent_id)
        except WeChatError as error:
            if error.code != NO_MENU:
                raise
            return []
        return list(answer.get("button", ()))

    async def delete_menu(self) -> None:
        """Take the application's menu away (menu/delete)."""
        await self._get("/cgi-bin/menu/delete", agentid=self._agent_id)

    async def get_user(self, userid: str) -> Member:
        """Look a colleague up; applications made since 2022 get no names or numbers (user/get)."""
        return read_member(await self._get("/cgi-bin/user/get", userid=userid), userid)

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


def _addressed(userids: Collection[str], parties: Collection[int], tags: Collection[int]) -> dict[str, str]:
    if max(len(parties), len(tags)) > MAX_GROUPS:
        raise ValueError(f"give at most {MAX_GROUPS} departments and tags")
    # Without any receiver at all the platform is not asked.
    users = _receivers(userids) if userids or not (parties or tags) else []
    found = {"touser": users, "toparty": parties, "totag": tags}
    return {name: "|".join(str(each) for each in ids) for name, ids in found.items() if ids}


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
