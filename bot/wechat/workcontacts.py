"""WeCom's address book, asked with its own secret or the application's (通讯录管理)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.wechat.client import Client

PAGE = 10_000


@dataclass(frozen=True)
class Member:
    """A colleague; `active` is false for the disabled, the departed and those who never joined.

    `main` is the first of their departments, `leader` their superior, `status` what WeCom says of the account.
    """

    userid: str
    name: str
    departments: tuple[int, ...]
    active: bool
    main: int | None = None
    leader: str = ""
    status: str = ""


@dataclass(frozen=True)
class WorkDepartment:
    """A unit; the topmost has 0 above it. Its name is empty where the secret may not see names."""

    id: int
    name: str
    parent: int


class ContactsClient(Client):
    """Calls for the address book of one company."""

    async def departments(self, below: int | None = None) -> list[WorkDepartment]:
        """Every department, or one and those below it (department/list)."""
        answer = await self._get("/cgi-bin/department/list", **({} if below is None else {"id": below}))
        rows = answer.get("department", ())
        return [WorkDepartment(int(row["id"]), str(row.get("name", "")), int(row.get("parentid", 0))) for row in rows]

    async def members(self, department: int) -> list[Member]:
        """Who belongs to a department itself (user/list)."""
        answer = await self._get("/cgi-bin/user/list", department_id=department)
        return [read_member(row) for row in answer.get("userlist", ())]

    async def ids(self) -> dict[str, tuple[int, ...]]:
        """Every userid with its departments, which is all that the address book's own secret sees (user/list_id)."""
        found: dict[str, list[int]] = {}
        cursor = ""
        while True:
            answer = await self._post("/cgi-bin/user/list_id", {"cursor": cursor, "limit": PAGE}, idempotent=True)
            for row in answer.get("dept_user", ()):
                found.setdefault(str(row["userid"]), []).append(int(row["department"]))
            cursor = str(answer.get("next_cursor", ""))
            if not cursor:
                return {userid: tuple(departments) for userid, departments in found.items()}


def read_member(row: Mapping[str, Any], userid: str = "") -> Member:
    """Read one row of user/get or user/list."""
    departments = tuple(row.get("department", ()))
    return Member(
        userid=str(row.get("userid", userid)),
        name=str(row.get("name", "")),
        departments=departments,
        active=row.get("status") == 1,
        main=row.get("main_department", departments[0] if departments else None),
        leader=next(iter(row.get("direct_leader", ())), ""),
        status=str(row.get("status", "")),
    )
