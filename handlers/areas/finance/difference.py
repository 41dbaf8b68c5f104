"""Goods found or lost: what waits on 待处理财产损溢, and where finance takes it once it knows why."""

import datetime
from decimal import Decimal

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Amount, Remark, refuse_nothing
from handlers.money import PastDay
from handlers.places import Differing
from handlers.registry import command, query
from handlers.result import Entire, Money, Numbered, Ref, Result
from models.base import ZERO
from models.books.clearing import OF_FINDS, OF_LOSSES, Rest, book_back, clear, rest_of, rests
from models.books.tables import ClearedTo, Clearing, ClearingState
from models.clock import today
from models.errors import InvalidInput
from models.moves import move
from models.party.tables import Person
from models.system.numbers import next_number


class Waiting(Result):
    """What a document found or lost and nobody has decided on."""

    document: Numbered
    lost: bool
    amount: Money
    day: datetime.date


class DifferenceList(Entire):
    """Everything that waits, the oldest first, and what was lost and found of it."""

    items: list[Waiting]
    lost: Money
    found: Money


class DifferenceCleared(Result):
    """So much of what a document found or lost, where it went and why; `rest` is what still waits."""

    number: str
    document: Numbered
    lost: bool
    amount: Money
    kind: ClearedTo
    person: Ref | None
    reason: str
    state: ClearingState
    cleared_on: datetime.date
    rest: Money


@query(
    "difference.query",
    says=[
        "待处理财产损溢",
        "待处理损溢",
        "待处理差异",
        "没处理的差异",
        "哪些差异没处理",
        "待处理的盘盈盘亏",
        "哪些盘盈盘亏没处理",
        "哪些盘亏没处理",
    ],
)
async def query_differences(me: Actor) -> DifferenceList:
    """待处理财产损溢：哪些盘盈盘亏还没处理"""
    found = await rests(today())
    return DifferenceList(
        items=[_waiting(each) for each in found],
        lost=sum((each.amount for each in found if each.amount > 0), ZERO),
        found=-sum((each.amount for each in found if each.amount < 0), ZERO),
    )


@command(
    "difference.clear",
    says=[
        "{document}转{kind}", "{document}转{kind}{reason}", "{document}转{kind}原因{reason}", "{document}转{kind}日期{date}",
        "{document}转{amount}到{kind}", "{document}转{amount}到{kind}原因{reason}", "{document}由{person}赔",
        "{document}由{person}赔{amount}", "{document}由{person}赔原因{reason}", "{document}由{person}赔{amount}原因{reason}",
        "{person}赔{document}", "处理{document}", "{document}处理损溢", "处理损溢",
    ],
    confirm=True,
)  # fmt: skip
async def clear_difference(
    me: Actor, *, document: Differing, kind: ClearedTo | None = None, person: Person | None = None,
    amount: Amount | None = None, reason: Remark | None = None, date: PastDay | None = None,
) -> Done[DifferenceCleared]:  # fmt: skip
    """处理盘盈盘亏：转管理费用、营业外收支，或由人赔"""
    if amount is not None:
        refuse_nothing(amount)
    rest = await rest_of(document.row.number)
    to = _possible(rest, kind, person)
    if reason is None:
        raise MissingInput(input="reason", handler="difference.clear", document=rest.number)
    made = await clear(
        await next_number("CL"), rest, to, amount=amount, person_id=person.id if person else None, reason=reason,
        by=me.person_id, on=date,
    )  # fmt: skip
    return Done(await _answer(made), undo=Call("difference.revert", {"clearing": made.number}))


@command(
    "difference.revert", says=["撤回{clearing}", "撤销{clearing}", "作废{clearing}", "撤销处理{clearing}"], confirm=True
)
async def revert_clearing(me: Actor, *, clearing: Clearing) -> DifferenceCleared:
    """撤销盘盈盘亏的处理：重新待处理"""
    await move(clearing, ClearingState.cancelled)
    await book_back(clearing, by=me.person_id)
    return await _answer(clearing)


def _possible(rest: Rest, kind: ClearedTo | None, person: Person | None) -> ClearedTo:
    """Where it may go: somebody pays for what was lost, nobody for what was found. Raises MissingInput, InvalidInput."""
    may = OF_LOSSES if rest.amount > 0 else OF_FINDS
    to = kind or (ClearedTo.person if person else None)
    if to is None:
        raise MissingInput(
            input="kind", handler="difference.clear", document=rest.number, lost=rest.amount > 0, amount=abs(rest.amount),
            choices=[each.text for each in may if each is not ClearedTo.person],
        )  # fmt: skip
    if to not in may:
        raise InvalidInput(input="kind", given=to.text, why="not_among", among="、".join(each.text for each in may))
    if person is not None and to is not ClearedTo.person:
        raise InvalidInput(input="kind", given=to.text, why="not_among", among=ClearedTo.person.text)
    if person is None and to is ClearedTo.person:
        raise MissingInput(input="person", handler="difference.clear", document=rest.number)
    return to


def _waiting(rest: Rest) -> Waiting:
    return Waiting(document=rest.number, lost=rest.amount > 0, amount=abs(rest.amount), day=rest.day)


async def _answer(clearing: Clearing) -> DifferenceCleared:
    left = await rests(datetime.date.max, clearing.source)
    payer: Person | None = await clearing.person
    return DifferenceCleared(
        number=clearing.number, document=clearing.source, lost=clearing.amount > 0, amount=abs(clearing.amount),
        kind=ClearedTo.of(clearing.kind), person=Ref.of(payer) if payer else None, reason=clearing.reason,
        state=ClearingState.of(clearing.state), cleared_on=clearing.cleared_on,
        rest=abs(left[0].amount) if left else Decimal(0),
    )  # fmt: skip
