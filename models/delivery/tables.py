"""Rows of notices, attempts, cards, grants and platform templates."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from models.base import Row, time_field, to
from models.states import Labelled


class NoticeState(Labelled):
    """Where a notice stands."""

    queued = "queued", "待发"
    sending = "sending", "发送中"
    accepted = "accepted", "已发送"
    uncertain = "uncertain", "不确定"
    refused = "refused", "未送达"
    expired = "expired", "已过期"
    merged = "merged", "已并入汇总"
    paused = "paused", "已暂停"
    muted = "muted", "对方不收"


class Notice(Row):
    """One message about one event to one person, in the transaction of the change it reports.

    `conversation` is set for what can only go there: the late reply to a line said at one door. `repeats` counts the
    events that this one stands for, `digest` that it is sent together with others, `batch` the call it goes out in;
    `orphaned` counts the attempts of which nothing was begun, because the worker died that had claimed it.
    """

    kind = fields.CharField(max_length=40)
    receiver = to("Person", null=True)
    conversation = to("Conversation", null=True)
    about = fields.CharField(max_length=20, default="")
    facts = fields.JSONField[dict[str, Any]]()
    door = fields.CharField(max_length=12, default="")
    answerable = to("Person", null=True)
    urgent = fields.BooleanField(default=False)
    state = fields.CharField(max_length=12, default=NoticeState.queued.value)
    attempts = fields.IntField(default=0)
    reason = fields.CharField(max_length=200, default="")
    created_at = time_field()
    due_at = time_field()
    expires_at = time_field(null=True)
    settled_at = time_field(null=True)
    worker = fields.CharField(max_length=40, default="")
    repeats = fields.IntField(default=1, db_default=1)
    digest = fields.BooleanField(default=False, db_default=False)
    batch = fields.CharField(max_length=24, default="", db_default="")
    orphaned = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "notice"
        indexes = (
            Index(fields=["state", "due_at"], name="notice_due"),
            Index(fields=["receiver_id", "state"], name="notice_waiting"),
            Index(fields=["receiver_id", "id"], name="notice_receiver"),
            Index(fields=["about", "receiver_id"], name="notice_about"),
        )


class Attempt(Row):
    """One try to hand a notice to a door, committed before the call and completed after it."""

    notice = to("Notice")
    door = fields.CharField(max_length=12)
    way = fields.CharField(max_length=20)
    outcome = fields.CharField(max_length=12, default="sending")
    code = fields.CharField(max_length=20, default="")
    words = fields.CharField(max_length=200, default="")
    started_at = time_field()
    ended_at = time_field(null=True)
    platform_id = fields.CharField(max_length=64, default="", db_default="")
    arrived_at = time_field(null=True)

    class Meta:
        table = "attempt"
        indexes = (Index(fields=["platform_id"], name="attempt_platform"),)


class EarlyReport(Row):
    """What a platform reports of a message before its own answer has reached us: kept until we know the message."""

    platform_id = fields.CharField(max_length=64, unique=True)
    delivered = fields.BooleanField()
    words = fields.CharField(max_length=200)
    reported_at = time_field()

    class Meta:
        table = "early_report"


class Batch(Row):
    """One WeCom call to many, kept word for word: only an identical one is recognised as a repeat (WeCom doc 90236).

    `sent_at` is when it first went out without an answer that we know; NULL while nothing is in doubt.
    """

    token = fields.CharField(max_length=24, unique=True)
    userids = fields.JSONField[list[str]]()
    text = fields.TextField()
    tries = fields.IntField(default=0)
    sent_at = time_field(null=True)

    class Meta:
        table = "notice_batch"


class Preference(Row):
    """How somebody wants one kind of notice, or, with an empty kind, all that are not urgent."""

    person = to("Person")
    kind = fields.CharField(max_length=40, default="")
    muted = fields.BooleanField(default=False)
    digest = fields.BooleanField(default=False)

    class Meta:
        table = "preference"
        unique_together = (("person", "kind"),)


class QuietHours(Row):
    """The hours, in minutes of a Shanghai day, in which only what is urgent reaches somebody."""

    person = to("Person", unique=True)
    from_minute = fields.IntField()
    until_minute = fields.IntField()

    class Meta:
        table = "quiet_hours"


class Card(Row):
    """A template card on somebody's screen; `response_code` changes it once, within 72 hours (WeCom doc 94888)."""

    task_id = fields.CharField(max_length=128, unique=True)
    notice = to("Notice")
    receiver = to("Person")
    about = fields.CharField(max_length=20)
    response_code = fields.CharField(max_length=200, default="")
    code_until = time_field(null=True)

    class Meta:
        table = "card"
        indexes = (Index(fields=["about"], name="card_about"),)


class Grant(Row):
    """How many subscription messages of one template somebody has accepted and not yet received."""

    conversation = to("Conversation")
    template_id = fields.CharField(max_length=64)
    left = fields.IntField(default=0)

    class Meta:
        table = "grant_ledger"
        unique_together = (("conversation", "template_id"),)


class PlatformTemplate(Row):
    """Which platform template carries a kind of notice at a door, and which fact fills which field.

    One that is `subscribed` needs an accept of the receiver for each message; `choices` are the only values of a field.
    """

    kind = fields.CharField(max_length=40)
    door = fields.CharField(max_length=12)
    subscribed = fields.BooleanField(default=False, db_default=False)
    template_id = fields.CharField(max_length=64)
    filled = fields.JSONField[dict[str, str]]()
    choices = fields.JSONField[dict[str, list[str]]](default=dict, db_default={})

    class Meta:
        table = "platform_template"
        unique_together = (("kind", "door", "subscribed"),)


class Alarm(Row):
    """What only a person can mend at a platform: once for each door and code, however often it is met."""

    door = fields.CharField(max_length=12)
    code = fields.BigIntField()
    words = fields.CharField(max_length=300)
    times = fields.IntField(default=1)
    first_at = time_field()
    last_at = time_field()
    told_at = time_field()

    class Meta:
        table = "alarm"
        unique_together = (("door", "code"),)


class Audience(Row):
    """Who is told of a kind of notice: the customer, the salesperson, the approvers, a role."""

    kind = fields.CharField(max_length=40)
    audience = fields.CharField(max_length=20)
    urgent = fields.BooleanField(default=False)
    expires_hours = fields.IntField(default=72)

    class Meta:
        table = "audience"
        unique_together = (("kind", "audience"),)
