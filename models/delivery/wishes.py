"""What people want to be told, and when: kinds they muted or want in a digest, and their quiet hours."""

from models.delivery.tables import Preference, QuietHours


async def wish(person_id: int, kind: str, *, muted: bool = False, digest: bool = False) -> None:
    """Notes how somebody wants a kind of notice; an empty kind is every one that is not urgent."""
    if not kind:
        # Who wants everything one way does not want the kinds another way that they said before.
        await Preference.filter(person_id=person_id).delete()
    if not (muted or digest):
        await Preference.filter(person_id=person_id, kind=kind).delete()
        return
    await Preference.update_or_create({"muted": muted, "digest": digest}, person_id=person_id, kind=kind)


async def wishes(person_id: int) -> list[Preference]:
    """What somebody has said about kinds of notices."""
    return await Preference.filter(person_id=person_id).order_by("kind")


async def keep_quiet(person_id: int, from_minute: int, until_minute: int) -> None:
    """Notes the hours in which only what is urgent reaches somebody; two equal minutes end the quiet."""
    await QuietHours.filter(person_id=person_id).delete()
    if from_minute != until_minute:
        await QuietHours.create(person_id=person_id, from_minute=from_minute, until_minute=until_minute)


async def quiet_hours(person_id: int) -> QuietHours | None:
    """The quiet hours of somebody, if they have any."""
    return await QuietHours.get_or_none(person_id=person_id)
