"""Orders of five lines, confirmed: priced, checked against credit and consent, reserved, and told of."""

import asyncio
import os
import platform
import statistics
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal

import asyncpg

from bench import company, statements
from bench.buying import LINES, Bare, Rush, bare, rush
from bench.database import version
from bench.phones import Figures
from bench.serving import Server
from bench.statements import Statement
from models import sql
from models.chat.tokens import issue_token
from models.clock import now, today
from models.database import open_database
from models.party.tables import Customer, Person
from models.system.tables import Company
from models.text import name_keys

AT_ONCE = (1, 16)
ROUNDS = 3
ORDERS, BARE, COUNTED = 200, 1000, 50
CUSTOMERS = 200

CONTACTS = """
INSERT INTO person (number, name, nickname, phone, roles, customer_id, active, created_at)
SELECT 'C' || substr(c.number, 3), '联系人' || c.number, '', '', '["customer"]', c.id, true, $1 FROM customer c
"""

# Every other product has a price of the customer's own, every fifth one from ten pieces on.
PRICES = """
INSERT INTO price_rule (product_id, customer_id, price_group, min_quantity, price, tax_included, valid_from, made_at)
SELECT p.id, c.id, '', 0, 0.50, true, $1::date, $2::timestamptz FROM product p JOIN customer c ON p.id % 2 = 0 AND c.id % 20 = p.id / 2 % 20
UNION ALL SELECT p.id, NULL, '', 10, 0.48, true, $1::date, $2::timestamptz FROM product p WHERE p.id % 5 = 0
"""

ROWS = (
    "SELECT count(*) AS n, coalesce(jsonb_agg(to_jsonb(t) ORDER BY id), '[]')::text AS rows FROM \"{}\" t WHERE id > $1"
)

TABLES = """
SELECT c.table_name FROM information_schema.columns c JOIN pg_tables t ON t.tablename = c.table_name
WHERE t.schemaname = 'public' AND c.column_name = 'id' ORDER BY c.table_name
"""


async def fill(url: str) -> None:
    """The company of the other benchmark, and customers of its salespeople, each with a contact and prices."""
    await company.fill(url)
    context = await open_database(url)
    await Company.create(name="测量五金", credit_limit=Decimal(10) ** 9, created_at=now())
    sellers = await Person.filter(number__startswith="E").order_by("id").limit(CUSTOMERS)
    names = [(f"CU{nth:04d}", f"测量客户{nth:04d}", seller.id) for nth, seller in enumerate(sellers)]
    await Customer.bulk_create(
        [
            Customer(
                number=number, name=name, owner_id=owner, credit_limit=Decimal(10) ** 8, keys=" ".join(name_keys(name))
            )
            for number, name, owner in names
        ]
    )
    await sql.rows(CONTACTS, now())
    await sql.rows(PRICES, today(), now())
    await sql.rows("VACUUM ANALYZE")
    await context.connections.close_all()


@dataclass(slots=True)
class Results:
    """What one run found."""

    postgres: str
    statements: list[Statement]
    rows: dict[str, int]
    orders: dict[int, list[Figures]] = field(default_factory=dict)
    bare: dict[int, list[Figures]] = field(default_factory=dict)
    cpu_ms: dict[int, list[float]] = field(default_factory=dict)

    @property
    def per_order(self) -> float:
        """SQL statements of one order."""
        return sum(each.calls for each in self._ours()) / COUNTED

    def ratio(self, at_once: int) -> float:
        """Orders against bare inserts of their rows, as the median of the paired rounds."""
        pairs = zip(self.orders[at_once], self.bare[at_once], strict=True)
        return statistics.median(ours.per_s / alone.per_s for ours, alone in pairs)

    def gain(self) -> float:
        """How much more many do at once than one."""
        one, many = (median(self.orders[at_once], "per_s") for at_once in (AT_ONCE[0], AT_ONCE[-1]))
        return many / one

    def page(self) -> str:
        """All of it, in Markdown."""
        return "\n".join([*self._head(), *self._throughput(), *self._statements(), ""])

    def _head(self) -> list[str]:
        return [
            f"# Orders of {LINES} lines, confirmed",
            "",
            f"{os.cpu_count()} cores, PostgreSQL {self.postgres}, Python {platform.python_version()}; {company.PRODUCTS:,} "
            f"products, {CUSTOMERS} customers with prices of their own. Written by `make bench`, or `python -m bench orders`.",
            "",
            f"- SQL statements of one order, counted by PostgreSQL, BEGIN, COMMIT and SAVEPOINT aside: **{self.per_order:.0f}**.",
            f"- {AT_ONCE[-1]} people at once against one: **{self.gain():.2f}** times as many orders.",
            f"- Against a bare insert of the same rows: **{self.ratio(AT_ONCE[0]):.3f}** by one, "
            f"**{self.ratio(AT_ONCE[-1]):.3f}** by {AT_ONCE[-1]} at once.",
            "",
        ]

    def _throughput(self) -> list[str]:
        rows = [
            "| at once | what | orders/s | p50 ms | p99 ms | server's CPU ms each | ratio |",
            "|---|---|---|---|---|---|---|",
        ]
        for at_once in self.orders:
            for what, found in (("confirmed", self.orders[at_once]), ("bare insert", self.bare[at_once])):
                ours = what == "confirmed"
                cpu = f"{statistics.median(self.cpu_ms[at_once]):.1f}" if ours else ""
                ratio = f"{self.ratio(at_once):.3f}" if ours else ""
                rows.append(
                    f"| {at_once} | {what} | {median(found, 'per_s'):,.0f} | {median(found, 'p50_ms'):.1f} "
                    f"| {median(found, 'p99_ms'):.1f} | {cpu} | {ratio} |"
                )
        made = ", ".join(f"{count} {table}" for table, count in self.rows.items())
        return [
            *rows,
            "",
            f"Medians of {ROUNDS} alternating rounds (A B A B …). One process serves JSON on a core of its own; PostgreSQL and",
            "the people share the others. Everybody orders for a customer of their own, each time other products; every order",
            "is priced, checked against the limit, confirmed with all its goods reserved, written into the audit log and told to",
            "the customer's contact; nothing is delivered meanwhile. Numbers have no gaps, so that orders wait for each other from",
            f"their number to their commit. One order leaves {made}; the bare",
            "insert puts these same rows in, one transaction an order, one statement a table. `synchronous_commit` is off.",
            "",
        ]

    def _ours(self) -> list[Statement]:
        return [each for each in self.statements if each.calls >= COUNTED]

    def _statements(self) -> list[str]:
        rows = [f"| {each.calls / COUNTED:.2f} | {each.mean_ms:.3f} | `{each.text[:100]} …` |" for each in self._ours()]
        return ["| per order | mean ms | statement |", "|---|---|---|", *rows]


def median(found: list[Figures], name: str) -> float:
    """The median of one figure over the rounds."""
    return statistics.median(getattr(each, name) for each in found)


def measure(url: str, server: Server, people: ProcessPoolExecutor) -> Results:
    """Warms up, counts, compares."""
    askers, sent = asyncio.run(_askers(url)), 0

    def order(count: int, at_once: int) -> Figures:
        nonlocal sent
        task = Rush(server.port, askers, sent, count, at_once)
        sent += count
        return people.submit(rush, task).result()

    order(COUNTED, AT_ONCE[-1])
    asyncio.run(statements.forget(url))
    order(COUNTED, 1)
    counted = asyncio.run(statements.counted(url))
    before = asyncio.run(_newest(url))
    order(1, 1)
    alone = asyncio.run(_left_since(url, before, f"bench-{sent - 1}"))
    results = Results(asyncio.run(version(url)), counted, alone.counts)
    written = 0
    for at_once in AT_ONCE:
        results.orders[at_once], results.bare[at_once], results.cpu_ms[at_once] = [], [], []
        for _ in range(ROUNDS):
            used = server.cpu_s()
            results.orders[at_once].append(order(ORDERS, at_once))
            results.cpu_ms[at_once].append((server.cpu_s() - used) * 1000 / ORDERS)
            task = Bare(url, alone.rows, alone.number, alone.key, written, BARE, at_once)
            results.bare[at_once].append(people.submit(bare, task).result())
            written += BARE
    return results


@dataclass(frozen=True, slots=True)
class Left:
    """The rows of one order: by table as JSON, and how many; its number and its key, which are unique."""

    rows: tuple[tuple[str, str], ...]
    counts: dict[str, int]
    number: str
    key: str


async def _askers(url: str) -> tuple[tuple[str, str], ...]:
    """Tokens of as many salespeople as there are customers of theirs."""
    context = await open_database(url)
    owned = await Customer.all().order_by("id").limit(AT_ONCE[-1])
    found = [((await issue_token(person_id=each.owner_id))[0], each.name) for each in owned]  # type: ignore[attr-defined]
    await context.connections.close_all()
    return tuple(found)


async def _newest(url: str) -> dict[str, int]:
    connection = await asyncpg.connect(url)
    tables = [row["table_name"] for row in await connection.fetch(TABLES)]
    found = {name: await connection.fetchval(f'SELECT coalesce(max(id), 0) FROM "{name}"') for name in tables}
    await connection.close()
    return found


async def _left_since(url: str, before: dict[str, int], key: str) -> Left:
    """What one order left in every table."""
    connection = await asyncpg.connect(url)
    number: str = await connection.fetchval("SELECT number FROM sales_order ORDER BY id DESC LIMIT 1")
    made = {table: await connection.fetchrow(ROWS.format(table), newest) for table, newest in before.items()}
    await connection.close()
    left = {table: row for table, row in made.items() if row["n"]}
    return Left(
        tuple((table, row["rows"]) for table, row in left.items()),
        {table: row["n"] for table, row in left.items()},
        number,
        key,
    )
