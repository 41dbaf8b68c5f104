"""Inputs of sales: a discount as people say it, a unit price, how low one may go, what a return is for."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NewType

from handlers.actor import Actor
from handlers.inputs import FigureReader, Reader, number, reads
from handlers.reading.figures import read_figure
from handlers.references import DocumentReader, WordReader
from handlers.visible import visible
from models.errors import InvalidInput, NotFound
from models.sales.tables import Delivery, Quotation, Remedy, SalesReturn
from models.text import plain

Discount = NewType("Discount", Decimal)
UnitPrice = NewType("UnitPrice", Decimal)
Floor = NewType("Floor", str)
Bargain = NewType("Bargain", str)
LettingGo = NewType("LettingGo", str)

_DISCOUNT = re.compile(r"([\d.]+|[一二三四五六七八九]{1,2})\s?(折|%)?")


@reads(Discount)
class DiscountReader(Reader[Discount]):
    """92折, 九五折, 8折, 92% or 0.92: the share of the price that is paid."""

    slot = r"(?:\d{1,3}(?:\.\d{1,2})?|[一二三四五六七八九]{1,2})\s?(?:折|%)"
    free = False
    schema = {"type": "string", "format": "decimal"}

    async def read(self, me: Actor, text: str, name: str) -> Discount:
        found = _DISCOUNT.fullmatch(plain(text).replace(" ", ""))
        figure = _figure(found[1]) if found else None
        if found is None or figure is None:
            raise InvalidInput(input=name, given=text[:40], why="not_a_discount")
        # 八折 is 0.8 and 九五折 0.95; a fraction is the share itself.
        share = figure if figure < 1 else figure / (10 if figure < 10 and found[2] != "%" else 100)
        if not 0 < share < 1 or share != round(share, 4):
            raise InvalidInput(input=name, given=text[:40], why="not_a_discount")
        return Discount(share)

    def save(self, value: Discount) -> str:
        return f"{value.normalize():f}"

    def told(self, name: str, value: Discount, said: str) -> dict[str, Any]:
        return {name: number(value)}


def _figure(text: str) -> Decimal | None:
    """Two Chinese digits stand side by side, as in 九五折."""
    digits = ["一二三四五六七八九".find(letter) + 1 for letter in text]
    if all(digits):
        return Decimal("".join(map(str, digits)))
    return read_figure(text)


@reads(UnitPrice)
class UnitPriceReader(FigureReader):
    """A price of one unit in CNY, above nothing."""

    least = Decimal("0.000001")


@reads(Floor)
class FloorReader(WordReader[Floor]):
    """The asker wants to know how low they may go."""

    slot = r"(?:最低能卖多少|最低多少钱?|底价(?:多少)?|最低卖多少|最低价(?:多少)?)"
    signs = "低底"
    words = {word: Floor("floor") for word in (
        "最低能卖多少", "最低多少", "最低多少钱", "底价", "底价多少", "最低卖多少", "最低价", "最低价多少", "floor",
    )}  # fmt: skip


@reads(Bargain)
class BargainReader(WordReader[Bargain]):
    """The asker would like to pay less."""

    slot = r"(?:能不能|可不可以|能|可以)?(?:再?便宜|优惠)(?:一?点|些)?(?:吗|不)?"
    signs = "便优"
    words = {word: Bargain("true") for word in ("true", "便宜点")}

    async def read(self, me: Actor, text: str, name: str) -> Bargain:
        said = plain(text).strip()
        return Bargain("true") if re.fullmatch(self.slot, said) else await super().read(me, said, name)

    def told(self, name: str, value: Bargain, said: str) -> dict[str, Any]:
        return {name: True}


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a carrier's number belongs to."""

    delivery: Delivery


@reads(Parcel)
class ParcelReader(Reader[Parcel]):
    """A delivery by the number its carrier gave it."""

    slot = r"[A-Za-z]{2,4}\d{8,20}"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Parcel:
        number = plain(text).replace(" ", "").upper()
        if not re.fullmatch(self.slot, number):
            raise NotFound(kind="delivery")
        sent = visible(me, Delivery).filter(tracking_no=number)
        found = await sent.order_by("-id").select_related("order").first()
        if found is None:
            raise NotFound(kind="delivery")
        return Parcel(found)

    def save(self, value: Parcel) -> str:
        return value.delivery.tracking_no


@reads(LettingGo)
class LettingGoReader(WordReader[LettingGo]):
    """What an order holds is to be free for others while it pauses."""

    slot = r"(?:并)?(?:放掉|释放|不留)(?:预留|占用|库存|货)"
    words = {
        f"{also}{verb}{what}": LettingGo("true")
        for also in ("", "并") for verb in ("放掉", "释放", "不留") for what in ("预留", "占用", "库存", "货")
    } | {"true": LettingGo("true")}  # fmt: skip


@reads(Remedy)
class RemedyReader(WordReader[Remedy]):
    slot = r"(?:换货|补发|退款|退钱|换新)"
    signs = "换补退"
    words = {
        **dict.fromkeys(("换货", "补发", "换新", "replacement"), Remedy.replacement),
        **dict.fromkeys(("退款", "退钱", "credit"), Remedy.credit),
    }

    def save(self, value: Remedy) -> str:
        return value.value


@reads(Quotation)
class QuotationReader(DocumentReader[Quotation]):
    slot = r"[qQ][uU]\s?\d{1,8}(?!\d)"
    table, prefix = Quotation, "QU"


@reads(SalesReturn)
class SalesReturnReader(DocumentReader[SalesReturn]):
    slot = r"[rR][tT]\d{1,8}(?!\d)"
    table, prefix = SalesReturn, "RT"
