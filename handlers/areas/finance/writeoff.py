"""What is given up of an invoice: small rests at once, more of it with consent, as a debt that is lost."""

from datetime import date
from decimal import Decimal

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Amount, Text, refuse_nothing
from handlers.registry import command
from handlers.result import Money, Numbered, Ref, Result
from handlers.rights import RIGHTS
from handlers.visible import visible
from models.approvals.deciding import ask, void
from models.clock import today
from models.delivery.telling import tell
from models.errors import InvalidInput, Refused
from models.finance.giving_up import Rest, check_rest, give_up, is_small, rests, take_up
from models.finance.receiving import lock_money
from models.finance.tables import Invoice, Settlement
from models.party.tables import Customer

SHOWN = 5


class WrittenOff(Result):
    """What is given up of an invoice, or is to be once somebody has agreed."""

    customer: Ref
    invoice: Numbered
    kind: Settlement
    amount: Money
    open: Money
    reason: str | None


class BadDebtAsked(Result):
    """What an approver needs to know of a debt that is to be given up."""

    customer: Ref
    invoice: Numbered
    amount: Money
    total: Money
    due_on: date
    days_late: int
    why: str
    applicant: Ref


class NoSmallRest(Refused):
    """No invoice has just such a rest; `rests` are those there are."""

    code = "no_small_rest"


@command(
    "payment.writeoff",
    says=[
        "{customer}差{amount}抹掉", "{customer}抹零{amount}", "抹零{customer}{amount}", "抹零{amount}", "差{amount}抹掉", "{owed}和{paid}差{amount}抹掉",
        "{customer}{owed}和{paid}差{amount}抹掉", "{customer}抹零", "抹零{customer}", "{invoice}抹零", "抹零{invoice}", "{invoice}抹零{reason}",
        "{invoice}坏账{reason}", "{invoice}核销坏账{reason}", "坏账{invoice}{reason}", "核销坏账{invoice}{reason}", "{invoice}坏账", "核销坏账{invoice}",
    ],
    confirm=True,
)  # fmt: skip
async def write_off_rest(
    me: Actor, *, amount: Amount | None = None, customer: Customer | None = None, invoice: Invoice | None = None,
    owed: Amount | None = None, paid: Amount | None = None, reason: Text | None = None,
) -> Done[WrittenOff]:  # fmt: skip
    """抹零：把发票上的小尾差全部抹掉；多的当坏账，要总经理同意"""
    if amount is not None:
        refuse_nothing(amount)
    if owed is not None and paid is not None and amount is not None and owed - paid != amount:
        raise InvalidInput(input="amount", given=f"{amount:f}", why="not_the_difference")
    found = invoice or await _with_rest(me, customer, amount, owed)
    owner: Customer = await found.customer
    await lock_money(owner.id)
    await found.refresh_from_db()
    check_rest(found, amount)
    if not await is_small(found):
        return await _ask(me, found, owner, reason)
    given = await give_up(found, Settlement.rounding, amount=amount, reason=reason or "抹零", by=me.person_id)
    answer = _answer(found, owner, Settlement.rounding, given, reason)
    return Done(answer, undo=Call("payment.reinstate", {"invoice": found.number}))


@command("payment.giveup")
async def give_up_debt(me: Actor, *, invoice: Invoice, amount: Amount, reason: Text) -> WrittenOff:
    """核销坏账（审批通过时执行）"""
    owner: Customer = await invoice.customer
    await lock_money(owner.id)
    given = await give_up(invoice, Settlement.bad_debt, amount=amount, reason=reason, by=me.person_id)
    return _answer(invoice, owner, Settlement.bad_debt, given, reason)


@command("payment.collect")
async def keep_debt(me: Actor, *, invoice: Invoice) -> WrittenOff:
    """坏账不核销，继续收（审批驳回时执行）"""
    return _answer(invoice, await invoice.customer, Settlement.bad_debt, invoice.total - invoice.paid, None)


@command(
    "payment.reinstate",
    says=["撤销抹零{invoice}", "撤销坏账{invoice}", "恢复坏账{invoice}", "{invoice}撤销抹零", "{invoice}撤销坏账"],
    confirm=True,
)
async def reinstate(me: Actor, *, invoice: Invoice) -> WrittenOff:
    """撤销抹零或坏账：发票重新欠着"""
    owner: Customer = await invoice.customer
    await lock_money(owner.id)
    await invoice.refresh_from_db()
    amount = await take_up(invoice, by=me.person_id)
    return _answer(invoice, owner, Settlement.rounding, amount, None)


async def _ask(me: Actor, invoice: Invoice, customer: Customer, reason: str | None) -> Done[WrittenOff]:
    """A debt is given up by the general manager's word, and for a reason. Raises MissingInput."""
    if reason is None:
        raise MissingInput(input="reason", handler="payment.writeoff", invoice=invoice.number)
    await void(invoice.number)
    amount = invoice.total - invoice.paid
    asked = BadDebtAsked(
        customer=Ref.of(customer), invoice=invoice.number, amount=amount, total=invoice.total, due_on=invoice.due_on,
        days_late=max(0, (today() - invoice.due_on).days), why=reason, applicant=Ref.of(me),
    ).facts(RIGHTS.all_fields)  # fmt: skip
    approval, approvers = await ask(
        "receivable.bad_debt", subject=invoice.number, amount=amount, facts=asked, applicant_id=me.person_id,
        on_approve=Call("payment.giveup", {"invoice": invoice.number, "amount": f"{amount:f}", "reason": reason}).to_json(),
        on_reject=Call("payment.collect", {"invoice": invoice.number}).to_json(),
    )  # fmt: skip
    await tell(
        "approval.asked", about=approval.number, approvers=approvers,
        facts={**asked, "number": approval.number, "kind": approval.kind},
    )  # fmt: skip
    return Done(_answer(invoice, customer, Settlement.bad_debt, amount, reason), approval=approval.number)


async def _with_rest(me: Actor, customer: Customer | None, amount: Amount | None, total: Amount | None) -> Invoice:
    """The one invoice with such a rest. Raises NoSmallRest, MissingInput where several have one."""
    mine = [customer.id] if customer else [each.id for each in await visible(me, Customer).only("id")]
    found = await rests(mine, amount=amount, total=total)
    if not found:
        others = await rests(mine)
        raise NoSmallRest(customer=customer.name if customer else None, given=amount, rests=_shown(others))
    if len(found) > 1:
        choices = [each.number for each in found[:SHOWN]]
        raise MissingInput(input="invoice", handler="payment.writeoff", choices=choices)
    return await visible(me, Invoice).get(number=found[0].number)


def _shown(found: list[Rest]) -> list[dict[str, str]]:
    return [{"invoice": each.number, "open": f"{each.open:.2f}"} for each in found[:SHOWN]]


def _answer(invoice: Invoice, customer: Customer, kind: Settlement, amount: Decimal, reason: str | None) -> WrittenOff:
    return WrittenOff(
        customer=Ref(number=customer.number, name=customer.name), invoice=invoice.number, kind=kind, amount=amount,
        open=invoice.total - invoice.paid, reason=reason,
    )  # fmt: skip
