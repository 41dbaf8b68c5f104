"""Waiting for what should happen, and failing when it does not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

LONG_ENOUGH_S = 15


async def until(look: Callable[[], Awaitable[T]], *, within_s: float = LONG_ENOUGH_S) -> T:
    """Looks again and again until there is something to see; fails when it takes too long."""
    seen: T | None = None
    async with asyncio.timeout(within_s):
        while not seen:
            seen = await look()
            if not seen:
                await asyncio.sleep(0.05)
    return seen
