"""Rows of conversations, waiting lines, bind codes and tokens."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from models.base import Row, time_field, to
from models.states import Labelled


class Door(Labelled):
    """A way into the house."""

    official = "official", "公众号"
    work = "work", "企业微信"
    miniprogram = "miniprogram", "小程序"
    api = "api", "接口"
    system = "system", "系统"


class Conversation(Row):
    """One WeChat identity at one door: whom it is bound to, the last turns, and what it waits for.

    `turns` holds the latest keys with their replies, so that a push that WeChat repeats gets the same reply again;
    `scene` is what the code held through which they came last. `unionid` is the same for one WeChat user at every door;
    where it is still to be asked for, `ask_union_at` says when.
    """

    door = fields.CharField(max_length=12)
    external_id = fields.CharField(max_length=64)
    person = to("Person", null=True)
    reachable = fields.BooleanField(default=True)
    window_until = time_field(null=True)
    window_left = fields.IntField(default=0)
    turns = fields.JSONField[list[list[str]]](default=list)
    state = fields.JSONField[dict[str, Any]](default=dict)
    greeted_on = fields.DateField(null=True)
    scene = fields.CharField(max_length=64, default="", db_default="")
    unionid = fields.CharField(max_length=64, default="", db_default="")
    ask_union_at = time_field(null=True)
    wrong_codes = fields.IntField(default=0)
    wrong_code_at = time_field(null=True)

    class Meta:
        table = "conversation"
        unique_together = (("door", "external_id"), ("person", "door"))
        indexes = (
            Index(fields=["unionid"], name="conversation_union"),
            Index(fields=["ask_union_at"], name="conversation_ask_union"),
        )


class Inbox(Row):
    """A line whose reply will come later; one guarded update on `state` decides who carries the reply.

    `tries` counts how often a worker has run it after the one that took it died.
    """

    key = fields.CharField(max_length=160, unique=True)
    door = fields.CharField(max_length=12)
    external_id = fields.CharField(max_length=64)
    turn = fields.JSONField[dict[str, Any]]()
    state = fields.CharField(max_length=12, default="waiting")
    tries = fields.IntField(default=0, db_default=0)
    created_at = time_field()

    class Meta:
        table = "inbox"
        indexes = (Index(fields=["state", "created_at"], name="inbox_waiting"),)


class BindCode(Row):
    """A one-time code that staff create so that a WeChat identity becomes a known person; only its hash is kept."""

    digest = fields.CharField(max_length=64, unique=True)
    person = to("Person")
    created_by = to("Person", null=True)
    expires_at = time_field()
    used_at = time_field(null=True)

    class Meta:
        table = "bind_code"


class ApiToken(Row):
    """A bearer token of ours, hashed; `conversation` is set for those given to a mini-program identity."""

    digest = fields.CharField(max_length=64, unique=True)
    person = to("Person", null=True)
    conversation = to("Conversation", null=True)
    expires_at = time_field()

    class Meta:
        table = "api_token"


class AttachmentState(Labelled):
    """Where a file that somebody sent stands."""

    waiting = "waiting", "待下载"
    stored = "stored", "已保存"
    refused = "refused", "没能保存"


class Attachment(Row):
    """A file that somebody sent, and what it is about; its bytes lie in FILES_DIR under their digest."""

    number = fields.CharField(max_length=20, unique=True)
    kind = fields.CharField(max_length=12)
    name = fields.CharField(max_length=120, default="")
    content_type = fields.CharField(max_length=60, default="")
    size = fields.IntField(default=0)
    sha256 = fields.CharField(max_length=64, default="")
    owner = to("Person")
    about = fields.CharField(max_length=40, default="")
    door = fields.CharField(max_length=12)
    media_id = fields.CharField(max_length=200)
    state = fields.CharField(max_length=12, default=AttachmentState.waiting.value)
    reason = fields.CharField(max_length=200, default="")
    tries = fields.IntField(default=0)
    created_at = time_field()
    due_at = time_field()

    class Meta:
        table = "attachment"
        indexes = (
            Index(fields=["state", "due_at"], name="attachment_due"),
            Index(fields=["about"], name="attachment_about"),
        )


class QrCodeState(Labelled):
    """Where a code that somebody asked for stands."""

    waiting = "waiting", "正在生成"
    made = "made", "已生成"
    refused = "refused", "没能生成"


class QrCode(Row):
    """A code of the Official Account that carries a scene; whoever asked for it gets the address of its picture."""

    kind = fields.CharField(max_length=12)
    scene = fields.CharField(max_length=64)
    title = fields.CharField(max_length=80)
    asked_by = to("Person")
    state = fields.CharField(max_length=12, default=QrCodeState.waiting.value)
    picture = fields.CharField(max_length=300, default="")
    reason = fields.CharField(max_length=200, default="")
    tries = fields.IntField(default=0)
    created_at = time_field()
    due_at = time_field()
    expires_at = time_field()

    class Meta:
        table = "qr_code"
        indexes = (
            Index(fields=["state", "due_at"], name="qr_code_due"),
            Index(fields=["scene"], name="qr_code_scene"),
        )


class WorkParty(Row):
    """Which of our departments follows a department of WeCom's address book."""

    party_id = fields.IntField(unique=True)
    department = to("Department")

    class Meta:
        table = "work_party"


class WorkMember(Row):
    """A userid of WeCom's address book: when it was last heard of there, and when it left."""

    userid = fields.CharField(max_length=64, unique=True)
    seen_at = time_field()
    left_at = time_field(null=True)

    class Meta:
        table = "work_member"


class BookReading(Row):
    """When the address book of a door is to be read whole; one worker does it, who holds it `leased_until` then."""

    door = fields.CharField(max_length=12, unique=True)
    due_at = time_field()
    leased_until = time_field()
    read_at = time_field(null=True)

    class Meta:
        table = "book_reading"


class ExternalContact(Row):
    """A customer's contact in WeCom, and the employee they added; `state` names the code they came through.

    Who they are is asked of WeCom at `look_up_at`, until it is known.
    """

    external_id = fields.CharField(max_length=64)
    employee = to("Person")
    person = to("Person", null=True)
    state = fields.CharField(max_length=64, default="")
    added_at = time_field()
    ended_at = time_field(null=True)
    name = fields.CharField(max_length=80, default="", db_default="")
    tries = fields.IntField(default=0, db_default=0)
    look_up_at = time_field(null=True)

    class Meta:
        table = "external_contact"
        unique_together = (("external_id", "employee"),)
        indexes = (Index(fields=["look_up_at"], name="external_contact_look_up"),)


class WelcomeState(Labelled):
    """Where the one greeting stands that a new contact may get."""

    waiting = "waiting", "待发"
    sent = "sent", "已发送"
    refused = "refused", "没能发出"


class Welcome(Row):
    """The greeting of a contact who has just added an employee: `code` sends it once, within 20 s (WeCom doc 92137)."""

    contact = to("ExternalContact")
    code = fields.CharField(max_length=200, unique=True)
    state = fields.CharField(max_length=12, default=WelcomeState.waiting.value)
    reason = fields.CharField(max_length=200, default="")
    created_at = time_field()
    due_at = time_field()
    expires_at = time_field()

    class Meta:
        table = "welcome"
        indexes = (Index(fields=["state", "due_at"], name="welcome_due"),)
