"""Writing adjustments from what people say: never without a reason; small ones at once, big ones when finance has consented."""

from decimal import Decimal
from typing import Any

from handlers.actor import Actor
from handlers.areas.stock.facts import (
    FOUND,
    LOST,
    USUAL,
    MovedLine,
    Yielded,
    lacking,
    ref,
    said,
    source_of,
    tell_dropped,
)
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.items import Item
from handlers.places import LotNo
from handlers.result import Money, Numbered, Ref, Result
from handlers.rights import RIGHTS
from models.approvals.deciding import ask, needs_consent
from models.delivery.telling import tell
from models.errors import NotEnoughStock
from models.stock.adjusting import Change, apply_adjustment, lines_of_adjustment, worth_of, write_adjustment
from models.stock.figures import stock_figures
from models.stock.tables import Adjustment, AdjustmentKind, AdjustmentState
from models.stock.transferring import Place
from models.stock.unasked import changed_unasked

CONSENT = "stock.adjustment"

ASKED_BY = {
    AdjustmentKind.adjust: "stock.adjust",
    AdjustmentKind.scrap: "stock.scrap",
    AdjustmentKind.issue: "stock.out",
}
"""The command by which people ask for each kind that needs a reason."""


class Adjusted(Result):
    """Goods that were used, lost or found, and what for; `approval` while somebody has to consent first."""

    number: str
    kind: AdjustmentKind
    state: AdjustmentState
    reason: str
    work_order: Numbered | None = None
    lines: list[MovedLine]
    dropped: list[Yielded] = []
    approval: Numbered | None = None


class Consent(Result):
    """What somebody is asked to consent to: goods written off or found; `before` is what else of the day nobody consented to."""

    subject: Numbered
    what: str
    amount: Money
    before: Money
    why: str
    applicant: Ref


async def going_out(item: Item, place: Place | None, lot: LotNo | None, *, physically: bool = False) -> Change:
    """A line of goods that leave: from the place named, else from the first warehouse that has so much."""
    warehouse = await source_of(item.product, item.base_quantity, place, physically=physically)
    location = (place.location if place else "") or ""
    return Change(item.product, warehouse, -item.base_quantity, location, lot or "")


async def do_now(
    me: Actor, kind: AdjustmentKind, changes: list[Change], items: list[Item], *, reason: str, about: str = ""
) -> Done[Adjusted]:
    adjustment = await write_adjustment(kind, changes, reason=reason, by=me.person_id, about=about)
    dropped = await apply_and_tell(adjustment, by=me.person_id)
    result = await _adjusted(adjustment, items, dropped=dropped)
    return Done(result, undo=Call("stock.revert", {"document": adjustment.number}))


async def do_with_consent(
    me: Actor, kind: AdjustmentKind, changes: list[Change], items: list[Item], *, reason: str
) -> Done[Adjusted]:
    """Small ones at once; above the company's threshold finance decides, and nothing moves before. Raises MissingInput."""
    if not reason:
        raise MissingInput(input="reason", handler=ASKED_BY[kind], choices=_usual(kind, changes[0]))
    before = await unasked_before(me, worth_of(changes))
    if before is None:
        return await do_now(me, kind, changes, items, reason=reason)
    adjustment = await write_adjustment(kind, changes, reason=reason, by=me.person_id)
    what = "，".join(f"{each.product.name} {each.quantity.normalize():+,f} {each.product.unit}" for each in changes)[
        :120
    ]
    number = await ask_consent(me, adjustment.number, f"{kind.text} {what}", adjustment.amount, before, reason)
    return Done(await _adjusted(adjustment, items, approval=number), approval=number)


def _usual(kind: AdjustmentKind, change: Change) -> list[str]:
    if kind is AdjustmentKind.adjust:
        return FOUND if change.quantity > 0 else LOST
    return USUAL[ASKED_BY[kind]]


async def unasked_before(me: Actor, worth: Decimal) -> Decimal | None:
    """What somebody has changed today without consent, if with this they need it; None if they do not."""
    before = await changed_unasked(me.person_id)
    return before if await needs_consent(CONSENT, before + worth) else None


async def ask_consent(me: Actor, subject: str, what: str, amount: Decimal, before: Decimal, reason: str) -> str:
    """Asks finance to consent to a change of stock; the number of the approval."""
    facts: dict[str, Any] = Consent(
        subject=subject, what=what, amount=amount, before=before, why=reason, applicant=Ref.of(me)
    ).facts(RIGHTS.all_fields)
    approval, approvers = await ask(
        CONSENT, subject=subject, amount=amount + before, facts=facts, applicant_id=me.person_id,
        on_approve=Call("stock.approved", {"document": subject}).to_json(),
        on_reject=Call("stock.refused", {"document": subject}).to_json(),
    )  # fmt: skip
    told = {**facts, "number": approval.number, "kind": approval.kind}
    await tell("approval.asked", about=approval.number, facts=told, approvers=approvers)
    return approval.number


async def apply_and_tell(adjustment: Adjustment, *, by: int | None) -> list[Yielded]:
    lines = await lines_of_adjustment(adjustment)
    first = lines[0].product
    try:
        dropped = await apply_adjustment(adjustment, by=by)
    except NotEnoughStock as error:
        raise await lacking(error, first, Place(lines[0].warehouse)) from None
    return await tell_dropped(dropped, first.name, first.unit, AdjustmentKind.of(adjustment.kind).text)


async def _adjusted(
    adjustment: Adjustment, items: list[Item], *, dropped: list[Yielded] | None = None, approval: str | None = None
) -> Adjusted:
    words = {item.product.id: said(item) for item in items}
    lines = []
    for line in await lines_of_adjustment(adjustment):
        figures = await stock_figures(line.product_id)  # type: ignore[attr-defined]
        lines.append(
            MovedLine(
                product=ref(line.product),
                said=words.get(line.product.id, ""),
                quantity=line.quantity,
                unit=line.product.unit,
                warehouse=line.warehouse.name,
                location=line.location or None,
                lot=line.lot or None,
                on_hand=figures.on_hand,
                amount=None,
            )
        )
    return Adjusted(
        number=adjustment.number,
        kind=AdjustmentKind.of(adjustment.kind),
        state=AdjustmentState.of(adjustment.state),
        reason=adjustment.reason,
        work_order=adjustment.about or None,
        lines=lines,
        dropped=dropped or [],
        approval=approval,
    )
