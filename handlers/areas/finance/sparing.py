"""Whom not to remind for a while, and whether the product reminds by itself."""

from datetime import date, timedelta

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Day
from handlers.registry import command
from handlers.result import Ref, Result
from models.clock import today
from models.errors import InvalidInput
from models.party.tables import Customer
from models.system.tables import Company

LONGEST = timedelta(days=366)


class Spared(Result):
    """Until when a customer is not reminded, that day included; absent: it is."""

    customer: Ref
    until: date | None


class Automatic(Result):
    """Whether reminders that are due go out by themselves each morning."""

    on: bool


@command(
    "dunning.pause",
    says=[
        "暂停催款{customer}到{until}", "{customer}暂停催款到{until}", "{until}前不催{customer}", "{customer}{until}前不催款", "先别催{customer}到{until}",
        "暂停催款{customer}", "{customer}暂停催款", "先别催{customer}", "{customer}先别催款",
    ],
)  # fmt: skip
async def pause_reminders(me: Actor, *, customer: Customer, until: Day) -> Done[Spared]:
    """暂停催款：到哪天为止不催这个客户，十分钟内可撤销"""
    if until < today():
        raise InvalidInput(input="until", given=until.isoformat(), why="day_past")
    if until > today() + LONGEST:
        raise InvalidInput(input="until", given=until.isoformat(), why="day_too_far")
    before = customer.dunning_paused_until
    await Customer.filter(id=customer.id).update(dunning_paused_until=until)
    earlier = {"until": before.isoformat()} if before is not None and before >= today() else {}
    undo = Call("dunning.pause" if earlier else "dunning.resume", {"customer": customer.number, **earlier})
    return Done(Spared(customer=Ref(number=customer.number, name=customer.name), until=until), undo=undo)


@command("dunning.resume", says=["恢复催款{customer}", "{customer}恢复催款", "可以催{customer}了"])
async def resume_reminders(me: Actor, *, customer: Customer) -> Spared:
    """恢复催款：又可以催这个客户"""
    await Customer.filter(id=customer.id).update(dunning_paused_until=None)
    return Spared(customer=Ref(number=customer.number, name=customer.name), until=None)


@command("dunning.start", says=["打开自动催款", "开启自动催款", "每天自动催款"], confirm=True)
async def start_reminding(me: Actor) -> Automatic:
    """打开自动催款：每天早上把到期的那一级发出去"""
    await Company.all().update(auto_dunning=True)
    return Automatic(on=True)


@command("dunning.stop", says=["关闭自动催款", "停止自动催款", "不要自动催款"])
async def stop_reminding(me: Actor) -> Automatic:
    """关闭自动催款：每天早上只告诉财务该催谁"""
    await Company.all().update(auto_dunning=False)
    return Automatic(on=False)
