"""Rows of approvals, and who may decide what."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from models.base import Row, money_field, time_field, to
from models.states import Labelled


class ApprovalState(Labelled):
    """Where an approval stands."""

    pending = "pending", "审批中"
    approved = "approved", "已通过"
    rejected = "rejected", "已拒绝"
    withdrawn = "withdrawn", "已撤回"
    expired = "expired", "已超时"
    voided = "voided", "已作废"


class TaskState(Labelled):
    """Where one approver's part stands."""

    pending = "pending", "待审批"
    approved = "approved", "已同意"
    rejected = "rejected", "已拒绝"
    skipped = "skipped", "已跳过"


class Approval(Row):
    """Consent asked for one document, with its facts frozen; the number is the version.

    `on_approve` and `on_reject` are Calls about the document, run in the deciding transaction. `valid_until` is how long
    a consent holds that is given for a time.
    """

    number = fields.CharField(max_length=20, unique=True)
    kind = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=20)
    amount = money_field(null=True)
    facts = fields.JSONField[dict[str, Any]]()
    on_approve = fields.JSONField[dict[str, Any]]()
    on_reject = fields.JSONField[dict[str, Any]]()
    applicant = to("Person")
    state = fields.CharField(max_length=12, default=ApprovalState.pending.value)
    decided_by = to("Person", null=True)
    acting_for = to("Person", null=True)
    decided_at = time_field(null=True)
    reason = fields.CharField(max_length=200, default="")
    valid_until = time_field(null=True)
    created_at = time_field()

    class Meta:
        table = "approval"
        indexes = (Index(fields=["subject", "state"], name="approval_subject"),)


class ApprovalTask(Row):
    """One person's part in an approval; any one of them decides."""

    approval = to("Approval")
    approver = to("Person")
    state = fields.CharField(max_length=12, default=TaskState.pending.value)

    class Meta:
        table = "approval_task"
        unique_together = (("approval", "approver"),)
        indexes = (Index(fields=["approver_id", "state"], name="approval_task_approver"),)


class ApprovalRule(Row):
    """Who decides on a kind of request above an amount; `post` is general_manager, superior or head:<department>."""

    kind = fields.CharField(max_length=40)
    above = money_field(default=0)
    post = fields.CharField(max_length=60)

    class Meta:
        table = "approval_rule"
        unique_together = (("kind", "above", "post"),)


class Delegation(Row):
    """Somebody decides in another's stead for a time."""

    principal = to("Person")
    deputy = to("Person")
    starts_at = time_field()
    ends_at = time_field()

    class Meta:
        table = "delegation"
