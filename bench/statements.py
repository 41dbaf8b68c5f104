"""Statements as PostgreSQL itself counts them (pg_stat_statements)."""

import re
from dataclasses import dataclass

import asyncpg

SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "top"}

COUNTED = """
SELECT query, calls, mean_exec_time AS mean_ms FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = current_database() ORDER BY calls DESC, query
"""

_ASIDE = re.compile(
    r"(BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b|.*pg_stat_statements", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its values, how often it ran and how long it took on average."""

    text: str
    calls: int
    mean_ms: float


async def forget(url: str) -> None:
    """Counts from nothing again."""
    connection = await asyncpg.connect(url)
    await connection.execute("SELECT pg_stat_statements_reset()")
    await connection.close()


async def counted(url: str) -> list[Statement]:
    """What ran in this database since it was forgotten, BEGIN and COMMIT and their like aside."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(COUNTED)
    await connection.close()
    return [
        Statement(" ".join(row["query"].split()), row["calls"], row["mean_ms"])
        for row in rows
        if not _ASIDE.match(row["query"].strip())
    ]
