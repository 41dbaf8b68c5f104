"""The migrations build what the tables say."""

import pytest

from models.migrating import differences, migrate, pending

pytestmark = pytest.mark.commits


async def test_migrations_and_tables_agree_and_a_second_run_finds_nothing(database: str) -> None:
    assert await differences(database) == []
    assert await pending(database) == []
    await migrate(database)
    assert await differences(database) == []
