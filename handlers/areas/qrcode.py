"""Codes to scan: a salesperson's card, an order, a campaign."""

from datetime import datetime

from handlers.actor import Actor
from handlers.inputs import Text
from handlers.registry import command
from handlers.result import Result
from handlers.rights import NoRight
from models.chat.qrcodes import ask_for_code
from models.chat.scenes import Scene
from models.chat.tables import QrCodeState
from models.errors import InvalidInput
from models.party.tables import Role
from models.sales.tables import SalesOrder
from models.text import plain

CAMPAIGNERS = {Role.marketing.value, Role.manager.value, Role.admin.value}


class CodeAsked(Result):
    """A code that is there, with the address of its picture, or that is being made and comes as a notice."""

    title: str
    state: QrCodeState
    picture: str | None
    expires_at: datetime


@command(
    "qrcode.create",
    says=[
        "我的名片码", "名片码", "我的二维码名片", "名片二维码", "我的名片二维码", "{order}二维码", "{order}的二维码",
        "活动{campaign}二维码", "活动{campaign}的二维码", "{campaign}活动码",
    ],
)  # fmt: skip
async def create_qrcode(me: Actor, *, order: SalesOrder | None = None, campaign: Text | None = None) -> CodeAsked:
    """生成二维码：自己的名片、一张订单、一个活动；对方扫了直接进入"""
    if order is not None:
        kind, value, title = Scene.order, order.number, f"订单 {order.number}"
    elif campaign is not None:
        kind, value = Scene.campaign, _campaign(me, campaign)
        title = f"活动 {value}"
    else:
        kind, value, title = Scene.card, me.number, f"{me.called}的名片"
    code = await ask_for_code(kind, value, title=title, asked_by=me.person_id)
    return CodeAsked(
        title=code.title,
        state=QrCodeState.of(code.state),
        picture=code.picture or None,
        expires_at=code.expires_at,
    )


def _campaign(me: Actor, said: str) -> str:
    if not CAMPAIGNERS & me.roles:
        raise NoRight()
    number = plain(said).strip().upper()
    if not (number.startswith("CM") and number[2:].isdigit() and 4 <= len(number) - 2 <= 8):
        raise InvalidInput(input="campaign", given=said[:40], why="not_a_campaign")
    return number
