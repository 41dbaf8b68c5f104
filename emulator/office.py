"""What happens in the company without a phone: joiners and leavers, customers won and lost, approvals, jobs."""

import secrets
from typing import Any

from .approvalapi import change_fields
from .approvals import SUBMITTED_CHANGE, Node, Step
from .callbacks import Callbacks, Push
from .config import Department, Person
from .gestures import Happening, How
from .pushfields import system_fields
from .simerrors import NoSuchThing, NotNow, SimError, number
from .world import World

_WELCOME_S = 20
# What each act of a customer or their member is called in ChangeType.
_CUSTOMER_CHANGES = {
    "add": "add_external_contact",
    "half": "add_half_external_contact",
    "edit": "edit_external_contact",
    "delete": "del_external_contact",
    "leave": "del_follow_user",
    "fail": "transfer_fail",
}


class Office:
    """Changes the company and tells the backend."""

    def __init__(self, world: World, callbacks: Callbacks) -> None:
        self._world = world
        self._callbacks = callbacks

    async def put_member(self, userid: str, facts: dict[str, Any], how: How) -> Happening:
        """Someone joins, or what the company knows of a member changes; `new_userid` renames."""
        person = self._world.people.member(userid)
        change = "update_user" if person is not None else "create_user"
        departments = tuple(int(each) for each in facts.get("departments") or (person.departments if person else (1,)))
        known: dict[str, Any] = {"name": str(facts.get("name") or (person.name if person else userid))}
        known |= {"departments": departments}
        known |= {"position": str(facts["position"])} if "position" in facts else {}
        known |= {"phone": str(facts["mobile"])} if facts.get("mobile") else {}
        known |= {"leader": str(facts["leader"])} if facts.get("leader") else {}
        known |= {"status": int(number(facts["status"], "status"))} if "status" in facts else {}
        new_userid = str(facts.get("new_userid") or "")
        if person is None:
            self._world.people.put(Person(id=userid, work=userid, **known))
        else:
            self._world.people.change(person, **known, work=new_userid or person.work)
        parts: dict[str, Any] = {"ChangeType": change, "UserID": person.work if person else userid}
        parts |= {"NewUserID": new_userid} if new_userid else {}
        parts |= {
            "Department": ",".join(map(str, departments)),
            "MainDepartment": departments[0],
            "IsLeaderInDept": ",".join("0" for _ in departments),
            "Status": known.get("status", person.status if person else 1),
        }
        parts |= {"DirectLeader": known["leader"]} if "leader" in known else {}
        parts |= self._personal(facts)
        return await self._tell("change_contact", parts, how)

    def _personal(self, facts: dict[str, Any]) -> dict[str, str]:
        """Names and numbers are told to the address book's own callback, not to an application's (WeCom doc 90970)."""
        work = self._world.config.work
        if work is None or work.contacts_secret is None:
            return {}
        told = {"Name": facts.get("name"), "Mobile": facts.get("mobile")}
        return {key: str(value) for key, value in told.items() if value}

    async def remove_member(self, userid: str, how: How) -> Happening:
        person = self._world.people.member(userid)
        if person is None:
            raise NoSuchThing(f"there is no member {userid!r}")
        self._world.people.change(person, work=None)
        return await self._tell("change_contact", {"ChangeType": "delete_user", "UserID": person.work}, how)

    async def put_department(self, department: Department, how: How) -> Happening:
        known = self._world.company.department(department.id) is not None
        self._world.company.put(department)
        parts = {"ChangeType": "update_party" if known else "create_party", "Id": department.id}
        parts |= {} if known else {"Name": department.name, "Order": 100000}
        return await self._tell("change_contact", parts | {"ParentId": department.parent}, how)

    async def remove_department(self, number: int, how: How) -> Happening:
        if self._world.company.department(number) is None:
            raise NoSuchThing(f"there is no department {number}")
        self._world.company.remove(number)
        return await self._tell("change_contact", {"ChangeType": "delete_party", "Id": number}, how)

    async def customer(
        self, customer: Person, userid: str, act: str, state: str, how: How, mobiles: tuple[str, ...] = ()
    ) -> Happening:
        """A customer and a member find each other, change, or part; adding gives a code for a welcome.

        `mobiles` are what the member noted of the customer.
        """
        company, member = self._world.company, self._world.people.member(userid)
        if member is None or customer.external is None:
            raise NoSuchThing("member must be one of the company, and person someone with an external id")
        if act == "write":
            return self._write(customer, member)
        if act not in _CUSTOMER_CHANGES:
            raise SimError(f"act is one of {sorted([*_CUSTOMER_CHANGES, 'write'])}")
        parts: dict[str, Any] = {
            "ChangeType": _CUSTOMER_CHANGES[act],
            "UserID": member.work,
            "ExternalUserID": customer.external,
        }
        if act in ("add", "half"):
            company.serve(str(member.work), customer, state, mobiles)
            parts |= {"State": state} if state else {}
            parts["WelcomeCode"] = self._world.codes.issue("welcome", customer, _WELCOME_S, userid=str(member.work))
        elif act in ("delete", "leave"):
            company.part(str(member.work), customer)
        elif act == "fail":
            parts["FailReason"] = "customer_refused"
        return await self._tell("change_external_contact", parts, how)

    def _write(self, customer: Person, member: Person) -> Happening:
        """The customer begins to chat with the member, which no backend hears of."""
        relation = self._world.company.served_by(customer).get(str(member.work).lower())
        if relation is None:
            raise NotNow(f"{customer.name} does not have {member.name}")
        relation.has_written = True
        return Happening.nothing()

    async def submit(self, applicant: Person, facts: dict[str, Any], how: How) -> tuple[str, Happening]:
        """Hand in an approval; its nodes are lists of userids, decided by all unless told otherwise."""
        nodes = [_node(each) for each in facts.get("nodes") or []]
        if not nodes:
            raise SimError('nodes is a list of {"userid": [...], "apv_rel": 1 all | 2 any | 3 in turn}')
        approval = self._world.approvals.submit(
            applicant,
            str(facts.get("name") or "审批"),
            str(facts.get("template") or "TPL"),
            nodes,
            [str(each) for each in facts.get("notify") or []],
            list(facts.get("contents") or []),
        )
        fields = change_fields(self._world, approval, SUBMITTED_CHANGE)
        return approval.sp_no, await self._push(fields, how)

    async def act(self, sp_no: str, person: Person, act: str, speech: str, how: How) -> tuple[int, Happening]:
        """Decide, comment, urge or withdraw; answers the state after it."""
        approval, change = self._world.approvals.act(sp_no, str(person.work), act, speech)
        return approval.status, await self._push(change_fields(self._world, approval, change), how)

    async def job(self, kind: str, job_id: str, code: int, words: str, how: How) -> Happening:
        job = {"JobId": job_id or secrets.token_urlsafe(16), "JobType": kind, "ErrCode": code, "ErrMsg": words}
        return await self._tell("batch_job_result", {"BatchJob": job}, how)

    async def _tell(self, event: str, parts: dict[str, Any], how: How) -> Happening:
        # These go to the company's own callback, not to one application's.
        return await self._push(system_fields(self._world, event, parts, of_agent=False), how)

    async def _push(self, fields: dict[str, Any], how: How) -> Happening:
        push = Push("work", None, fields, loud=False, copies=how.copies, urls=how.urls)
        return Happening(await self._callbacks.push(push), None, None)


def _node(given: Any) -> Node:
    userids = given.get("userid") if isinstance(given, dict) else None
    if not isinstance(userids, list) or not userids or given.get("apv_rel", 1) not in (1, 2, 3):
        raise SimError('a node is {"userid": [...], "apv_rel": 1 all | 2 any | 3 in turn}')
    return Node([Step(str(userid)) for userid in userids], given.get("apv_rel", 1))
