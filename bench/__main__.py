"""Runs the benchmark: `make bench`."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import asyncpg

from bench import company, statements
from bench.phones import Drive, Figures, drive
from bench.results import Results, Series
from bench.serving import Server, serving
from models import embedded

AT_ONCE = (1, 8, 32)
ROUNDS = 3
COUNTS = {"official": 1500, "constant": 3000}
WARM_UP = 500
ENOUGH_MEMORY = 2**31


class Bench:
    """One database, two servers and the process that drives them."""

    def __init__(self, url: str, doors: list[Server], phones: ProcessPoolExecutor) -> None:
        self.url, self.doors, self.phones = url, doors, phones
        self._sent = 0

    def drive(self, server: Server, count: int, at_once: int) -> Figures:
        """A drive in the phones' process."""
        task = Drive(server.door, server.port, self._sent, count, at_once)
        self._sent += count
        return self.phones.submit(drive, task).result()

    def compare(self, at_once: int) -> dict[str, Series]:
        """A B A B …, so that what else the machine does falls on both."""
        found = {server.door: Series() for server in self.doors}
        for _ in range(ROUNDS):
            for server in self.doors:
                used, count = server.cpu_s(), COUNTS[server.door]
                found[server.door].rounds.append(self.drive(server, count, at_once))
                found[server.door].cpu_ms.append((server.cpu_s() - used) * 1000 / count)
        return found

    def count(self, count: int) -> list[statements.Statement]:
        """What so many stock queries, one after another, had the database do."""
        asyncio.run(statements.forget(self.url))
        self.drive(self.doors[0], count, 1)
        return asyncio.run(statements.counted(self.url))

    def run(self) -> Results:
        """Warms up, counts, compares."""
        for server in self.doors:
            self.drive(server, WARM_UP, 8)
        results = Results(asyncio.run(_version(self.url)), self.count(WARM_UP), WARM_UP)
        for at_once in AT_ONCE:
            results.series[at_once] = self.compare(at_once)
            sys.stderr.write(f"{at_once} at once: {results.ratio(at_once):.2f}\n")
        return results


@contextlib.contextmanager
def database() -> Iterator[str]:
    """A server of its own with the company in it, forgotten afterwards."""
    room = Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > ENOUGH_MEMORY
    with tempfile.TemporaryDirectory(prefix="liaodan-", dir="/dev/shm" if room else None) as folder:
        home = Path(folder)
        home.chmod(0o711)
        with embedded.server(home / "pg", **statements.SETTINGS) as template:
            asyncio.run(_create(template.format("postgres")))
            url = template.format("bench")
            asyncio.run(company.fill(url))
            yield url


async def _create(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE DATABASE bench")
    await connection.close()


async def _version(url: str) -> str:
    connection = await asyncpg.connect(url)
    version: str = await connection.fetchval("SHOW server_version")
    await connection.close()
    return version


def main() -> None:
    """Measures, and writes results.md beside this file."""
    # The doors take turns on the last core; PostgreSQL and the phones inherit the others from this process.
    *others, last = sorted(os.sched_getaffinity(0))
    cores = {last}
    os.sched_setaffinity(0, others or cores)
    with (
        database() as url,
        serving("official", url, cores) as ours,
        serving("constant", url, cores) as constant,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as phones,
    ):
        bench = Bench(url, [ours, constant], phones)
        written = bench.run().page()
    Path(__file__).with_name("results.md").write_text(written)
    sys.stdout.write(written)


if __name__ == "__main__":
    main()
