"""Rows of colleagues at work."""

from tortoise import fields
from tortoise.indexes import Index

from models.base import Row, time_field, to


class Checkin(Row):
    """Somebody was at a place at a moment, as their phone's map called it; never changed."""

    person = to("Person")
    place = fields.CharField(max_length=120)
    at = time_field()

    class Meta:
        table = "checkin"
        indexes = (Index(fields=["person_id", "at"], name="checkin_person_at"),)
