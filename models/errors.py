"""Errors are facts: a code, and what a reader needs to know; templates supply the words."""

from typing import Any, ClassVar


class Refused(Exception):
    """Something that cannot be done; `code` names it, `facts` say why. Subclasses fix the HTTP status outsiders see."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code, facts)
        self.facts = facts


class DatabaseAway(Exception):
    """No connection to the database can be made; the message says why not."""


class Unavailable(Refused):
    """The database is away; nothing was changed."""

    code, status = "unavailable", 503


class NotFound(Refused):
    """No such row, or not yours: the two read the same."""

    code, status = "not_found", 404


class WrongState(Refused):
    """The document is not in a state from which this step is legal, or somebody was faster."""

    code, status = "wrong_state", 409


class NotEnoughStock(Refused):
    """Less is free than was asked for."""

    code = "not_enough_stock"


class CreditExceeded(Refused):
    """The customer's exposure would pass the limit."""

    code = "credit_exceeded"


class CustomerFrozen(Refused):
    """Finance has stopped this customer's orders and deliveries."""

    code, status = "customer_frozen", 409


class BeforeDocument(Refused):
    """A day before that of the document which it settles or demands."""

    code = "before_document"


class InvalidInput(Refused):
    """A value that cannot be: `input` names it, `given` is what came, `why` says what it should be."""

    code = "invalid_input"
