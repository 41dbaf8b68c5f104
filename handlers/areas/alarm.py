"""Alarms: what the platforms refuse until a setting is mended."""

from datetime import datetime, timedelta

from handlers.actor import Actor
from handlers.registry import query
from handlers.result import Listing, Result
from models.clock import now
from models.delivery.tables import Alarm

RECENT = timedelta(days=7)


class AlarmRow(Result):
    """Something at a platform that a person must see to, and how often it was met."""

    door: str
    code: int
    words: str
    times: int
    first_at: datetime
    last_at: datetime


class AlarmBoard(Listing):
    """What was refused in the last seven days, the latest first."""

    items: list[AlarmRow]


@query("alarm.list", says=["平台告警", "接口告警", "告警", "有没有告警", "微信告警"])
async def list_alarms(me: Actor) -> AlarmBoard:
    """微信平台的告警，和要改哪里"""
    rows = await Alarm.filter(last_at__gt=now() - RECENT).order_by("-last_at")
    return AlarmBoard(
        total=len(rows),
        items=[
            AlarmRow(
                door=row.door,
                code=row.code,
                words=row.words,
                times=row.times,
                first_at=row.first_at,
                last_at=row.last_at,
            )
            for row in rows[: Listing.PAGE]
        ],
    )
