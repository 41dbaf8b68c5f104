"""Asking for consent and giving it: the first decision stands."""

from decimal import Decimal
from typing import Any

from tortoise.expressions import Q

from models.approvals.tables import Approval, ApprovalRule, ApprovalState, ApprovalTask, Delegation, TaskState
from models.clock import days, now
from models.errors import Refused, WrongState
from models.party.tables import Department, Person
from models.system.deadlines import drop_deadlines, set_deadline
from models.system.numbers import next_number

REMIND_AFTER = days(1)

VALID_FOR = {"credit.release": days(7)}
"""How long a consent holds that is not for good."""


class NobodyDecides(Refused):
    """No rule names anybody who could decide this."""

    code = "nobody_decides"


async def ask(
    kind: str,
    *,
    subject: str,
    amount: Decimal,
    facts: dict[str, Any],
    on_approve: dict[str, Any],
    on_reject: dict[str, Any],
    applicant_id: int,
) -> tuple[Approval, list[int]]:
    """Opens an approval for a document that already waits; says who may decide. Raises NobodyDecides."""
    approvers = await _approvers(kind, amount, applicant_id)
    approval = await Approval.create(
        number=await next_number("AP"),
        kind=kind,
        subject=subject,
        amount=amount,
        facts=facts,
        on_approve=on_approve,
        on_reject=on_reject,
        applicant_id=applicant_id,
        created_at=now(),
    )
    for approver in approvers:
        await ApprovalTask.create(approval=approval, approver_id=approver)
    await set_deadline(
        approval.number, {"name": "approval.remind", "inputs": {"approval": approval.number}}, now() + REMIND_AFTER
    )
    return approval, approvers


async def needs_consent(kind: str, amount: Decimal) -> bool:
    """Whether somebody has to decide on a request of this kind and amount, as the company's rules say."""
    return await ApprovalRule.filter(kind=kind, above__lt=amount).exists()


async def decide(approval: Approval, to: ApprovalState, *, by: int, reason: str) -> None:
    """Records the first decision. Raises WrongState, with who was faster, for every later one."""
    principal = await acting_for(approval, by)
    moment = now()
    holds = VALID_FOR.get(approval.kind) if to is ApprovalState.approved else None
    first = await Approval.filter(id=approval.id, state=ApprovalState.pending.value).update(
        state=to.value, decided_by_id=by, acting_for_id=principal, decided_at=moment, reason=reason,
        valid_until=moment + holds if holds else None,
    )  # fmt: skip
    await approval.refresh_from_db()
    if not first:
        decider = await Person.get_or_none(id=approval.decided_by_id)  # type: ignore[attr-defined]
        raise WrongState(
            kind="approval",
            number=approval.number,
            state=approval.state,
            state_text={state.value: state.text for state in ApprovalState}[approval.state],
            decided_by=decider.called if decider else "",
        )
    await ApprovalTask.filter(approval_id=approval.id).update(state=TaskState.skipped.value)
    mine = TaskState.approved if to is ApprovalState.approved else TaskState.rejected
    await ApprovalTask.filter(approval_id=approval.id, approver_id=principal or by).update(state=mine.value)
    await drop_deadlines(approval.number)


async def add_reason(approval: Approval, *, by: int, reason: str) -> None:
    """Why something was rejected, said afterwards by whoever rejected it; the last word counts. Raises WrongState."""
    mine = Approval.filter(id=approval.id, state=ApprovalState.rejected.value, decided_by_id=by)
    if not await mine.update(reason=reason):
        raise WrongState(kind="approval", number=approval.number, state="not_yours", state_text="不是您驳回的")
    await approval.refresh_from_db()


async def consent_to(subject: str) -> Approval | None:
    """The latest consent that was given for a document."""
    return await Approval.filter(subject=subject, state=ApprovalState.approved.value).order_by("-id").first()


async def void(subject: str) -> None:
    """Takes back what waits for a document that has changed or gone."""
    for approval in await Approval.filter(subject=subject, state=ApprovalState.pending.value):
        await Approval.filter(id=approval.id, state=ApprovalState.pending.value).update(
            state=ApprovalState.voided.value, decided_at=now()
        )
        await drop_deadlines(approval.number)


async def acting_for(approval: Approval, person_id: int) -> int | None:
    """In whose stead somebody decides: None when the task is their own."""
    tasks = await ApprovalTask.filter(approval_id=approval.id)
    approvers = [task.approver_id for task in tasks]  # type: ignore[attr-defined]
    if person_id in approvers:
        return None
    moment = now()
    standing = Delegation.filter(deputy_id=person_id, principal_id__in=approvers)
    found = await standing.filter(Q(starts_at__lte=moment) & Q(ends_at__gte=moment)).first()
    if found is None:
        raise WrongState(kind="approval", number=approval.number, state="not_yours", state_text="不由您审批")
    return found.principal_id  # type: ignore[attr-defined,no-any-return]


async def _approvers(kind: str, amount: Decimal, applicant_id: int) -> list[int]:
    """The people of the highest band whose threshold is passed; nobody decides on their own request."""
    rules = await ApprovalRule.filter(kind=kind, above__lte=amount).order_by("-above")
    posts = [rule.post for rule in rules if rule.above == rules[0].above]
    people = [await holder(post, applicant_id) for post in posts]
    found = list(dict.fromkeys(person for person in people if person and person != applicant_id))
    if not found:
        top = await holder("general_manager", applicant_id)
        found = [top] if top and top != applicant_id else []
    if not found:
        raise NobodyDecides(kind=kind)
    return found


async def holder(post: str, applicant_id: int) -> int | None:
    """Who holds a post: general_manager, superior (of the applicant), or head:<department>."""
    if post == "superior":
        applicant = await Person.get(id=applicant_id)
        return applicant.superior_id  # type: ignore[attr-defined,no-any-return]
    which = {"parent_id__isnull": True} if post == "general_manager" else {"name": post.removeprefix("head:")}
    department = await Department.filter(**which).first()
    return department.head_id if department else None  # type: ignore[attr-defined]
