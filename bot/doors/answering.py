"""What every way of asking by machine shares: whose token it is, and what is answered."""

from typing import Any

from bot.performing import error_card
from handlers.actor import Actor, from_row, nobody
from handlers.dispatch import Outcome
from handlers.result import plain_facts
from models.chat.tokens import holder
from models.errors import Refused


class Unauthorized(Refused):
    """No token, or one that has expired."""

    code, status = "unauthorized", 401


async def asker(token: str) -> Actor:
    """Whoever holds a token. Raises Unauthorized."""
    row = await holder(token) if token else None
    # The token of somebody who has left is none; that of an identity may still become somebody.
    if row is None or (row["id"] is None and not row["through_door"]):
        raise Unauthorized()
    door = str(row["door"]) if row["through_door"] else "api"
    identity = str(row["external_id"] or "")
    if row["id"] is None:
        return nobody(door, identity)
    return from_row(row, door=door, identity=identity)


def body_of(outcome: Outcome) -> dict[str, Any]:
    """What came of a call: its facts, what it waits for, or the job that it became."""
    if outcome.job is not None:
        return {"job": outcome.job}
    if outcome.approval is not None:
        return {"pending": {"approval": outcome.approval}, **outcome.facts}
    return outcome.facts


def refusal_body(refused: Refused) -> dict[str, Any]:
    """Why not: a code, a message in Chinese, the facts."""
    card = error_card(refused)
    words = [card.title, card.figure, *(f"{key}：{value}" if key else value for key, value in card.body)]
    return {**plain_facts(refused.facts), "code": refused.code, "message": "；".join(word for word in words if word)}
