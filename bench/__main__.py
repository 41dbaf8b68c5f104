"""Runs the benchmarks: `make bench`, or one of them, `python -m bench orders`."""

import asyncio
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from bench import company, orders, statements
from bench.database import core_apart, database, version
from bench.phones import Drive, Figures, drive
from bench.results import Results, Series
from bench.serving import Server, serving

AT_ONCE = (1, 8, 32, 128)
ROUNDS = 5
COUNTS = {"official": 1500, "constant": 3000}
WARM_UP = 500


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
        results = Results(asyncio.run(version(self.url)), self.count(WARM_UP), WARM_UP)
        for at_once in AT_ONCE:
            results.series[at_once] = self.compare(at_once)
            sys.stderr.write(f"{at_once} at once: {results.ratio(at_once):.2f}\n")
        return results


def queries() -> None:
    """An encrypted stock query, against a constant behind the same door; writes results.md beside this file."""
    with (
        core_apart() as core,
        database(company.fill) as url,
        serving("official", url, core) as ours,
        serving("constant", url, core) as constant,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as phones,
    ):
        write("results.md", Bench(url, [ours, constant], phones).run().page())


def ordering() -> None:
    """Orders of five lines, against a bare insert of the same rows; writes orders.md beside this file."""
    with (
        core_apart() as core,
        database(orders.fill) as url,
        serving("json", url, core) as server,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as people,
    ):
        write("orders.md", orders.measure(url, server, people).page())


BENCHES = {"queries": queries, "orders": ordering}


def write(name: str, page: str) -> None:
    """A page of results, beside this file and to be seen."""
    Path(__file__).with_name(name).write_text(page)
    sys.stdout.write(page)


def main() -> None:
    """Measures what is named, or everything."""
    for name in sys.argv[1:] or BENCHES:
        BENCHES[name]()


if __name__ == "__main__":
    main()
