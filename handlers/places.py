"""Inputs that name a place of the warehouse, a lot, a document of stock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NewType, TypeVar

from handlers.actor import Actor
from handlers.inputs import Ambiguous, Reader, reads
from handlers.references import DocumentReader, WarehouseReader
from handlers.visible import find
from models.base import Row
from models.errors import InvalidInput, NotFound
from models.purchase.tables import GoodsReceipt, SupplierReturn
from models.rows import first, matching
from models.stock.tables import Adjustment, Hold, Location, Lot, Stocktake, Transfer
from models.stock.transferring import Place
from models.text import plain

R = TypeVar("R", bound=Row)

LotNo = NewType("LotNo", str)
LocationCode = NewType("LocationCode", str)

LOCATION = r"[A-Za-z]{1,2}\d?-\d{1,3}(?:-\d{1,3})?(?![\d-])"
WAREHOUSE = WarehouseReader.slot
LOT = r"[A-Za-z0-9][A-Za-z0-9\-]{2,38}[A-Za-z0-9]"


@dataclass(frozen=True, slots=True)
class StockDocument:
    """A receipt, a return to a supplier, an adjustment or a transfer, as its number says."""

    row: GoodsReceipt | SupplierReturn | Adjustment | Transfer


@dataclass(frozen=True, slots=True)
class Differing:
    """A receipt, an adjustment or a stocktake: what may have found or lost goods."""

    row: GoodsReceipt | Adjustment | Stocktake


@reads(LocationCode)
class LocationCodeReader(Reader[LocationCode]):
    """The code of a place that need not be there yet."""

    slot = LOCATION
    free = False

    async def read(self, me: Actor, text: str, name: str) -> LocationCode:
        code = plain(text).replace(" ", "").upper()
        if not re.fullmatch(LOCATION, code):
            raise InvalidInput(input=name, given=text[:40], why="not_a_location")
        return LocationCode(code)


@reads(Location)
class LocationReader(Reader[Location]):
    slot = LOCATION
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Location:
        code = plain(text).replace(" ", "").upper()
        found = await first(Location.filter(code=code).select_related("warehouse"))
        if found is None:
            raise NotFound(kind="location", given=code[:20])
        return found

    def save(self, value: Location) -> str:
        return value.code


@reads(Place)
class PlaceReader(Reader[Place]):
    """A warehouse or a location."""

    slot = rf"(?:{LOCATION}|{WAREHOUSE})"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Place:
        if re.fullmatch(LOCATION, plain(text).replace(" ", "")):
            location = await LocationReader().read(me, text, name)
            return Place(location.warehouse, location.code)
        return Place(await WarehouseReader().read(me, text, name))

    def save(self, value: Place) -> str:
        return value.called


@reads(LotNo)
class LotNoReader(Reader[LotNo]):
    """The number of a lot that need not be there yet."""

    slot = LOT
    free = False

    async def read(self, me: Actor, text: str, name: str) -> LotNo:
        number = plain(text).replace(" ", "").upper()
        if not re.fullmatch(LOT, number):
            raise InvalidInput(input=name, given=text[:40], why="not_a_lot")
        return LotNo(number)


@reads(Lot)
class LotReader(Reader[Lot]):
    """A lot by its number; where several products have one of that number, `B261120@BV25R` names one."""

    slot = rf"{LOT}(?:@[A-Za-z0-9.\-]{{1,40}})?"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Lot:
        number, _, code = plain(text).replace(" ", "").upper().partition("@")
        rows = [
            lot
            for lot in await matching(Lot.filter(number=number).order_by("id").select_related("product"))
            if not code or lot.product.code.upper() == code
        ]
        if not rows:
            raise NotFound(kind="lot", given=number[:40])
        if len(rows) > 1:
            choices = [{"name": lot.product.name, "line": f"{lot.number}@{lot.product.code}"} for lot in rows]
            raise Ambiguous(input=name, kind="lot", given=number, choices=choices)
        return rows[0]

    def save(self, value: Lot) -> str:
        return f"{value.number}@{value.product.code}"

    def told(self, name: str, value: Lot, said: str) -> dict[str, Any]:
        return {name: value.number}


@reads(GoodsReceipt)
class ReceiptReader(DocumentReader[GoodsReceipt]):
    slot = r"[gG][rR]\d{1,8}(?!\d)"
    table, prefix = GoodsReceipt, "GR"


@reads(Transfer)
class TransferReader(DocumentReader[Transfer]):
    slot = r"[tT][rR]\d{1,8}(?!\d)"
    table, prefix = Transfer, "TR"


@reads(Stocktake)
class StocktakeReader(DocumentReader[Stocktake]):
    slot = r"[sS][tT]\d{1,8}(?!\d)"
    table, prefix = Stocktake, "ST"


@reads(Hold)
class HoldReader(DocumentReader[Hold]):
    slot = r"[rR][sS]\d{1,8}(?!\d)"
    table, prefix = Hold, "RS"


DOCUMENTS: dict[str, type[GoodsReceipt] | type[SupplierReturn] | type[Adjustment] | type[Transfer]] = {
    "GR": GoodsReceipt,
    "SR": SupplierReturn,
    "SA": Adjustment,
    "TR": Transfer,
}

DIFFERING: dict[str, type[GoodsReceipt] | type[Adjustment] | type[Stocktake]] = {
    "GR": GoodsReceipt,
    "SA": Adjustment,
    "ST": Stocktake,
}


@reads(StockDocument)
class StockDocumentReader(Reader[StockDocument]):
    slot = r"(?:[gG][rR]|[sS][rR]|[sS][aA]|[tT][rR])\d{1,8}(?!\d)"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> StockDocument:
        return StockDocument(await _one_of(me, DOCUMENTS, text, name, "not_a_document"))

    def save(self, value: StockDocument) -> str:
        return value.row.number


@reads(Differing)
class DifferingReader(Reader[Differing]):
    slot = r"(?:[gG][rR]|[sS][aA]|[sS][tT])\d{1,8}(?!\d)"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Differing:
        return Differing(await _one_of(me, DIFFERING, text, name, "not_a_difference"))

    def save(self, value: Differing) -> str:
        return value.row.number


async def _one_of(me: Actor, tables: Mapping[str, type[R]], text: str, name: str, why: str) -> R:
    """A document of one of these kinds, as the prefix of its number says. Raises InvalidInput, NotFound."""
    number = ReceiptReader().number(plain(text))
    if number[:2] not in tables:
        raise InvalidInput(input=name, given=text[:20], why=why)
    return await find(me, tables[number[:2]], number=number)
