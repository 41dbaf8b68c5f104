"""Salespeople who order for their customers, each of them alone and all at once; and the same rows put in bare."""

import asyncio
import itertools
import json
import statistics
import time
from dataclasses import dataclass

import aiohttp
import asyncpg
import uvloop

from bench.company import PRODUCTS, products
from bench.phones import Figures
from bench.serving import HOST

LINES = 5


@dataclass(frozen=True, slots=True)
class Rush:
    """So many orders, so many people at once, each with a token and a customer of their own; `first` numbers them."""

    port: int
    people: tuple[tuple[str, str], ...]
    first: int
    count: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Bare:
    """So many times the rows of one order, put in by so many connections; `rows` by table, as JSON."""

    url: str
    rows: tuple[tuple[str, str], ...]
    number: str
    key: str
    first: int
    count: int
    at_once: int


def rush(task: Rush) -> Figures:
    """Places every order. Raises AssertionError for one that is not confirmed with all its goods."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_rush(task))


def bare(task: Bare) -> Figures:
    """Puts the rows in, one transaction an order, one statement a table."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_bare(task))


async def _rush(task: Rush) -> Figures:
    every, waiting = products(), iter(range(task.first, task.first + task.count))
    spans: list[float] = []

    async def person(token: str, customer: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(f"http://{HOST}:{task.port}", headers=headers) as session:
            for number in waiting:
                # A step that shares no divisor with the count: every product comes up before one comes twice.
                codes = [every[(number * LINES + nth) * 7919 % PRODUCTS].code for nth in range(LINES)]
                items = [{"product": code, "quantity": str(1 + nth)} for nth, code in enumerate(codes)]
                began = time.perf_counter()
                async with session.post(
                    "/api/order/create", json={"customer": customer, "items": items},
                    headers={"Idempotency-Key": f"bench-{number}"},
                ) as response:  # fmt: skip
                    answer = await response.json()
                spans.append(time.perf_counter() - began)
                assert answer.get("state") == "confirmed", answer
                assert [line["reserved"] for line in answer["lines"]] == [line["quantity"] for line in items], answer

    return await _figures(spans, [person(*each) for each in task.people[: task.at_once]])


async def _bare(task: Bare) -> Figures:
    waiting = iter(range(task.first, task.first + task.count))
    spans: list[float] = []

    async def writer() -> None:
        connection = await asyncpg.connect(task.url)
        statements = [(_insert(table, rows), rows) for table, rows in task.rows]
        for number in waiting:
            began = time.perf_counter()
            async with connection.transaction():
                for statement, rows in statements:
                    await connection.execute(statement, _fresh(rows, task, number))
            spans.append(time.perf_counter() - began)
        await connection.close()

    return await _figures(spans, [writer() for _ in range(task.at_once)])


async def _figures(spans: list[float], work: list) -> Figures:
    began = time.perf_counter()
    await asyncio.gather(*work)
    took = time.perf_counter() - began
    p99 = sorted(spans)[int(len(spans) * 0.99)]
    return Figures(per_s=len(spans) / took, p50_ms=statistics.median(spans) * 1000, p99_ms=p99 * 1000)


def _fresh(rows: str, task: Bare, number: int) -> str:
    """The same rows once more: what is unique gets something of its own, a line another position of the same order."""
    own = rows.replace(task.number, f"{task.number}-{number}").replace(task.key, f"bare-{number}")
    return own.replace('"position": ', f'"position": {number + 1}')


def _insert(table: str, rows: str) -> str:
    names = ", ".join(f'"{name}"' for name in dict.fromkeys(itertools.chain(*json.loads(rows))) if name != "id")
    return f'INSERT INTO "{table}" ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::"{table}", $1::jsonb)'
