"""Importing: a file's rows are written one after another in one transaction, and all of them or none stay.

Each kind says which columns it knows and how one row becomes true. A row that is true already changes nothing, so that
the same file can be imported again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from handlers.importing.cells import Read
from handlers.result import Result
from handlers.sheets.reading import Line, read_table
from handlers.sheets.writing import Column, Table
from models.errors import Refused
from models.states import Labelled
from models.text import key
from models.transactions import savepoint

SHOWN = 5
"""Rows that a preview shows."""

ERRORS = 20
"""Errors that are told at once; more are counted."""


class Change(Labelled):
    """What became of a row."""

    new = "new", "新增"
    changed = "changed", "更新"
    same = "same", "不变"


class BadRow(Refused):
    """A row that cannot be written; `why` says why, in Chinese."""

    code = "bad_row"


class Fault(Result):
    """What is wrong in which line, and under which header if one cell is to blame."""

    line: int
    column: str | None = None
    given: str | None = None
    why: str


class ImportRefused(Refused):
    """Nothing was imported; `errors` are the first faults, `total` is how many there are, `more` how many are not told."""

    code = "import_refused"

    def __init__(self, kind: "Kind", faults: list[Fault]) -> None:
        told = faults[:ERRORS]
        more = len(faults) - len(told) or None
        super().__init__(kind=kind.name, title=kind.title, total=len(faults), errors=told, more=more)


class Imported(Result):
    """What an import did, or would do; `changes` are the first of them, `more` counts those not shown."""

    kind: str
    title: str
    rows: int
    new: int
    changed: int
    same: int
    unused: list[str]
    changes: list[str]
    more: int | None


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a kind: its header and what else people call it, and how its cells are read."""

    name: str
    header: str
    read: Read
    also: tuple[str, ...] = ()
    required: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be imported; `key` are the fields by which a row is known again.

    `write` makes a row true, for the employee `by`, and says what that changed. Raises BadRow, or what a model refuses.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    write: Callable[[dict[str, Any], int | None], Awaitable[Change]]

    @property
    def template(self) -> Table:
        """An empty file of this kind, with one row as an example."""
        columns = [Column(field.header) for field in self.fields]
        return Table(self.title, columns, [[field.example for field in self.fields]])


async def import_table(kind: Kind, data: bytes, *, by: int | None) -> Imported:
    """Writes every row of a file, inside a transaction. Raises UnreadableFile, or ImportRefused if any row is wrong."""
    head, *lines = read_table(data)
    places, unused = _places(kind, head)
    faults: list[Fault] = []
    counts = dict.fromkeys(Change, 0)
    shown: list[str] = []
    seen: dict[tuple[Any, ...], int] = {}
    for line in lines:
        row = _row(kind, places, line, faults)
        if row is None or _repeated(kind, row, line, seen, faults):
            continue
        change = await _written(kind, row, line, by, faults)
        if change is None:
            continue
        counts[change] += 1
        if change is not Change.same and len(shown) < SHOWN:
            shown.append(
                f"{change.text} " + " ".join(_cell(row[field.name]) for field in kind.fields if field.name in row)
            )
    if faults:
        raise ImportRefused(kind, faults)
    return Imported(
        kind=kind.name, title=kind.title, rows=len(lines), new=counts[Change.new], changed=counts[Change.changed],
        same=counts[Change.same], unused=unused, changes=shown,
        more=counts[Change.new] + counts[Change.changed] - len(shown) or None,
    )  # fmt: skip


def _places(kind: Kind, head: Line) -> tuple[dict[str, int], list[str]]:
    """Where each field stands, and the headers that nobody knows."""
    wanted = {key(word): field.name for field in kind.fields for word in (field.header, *field.also, field.name)}
    places: dict[str, int] = {}
    unused: list[str] = []
    for place, cell in enumerate(head.cells):
        name = wanted.get(key(str(cell).rstrip("*")))
        if name is not None and name not in places:
            places[name] = place
        elif str(cell).strip():
            unused.append(str(cell).strip()[:20])
    missing = [field for field in kind.fields if field.required and field.name not in places]
    if missing:
        raise ImportRefused(
            kind, [Fault(line=head.number, column=field.header, why=_missing(field)) for field in missing]
        )
    return places, unused


def _missing(field: Field) -> str:
    also = f"，也可以叫{'、'.join(field.also)}" if field.also else ""
    return f"没有这一列{also}"


def _row(kind: Kind, places: dict[str, int], line: Line, faults: list[Fault]) -> dict[str, Any] | None:
    """The values of a line, empty cells left out; None if any of them cannot be."""
    row: dict[str, Any] = {}
    before = len(faults)
    for field in kind.fields:
        place = places.get(field.name)
        cell = line.cells[place] if place is not None and place < len(line.cells) else ""
        if cell is None or not str(cell).strip():
            if field.required:
                faults.append(Fault(line=line.number, column=field.header, why="没有填"))
            continue
        try:
            row[field.name] = field.read(cell)
        except Refused as refused:
            faults.append(
                Fault(line=line.number, column=field.header, given=_typed(cell), why=str(refused.facts["why"]))
            )
    return row if len(faults) == before else None


def _repeated(
    kind: Kind, row: dict[str, Any], line: Line, seen: dict[tuple[Any, ...], int], faults: list[Fault]
) -> bool:
    """Whether an earlier line says something about the same."""
    which = tuple(key(value) if isinstance(value := row.get(name), str) else value for name in kind.key)
    earlier = seen.setdefault(which, line.number)
    if earlier != line.number:
        faults.append(Fault(line=line.number, why=f"和第 {earlier} 行重复"))
    return earlier != line.number


async def _written(kind: Kind, row: dict[str, Any], line: Line, by: int | None, faults: list[Fault]) -> Change | None:
    try:
        async with savepoint():
            return await kind.write(row, by)
    except Refused as refused:
        faults.append(
            Fault(line=line.number, why=str(refused.facts.get("why") or WORDS.get(refused.code, refused.code)))
        )
        return None


WORDS = {"period_closed": "那个月已经结账，不能再记账"}
"""What a model may refuse, for people who look at a file."""


def _typed(cell: Any) -> str:
    """A cell as whoever filled it in would know it again: Excel knows no whole numbers."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)[:40]


def _cell(value: Any) -> str:
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
