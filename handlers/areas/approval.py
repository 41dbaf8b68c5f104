"""Approvals: what waits for whom, and the decision, by card or by line."""

from datetime import datetime
from typing import Annotated, Any

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done, MissingInput, run
from handlers.inputs import Cursor, Flag, Text, cursor_after
from handlers.registry import command, query
from handlers.result import Listing, Numbered, Places, Ref, Result, plain_facts
from handlers.rights import RIGHTS
from handlers.visible import visible
from models.approvals.deciding import acting_for, add_reason, decide
from models.approvals.tables import Approval, ApprovalState, ApprovalTask
from models.clock import days, now
from models.delivery.telling import tell
from models.errors import NotFound, Refused, WrongState
from models.party.finding import anybody, someone
from models.states import Labelled
from models.system.deadlines import set_deadline


class Kind(Labelled):
    """What is asked for."""

    credit_release = "credit.release", "超额度放行"
    stock_adjustment = "stock.adjustment", "库存调整"
    discount = "discount", "折扣审批"
    payable_request = "payable.request", "付款申请"
    payable_budget = "payable.budget", "超预算付款"
    bad_debt = "receivable.bad_debt", "坏账核销"


class ConsentRefused(Refused):
    """What was to be agreed to cannot be carried out now: nothing was decided, and the approval still waits."""

    code, status = "consent_refused", 409


class ApprovalAnswer(Result):
    """An approval with the facts it was asked with."""

    number: str
    kind: Kind
    subject: Numbered
    state: ApprovalState
    amount: Annotated[Any, Places(2)]
    applicant: Ref
    decided_by: Ref | None
    acting_for: Ref | None
    decided_at: datetime | None
    reason: str
    valid_until: datetime | None
    created_at: datetime
    can_decide: bool
    details: dict[str, Any]


class ApprovalList(Listing):
    """Approvals that wait for the asker."""

    items: list[ApprovalAnswer]


@query("approval.list", says=["待审批", "待办", "有啥要我批的", "有什么要批的", "我的审批", "待我审批", "要我批的"])
async def list_approvals(me: Actor, *, cursor: Cursor | None = None) -> ApprovalList:
    """等我审批的单子"""
    waiting = await _waiting_for(me)
    rows = visible(me, Approval).filter(id__in=waiting, state=ApprovalState.pending.value)
    total = await rows.count()
    if cursor is not None:
        rows = rows.filter(id__gt=int(cursor))
    page = await rows.order_by("id").limit(Listing.PAGE + 1)
    more = cursor_after(page[Listing.PAGE - 1].id) if len(page) > Listing.PAGE else None
    return ApprovalList(total=total, next=more, items=[await _answer(me, each) for each in page[: Listing.PAGE]])


@query(
    "approval.detail",
    says=[
        "查看{approval}",
        "{approval}明细",
        "{approval}详情",
        "看下{approval}",
        "{approval}",
        "第{index}个看下明细",
        "看下第{index}个",
        "看第{index}个",
        "…这单毛利多少",
        "…毛利多少",
    ],
)
async def show_approval(me: Actor, *, approval: Approval | None = None, index: Flag | None = None) -> ApprovalAnswer:
    """看审批明细：按单号，或待审批里的第几个"""
    found = approval or (await _nth_waiting(me, int(index)) if index is not None else None)
    if found is None:
        raise MissingInput(input="approval", handler="approval.detail")
    return await _answer(me, found)


async def _nth_waiting(me: Actor, index: int) -> Approval:
    """The approval at a place of the list of those that wait. Raises NotFound."""
    rows = visible(me, Approval).filter(id__in=await _waiting_for(me), state=ApprovalState.pending.value)
    found = await rows.order_by("id").offset(max(0, index - 1)).first()
    if found is None or index < 1:
        raise NotFound(kind="approval")
    return found


@command(
    "approval.approve",
    says=[
        "同意",
        "批准",
        "同意{approval}{reason}",
        "同意{approval}",
        "{approval}同意{reason}",
        "{approval}同意",
        "批准{approval}",
    ],
)
async def approve(me: Actor, *, approval: Approval, reason: Text | None = None) -> ApprovalAnswer:
    """同意审批"""
    return await _decide(me, approval, ApprovalState.approved, reason or "")


@command(
    "approval.reject",
    says=[
        "驳回",
        "拒绝",
        "驳回{approval}{reason}",
        "驳回{approval}",
        "拒绝{approval}",
        "{approval}驳回{reason}",
        "{approval}驳回",
        "不同意{approval}",
    ],
)
async def reject(me: Actor, *, approval: Approval, reason: Text | None = None) -> Done[ApprovalAnswer]:
    """驳回审批：马上生效，原因随后再问"""
    answer = await _decide(me, approval, ApprovalState.rejected, reason or "")
    asks = None if reason else Call("approval.explain", {"approval": approval.number})
    return Done(answer, asks=asks)


@command("approval.explain", says=["{approval}驳回原因{reason}", "{approval}原因{reason}"])
async def explain(me: Actor, *, approval: Approval, reason: Text) -> ApprovalAnswer:
    """补充驳回的原因，告诉申请人"""
    await add_reason(approval, by=me.person_id, reason=reason)
    answer = await _answer(me, approval)
    await tell(
        "approval.explained",
        about=approval.number,
        facts={"number": approval.number, "kind": approval.kind, "decided_by": me.called, "reason": reason},
        not_to=me.id,
        applicant=[approval.applicant_id],  # type: ignore[attr-defined]
    )
    return answer


class Reminded(Result):
    """Whoever has not decided was told again."""

    number: str
    told: int


@command("approval.remind")
async def remind(me: Actor, *, approval: Text) -> Reminded:
    """提醒还没处理的审批人（到期时执行）"""
    waiting = await visible_to_system(approval)
    if waiting.state != ApprovalState.pending.value:
        return Reminded(number=approval, told=0)
    tasks = await ApprovalTask.filter(approval_id=waiting.id)
    facts = {**waiting.facts, "number": waiting.number, "kind": waiting.kind}
    told = await tell(
        "approval.reminder",
        about=waiting.number,
        facts=facts,
        approvers=[task.approver_id for task in tasks],  # type: ignore[attr-defined]
    )
    await set_deadline(waiting.number, Call("approval.remind", {"approval": approval}).to_json(), now() + days(1))
    return Reminded(number=approval, told=told)


async def visible_to_system(number: str) -> Approval:
    """An approval by number, for the deadline that reminds of it."""
    found = await Approval.filter(number=number).first()
    if found is None:
        raise NotFound(kind="approval")
    return found


async def _decide(me: Actor, approval: Approval, to: ApprovalState, reason: str) -> ApprovalAnswer:
    """The decision and what it sets in motion are one: if the document refuses, nothing was decided."""
    await acting_for(approval, me.person_id)
    await decide(approval, to, by=me.person_id, reason=reason)
    stored = approval.on_approve if to is ApprovalState.approved else approval.on_reject
    try:
        await run(me.trusted(), Call.from_json(stored))
    except Refused as refused:
        because = {**plain_facts(refused.facts), "code": refused.code}
        raise ConsentRefused(number=approval.number, because=because) from None
    answer = await _answer(me, approval)
    # The frozen facts have the last word: `amount` there is the document's.
    facts = {**answer.facts(RIGHTS.all_fields), **approval.facts, "details": {}}
    tasks = await ApprovalTask.filter(approval_id=approval.id)
    await tell(
        "approval.decided",
        about=approval.number,
        facts=facts,
        not_to=me.id,
        applicant=[approval.applicant_id],  # type: ignore[attr-defined]
    )
    await tell(
        "approval.card",
        about=approval.number,
        facts=facts,
        approvers=[task.approver_id for task in tasks],  # type: ignore[attr-defined]
    )
    return answer


async def _may_decide(me: Actor, approval: Approval) -> bool:
    try:
        await acting_for(approval, me.person_id)
    except WrongState:
        return False
    return True


async def _waiting_for(me: Actor) -> list[int]:
    tasks = await ApprovalTask.filter(approver_id=me.id, state="pending")
    return [task.approval_id for task in tasks]  # type: ignore[attr-defined]


async def _answer(me: Actor, approval: Approval) -> ApprovalAnswer:
    applicant = await someone(approval.applicant_id)  # type: ignore[attr-defined]
    decider = await anybody(approval.decided_by_id)  # type: ignore[attr-defined]
    principal = await anybody(approval.acting_for_id)  # type: ignore[attr-defined]
    return ApprovalAnswer(
        number=approval.number,
        kind=next(kind for kind in Kind if kind.value == approval.kind),
        subject=approval.subject,
        state=next(state for state in ApprovalState if state.value == approval.state),
        amount=approval.amount,
        applicant=Ref.of(applicant),
        decided_by=Ref.of(decider) if decider else None,
        acting_for=Ref.of(principal) if principal else None,
        decided_at=approval.decided_at,
        reason=approval.reason,
        valid_until=approval.valid_until,
        created_at=approval.created_at,
        can_decide=approval.state == ApprovalState.pending.value and await _may_decide(me, approval),
        details=approval.facts,
    )
