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

    `turns` holds the latest keys with their replies, so that a push that WeChat repeats gets the same reply again.
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
    wrong_codes = fields.IntField(default=0)
    wrong_code_at = time_field(null=True)

    class Meta:
        table = "conversation"
        unique_together = (("door", "external_id"), ("person", "door"))


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
