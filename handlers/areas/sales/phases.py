"""The parts of an order's life by which its customer looks through a list."""

from tortoise.expressions import Q

from handlers.actor import Actor
from handlers.inputs import reads
from handlers.references import WordReader
from models.clock import today
from models.errors import InvalidInput
from models.sales.tables import DeliveryState, OrderState
from models.states import Labelled


class Phase(Labelled):
    """Coarser than a stage, and plain to see in the row, so that a list can be paged by it."""

    ongoing = "ongoing", "进行中"
    to_receive = "to_receive", "待收货"
    finished = "finished", "已完成"
    late = "late", "延期"


_ALSO = {
    "待发货": Phase.ongoing,
    "未发货": Phase.ongoing,
    "没发货": Phase.ongoing,
    "未完成": Phase.ongoing,
    "在途": Phase.to_receive,
}

_OVER = [OrderState.cancelled.value, OrderState.closed.value, OrderState.done.value]
_SENT = [DeliveryState.partial.value, DeliveryState.delivered.value]
_RECEIVED = Q(received_at__isnull=False)

_ROWS = {
    Phase.ongoing: Q(~_RECEIVED, delivery_state=DeliveryState.pending.value) & ~Q(state__in=_OVER),
    Phase.to_receive: Q(~_RECEIVED, delivery_state__in=_SENT) & ~Q(state__in=_OVER),
    Phase.finished: _RECEIVED,
}


def _late() -> Q:
    """The day on which the customer wanted it is over, and not all of it has left."""
    going = Q(state__in=[OrderState.confirmed.value, OrderState.in_progress.value], requested_date__lt=today())
    return going & ~Q(delivery_state=DeliveryState.delivered.value)


@reads(Phase)
class PhaseReader(WordReader[Phase]):
    """A phase by its code or by what people call it."""

    words = {word: phase for phase in Phase for word in (phase.value, phase.text)} | _ALSO

    async def read(self, me: Actor, text: str, name: str) -> Phase:
        if text.strip() in self.words:
            return self.words[text.strip()]
        raise InvalidInput(input=name, given=text[:40], why="not_among", among="、".join(each.text for each in Phase))

    def save(self, value: Phase) -> str:
        return value.value


def in_phase(phase: Phase) -> Q:
    """The orders in a phase."""
    return _ROWS[phase] if phase in _ROWS else _late()
