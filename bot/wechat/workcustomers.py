"""WeCom's customers: who added whom, and the one welcome message (客户联系)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.wechat.client import Client
from bot.wechat.messages import MiniPage, web
from bot.wechat.replies import cut_bytes

MAX_ATTACHMENTS = 9
WELCOME_BYTES = 4000


@dataclass(frozen=True)
class Follow:
    """A colleague who has this customer; `state` is what the contact code was made with."""

    userid: str
    remark: str
    mobiles: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class Customer:
    """Somebody outside; `wechat` is false for another company's WeCom user, who has no union id."""

    id: str
    name: str
    wechat: bool
    unionid: str
    follows: tuple[Follow, ...]


@dataclass(frozen=True)
class Attachment:
    """What a welcome carries besides its words."""

    kind: str
    body: Mapping[str, Any]


def picture(media_id: str) -> Attachment:
    """A picture of ours."""
    return Attachment("image", {"media_id": media_id})


def page_link(title: str, url: str, description: str = "") -> Attachment:
    """A link."""
    body = {"title": cut_bytes(title, 128), "url": web(url), "desc": cut_bytes(description, 512)}
    return Attachment("link", {name: value for name, value in body.items() if value})


def mini_program(page: MiniPage, title: str, thumb: str) -> Attachment:
    """A page of a mini-program; `thumb` is its picture's media_id."""
    body = {"title": cut_bytes(title, 64), "pic_media_id": thumb, "appid": page.app_id, "page": page.path}
    return Attachment("miniprogram", body)


class CustomersClient(Client):
    """Calls of one company about its customers."""

    async def of(self, userid: str) -> list[str]:
        """The external ids of everybody a colleague has added (externalcontact/list)."""
        answer = await self._get("/cgi-bin/externalcontact/list", userid=userid)
        return [str(each) for each in answer.get("external_userid", ())]

    async def colleagues(self) -> list[str]:
        """Which colleagues may have customers (externalcontact/get_follow_user_list)."""
        answer = await self._get("/cgi-bin/externalcontact/get_follow_user_list")
        return [str(each) for each in answer.get("follow_user", ())]

    async def get(self, external_userid: str) -> Customer:
        """A customer and all colleagues who have them, over all pages (externalcontact/get)."""
        contact: Mapping[str, Any] = {}
        follows: list[Follow] = []
        cursor = ""
        while True:
            path = "/cgi-bin/externalcontact/get"
            answer = await self._get(path, external_userid=external_userid, cursor=cursor)
            contact = answer.get("external_contact") or contact
            follows += [_follow(row) for row in answer.get("follow_user", ())]
            cursor = str(answer.get("next_cursor", ""))
            if not cursor:
                break
        return Customer(
            id=str(contact.get("external_userid", external_userid)),
            name=str(contact.get("name", "")),
            wechat=contact.get("type") == 1,
            unionid=str(contact.get("unionid", "")).strip(),
            follows=tuple(follows),
        )

    async def external_id(self, unionid: str, openid: str) -> str:
        """Which customer a mini-program or account user is; empty if nobody has added them (idconvert)."""
        body = {"unionid": unionid, "openid": openid, "subject_type": 0}
        path = "/cgi-bin/idconvert/unionid_to_external_userid"
        return str((await self._post(path, body, idempotent=True)).get("external_userid", ""))

    async def welcome(self, code: str, content: str, attachments: Sequence[Attachment] = ()) -> None:
        """Greet a new customer, once and within 20 s of the code (externalcontact/send_welcome_msg)."""
        if len(attachments) > MAX_ATTACHMENTS:
            raise ValueError(f"give at most {MAX_ATTACHMENTS} attachments")
        body: dict[str, Any] = {"welcome_code": code, "text": {"content": cut_bytes(content, WELCOME_BYTES)}}
        if attachments:
            body["attachments"] = [{"msgtype": each.kind, each.kind: dict(each.body)} for each in attachments]
        await self._post("/cgi-bin/externalcontact/send_welcome_msg", body)


def _follow(row: Mapping[str, Any]) -> Follow:
    return Follow(
        userid=str(row.get("userid", "")),
        remark=str(row.get("remark", "")),
        mobiles=tuple(str(each) for each in row.get("remark_mobiles", ())),
        state=str(row.get("state", "")),
    )
