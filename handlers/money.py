"""Inputs of finance: the number by which the tax office knows a buyer."""

from typing import NewType

from handlers.actor import Actor
from handlers.inputs import Reader, reads
from models.errors import InvalidInput
from models.party.keeping import tax_number

TaxNo = NewType("TaxNo", str)


@reads(TaxNo)
class TaxNoReader(Reader[TaxNo]):
    """A taxpayer's number of 15, 17, 18 or 20 letters and digits."""

    slot = r"[0-9A-Za-z]{6,30}"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> TaxNo:
        number = tax_number(text)
        if number is None:
            raise InvalidInput(input=name, given=text[:40], why="not_a_tax_no")
        return TaxNo(number)
