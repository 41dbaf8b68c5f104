"""The machinery of a walk: ways to go on, dice, and what must hold afterwards, by sums that share nothing with the writers."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from handlers.actor import Actor, person, system
from handlers.call import Call
from handlers.dispatch import Instead, run
from models import sql
from models.auditing import CHECKS
from models.errors import Refused
from models.finance.credit import credit_statuses
from models.transactions import transaction

GOODS = ("M8X30", "M10X40", "AV15", "T8-18W", "BV25R", "BRG6204", "SW86W")

BUYERS = ("宏达建材", "建业工程", "老王五金店")

SUPPLIERS = ("正泰", "宝钢贸易", "佛照")

ASTRAY = 0.08
"""How often somebody takes a document that is not where this step begins."""

LATEST = 5
"""Of so many documents that would do, one is taken; those of long ago rest."""

IMPOSSIBLE = {
    "stock below nothing or below what is held": (
        "SELECT product_id FROM stock_balance WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand "
        "UNION ALL SELECT product_id FROM stock_bin WHERE on_hand < 0 "
        "UNION ALL SELECT product_id FROM stock_worth WHERE quantity < 0 OR value < 0"
    ),
    "debits that are not credits": "SELECT entry_id FROM journal_line GROUP BY 1 HAVING sum(amount) <> 0",
    "money that is neither allocated nor on account": (
        "SELECT sum(p.amount - p.refunded) - coalesce((SELECT sum(amount) FROM allocation WHERE payment_id IS NOT NULL), 0) "
        "+ (SELECT coalesce(sum(l.amount), 0) FROM journal_line l JOIN account a ON a.id = l.account_id WHERE a.code = '2203') AS rest "
        "FROM payment p WHERE p.state <> 'cancelled' HAVING sum(p.amount - p.refunded) "
        "- coalesce((SELECT sum(amount) FROM allocation WHERE payment_id IS NOT NULL), 0) "
        "+ (SELECT coalesce(sum(l.amount), 0) FROM journal_line l JOIN account a ON a.id = l.account_id WHERE a.code = '2203') <> 0"
    ),
    "more than 100 given up of an invoice as a small rest": (
        "SELECT invoice_id FROM allocation WHERE kind = 'rounding' GROUP BY 1 HAVING sum(amount) > 100"
    ),
    "goods gone to nobody": (
        "SELECT p.code FROM product p JOIN stock_worth w ON w.product_id = p.id "
        "JOIN (SELECT product_id, sum(on_hand) AS n FROM stock_bin GROUP BY 1) b ON b.product_id = p.id WHERE b.n <> w.quantity"
    ),
}
"""Nothing of this is ever found."""

# The books' own view of what a customer owes, and what was ordered of which no invoice demands anything yet.
EXPOSURE = """
SELECT c.id, c.name, (SELECT coalesce(sum(l.amount), 0) FROM journal_line l JOIN account a ON a.id = l.account_id
    WHERE a.code IN ('1122', '2203') AND l.customer_id = c.id)
  + (SELECT coalesce(sum(l.amount), 0) FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
    WHERE o.customer_id = c.id AND o.state IN ('confirmed', 'in_progress', 'on_hold', 'done', 'closed'))
  - (SELECT coalesce(sum(i.total), 0) FROM invoice i JOIN sales_order o ON o.id = i.order_id
    WHERE o.customer_id = c.id AND o.state IN ('confirmed', 'in_progress', 'on_hold', 'done', 'closed')) AS exposure
FROM customer c ORDER BY c.id
"""

Step = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Way:
    """A command that somebody could give: where the document comes from that it is about, and who says what of it.

    `often` is how many times more likely than others it is.
    """

    name: str
    make: Callable[["Walk", str], Step]
    find: str = ""
    often: int = 1


@dataclass(slots=True)
class Walk:
    """Who goes, with which dice; how often each command was accepted and refused.

    After so many steps it `looks` whether the books agree; 0 while others are on their way.
    """

    seed: int
    ways: tuple[Way, ...]
    looks: int = 50
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    why: Counter[tuple[str, str]] = field(default_factory=Counter)
    dice: random.Random = field(default_factory=random.Random)
    people: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice.seed(self.seed)

    def items(self, most: int, *, kinds: Iterable[int] = (1, 1, 2), goods: tuple[str, ...] = GOODS) -> list[dict]:
        """So much of one or two products."""
        codes = self.dice.sample(goods, self.dice.choice(list(kinds)))
        return [{"product": code, "quantity": str(self.dice.randint(1, most))} for code in codes]

    def amount(self, most: int) -> str:
        """So much money; now and then what cannot be."""
        strange = self.dice.random() < 0.05
        return (
            self.dice.choice(("0", "-3", "1000000000000"))
            if strange
            else f"{self.dice.randint(1, most * 100) / 100:.2f}"
        )

    async def steps(self, count: int) -> None:
        """So many steps; a refusal is an answer, anything else is a defect."""
        weights = [way.often for way in self.ways]
        nth = 0
        while nth < count:
            way = self.dice.choices(self.ways, weights)[0]
            about = await self._about(way)
            if about is None:
                continue
            nth += 1
            who, inputs = way.make(self, about)
            await self._take(way.name, who, inputs, f"walk-{self.seed}-{nth}")
            if self.looks and nth % self.looks == 0:
                assert await disagreements() == {}, (nth, way.name, inputs)

    async def _about(self, way: Way) -> str | None:
        if not way.find:
            return ""
        astray = self.dice.random() < ASTRAY
        found = await sql.rows(f"{way.find.split(' WHERE ')[0] if astray else way.find} ORDER BY 1 DESC LIMIT {LATEST}")
        return str(self.dice.choice(found)["number"]) if found else None

    async def _take(self, name: str, who: str, inputs: dict[str, Any], key: str) -> None:
        if who not in self.people:
            self.people[who] = system("walk") if who == "system" else await person(who)
        try:
            await transaction(run, self.people[who], Call(name, inputs), key=key, follow=False)
        except (Refused, Instead) as no:
            assert getattr(no, "code", "") != "refused", (name, inputs)
            self.refused[name] += 1
            self.why[name, getattr(no, "code", "instead")] += 1
        else:
            self.accepted[name] += 1


async def disagreements() -> dict[str, Any]:
    """What the audit finds, what cannot be, and whose exposure is not its formula."""
    found: dict[str, Any] = {}
    for name, statement in (*CHECKS.items(), *IMPOSSIBLE.items()):
        if rows := await sql.rows(statement):
            found[name] = rows[:3]
    formula = await sql.rows(EXPOSURE)
    told = await credit_statuses([row["id"] for row in formula])
    for row in formula:
        if told[row["id"]].exposure != Decimal(row["exposure"]):
            found[f"exposure of {row['name']}"] = (told[row["id"]].exposure, row["exposure"])
    return found
