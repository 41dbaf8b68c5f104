"""Inputs that name a row: products, customers, people, documents by number."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from tortoise.expressions import Subquery

from handlers.actor import Actor
from handlers.inputs import READERS, Ambiguous, Reader, reads
from handlers.visible import find, visible
from models.approvals.tables import Approval, ApprovalTask
from models.base import Row
from models.errors import InvalidInput, NotFound
from models.finance.tables import Invoice, InvoiceKind, Payment
from models.party.finding import find_customers, find_people, find_suppliers
from models.party.tables import Customer, Department, Person, Supplier
from models.payables.tables import PaymentOut, SupplierInvoice
from models.product.finding import find_products, find_stopped
from models.product.tables import Product
from models.production.tables import WorkOrder
from models.purchase.tables import PurchaseOrder
from models.rows import first
from models.sales.tables import Delivery, SalesOrder
from models.states import Labelled
from models.stock.placing import TRANSIT
from models.stock.tables import Warehouse
from models.text import key, plain

R = TypeVar("R", bound=Row)

_SIGNED = re.compile(r"-\s*\d[\d,.]*\s*[\u4e00-\u9fff]?")
"""So many less than none: whoever says it means a quantity, however like a part of a name it looks."""
W = TypeVar("W")


@reads(Product)
class ProductReader(Reader[Product]):
    async def read(self, me: Actor, text: str, name: str) -> Product:
        if _SIGNED.fullmatch(plain(text).strip()):
            raise InvalidInput(input="quantity", given=text.strip(), why="too_small")
        found = await find_products(text)
        if not found.rows:
            stopped = await find_stopped(text)
            raise NotFound(kind="product", given=text, near=found.near, stopped=stopped["name"] if stopped else None)
        if len(found.rows) > 1:
            choices = [_product_choice(me, row) for row in found.rows]
            raise Ambiguous(input=name, kind="product", given=text, choices=choices)
        return Product._init_from_db(**found.rows[0])

    def save(self, value: Product) -> str:
        return value.code

    def told(self, name: str, value: Product, said: str) -> dict[str, Any]:
        return {"barcode": value.barcode} if value.barcode and key(said) == value.barcode else {name: value.name}


@reads(list[Product])
class ProductsReader(Reader[list[Product]]):
    """Several products, with commas or 和 between them."""

    slot = r"[^,，、和]+(?:[,，、和][^,，、和]+)*"
    schema = {"type": "array", "items": {"type": "string"}}

    async def read(self, me: Actor, text: str, name: str) -> list[Product]:
        return await self.load(me, [word for word in re.split(r"[,，、和]", text) if word.strip()], name)

    async def load(self, me: Actor, value: Any, name: str) -> list[Product]:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not 1 <= len(given) <= 10:
            raise InvalidInput(input=name, given=value, why="items_1_to_100")
        return [await ProductReader().load(me, each, name) for each in given]

    def save(self, value: list[Product]) -> list[str]:
        return [each.code for each in value]

    def told(self, name: str, value: list[Product], said: str) -> dict[str, Any]:
        return {name: [each.name for each in value]}


@reads(Customer)
class CustomerReader(Reader[Customer]):
    async def read(self, me: Actor, text: str, name: str) -> Customer:
        seen = []
        for row in await find_customers(text):
            try:
                seen.append(await find(me, Customer, id=row["id"]))
            except NotFound:
                continue
        if not seen:
            raise NotFound(kind="customer")
        if len(seen) > 1:
            choices = [{"number": each.number, "name": each.name} for each in seen]
            raise Ambiguous(input=name, kind="customer", given=text, choices=choices)
        return seen[0]

    def told(self, name: str, value: Customer, said: str) -> dict[str, Any]:
        return {name: value.name}

    async def default(self, me: Actor) -> Customer | None:
        return await find(me, Customer, id=me.customer_id) if me.is_customer else None

    def save(self, value: Customer) -> str:
        return value.number


@reads(Person)
class PersonReader(Reader[Person]):
    async def read(self, me: Actor, text: str, name: str) -> Person:
        found = await find_people(text)
        if len(found) > 1:
            choices = [_choice(row, "number") for row in found]
            raise Ambiguous(input=name, kind="person", given=text, choices=choices)
        return await find(me, Person, id=found[0]["id"] if found else -1)

    def told(self, name: str, value: Person, said: str) -> dict[str, Any]:
        return {name: value.called}

    def save(self, value: Person) -> str:
        return value.number


@reads(Supplier)
class SupplierReader(Reader[Supplier]):
    async def read(self, me: Actor, text: str, name: str) -> Supplier:
        found = [] if me.is_customer else await find_suppliers(text)
        if len(found) > 1:
            choices = [_choice(row, "number") for row in found]
            raise Ambiguous(input=name, kind="supplier", given=text, choices=choices)
        if not found:
            raise NotFound(kind="supplier")
        return await Supplier.get(id=found[0]["id"])

    def told(self, name: str, value: Supplier, said: str) -> dict[str, Any]:
        return {name: value.name}

    def save(self, value: Supplier) -> str:
        return value.number


@reads(Department)
class DepartmentReader(Reader[Department]):
    """A department, also without the 部 at its end."""

    async def read(self, me: Actor, text: str, name: str) -> Department:
        wanted = text.strip().removesuffix("的")
        found = None if me.is_customer else await first(Department.filter(name__in=[wanted, f"{wanted}部"]))
        if found is None:
            raise NotFound(kind="department")
        return found

    def save(self, value: Department) -> str:
        return value.name


@reads(Warehouse)
class WarehouseReader(Reader[Warehouse]):
    slot = r"[\u4e00-\u9fff]{1,5}仓"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Warehouse:
        # Goods come into and out of transit by their transfer only.
        found = await first(Warehouse.filter(name=text.strip()).exclude(name=TRANSIT))
        if found is None:
            raise NotFound(kind="warehouse", given=text)
        return found

    def save(self, value: Warehouse) -> str:
        return value.name


class WordReader(Reader[W]):
    """One of a few words."""

    free = False

    words: ClassVar[dict[str, Any]]

    async def read(self, me: Actor, text: str, name: str) -> W:
        found: W | None = self.words.get(plain(text).strip().lower())
        if found is None:
            raise InvalidInput(input=name, given=text[:40], why="not_among", among="、".join(self.words))
        return found


@reads(InvoiceKind)
class InvoiceKindReader(WordReader[InvoiceKind]):
    slot = r"(?:增值税)?(?:专用?|普通?|电子普通?)(?:发票|票)"
    words = {
        **dict.fromkeys(("专票", "专用发票", "增值税专用发票", "special"), InvoiceKind.special),
        **dict.fromkeys(("普票", "普通发票", "增值税普通发票", "电子普票", "ordinary"), InvoiceKind.ordinary),
    }

    def save(self, value: InvoiceKind) -> str:
        return value.value

    def told(self, name: str, value: InvoiceKind, said: str) -> dict[str, Any]:
        return {name: value.text}


class Dimension(Labelled):
    """By what a report is broken down."""

    customer = "customer", "客户"
    product = "product", "产品"
    staff = "staff", "业务员"
    day = "day", "日期"
    month = "month", "月份"
    order = "order", "订单"


@reads(Dimension)
class DimensionReader(WordReader[Dimension]):
    slot = r"(?:客户|产品|货|业务员|销售|员工|日期|天|月份?|订单|业绩排名)"
    words = {
        **{each.value: each for each in Dimension},
        **{each.text: each for each in Dimension},
        "货": Dimension.product, "业绩排名": Dimension.staff, "销售": Dimension.staff, "员工": Dimension.staff, "天": Dimension.day, "月": Dimension.month,
    }  # fmt: skip

    def save(self, value: Dimension) -> str:
        return value.value


class StockKind(Labelled):
    """What of the stock a report looks at."""

    slow = "slow", "压货"


@reads(StockKind)
class StockKindReader(WordReader[StockKind]):
    slot = r"(?:压货|积压|呆滞|滞销|压着)"
    words = dict.fromkeys(("slow", "压货", "积压", "呆滞", "滞销", "压着"), StockKind.slow)

    def save(self, value: StockKind) -> str:
        return value.value


class DocumentReader(Reader[R]):
    """A document by its number; a bare number is completed with the prefix of this kind."""

    free = False

    table: ClassVar[type[Any]]
    prefix: ClassVar[str]

    async def read(self, me: Actor, text: str, name: str) -> R:
        found: R = await find(me, self.table, number=self.number(text))
        return found

    def number(self, text: str) -> str:
        """SO0312 from `so312`, `312` or `SO0312`."""
        digits = re.sub(r"\D", "", text)[:18]
        letters = "".join(re.findall(r"[A-Za-z]+", text)).upper() or self.prefix
        return f"{letters}{int(digits):04d}" if digits else text.strip()

    def save(self, value: R) -> str:
        return value.number  # type: ignore[attr-defined,no-any-return]


@reads(SalesOrder)
class SalesOrderReader(DocumentReader[SalesOrder]):
    slot = r"(?:[sS][oO]\s?)?\d{3,8}(?!\d)"
    table, prefix = SalesOrder, "SO"


@reads(WorkOrder)
class WorkOrderReader(DocumentReader[WorkOrder]):
    slot = r"(?:[wW][oO]\s?)?\d{3,8}(?!\d)"
    table, prefix = WorkOrder, "WO"


@reads(Invoice)
class InvoiceReader(DocumentReader[Invoice]):
    """An invoice by our number, or by the tax office's, which has 8, 14 or 20 digits; 13 would be a barcode."""

    slot = r"(?:[iI][vV]\d{1,8}|\d{3,8}|\d{14}|\d{20})(?!\d)"
    table, prefix = Invoice, "IV"

    async def read(self, me: Actor, text: str, name: str) -> Invoice:
        digits = re.sub(r"\D", "", text)
        if len(digits) >= 8:
            return await find(me, Invoice, e_number=digits)
        return await super().read(me, text, name)


@reads(list[Invoice])
class InvoicesReader(Reader[list[Invoice]]):
    """Several invoices: IV0100和IV0101."""

    slot = r"[iI][vV]\d{1,8}(?:\s*[和、,，]\s*[iI][vV]\d{1,8})*(?!\d)"
    free = False
    schema = {"type": "array", "items": {"type": "string"}}

    async def read(self, me: Actor, text: str, name: str) -> list[Invoice]:
        return [await InvoiceReader().read(me, each, name) for each in re.split(r"[和、,，\s]+", text.strip())]

    async def load(self, me: Actor, value: Any, name: str) -> list[Invoice]:
        if not isinstance(value, list):
            return await super().load(me, value, name)
        return [await InvoiceReader().load(me, each, name) for each in value[:100]]

    def save(self, value: list[Invoice]) -> list[str]:
        return [each.number for each in value]


@reads(Delivery)
class DeliveryReader(DocumentReader[Delivery]):
    slot = r"(?:[dD][nN])\d{1,8}(?!\d)"
    table, prefix = Delivery, "DN"


@reads(Payment)
class PaymentReader(DocumentReader[Payment]):
    slot = r"(?:[rR][cC])\d{1,8}(?!\d)"
    table, prefix = Payment, "RC"


@reads(PurchaseOrder)
class PurchaseOrderReader(DocumentReader[PurchaseOrder]):
    slot = r"[pP][oO]\s?\d{1,8}(?!\d)"
    table, prefix = PurchaseOrder, "PO"


@reads(PaymentOut)
class PaymentOutReader(DocumentReader[PaymentOut]):
    slot = r"[pP][mM]\d{1,8}(?!\d)"
    table, prefix = PaymentOut, "PM"


@reads(SupplierInvoice)
class SupplierInvoiceReader(DocumentReader[SupplierInvoice]):
    slot = r"[sS][iI]\d{1,8}(?!\d)"
    table, prefix = SupplierInvoice, "SI"


@reads(Approval)
class ApprovalReader(DocumentReader[Approval]):
    """An approval; asked which, people are offered those that wait for them."""

    slot = r"(?:[aA][pP]\s?)?\d{1,8}(?!\d)"
    table, prefix = Approval, "AP"

    async def offers(self, me: Actor) -> list[str]:
        tasks = ApprovalTask.filter(approver_id=me.id, state="pending").values("approval_id")
        waiting = visible(me, Approval).filter(id__in=Subquery(tasks), state="pending")
        return [approval.number for approval in await waiting.order_by("id").limit(5)]


@lru_cache(maxsize=1)
def _numbered() -> tuple[re.Pattern[str], DocumentReader[Any]]:
    """What a document's number looks like with its prefix, and who completes it."""
    readers = [reader for reader in READERS.values() if isinstance(reader, DocumentReader)]
    prefixes = "|".join(sorted({reader.prefix for reader in readers}))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{prefixes})\d{{3,8}}(?!\d)", re.IGNORECASE), readers[0]


def documents_named(text: str) -> set[str]:
    """The documents that a text names by numbers with a prefix, each number in full."""
    pattern, reader = _numbered()
    return {reader.number(found[0]) for found in pattern.finditer(plain(text))}


def _product_choice(me: Actor, row: Mapping[str, Any]) -> dict[str, str]:
    """A product among several, with what is free of it for those who may know."""
    choice = _choice(row, "code")
    if "stock.detail" in me.rights and row.get("free") is not None:
        choice["free"] = f"{row['free'].normalize():,f} {row['unit']}"
    return choice


def _choice(row: Mapping[str, Any], reference: str) -> dict[str, str]:
    return {reference: row[reference], "name": row["name"]}
