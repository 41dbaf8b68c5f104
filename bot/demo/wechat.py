"""The demo's WeChat: credentials that mean nothing outside it, as settings for the product and for the emulator."""

import secrets
from pathlib import Path
from typing import Any

from bot.demo.company import COLLEAGUES, CONTACTS, DEPARTMENTS, NAME, Colleague, openid
from bot.demo.seed import GRANTS
from bot.demo.templates import SHIPPED, offered

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OFFICIAL = {"app_id": "wx0demo0official", "secret": "demo-official-secret", "token": "demoofficial", "aes_key": AES_KEY}
MINI = {"app_id": "wx0demo0miniprog", "secret": "demo-mini-secret", "token": "demomini", "aes_key": AES_KEY}
WORK = {
    "corp_id": "ww0demo0corp",
    "agent_id": 1000002,
    "secret": "demo-work-secret",
    "contacts_secret": "demo-contacts-secret",
    "customers_secret": "demo-customers-secret",
    "token": "demowork",
    "aes_key": AES_KEY,
}

PARTIES = {name: number for number, (name, _, _) in enumerate(DEPARTMENTS, start=1)}
"""The departments by their number in the address book; the topmost is always 1."""

MINIPROGRAM_FOLDER = Path(__file__).resolve().parents[2] / "miniprogram"


def environment(wechat: str) -> dict[str, str]:
    """The product's settings for the doors, pointed at the emulator's address."""
    doors: dict[str, dict[str, Any]] = {"OFFICIAL": OFFICIAL, "WORK": WORK, "MINIPROGRAM": MINI}
    found = {
        f"LIAODAN_{door}__{name.upper()}": str(value)
        for door, values in doors.items()
        for name, value in values.items()
    }
    return {
        **found,
        **{f"LIAODAN_{door}__API_BASE": wechat for door in doors},
        "LIAODAN_SECRET_KEY": secrets.token_hex(16),
    }


def emulator_config(product: str, clock_file: str) -> dict[str, Any]:
    """The emulator's configuration: the same credentials, the callbacks of the product, everybody's phone."""
    return {
        "clock_file": clock_file,
        "official": {
            **OFFICIAL,
            "account": "gh_demo",
            "name": NAME,
            "callback": f"{product}/wechat/official",
            "templates": offered("official"),
        },
        "work": {**WORK, "name": "聊单", "callback": f"{product}/wechat/work"},
        "miniprogram": {
            **MINI,
            "name": NAME,
            "callback": f"{product}/wechat/miniprogram",
            "folder": str(MINIPROGRAM_FOLDER),
            "templates": offered("miniprogram"),
        },
        "departments": [
            {"id": PARTIES[name], "name": name, "parent": PARTIES[above]} for name, above, _ in DEPARTMENTS if above
        ],
        "people": [
            *(_colleague(each) for each in COLLEAGUES),
            *(_contact(number, name, phone) for number, name, phone, _ in CONTACTS),
        ],
    }


def _colleague(who: Colleague) -> dict[str, Any]:
    above = next((each.work for each in COLLEAGUES if each.number == who.superior), None)
    return {
        "id": who.number,
        "name": who.name,
        "work": who.work,
        "official": openid("o", who.number),
        "miniprogram": openid("m", who.number),
        "departments": [PARTIES[who.department]],
        **({"leader": above} if above else {}),
    }


def _contact(number: str, name: str, phone: str) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "phone": phone,
        "official": openid("o", number),
        "miniprogram": openid("m", number),
        "external": f"wm-demo-{number}",
        "follows": number != "C003",
        "accepts": {SHIPPED: GRANTS} if number == "C001" else {},
        "wrote": number == "C002",
    }
