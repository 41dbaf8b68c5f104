"""What a customer wishes of an order that stands is for its salesperson to carry out."""

from handlers.actor import Actor
from models.delivery.telling import tell
from models.errors import WrongState
from models.party.tables import Customer
from models.sales.tables import SalesOrder


async def ask_salesperson(me: Actor, order: SalesOrder, wish: str, lines: list[str]) -> None:
    """Tells an order's salesperson what its customer wishes, with the lines that would do it. Raises WrongState."""
    customer: Customer = await order.customer
    owner = order.salesperson_id or customer.owner_id  # type: ignore[attr-defined]
    if owner is None:
        raise WrongState(kind="order", number=order.number, state=order.state, state_text="没有业务员")
    facts = {"number": order.number, "customer": customer.name, "asker": me.called, "wishes": lines, "wish": wish}
    await tell("order.change_asked", about=order.number, facts=facts, salesperson=[owner])
