"""Exports: short ones at once, long ones as a job; either way a file, behind a link that lives for a week.

Who asks in WeCom is sent the file itself; only there one can do without links.
"""

import asyncio
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from handlers.actor import Actor
from handlers.areas.export.kinds import SOURCES, ExportFormat, ExportKind
from handlers.dispatch import MissingInput
from handlers.reading.periods import Span, month_of
from handlers.registry import command
from handlers.result import Result
from handlers.sheets.writing import CSV, XLSX, Table, as_csv, as_xlsx
from models.clock import today
from models.delivery.telling import tell
from models.errors import InvalidInput
from models.pages.linking import PUBLIC, LinkFile, NoPublicAddress, make_link
from models.party.tables import Customer
from models.system.files import STORE, write_file
from models.system.jobs import Chunk, start_job

WEEK = timedelta(days=7)

AT_ONCE = 2000
"""Rows that are written while the asker waits; more become a job."""

MOST = 100_000
"""Rows of one file: beyond that nobody reads it, and Excel on a phone does not open it."""

SAYS = [
    "导出{period}{kind}{format}", "导出{period}{kind}", "导出{period}的{kind}{format}", "导出{period}的{kind}", "导出{kind}{format}", "导出{kind}",
    "导出{customer}{period}{kind}{format}", "导出{customer}{period}{kind}", "导出{customer}{period}的{kind}", "导出{customer}{kind}", "导出{customer}的{kind}",
    "{customer}{period}{kind}导出", "{period}{kind}导出", "{period}的{kind}导出", "{kind}导出", "把{period}的{kind}导出来", "导出",
]  # fmt: skip


class Exported(Result):
    """A file of so many rows, or the job that is making it; `sent`: the file itself is on its way as a message."""

    kind: ExportKind
    period: str | None
    rows: int | None = None
    number: str | None = None
    file_name: str | None = None
    url: str | None = None
    expires_at: datetime | None = None
    sent: bool = False
    job: str | None = None


@command("export", says=SAYS)
async def export(
    me: Actor, *, kind: ExportKind, period: Span | None = None, format: ExportFormat | None = None,
    customer: Customer | None = None,
) -> Exported:  # fmt: skip
    """导出明细和报表成 Excel 或 CSV 文件"""
    if PUBLIC.url is None and not _takes_files(me):
        raise NoPublicAddress()
    span, shape = _span(kind, period), format or ExportFormat.xlsx
    _check_customer(kind, customer)
    rows = await SOURCES[kind].rows(me, span, AT_ONCE + 1, customer)
    if len(rows) <= AT_ONCE:
        made, file = await _file(me, kind, span, shape, rows, customer)
        if _takes_files(me):
            facts = {"file": file, **({"url": made.url} if made.url else {})}
            await tell("export.file", about=made.number or "", facts=facts, asker=[me.person_id])
        return made
    inputs = {"kind": kind.value, "period": span.text, "format": shape.value}
    if customer is not None:
        inputs["customer"] = customer.number
    job = await start_job("export.run", inputs, person_id=me.person_id, door=me.door)
    return Exported(kind=kind, period=_shown(kind, span), job=job.number)


@command("export.run", long=True, says=[f"后台{line}" for line in SAYS if line.startswith("导出{")])
async def run_export(
    me: Actor, chunk: Chunk, *, kind: ExportKind, period: Span | None = None, format: ExportFormat | None = None,
    customer: Customer | None = None,
) -> Exported | Chunk:  # fmt: skip
    """在后台导出行数很多的明细，做好了通知"""
    span = _span(kind, period)
    _check_customer(kind, customer)
    rows = await SOURCES[kind].rows(me, span, MOST, customer)
    made, file = await _file(me, kind, span, format or ExportFormat.xlsx, rows, customer)
    told: dict[str, Any] = {"file_name": made.file_name, **({"url": made.url} if made.url else {})}
    if _takes_files(me):
        told["file"] = file
    return Chunk(None, made.rows or 0, made.rows or 0, told=told)


def _takes_files(me: Actor) -> bool:
    """Whether a file can be sent where this was asked."""
    return me.door == "work"


async def _file(
    me: Actor, kind: ExportKind, span: Span, shape: ExportFormat, rows: list[list[Any]], customer: Customer | None
) -> tuple[Exported, dict[str, str]]:
    """The file, behind a link if the world can reach this server, and as a notice carries it."""
    period = _shown(kind, span)
    whose = f"{customer.name} " if customer else ""
    title = f"{whose}{kind.text} {period or f'{today():%Y-%m-%d}'}".replace("/", " 至 ")
    name = f"{title}.{shape.value}"
    table = Table(title, SOURCES[kind].columns, rows)
    # Writing a long one takes a second or two, in which others must not wait.
    data = await asyncio.to_thread(as_xlsx if shape is ExportFormat.xlsx else as_csv, table)
    sha256 = await asyncio.to_thread(write_file, STORE.folder, data)
    file = LinkFile(name, XLSX if shape is ExportFormat.xlsx else CSV, sha256)
    link, url = None, None
    if PUBLIC.url is not None:
        link, url = await make_link(
            "export", {"kind": kind.value}, heading=name, made_by_id=me.person_id, lives=WEEK, file=file
        )
    made = Exported(
        kind=kind,
        period=period,
        rows=len(rows),
        number=link.number if link else None,
        file_name=name,
        url=url,
        expires_at=link.expires_at if link else None,
        sent=_takes_files(me),
    )
    return made, asdict(file)


def _check_customer(kind: ExportKind, customer: Customer | None) -> None:
    """A statement is one customer's; everything else is of all. Raises MissingInput, InvalidInput."""
    if SOURCES[kind].by_customer and customer is None:
        raise MissingInput(input="customer", handler="export")
    if customer is not None and not SOURCES[kind].by_customer:
        raise InvalidInput(input="customer", given=customer.name, why="not_of_one_customer")


def _span(kind: ExportKind, period: Span | None) -> Span:
    """The days asked for, this month if none were; what is listed as it stands now knows no days."""
    if not SOURCES[kind].by_period:
        return Span(today(), today())
    span = period or month_of(today())
    if span.start > today():
        raise InvalidInput(input="period", given=span.text, why="in_the_future")
    return span


def _shown(kind: ExportKind, span: Span) -> str | None:
    return span.text if SOURCES[kind].by_period else None
