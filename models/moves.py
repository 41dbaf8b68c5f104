"""States move by one guarded update, along the moves that the table allows."""

from typing import Any

from models.base import Row
from models.errors import WrongState
from models.states import Labelled


async def move(row: Row, to: Labelled, **changes: Any) -> None:
    """Takes a row to a state, or raises WrongState: the move is not legal, or somebody was faster.

    The row must carry `state` and its class `MOVES`; the instance is brought up to date.
    """
    model, states = type(row), {state.value: state for state in type(to)}
    before = states[row.state]  # type: ignore[attr-defined]
    legal = to in model.MOVES.get(before, set())  # type: ignore[attr-defined]
    changed = legal and await model.filter(id=row.id, state=before.value).update(state=to.value, **changes)
    if not changed:
        await row.refresh_from_db()
        raise WrongState(
            number=getattr(row, "number", ""),
            state=row.state,  # type: ignore[attr-defined]
            state_text=states[row.state].text,  # type: ignore[attr-defined]
        )
    row.state = to.value
    for name, value in changes.items():
        setattr(row, name, value)
