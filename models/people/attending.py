"""Coming and going: each check-in is a row of its own, and a day is all of them."""

from models.clock import at_local, days, local, now
from models.people.tables import Checkin


async def check_in(person_id: int, place: str) -> list[Checkin]:
    """Writes down that somebody is there now; all of their day so far, the earliest first."""
    moment = now()
    await Checkin.create(person_id=person_id, place=place, at=moment)
    begin = at_local(local(moment).date())
    return await Checkin.filter(person_id=person_id, at__gte=begin, at__lt=begin + days(1)).order_by("at", "id")
