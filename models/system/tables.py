"""Rows of the machinery."""

from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index

from models.base import Row, money_field, time_field, to


class Sequence(Row):
    """The next number of one kind of document; never reset."""

    prefix = fields.CharField(max_length=4, unique=True)
    following = fields.BigIntField(default=1)

    class Meta:
        table = "sequence"


class AuditEntry(Row):
    """A command that ran: who, whose, what with which inputs, what came out, and how to undo it."""

    key = fields.CharField(max_length=200, unique=True)
    person = to("Person", null=True)
    acting_for = to("Person", null=True)
    door = fields.CharField(max_length=12)
    handler = fields.CharField(max_length=60)
    inputs = fields.JSONField[dict[str, Any]]()
    result = fields.JSONField[dict[str, Any] | None](null=True)
    undo = fields.JSONField[dict[str, Any] | None](null=True)
    undone_by = fields.BigIntField(null=True)
    ran_at = time_field()

    class Meta:
        table = "audit_entry"
        indexes = (Index(fields=["person_id", "ran_at"], name="audit_person"),)


class Job(Row):
    """A long command: its inputs, how far it is, and where to go on; `tries` counts those of the chunk that is next."""

    number = fields.CharField(max_length=20, unique=True)
    handler = fields.CharField(max_length=60)
    inputs = fields.JSONField[dict[str, Any]]()
    person = to("Person")
    door = fields.CharField(max_length=12)
    state = fields.CharField(max_length=12, default="waiting")
    cursor = fields.JSONField[Any](null=True)
    done = fields.IntField(default=0)
    total = fields.IntField(default=0)
    tries = fields.IntField(default=0, db_default=0)
    created_at = time_field()
    leased_until = time_field(null=True)

    class Meta:
        table = "job"
        indexes = (Index(fields=["state"], name="job_state"),)


class Slot(Row):
    """One run of a recurring job; that the row can be inserted only once is what makes it run once."""

    job = fields.CharField(max_length=40)
    slot = fields.CharField(max_length=40)
    ran_at = time_field()

    class Meta:
        table = "slot"
        unique_together = (("job", "slot"),)


class Deadline(Row):
    """A Call that falls due: a reminder, an expiry, an escalation; `due_at` moves on with each of its `tries`."""

    about = fields.CharField(max_length=20)
    call = fields.JSONField[dict[str, Any]]()
    due_at = time_field()
    state = fields.CharField(max_length=12, default="waiting")
    tries = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "deadline"
        indexes = (
            Index(fields=["state", "due_at"], name="deadline_due"),
            Index(fields=["about"], name="deadline_about"),
        )


class AccessToken(Row):
    """A platform's token, shared by all workers; one of them refreshes it while it holds the lease."""

    app = fields.CharField(max_length=120, unique=True)
    token = fields.TextField(default="")
    expires_at = time_field(null=True)
    leased_until = time_field(null=True)

    class Meta:
        table = "access_token"


class SendQuota(Row):
    """How often something was done lately: `counts` holds the newest slices of time first, `slot` numbers that one."""

    key = fields.CharField(max_length=200, unique=True)
    slot = fields.BigIntField()
    counts = ArrayField(element_type="int")

    class Meta:
        table = "send_quota"


class QuotaStop(Row):
    """A quota of a platform that is used up by its own account: nobody sends what it counts before `until`."""

    key = fields.CharField(max_length=200, unique=True)
    until = time_field()

    class Meta:
        table = "quota_stop"


class Company(Row):
    """The one company whose books these are.

    `credit_limit` is that of customers without one of their own or of a group: NULL is no limit. Who is overdue by more
    than `overdue_block_days` gets no new order without consent; NULL never stops anybody. With `auto_dunning` reminders that are due go out each
    morning without anybody's doing.
    """

    name = fields.CharField(max_length=80)
    tax_rate = fields.DecimalField(max_digits=9, decimal_places=6, default="0.13")
    bank = fields.CharField(max_length=80, default="", db_default="")
    bank_account = fields.CharField(max_length=40, default="", db_default="")
    credit_limit = money_field(null=True)
    overdue_block_days = fields.IntField(null=True, default=60, db_default=60)
    auto_dunning = fields.BooleanField(default=False, db_default=False)
    created_at = time_field()

    class Meta:
        table = "company"
