"""The migrations build what the tables say."""

import pytest

from models import sql
from models.migrating import differences, migrate, pending

pytestmark = pytest.mark.commits

UNINDEXED = """
SELECT c.conrelid::regclass::text AS "table", a.attname AS "column" FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = a.attnum)
"""


async def test_migrations_and_tables_agree_and_a_second_run_finds_nothing(database: str) -> None:
    assert await differences(database) == []
    assert await pending(database) == []
    await migrate(database)
    assert await differences(database) == []


async def test_every_reference_has_an_index(database: str) -> None:
    assert await sql.rows(UNINDEXED) == []
