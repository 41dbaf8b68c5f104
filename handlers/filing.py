"""What files lie with: a document by its number, a product by its code; and the photos of products."""

import re
from collections.abc import Iterable

from handlers.result import Result
from models.base import Row
from models.chat.files import kept_images
from models.party.tables import Customer
from models.production.tables import JobReport, WorkOrder
from models.purchase.tables import PurchaseOrder
from models.sales.tables import SalesOrder

DOCUMENTS: dict[str, type[Row]] = {
    "SO": SalesOrder, "WO": WorkOrder, "PO": PurchaseOrder, "JR": JobReport, "CU": Customer,
}  # fmt: skip


class Photo(Result):
    """A photo of a product; `?photo=` and its number behind the link of a page shows it."""

    number: str
    code: str


def document_number(text: str) -> tuple[type[Row], str] | None:
    """The document that a text names, if it is one that files lie with."""
    read = re.fullmatch(r"([A-Za-z]{2})\s*(\d{1,12})", text.strip())
    table = DOCUMENTS.get(read[1].upper()) if read else None
    return (table, f"{read[1].upper()}{int(read[2]):04d}") if read and table else None


def filed_codes(codes: Iterable[str]) -> list[str]:
    """The codes under which photos of products lie. What lies under one that reads like a document's number is the document's."""
    return [code for code in codes if document_number(code) is None]


async def photos_of(codes: Iterable[str]) -> list[Photo]:
    """The photos of products that were fetched and found to be pictures, oldest first: whoever sees a product may see these."""
    return [Photo(number=each.number, code=each.about) for each in await kept_images(filed_codes(codes))]
