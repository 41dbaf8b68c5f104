"""Rows of links."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from models.base import Row, time_field, to


class PageLink(Row):
    """A secret address of one page or file: what it shows, for whom, made by whom, and until when.

    Only the digest of the token is kept. A page for a `customer` shows what that customer may see; another one shows
    what its maker may see. A file names its bytes by `sha256`; a page has none and is drawn anew at each opening.
    """

    number = fields.CharField(max_length=20, unique=True)
    digest = fields.CharField(max_length=64, unique=True)
    kind = fields.CharField(max_length=40)
    inputs = fields.JSONField[dict[str, Any]]()
    heading = fields.CharField(max_length=120)
    customer = to("Customer", null=True)
    made_by = to("Person")
    file_name = fields.CharField(max_length=120, default="")
    content_type = fields.CharField(max_length=80, default="")
    sha256 = fields.CharField(max_length=64, default="")
    created_at = time_field()
    expires_at = time_field()
    revoked_at = time_field(null=True)

    class Meta:
        table = "page_link"


class PageOpening(Row):
    """One opening of a link, or of one photo on its page, the `part`: when, from which address, with which program."""

    link = to("PageLink")
    opened_at = time_field()
    address = fields.CharField(max_length=64)
    agent = fields.CharField(max_length=200)
    part = fields.CharField(max_length=20, default="", db_default="")

    class Meta:
        table = "page_opening"
        indexes = (Index(fields=["link_id", "opened_at"], name="page_opening_link"),)
