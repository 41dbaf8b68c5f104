"""Walkers side by side, each with dice of their own: afterwards the books agree, whoever came first."""

import asyncio

import pytest

from tests.walks.test_walks import WAYS
from tests.walks.walking import Walk, disagreements

WALKERS = 8

STEPS = 60


@pytest.mark.commits
@pytest.mark.slow
async def test_whatever_people_do_at_the_same_time_the_books_agree(database: str) -> None:
    walks = [Walk(100 + nth, WAYS, looks=0) for nth in range(WALKERS)]
    await asyncio.gather(*(walk.steps(STEPS) for walk in walks))
    assert sum(walk.accepted.total() for walk in walks) > WALKERS * STEPS / 4
    assert await disagreements() == {}
