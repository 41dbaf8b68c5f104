"""Menus by role: keys that are lines, so that a tap is as if it had been typed, and the camera; and publishing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.services import Services
from bot.wechat.errors import WeChatError
from bot.wechat.officialmenus import Button, OfficialMenus, OfficialTags, Tag, stripped
from models import sql
from models.party.tables import Role

Items = Sequence[tuple[str, Any]]


class Camera:
    """A button that opens the camera: a product's barcode answers its stock, a work order's code opens its report."""


SCAN = ("扫一扫", Camera())

ROLE_MENUS: Mapping[str, Items] = {
    "customer": [
        ("我的订单", "我的订单"),
        ("查库存", "查库存"),
        ("更多", [("绑定", "怎么绑定"), ("找人工", "找人工"), ("帮助", "帮助")]),
    ],
    "staff": [
        ("待办", [("待审批", "待审批"), ("未送达", "未送达")]),
        ("订单", [("我的订单", "我的订单"), ("下单", "下单"), ("我的线索", "我的线索")]),
        ("更多", [("今天怎么样", "今天怎么样"), ("报工", "报工"), SCAN, ("帮助", "帮助")]),
    ],
    Role.manager.value: [
        ("待审批", "待审批"),
        ("今天怎么样", "今天怎么样"),
        ("更多", [("未送达", "未送达"), ("查库存", "查库存"), ("帮助", "帮助")]),
    ],
    Role.salesperson.value: [
        ("订单", [("我的订单", "我的订单"), ("下单", "下单")]),
        ("我的线索", "我的线索"),
        ("更多", [("查库存", "查库存"), ("未送达", "未送达"), ("帮助", "帮助")]),
    ],
    Role.warehouse.value: [
        SCAN,
        ("查库存", "查库存"),
        ("更多", [("今天怎么样", "今天怎么样"), ("帮助", "帮助")]),
    ],
    Role.worker.value: [
        SCAN,
        ("报工", "报工"),
        ("更多", [("查库存", "查库存"), ("帮助", "帮助")]),
    ],
}
"""`customer` is what everybody sees in the Official Account, `staff` is WeCom's; the roles are for the Official
Account too, and who has several sees the first of them."""

OURS = "聊单·"
"""How the names of our tags begin; others belong to whoever made them."""

NOT_ALLOWED = frozenset({48001, 65306})

FOLLOWERS = """
SELECT c.external_id, ARRAY(SELECT jsonb_array_elements_text(p.roles)) AS roles FROM conversation c JOIN person p ON p.id = c.person_id
WHERE c.door = 'official' AND c.reachable AND p.active ORDER BY c.id
"""


def official_menu(items: Items) -> list[Button]:
    """As the Official Account takes it (自定义菜单创建接口)."""
    return [_button(name, target) for name, target in items]


def work_menu(items: Items) -> list[Button]:
    """As WeCom takes it (WeCom doc 90231); the form is the same."""
    return official_menu(items)


async def publish(services: Services) -> list[str]:
    """Publish what has changed at the doors that are on; says in Chinese what was done."""
    said: list[str] = []
    if services.official:
        menus, tags = services.official.menus, services.official.tags
        said.append(await _publish_default(menus))
        said += await _publish_by_role(menus, tags)
    if services.work:
        wanted = work_menu(ROLE_MENUS["staff"])
        same = [*map(stripped, await services.work.menu())] == wanted
        if not same:
            await services.work.create_menu(wanted)
        said.append("企业微信菜单没有变化" if same else "企业微信菜单已发布")
    return said


@dataclass(frozen=True, slots=True)
class _Group:
    """A role whose people carry a tag and see a menu of their own."""

    tag: str
    label: str
    buttons: Sequence[Button]
    openids: frozenset[str]


async def _publish_default(menus: OfficialMenus) -> str:
    wanted = official_menu(ROLE_MENUS["customer"])
    if (await menus.current()).buttons == wanted:
        return "公众号菜单没有变化"
    await menus.create(wanted)
    return "公众号菜单已发布"


async def _publish_by_role(menus: OfficialMenus, tags: OfficialTags) -> list[str]:
    groups = await _groups()
    try:
        known = {tag.name: tag for tag in await tags.all()}
        # Tags first: a menu for a tag that nobody carries yet shows itself to nobody.
        carried = {group.tag: known.get(group.tag) or await tags.create(group.tag) for group in groups}
        said = [await _assign(tags, carried[group.tag], group) for group in groups]
        ours = {tag.id for name, tag in known.items() if name.startswith(OURS)}
        return [*said, await _publish_conditional(menus, {carried[each.tag].id: each for each in groups}, ours)]
    except WeChatError as error:
        if error.code not in NOT_ALLOWED:
            raise
        return [f"公众号没有按角色显示菜单：{error.rule.meaning}（{error.code}）。{error.rule.fix}"]


async def _assign(tags: OfficialTags, tag: Tag, group: _Group) -> str:
    """Give the tag to those who lack it, take it from those who no longer have the role."""
    now = await tags.members(tag.id)
    await tags.take(tag.id, sorted(now - group.openids))
    await tags.give(tag.id, sorted(group.openids - now))
    return f"{group.label}：{len(group.openids)} 人"


async def _publish_conditional(menus: OfficialMenus, wanted: Mapping[int, _Group], ours: set[int]) -> str:
    right: set[int] = set()
    for each in (await menus.current()).conditional:
        group = wanted.get(each.tag_id)
        if group is not None and each.buttons == group.buttons and each.tag_id not in right:
            right.add(each.tag_id)
        elif group is not None or each.tag_id in ours:
            await menus.delete_conditional(each.id)
    for tag_id, group in wanted.items():
        if tag_id not in right:
            await menus.create_conditional(group.buttons, tag_id)
    return "公众号的角色菜单没有变化" if right == set(wanted) else "公众号的角色菜单已发布"


async def _groups() -> list[_Group]:
    roles = [Role[name] for name in ROLE_MENUS if name not in ("customer", "staff")]
    people: dict[Role, set[str]] = {role: set() for role in roles}
    for row in await sql.rows(FOLLOWERS):
        first = next((role for role in roles if role.value in row["roles"]), None)
        if first is not None:
            people[first].add(row["external_id"])
    return [
        _Group(OURS + role.text, role.text, official_menu(ROLE_MENUS[role.value]), frozenset(people[role]))
        for role in roles
    ]


def _button(name: str, target: Any) -> dict[str, Any]:
    if isinstance(target, list):
        return {"name": name, "sub_button": [_button(*each) for each in target]}
    if isinstance(target, Camera):
        return {"type": "scancode_waitmsg", "name": name, "key": "scan"}
    return {"type": "click", "name": name, "key": target}
