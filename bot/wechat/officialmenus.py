"""The Official Account's menus and the tags that decide who sees which (自定义菜单, 个性化菜单, 用户标签)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.wechat.client import Client, required
from bot.wechat.errors import WeChatError

Button = Mapping[str, Any]

NO_MENU = 46003
MAX_TAGGED = 50
"""How many people one call can give a tag."""


@dataclass(frozen=True)
class Conditional:
    """A menu for those who carry a tag."""

    id: str
    tag_id: int
    buttons: Sequence[Button]


@dataclass(frozen=True)
class Menus:
    """What is published: `buttons` for everybody who has no menu of their own; newest conditional one first."""

    buttons: Sequence[Button]
    conditional: Sequence[Conditional] = ()


@dataclass(frozen=True)
class Tag:
    """A mark that people carry, and how many do."""

    id: int
    name: str
    count: int = 0


class OfficialMenus(Client):
    """Menus of one account. A conditional menu cannot be changed, only made anew; deleting the default deletes all."""

    async def create(self, buttons: Sequence[Button]) -> None:
        """Replace the menu for everybody: three buttons, five below each (menu/create)."""
        await self._post("/cgi-bin/menu/create", {"button": list(buttons)}, idempotent=True)

    async def current(self) -> Menus:
        """What is published; without a menu, one without buttons (menu/get)."""
        try:
            answer = await self._get("/cgi-bin/menu/get")
        except WeChatError as error:
            if error.code != NO_MENU:
                raise
            return Menus(())
        default = answer.get("menu") or {}
        return Menus(
            buttons=_buttons(default),
            conditional=[_conditional(row) for row in answer.get("conditionalmenu", ())],
        )

    async def delete(self) -> None:
        """Take every menu away, the conditional ones too (menu/delete)."""
        await self._get("/cgi-bin/menu/delete")

    async def create_conditional(self, buttons: Sequence[Button], tag_id: int) -> str:
        """Give those who carry a tag a menu of their own and return its id (menu/addconditional)."""
        body = {"button": list(buttons), "matchrule": {"tag_id": str(tag_id)}}
        answer = await self._post("/cgi-bin/menu/addconditional", body)
        return required({"menuid": str(answer.get("menuid", ""))}, "menuid", self._app, "/cgi-bin/menu/addconditional")

    async def delete_conditional(self, menu_id: str) -> None:
        """Take one conditional menu away (menu/delconditional)."""
        await self._post("/cgi-bin/menu/delconditional", {"menuid": menu_id}, idempotent=True)

    async def seen_by(self, openid: str) -> Sequence[Button]:
        """The menu that one person is shown (menu/trymatch)."""
        answer = await self._post("/cgi-bin/menu/trymatch", {"user_id": openid}, idempotent=True)
        return _buttons(answer.get("menu") or answer)


class OfficialTags(Client):
    """Tags of one account."""

    async def all(self) -> list[Tag]:
        """Every tag there is (tags/get)."""
        answer = await self._get("/cgi-bin/tags/get")
        return [_tag(row) for row in answer.get("tags", ())]

    async def create(self, name: str) -> Tag:
        """Make a tag; one of the same name is refused with 45157 (tags/create)."""
        answer = await self._post("/cgi-bin/tags/create", {"tag": {"name": name}})
        return _tag(answer.get("tag") or {})

    async def members(self, tag_id: int) -> set[str]:
        """The openids of those who carry a tag (user/tag/get)."""
        found: set[str] = set()
        following = ""
        while True:
            body = {"tagid": tag_id, "next_openid": following}
            answer = await self._post("/cgi-bin/user/tag/get", body, idempotent=True)
            page = {str(openid) for openid in (answer.get("data") or {}).get("openid", ())}
            following = str(answer.get("next_openid", ""))
            if not page or page <= found:
                return found
            found |= page
            if not following:
                return found

    async def give(self, tag_id: int, openids: Sequence[str]) -> None:
        """Give people a tag, fifty with each call (tags/members/batchtagging)."""
        await self._mark("/cgi-bin/tags/members/batchtagging", tag_id, openids)

    async def take(self, tag_id: int, openids: Sequence[str]) -> None:
        """Take a tag from people (tags/members/batchuntagging)."""
        await self._mark("/cgi-bin/tags/members/batchuntagging", tag_id, openids)

    async def _mark(self, path: str, tag_id: int, openids: Sequence[str]) -> None:
        for start in range(0, len(openids), MAX_TAGGED):
            body = {"tagid": tag_id, "openid_list": list(openids[start : start + MAX_TAGGED])}
            await self._post(path, body, idempotent=True)


def _buttons(menu: Mapping[str, Any]) -> list[Button]:
    return [stripped(button) for button in menu.get("button", ())]


def stripped(button: Button) -> Button:
    """A button as we send it: platforms add an empty list of sub-buttons to each."""
    below = [stripped(each) for each in button.get("sub_button", ())]
    plain = {name: value for name, value in button.items() if name != "sub_button"}
    return plain | ({"sub_button": below} if below else {})


def _conditional(row: Mapping[str, Any]) -> Conditional:
    rule = row.get("matchrule") or {}
    # Tags were called groups; menu/get still answers so.
    tag = rule.get("tag_id") or rule.get("group_id") or 0
    return Conditional(str(row.get("menuid", "")), int(tag), _buttons(row))


def _tag(row: Mapping[str, Any]) -> Tag:
    return Tag(int(row.get("id", 0)), str(row.get("name", "")), int(row.get("count", 0)))
