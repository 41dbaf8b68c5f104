"""Menus: keys that are lines, so that a tap is as if it had been typed."""

from typing import Any

ROLE_MENUS: dict[str, list[tuple[str, Any]]] = {
    "customer": [
        ("我的订单", "我的订单"),
        ("查库存", "查库存"),
        ("更多", [("绑定", "怎么绑定"), ("帮助", "帮助")]),
    ],
    "staff": [
        ("待办", [("待审批", "待审批"), ("未送达", "未送达")]),
        ("订单", [("我的订单", "我的订单"), ("下单", "下单"), ("我的线索", "我的线索")]),
        ("更多", [("今天怎么样", "今天怎么样"), ("报工", "报工"), ("帮助", "帮助")]),
    ],
}


def official_menu(items: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    """As the Official Account takes it (自定义菜单创建接口)."""
    return [_button(name, target) for name, target in items]


def work_menu(items: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    """As WeCom takes it (WeCom doc 90231); the form is the same."""
    return official_menu(items)


def _button(name: str, target: Any) -> dict[str, Any]:
    if isinstance(target, list):
        return {"name": name, "sub_button": [_button(*each) for each in target]}
    return {"type": "click", "name": name, "key": target}
