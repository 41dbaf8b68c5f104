"""Leads: interest written down once, whoever hears of it."""

from datetime import datetime

from tortoise.expressions import Q

from handlers.actor import Actor
from handlers.inputs import Cursor, Phone, Text, cursor_after
from handlers.registry import command, query
from handlers.result import Listing, Ref, Result
from handlers.visible import visible
from models.clock import now
from models.crm.tables import Lead, LeadState
from models.errors import Refused
from models.party.finding import customer_like, someone
from models.party.tables import Person
from models.rows import matching
from models.system.numbers import next_number
from models.text import company as same_company
from models.text import key

OPEN = [LeadState.new.value, LeadState.contacted.value, LeadState.qualified.value, LeadState.pooled.value]


class DuplicateLead(Refused):
    """This phone or this company is already a lead or a customer."""

    code, status = "duplicate_lead", 409


class LeadAnswer(Result):
    """A lead."""

    number: str
    company: str
    contact: str
    phone: str
    note: str
    state: LeadState
    owner: Ref
    created_at: datetime


class LeadList(Listing):
    """Leads, newest first."""

    items: list[LeadAnswer]


@command(
    "lead.create",
    says=[
        "新线索{company}{contact}{phone}{note}", "新线索{company}{contact}{phone}", "新线索{company}{phone}{note}", "新线索{company}{phone}", "新线索{company}",
        "记个线索{company}{contact}{phone}", "记个线索{company}{phone}{note}", "记个线索{company}{phone}", "记个线索{company}", "新建线索{company}{contact}{phone}",
        "新建线索{company}{phone}", "新建线索{company}", "新线索", "记个线索", "新建线索",
    ],
)  # fmt: skip
async def create_lead(
    me: Actor, *, company: Text, contact: Text | None = None, phone: Phone, note: Text | None = None
) -> LeadAnswer:
    """记线索：按电话和公司名去重"""
    await _refuse_duplicate(company, phone)
    lead = await Lead.create(
        number=await next_number("LD"),
        company=company,
        company_key=key(company),
        contact=contact or "",
        phone=phone,
        note=note or "",
        owner_id=me.person_id,
        created_at=now(),
    )
    return _answer(lead, await someone(me.person_id))


@query("lead.list", says=["我的线索", "线索列表", "线索", "最近的线索"])
async def list_leads(me: Actor, *, cursor: Cursor | None = None) -> LeadList:
    """我的线索"""
    rows = visible(me, Lead).filter(state__in=OPEN)
    total = await rows.count()
    if cursor is not None:
        rows = rows.filter(id__lt=int(cursor))
    page = await rows.order_by("-id").limit(Listing.PAGE + 1).select_related("owner")
    more = cursor_after(page[Listing.PAGE - 1].id) if len(page) > Listing.PAGE else None
    return LeadList(total=total, next=more, items=[_answer(lead, lead.owner) for lead in page[: Listing.PAGE]])


async def _refuse_duplicate(company: str, phone: str) -> None:
    """A second row for one party is refused with who has it, so that the two colleagues can talk."""
    wanted = same_company(company)
    alike = Q(phone=phone) | Q(company_key__contains=wanted)
    leads = await matching(Lead.filter(alike, state__in=OPEN).order_by("id").select_related("owner"))
    lead = next((each for each in leads if each.phone == phone or same_company(each.company) == wanted), None)
    if lead is not None:
        raise DuplicateLead(number=lead.number, name=lead.company, owner=Ref.of(lead.owner))
    known = await customer_like(company)
    contact = await Person.filter(phone=phone, customer_id__not_isnull=True).select_related("customer__owner").first()
    customer = known or (contact.customer if contact else None)
    if customer is not None:
        owner = Ref.of(customer.owner) if customer.owner else None
        raise DuplicateLead(number=customer.number, name=customer.name, owner=owner)


def _answer(lead: Lead, owner: Person) -> LeadAnswer:
    return LeadAnswer(
        number=lead.number,
        company=lead.company,
        contact=lead.contact,
        phone=lead.phone,
        note=lead.note,
        state=next(state for state in LeadState if state.value == lead.state),
        owner=Ref(number=owner.number, name=owner.called),
        created_at=lead.created_at,
    )
