"""Attendance: a place that a colleague sends from the map is where they are."""

from datetime import datetime

from handlers.actor import Actor
from handlers.inputs import Spot
from handlers.registry import command
from handlers.result import Result
from models.people.attending import check_in


class CheckedIn(Result):
    """When and where; of a second and later one, when the first of the day was."""

    place: str
    at: datetime
    first_at: datetime | None
    count: int


@command("attendance.checkin", says=["打卡", "签到", "上班打卡", "下班打卡", "我要打卡", "外勤打卡", "外勤签到"])
async def check_in_here(me: Actor, *, spot: Spot) -> CheckedIn:
    """打卡：发一个位置，记下时间和地点"""
    day = await check_in(me.person_id, spot)
    return CheckedIn(place=spot, at=day[-1].at, first_at=day[0].at if len(day) > 1 else None, count=len(day))
