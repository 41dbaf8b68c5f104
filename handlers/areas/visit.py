"""Visits: who was at a customer's or a lead's, what came of it, and when they go again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Day, Reader, Text, reads
from handlers.references import CustomerReader
from handlers.registry import command
from handlers.result import Ref, Result
from handlers.visible import find, visible
from models.clock import now, today
from models.crm.tables import Lead, LeadState, Visit
from models.errors import InvalidInput, NotFound
from models.party.tables import Customer, Person
from models.system.numbers import next_number
from models.text import key

LONGEST_NUMBER, LONGEST_NAME = 20, 80
GONE = [LeadState.converted.value, LeadState.disqualified.value]


@dataclass(frozen=True, slots=True)
class Visited:
    """Who was visited: a customer, or a lead that may become one."""

    row: Customer | Lead

    @property
    def ref(self) -> Ref:
        name = self.row.name if isinstance(self.row, Customer) else self.row.company
        return Ref(number=self.row.number, name=name)


@reads(Visited)
class VisitedReader(Reader[Visited]):
    """A customer by its name, else a lead by its company's."""

    async def read(self, me: Actor, text: str, name: str) -> Visited:
        try:
            return Visited(await CustomerReader().read(me, text, name))
        except NotFound:
            leads = visible(me, Lead).exclude(state__in=GONE)
            found = None
            if len(text) <= LONGEST_NUMBER:
                found = await leads.filter(number=text.strip()).first()
            if found is None and len(text) <= LONGEST_NAME:
                found = await leads.filter(company_key=key(text)).first()
            if found is None:
                raise
            return Visited(found)

    def save(self, value: Visited) -> str:
        return value.row.number

    def told(self, name: str, value: Visited, said: str) -> dict[str, Any]:
        return {name: value.ref.name}


class VisitAnswer(Result):
    """A visit that was written down."""

    number: str
    customer: Ref
    by: Ref
    note: str
    visited_at: datetime
    next_date: date | None


@command(
    "visit.log",
    says=[
        "今天拜访了{customer},{note},{next_date}再去", "今天拜访了{customer}{note}", "今天拜访了{customer}", "拜访了{customer},{note},{next_date}再去",
        "拜访了{customer}{note}", "拜访了{customer}", "拜访{customer}{note}", "拜访{customer}", "今天去了{customer}{note}", "今天去了{customer}",
        "去了{customer},{note},{next_date}再去", "去了{customer}{note}", "去了{customer}", "跟进{customer}{note}", "跟进了{customer}{note}", "记拜访{customer}{note}", "记拜访",
    ],
)  # fmt: skip
async def log_visit(
    me: Actor, *, customer: Visited, note: Text | None = None, next_date: Day | None = None
) -> Done[VisitAnswer]:
    """记拜访：去了哪家、谈了什么、哪天再去，十分钟内可撤销"""
    if next_date is not None and next_date < today():
        raise InvalidInput(input="next_date", given=next_date.isoformat(), why="day_past")
    row = customer.row
    visit = await Visit.create(
        number=await next_number("VT"),
        customer_id=row.id if isinstance(row, Customer) else None,
        lead_id=row.id if isinstance(row, Lead) else None,
        person_id=me.person_id,
        note=note or "",
        visited_at=now(),
        next_on=next_date,
    )
    answer = await _answer(visit, customer.ref)
    return Done(answer, undo=Call("visit.forget", {"visit": visit.number}))


@command("visit.forget")
async def forget_visit(me: Actor, *, visit: Text) -> VisitAnswer:
    """撤销一次拜访记录（撤销时执行）"""
    found = await find(me, Visit, number=visit, person_id=me.person_id)
    of: Customer | Lead = await (found.customer if found.customer_id else found.lead)  # type: ignore[attr-defined]
    answer = await _answer(found, Visited(of).ref)
    await found.delete()
    return answer


async def _answer(visit: Visit, of: Ref) -> VisitAnswer:
    by: Person = await visit.person
    return VisitAnswer(
        number=visit.number, customer=of, by=Ref(number=by.number, name=by.called), note=visit.note,
        visited_at=visit.visited_at, next_date=visit.next_on,
    )  # fmt: skip
