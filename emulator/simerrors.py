"""What can be wrong with a request to /sim; each says its HTTP status and its facts."""

import math
from typing import Any


class SimError(Exception):
    """A request to /sim that cannot be done."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class NotOnePerson(SimError):
    """Nobody, or several people, go by that name."""

    status = 404
    code = "no_such_person"

    def __init__(self, who: str, choices: list[str]) -> None:
        super().__init__(f"no single person goes by {who!r}", choices=choices)


class NoAccount(SimError):
    """The person has no account behind that door."""

    status = 409
    code = "no_account"

    def __init__(self, name: str, door: str) -> None:
        super().__init__(f"{name} has no account at {door}")


class NoSuchThing(SimError):
    """What is to be tapped is not on that phone."""

    status = 404
    code = "not_on_the_phone"


class NotNow(SimError):
    """It is there, but cannot be done any more or not yet."""

    status = 409
    code = "not_now"


def number(value: object, name: str) -> float:
    """A number from outside, or the error that says it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise SimError(f"{name} must be a number")
    try:
        figure = float(value)
    except (ValueError, OverflowError) as error:
        raise SimError(f"{name} must be a number") from error
    if not math.isfinite(figure):
        raise SimError(f"{name} must be a finite number")
    return figure
