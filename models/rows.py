"""Looking rows up by what somebody typed, however long that is."""

from typing import TypeVar

from tortoise.exceptions import ValidationError
from tortoise.models import Model
from tortoise.queryset import QuerySet

M = TypeVar("M", bound=Model)


async def matching(rows: "QuerySet[M]") -> list[M]:
    """The rows of a query; none where what is asked for is longer than its column, for no row can be called so."""
    try:
        return list(await rows)
    except ValidationError:
        return []


async def first(rows: "QuerySet[M]") -> M | None:
    """The first of them, or None."""
    return next(iter(await matching(rows.limit(1))), None)
