"""Departments of WeCom's address book, each of which is one of ours: the number says which, never the name."""

from typing import Any

from models.chat.reading import ask_for_book
from models.chat.tables import WorkParty
from models.party.tables import Department
from models.rows import first

TOP = 0
"""What stands above the topmost department."""

LONGEST = 40


async def party_changed(change: dict[str, Any]) -> None:
    """Brings a department in step; one that is gone is no longer followed, for documents still name it."""
    if change["change"] == "delete_party":
        await WorkParty.filter(party_id=change["id"]).delete()
        return
    known = await _following(change["id"])
    above = await _following(change["parent"]) if change["parent"] else None
    parent = above.department if above else None
    # An update says what has changed, and not what it is called: the list does.
    if not change["name"] or (change["parent"] and above is None):
        await ask_for_book()
    if known is None:
        if change["name"]:
            followed = await _ours(change, parent)
            await WorkParty.create(party_id=change["id"], department=followed)
    elif change["parent"] != TOP:
        await _keep(known, change, parent)


async def _following(party: int) -> WorkParty | None:
    return await WorkParty.get_or_none(party_id=party).select_related("department")


async def _ours(change: dict[str, Any], parent: Department | None) -> Department:
    """Our department of that name, unless it is another's; the topmost is ours, whatever either is called."""
    which = {"parent_id": None} if change["parent"] == TOP else {"name": change["name"]}
    found = await first(Department.filter(**which).order_by("id"))
    if found is not None and not await WorkParty.filter(department_id=found.id).exists():
        return found
    return await _new(change, parent)


async def _new(change: dict[str, Any], parent: Department | None) -> Department:
    name = await _free_name(change["name"], parent, change["id"], None)
    return await Department.create(name=name, parent=parent)


async def _keep(known: WorkParty, change: dict[str, Any], parent: Department | None) -> None:
    ours = known.department
    if change["name"] and await WorkParty.filter(department_id=ours.id, id__lt=known.id).exists():
        # Two that had one name were once taken for one.
        await WorkParty.filter(id=known.id).update(department_id=(await _new(change, parent)).id)
        return
    if parent is not None and parent.id != ours.id:
        await Department.filter(id=ours.id).update(parent_id=parent.id)
    if change["name"]:
        above = parent or await Department.get_or_none(id=ours.parent_id)
        name = await _free_name(change["name"], above, change["id"], ours.id)
        await Department.filter(id=ours.id).update(name=name)


async def _free_name(name: str, parent: Department | None, party: int, mine: int | None) -> str:
    """The name; with the parent's before it, or the number behind it, where another department has it."""
    wanted = [name, *([f"{parent.name}/{name}"] if parent else [])]
    for each in wanted:
        taken = await first(Department.filter(name=each))
        if len(each) <= LONGEST and (taken is None or taken.id == mine):
            return each
    return f"{name[:25]}（{party}）"
