"""A PostgreSQL of the benchmark's own, and a core that nothing else runs on."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import asyncpg

from bench import statements
from models import embedded

ENOUGH_MEMORY = 2**31


@contextlib.contextmanager
def database(fill: Callable[[str], Coroutine[Any, Any, None]]) -> Iterator[str]:
    """A server of its own with a company in it, forgotten afterwards."""
    room = Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > ENOUGH_MEMORY
    with tempfile.TemporaryDirectory(prefix="liaodan-", dir="/dev/shm" if room else None) as folder:
        home = Path(folder)
        home.chmod(0o711)
        with embedded.server(home / "pg", **statements.SETTINGS) as template:
            asyncio.run(_create(template.format("postgres")))
            url = template.format("bench")
            asyncio.run(fill(url))
            yield url


@contextlib.contextmanager
def core_apart() -> Iterator[set[int]]:
    """The last core, for the servers alone; PostgreSQL and who drives them inherit the others from this process."""
    every = os.sched_getaffinity(0)
    *others, last = sorted(every)
    os.sched_setaffinity(0, others or every)
    try:
        yield {last}
    finally:
        os.sched_setaffinity(0, every)


async def version(url: str) -> str:
    """Which PostgreSQL it is."""
    connection = await asyncpg.connect(url)
    found: str = await connection.fetchval("SHOW server_version")
    await connection.close()
    return found


async def _create(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE DATABASE bench")
    await connection.close()
