"""The menus at the foot of conversations: one for everybody, and others for those who bear a tag."""

import itertools
from collections.abc import Callable
from typing import Any

from .config import Config
from .refusals import Refusal

Menu = dict[str, Any]


class Menus:
    """What is at the foot of each conversation."""

    def __init__(self, config: Config) -> None:
        self._default: dict[str, Menu] = {}
        if config.official is not None and config.official.menu is not None:
            self._default["official"] = config.official.menu
        self._most_by_tag = config.limits.menus_by_tag
        self._conditional: dict[str, Menu] = {}
        self._ids = itertools.count(400000001)
        self.on_change: list[Callable[[str], None]] = []

    def default(self, door: str) -> Menu | None:
        return self._default.get(door)

    def seen_by(self, door: str, tags: set[int]) -> Menu:
        """The menu of someone with these tags: the newest that was made for one of them."""
        if door == "official":
            for menu in reversed(self._conditional.values()):
                if int(menu["matchrule"].get("tag_id") or 0) in tags:
                    return menu
        return self._default.get(door, {})

    def conditional(self) -> list[Menu]:
        return list(self._conditional.values())

    def put(self, door: str, buttons: list[Menu]) -> None:
        self._default[door] = {"button": buttons}
        self._tell(door)

    def add(self, buttons: list[Menu], rule: Menu) -> str:
        if "official" not in self._default:
            raise Refusal(65303, "there is no selfmenu, please create selfmenu first")
        if len(self._conditional) >= self._most_by_tag:
            raise Refusal(65305, "conditional menu count limit")
        menu_id = str(next(self._ids))
        self._conditional[menu_id] = {"button": buttons, "matchrule": rule, "menuid": int(menu_id)}
        self._tell("official")
        return menu_id

    def drop(self, menu_id: str) -> None:
        if self._conditional.pop(menu_id, None) is None:
            raise Refusal(65301, "not exist conditional menu")
        self._tell("official")

    def clear(self, door: str) -> None:
        """The default menu takes the others with it."""
        self._default.pop(door, None)
        if door == "official":
            self._conditional.clear()
        self._tell(door)

    def _tell(self, door: str) -> None:
        for listener in self.on_change:
            listener(door)


def leaves(menu: Menu) -> list[Menu]:
    """The buttons that can be tapped."""
    return [leaf for button in menu.get("button", []) for leaf in button.get("sub_button") or [button]]
