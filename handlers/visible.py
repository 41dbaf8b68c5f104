"""Which rows somebody sees: the one place that decides. Not yours and no such read the same."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from handlers.actor import Actor
from handlers.rights import Scope
from models.approvals.tables import Approval, ApprovalTask, Delegation
from models.base import Row
from models.books.tables import Clearing
from models.clock import now
from models.crm.tables import Lead, Visit
from models.delivery.tables import Notice
from models.errors import NotFound
from models.finance.tables import Invoice, Payment
from models.pages.tables import PageLink
from models.party.tables import Customer, Person
from models.payables.tables import PaymentOut, SupplierInvoice
from models.production.tables import JobReport, WorkOrder
from models.purchase.tables import GoodsReceipt, PurchaseOrder, SupplierReturn
from models.rows import first
from models.sales.tables import Delivery, Quotation, SalesOrder, SalesReturn
from models.stock.tables import Adjustment, Hold, Stocktake, Transfer
from models.system.tables import Job

R = TypeVar("R", bound=Row)

NO_ONE = -1
EVERYTHING = Q()


def _by_owner(me: Actor, *owners: str) -> Q:
    """Rows one of whose owners is the asker, or, looking further, of the asker's department."""
    mine = _any({f"{owner}_id": me.id} for owner in owners)
    if me.scope is Scope.own:
        return mine
    team = me.department_id or NO_ONE
    return mine | _any({f"{owner}__department_id": team} for owner in owners)


def _any(conditions: Iterable[dict[str, Any]]) -> Q:
    return Q(*(Q(**condition) for condition in conditions), join_type="OR")


def _customer(me: Actor) -> Q:
    return Q(id=me.customer_id or NO_ONE) if me.scope is Scope.customer else _by_owner(me, "owner")


def _order(me: Actor) -> Q:
    if me.scope is Scope.customer:
        return Q(customer_id=me.customer_id or NO_ONE)
    return _by_owner(me, "salesperson", "customer__owner")


def _quotation(me: Actor) -> Q:
    # What nobody has sent yet is the house's own business.
    hidden = Q(state__in=["draft", "pending_approval"], sent_at__isnull=True)
    return _order(me) & ~hidden if me.scope is Scope.customer else _order(me)


def _return(me: Actor) -> Q:
    if me.scope is Scope.customer:
        return Q(customer_id=me.customer_id or NO_ONE)
    return _by_owner(me, "order__salesperson", "customer__owner")


def _lead(me: Actor) -> Q:
    return Q(id=NO_ONE) if me.scope is Scope.customer else _by_owner(me, "owner")


def _visit(me: Actor) -> Q:
    return Q(id=NO_ONE) if me.scope is Scope.customer else _by_owner(me, "person", "customer__owner")


def _notice(me: Actor) -> Q:
    mine = Q(receiver_id=me.id)
    return mine if me.scope is Scope.customer else mine | _by_owner(me, "receiver__customer__owner")


def _approval(me: Actor) -> Q:
    # Taking part is what makes an approval somebody's, however far they look elsewhere.
    moment = now()
    principals = Delegation.filter(deputy_id=me.id, starts_at__lte=moment, ends_at__gte=moment).values("principal_id")
    mine = Q(approver_id=me.id) | Q(approver_id__in=Subquery(principals))
    return Q(id__in=Subquery(ApprovalTask.filter(mine).values("approval_id"))) | Q(applicant_id=me.id)


def _report(me: Actor) -> Q:
    return Q(id=NO_ONE) if me.scope is Scope.customer else _by_owner(me, "worker")


def _job(me: Actor) -> Q:
    return Q(person_id=me.id)


def _hold(me: Actor) -> Q:
    return Q(id=NO_ONE) if me.scope is Scope.customer else _by_owner(me, "made_by", "customer__owner")


def _delivery(me: Actor) -> Q:
    if me.scope is Scope.customer:
        return Q(order__customer_id=me.customer_id or NO_ONE)
    return _by_owner(me, "order__salesperson", "order__customer__owner")


def _made(me: Actor) -> Q:
    return Q(made_by_id=me.id)


def _staff_only(me: Actor) -> Q:
    return Q(id=NO_ONE) if me.is_customer else EVERYTHING


def _of_customer(me: Actor) -> Q:
    if me.scope is Scope.customer:
        return Q(customer_id=me.customer_id or NO_ONE)
    return _by_owner(me, "customer__owner")


RULES: dict[type[Row], Callable[[Actor], Q]] = {
    Customer: _customer,
    SalesOrder: _order,
    Quotation: _quotation,
    SalesReturn: _return,
    Delivery: _delivery,
    Lead: _lead,
    Visit: _visit,
    Invoice: _of_customer,
    Payment: _of_customer,
    Notice: _notice,
    Approval: _approval,
    JobReport: _report,
    Job: _job,
    PageLink: _made,
    WorkOrder: _staff_only,
    PurchaseOrder: _staff_only,
    GoodsReceipt: _staff_only,
    SupplierReturn: _staff_only,
    Adjustment: _staff_only,
    Transfer: _staff_only,
    Stocktake: _staff_only,
    Hold: _hold,
    SupplierInvoice: _staff_only,
    PaymentOut: _staff_only,
    Clearing: _staff_only,
    Person: _staff_only,
}

ALWAYS_ASKED = {Approval}
"""Tables whose rule holds for those who look at everything too."""


def visible(me: Actor, model: type[R]) -> "QuerySet[R]":
    """The rows of a table that somebody sees; lists, joins and reports start from it."""
    if me.scope is Scope.all and model not in ALWAYS_ASKED:
        return model.all()
    return model.filter(RULES[model](me))


async def find(me: Actor, model: type[R], **which: Any) -> R:
    """The one such row that somebody sees. Raises NotFound, in the same words whether it exists or not."""
    found = await first(visible(me, model).filter(**which))
    if found is None:
        raise NotFound(kind=model._meta.db_table)
    return found
