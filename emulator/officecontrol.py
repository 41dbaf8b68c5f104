"""The company under /sim: its address book, its customers, its approvals, its jobs."""

from collections.abc import Awaitable, Callable
from typing import Any

from .config import Department
from .simerrors import SimError, number
from .wish import Wish, answer


async def contact(wish: Wish) -> dict[str, Any]:
    """A member or a department comes, changes, or with `leave` goes."""
    if "department" in wish.body:
        department = int(number(wish.body["department"], "department"))
        if wish.body.get("leave"):
            return answer(wish, await wish.office.remove_department(department, wish.how))
        parent = int(number(wish.body.get("parent", 1), "parent"))
        put = wish.office.put_department(Department(department, wish.text("name"), parent), wish.how)
        return answer(wish, await put)
    if wish.body.get("leave"):
        return answer(wish, await wish.office.remove_member(wish.text("userid"), wish.how))
    return answer(wish, await wish.office.put_member(wish.text("userid"), wish.body, wish.how))


async def customer(wish: Wish) -> dict[str, Any]:
    person = wish.world.people.find(wish.text("person"))
    act, state = wish.optional("act", "add"), wish.optional("state")
    noted = wish.body.get("mobiles") or []
    if not isinstance(noted, list):
        raise SimError("mobiles is a list of numbers")
    mobiles = tuple(map(str, noted))
    return answer(wish, await wish.office.customer(person, wish.text("member"), act, state, wish.how, mobiles))


async def approval(wish: Wish) -> dict[str, Any]:
    person = wish.world.people.at("work", wish.text("person"))
    if "sp_no" not in wish.body:
        sp_no, happening = await wish.office.submit(person, wish.body, wish.how)
        return {"sp_no": sp_no, **answer(wish, happening)}
    status, happening = await wish.office.act(
        wish.text("sp_no"), person, wish.text("act"), wish.optional("speech"), wish.how
    )
    return {"sp_status": status, **answer(wish, happening)}


async def job(wish: Wish) -> dict[str, Any]:
    kind = wish.optional("type", "sync_user")
    if kind not in ("sync_user", "replace_user", "invite_user", "replace_party"):
        raise SimError("type is sync_user, replace_user, invite_user or replace_party")
    code = int(number(wish.body.get("code", 0), "code"))
    happening = await wish.office.job(kind, wish.optional("id"), code, wish.optional("words", "ok"), wish.how)
    return answer(wish, happening)


WISHES: dict[str, Callable[[Wish], Awaitable[dict[str, Any]]]] = {
    "contact": contact,
    "customer": customer,
    "approval": approval,
    "job": job,
}
