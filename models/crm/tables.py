"""Rows of customer relations."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, time_field, to
from models.states import Labelled


class LeadState(Labelled):
    """Where a lead stands."""

    new = "new", "新线索"
    contacted = "contacted", "跟进中"
    qualified = "qualified", "已确认"
    converted = "converted", "已转化"
    disqualified = "disqualified", "无效"
    pooled = "pooled", "公海"


class Lead(Row):
    """Unverified interest; one per phone and one per company while open."""

    number = fields.CharField(max_length=20, unique=True)
    company = fields.CharField(max_length=80)
    company_key = fields.CharField(max_length=80)
    contact = fields.CharField(max_length=40, default="")
    phone = fields.CharField(max_length=20, default="")
    note = fields.CharField(max_length=200, default="")
    source = fields.CharField(max_length=40, default="")
    owner = to("Person")
    state = fields.CharField(max_length=20, default=LeadState.new.value)
    created_at = time_field()

    class Meta:
        table = "lead"
        indexes = (Index(fields=["owner_id", "state"], name="lead_owner_state"),)


class Visit(Row):
    """Somebody was at a customer's, or at a lead's, and what came of it; `next_on` is when they go again."""

    number = fields.CharField(max_length=20, unique=True)
    customer = to("Customer", null=True)
    lead = to("Lead", null=True)
    person = to("Person")
    note = fields.CharField(max_length=200, default="")
    visited_at = time_field()
    next_on = fields.DateField(null=True)

    class Meta:
        table = "visit"
        indexes = (Index(fields=["customer_id", "visited_at"], name="visit_customer_at"),)
        constraints = (CheckConstraint(check="(customer_id IS NULL) <> (lead_id IS NULL)", name="visit_of_one"),)
