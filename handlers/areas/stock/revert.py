"""What becomes of a document of stock later: taken back, consented to, refused."""

from handlers.actor import Actor
from handlers.areas.stock.adjusting import apply_and_tell
from handlers.areas.stock.facts import tell_dropped
from handlers.areas.stock.receive import book_and_hold
from handlers.inputs import Text
from handlers.places import StockDocument
from handlers.registry import command
from handlers.result import Result
from handlers.visible import find, visible
from models.approvals.deciding import void
from models.errors import NotFound
from models.moves import move
from models.production.materials import note_material
from models.production.tables import WorkOrder
from models.purchase.receiving import cancel_receipt
from models.purchase.returning import cancel_return
from models.purchase.tables import GoodsReceipt, ReceiptState, SupplierReturn
from models.stock.adjusting import cancel_adjustment, lines_of_adjustment
from models.stock.counting import post_count
from models.stock.tables import Adjustment, AdjustmentKind, AdjustmentState, Stocktake, StocktakeState, Transfer
from models.stock.transferring import cancel_transfer


class Reverted(Result):
    """A document of stock that was taken back."""

    number: str


class Decided(Result):
    """A document that was waiting for consent, and what became of it."""

    number: str
    state_text: str


@command("stock.revert", says=["撤回{document}", "作废{document}", "撤销{document}"])
async def revert_document(me: Actor, *, document: StockDocument) -> Reverted:
    """撤回入库、出库、退供应商、调整、调拨单，货回原处；还在审批的不再审批"""
    await void(document.row.number)
    if isinstance(document.row, GoodsReceipt):
        dropped = await cancel_receipt(document.row, by=me.person_id)
        await tell_dropped(dropped, f"{document.row.number} 的货", "", "入库撤回")
    elif isinstance(document.row, SupplierReturn):
        await cancel_return(document.row, by=me.person_id)
    elif isinstance(document.row, Transfer):
        await cancel_transfer(document.row, by=me.person_id)
    else:
        await _cancel(me, document.row)
    return Reverted(number=document.row.number)


@command("stock.approved")
async def approve_document(me: Actor, *, document: Text) -> Decided:
    """入库、库存调整和盘点差异审批通过后入账（审批通过时执行）"""
    receipt = await visible(me, GoodsReceipt).filter(number=document).first()
    if receipt is not None:
        await book_and_hold(receipt, by=me.id)
        return Decided(number=document, state_text=ReceiptState.done.text)
    adjustment = await visible(me, Adjustment).filter(number=document).first()
    if adjustment is not None:
        await apply_and_tell(adjustment, by=me.id)
        return Decided(number=document, state_text=AdjustmentState.done.text)
    count = await _waiting_count(me, document)
    dropped = await post_count(count, by=me.id)
    await tell_dropped(dropped, f"{document} 盘亏的货", "", "盘点")
    return Decided(number=document, state_text=StocktakeState.done.text)


@command("stock.refused")
async def refuse_document(me: Actor, *, document: Text) -> Decided:
    """入库、库存调整和盘点差异被驳回（审批驳回时执行）"""
    receipt = await visible(me, GoodsReceipt).filter(number=document).first()
    if receipt is not None:
        await move(receipt, ReceiptState.rejected)
        return Decided(number=document, state_text=ReceiptState.rejected.text)
    adjustment = await visible(me, Adjustment).filter(number=document).first()
    if adjustment is not None:
        await move(adjustment, AdjustmentState.rejected)
        return Decided(number=document, state_text=AdjustmentState.rejected.text)
    count = await _waiting_count(me, document)
    await move(count, StocktakeState.counting)
    return Decided(number=document, state_text=StocktakeState.counting.text)


async def _waiting_count(me: Actor, number: str) -> Stocktake:
    found = await visible(me, Stocktake).filter(number=number).first()
    if found is None:
        raise NotFound(kind="stocktake")
    return found


async def _cancel(me: Actor, adjustment: Adjustment) -> None:
    lines = await lines_of_adjustment(adjustment)
    await cancel_adjustment(adjustment, by=me.person_id)
    if adjustment.kind == AdjustmentKind.material.value:
        work_order = await find(me, WorkOrder, number=adjustment.about)
        for line in lines:
            await note_material(work_order.id, line.product_id, line.quantity)  # type: ignore[attr-defined]
