"""Doing things in the demo as the people who would: a command each, under the moment that the clock shows."""

from datetime import datetime

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Outcome, run
from models.clock import now
from models.system.tables import Sequence


async def do(me: Actor, name: str, **inputs: object) -> Outcome:
    """Runs a command as somebody, once at each moment."""
    moment: datetime = now()
    key = f"seed:{name}:{me.number}:{moment.timestamp()}:{sorted(map(str, inputs.values()))}"[:200]
    return await run(me, Call(name, inputs), key=key)


async def carry(prefix: str, following: int) -> None:
    """Has the next document carry the number by which the demo knows it."""
    await Sequence.update_or_create({"following": following}, prefix=prefix)
