"""What the benchmark found, as a page of its own."""

import os
import platform
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from bench.company import PEOPLE, PRODUCTS
from bench.phones import Figures
from bench.statements import Statement

PAGE = Path(__file__).with_name("results.md")

WANTED = 0.5
MOST_STATEMENTS = 4


@dataclass(slots=True)
class Series:
    """Every round of one door at one concurrency."""

    rounds: list[Figures] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def median(self, name: str) -> float:
        """The median of one figure over the rounds."""
        return statistics.median(getattr(each, name) for each in self.rounds)


@dataclass(slots=True)
class Results:
    """What one run found."""

    postgres: str
    statements: list[Statement]
    queries: int
    series: dict[int, dict[str, Series]] = field(default_factory=dict)

    def ratio(self, at_once: int) -> float:
        """The product's throughput over that of the same door with a constant, as the median of the paired rounds."""
        pairs = zip(*(self.series[at_once][door].rounds for door in ("official", "constant")), strict=True)
        return statistics.median(ours.per_s / constant.per_s for ours, constant in pairs)

    def page(self) -> str:
        """All of it, in Markdown."""
        return "\n".join([*self._head(), *self._throughput(), *self._statements(), ""])

    def _head(self) -> list[str]:
        busiest = max(self.series)
        return [
            "# An encrypted stock query through the Official Account's door",
            "",
            f"{os.cpu_count()} cores, PostgreSQL {self.postgres}, Python {platform.python_version()}; "
            f"{PRODUCTS:,} products, {PEOPLE:,} people bound. Written by `make bench`.",
            "",
            f"- Throughput of one process against the same door answering a constant with no database: "
            f"**{self.ratio(busiest):.2f}** at {busiest} at once (wanted: {WANTED}).",
            f"- SQL statements of one query, counted by PostgreSQL, BEGIN and COMMIT aside: "
            f"**{sum(each.calls for each in self._ours()) / self.queries:.0f}** (wanted: {MOST_STATEMENTS}).",
            "",
        ]

    def _throughput(self) -> list[str]:
        rows = [
            "| at once | door | answers/s | p50 ms | p99 ms | server's CPU ms each | ratio |",
            "|---|---|---|---|---|---|---|",
        ]
        for at_once, doors in self.series.items():
            for door, series in doors.items():
                ratio = f"{self.ratio(at_once):.2f}" if door == "official" else ""
                rows.append(
                    f"| {at_once} | {door} | {series.median('per_s'):,.0f} | {series.median('p50_ms'):.2f} "
                    f"| {series.median('p99_ms'):.2f} | {statistics.median(series.cpu_ms):.2f} | {ratio} |"
                )
        return [
            *rows,
            "",
            "Medians of alternating rounds (A B A B …). The server has a core to itself; PostgreSQL and the phones share",
            "the others. Every message is encrypted beforehand, has a MsgId of its own, and comes from another person",
            "about another product, over connections that are kept. The product's jobs run; `synchronous_commit` is off.",
            "",
        ]

    def _ours(self) -> list[Statement]:
        """What every query runs; the jobs speak to the database too, but far less often."""
        return [each for each in self.statements if each.calls >= self.queries]

    def _statements(self) -> list[str]:
        rows = [
            f"| {each.calls / self.queries:.2f} | {each.mean_ms:.3f} | `{each.text[:100]} …` |" for each in self._ours()
        ]
        return ["| per query | mean ms | statement |", "|---|---|---|", *rows]
