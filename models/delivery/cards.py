"""Template cards on people's screens, and the one-time codes that change them (WeCom doc 94888)."""

from models.clock import days, now
from models.delivery.tables import Card

CODE_LIVES = days(3)


async def take_tap(task_id: str, response_code: str, receiver_id: int | None) -> None:
    """A tap brings a fresh code for that person's card."""
    if response_code:
        await Card.filter(task_id=task_id, receiver_id=receiver_id).update(
            response_code=response_code, code_until=now() + CODE_LIVES
        )


async def take_code(about: str, receiver_id: int) -> tuple[str, str] | None:
    """The task id and unused code of a card about a document, the code used up by asking; None if there is none."""
    cards = Card.filter(about=about, receiver_id=receiver_id, code_until__gt=now()).exclude(response_code="")
    card = await cards.order_by("-id").first()
    if card is None or not await Card.filter(id=card.id, response_code=card.response_code).update(response_code=""):
        return None
    return card.task_id, card.response_code
