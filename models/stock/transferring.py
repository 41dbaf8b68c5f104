"""Transfers: goods that change their place; between being sent and received they are in transit and nobody's to take."""

from dataclasses import dataclass
from decimal import Decimal

from models.clock import now
from models.moves import move
from models.product.tables import Product
from models.stock.moving import relocate
from models.stock.placing import transit
from models.stock.reservation import Want, release, reserve_in
from models.stock.reversal import take_back
from models.stock.tables import Transfer, TransferLine, TransferState, Warehouse
from models.system.numbers import next_number


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse, or a location in it; `location` is None where any will do."""

    warehouse: Warehouse
    location: str | None = None

    @property
    def called(self) -> str:
        return self.location or self.warehouse.name


async def transfer_goods(
    goods: list[tuple[Product, Decimal]], source: Place, target: Place, *, by: int, send_only: bool = False
) -> Transfer:
    """Moves goods, or, `send_only`, lets them leave for the target and wait to be received. Raises NotEnoughStock."""
    moment = now()
    transfer = await Transfer.create(
        number=await next_number("TR"), source=source.warehouse, target=target.warehouse,
        target_location=target.location or "", sent_at=moment, sent_by_id=by,
        state=(TransferState.in_transit if send_only else TransferState.done).value,
        received_at=None if send_only else moment, received_by_id=None if send_only else by,
    )  # fmt: skip
    way = await transit() if send_only else target.warehouse
    for product, quantity in sorted(goods, key=lambda each: each[0].id):
        await TransferLine.create(transfer=transfer, product=product, quantity=quantity)
        await relocate(
            product_id=product.id, source=source.warehouse.id, target=way.id, quantity=quantity, document=transfer.number,
            by=by, source_location=source.location,
            # In transit its number is the location, so that what arrives are the very lots that left.
            target_location=transfer.number if send_only else target.location,
            memo=f"调往 {target.called}",
        )  # fmt: skip
        if send_only:
            await reserve_in(way.id, transfer.number, Want(1, product.id, quantity))
    return transfer


async def receive_transfer(transfer: Transfer, *, by: int) -> None:
    """What is in transit arrives. Raises WrongState."""
    await move(transfer, TransferState.done, received_at=now(), received_by_id=by)
    await release(transfer.number)
    way = await transit()
    for line in await lines_of_transfer(transfer):
        await relocate(
            product_id=line.product_id,  # type: ignore[attr-defined]
            source=way.id, target=transfer.target_id,  # type: ignore[attr-defined]
            quantity=line.quantity, document=transfer.number, by=by, source_location=transfer.number,
            target_location=transfer.target_location or None,
            memo="调拨到货",
        )  # fmt: skip


async def cancel_transfer(transfer: Transfer, *, by: int) -> None:
    """Takes a transfer back, wherever its goods are. Raises WrongState, MovedOn."""
    await move(transfer, TransferState.cancelled)
    await release(transfer.number)
    await take_back(transfer.number, by=by, memo=f"撤销 {transfer.number}")


async def lines_of_transfer(transfer: Transfer) -> list[TransferLine]:
    """Its lines with their products, in the order in which balances are locked."""
    return await TransferLine.filter(transfer_id=transfer.id).order_by("product_id", "id").select_related("product")
