"""Tables out of files people have: .xlsx and .xls, and .csv in whatever Excel or an old ERP wrote it."""

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from models.errors import Refused

LARGEST = 20 << 20
UNPACKED = 200 << 20
ROWS = 20_000

Cells = list[Any]


class UnreadableFile(Refused):
    """No table can be read from this file; `why` says what it should be."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Line:
    """A row and its number in the file, counted as Excel counts."""

    number: int
    cells: Cells


def read_table(data: bytes) -> list[Line]:
    """The rows of a file that hold anything, of a workbook those of its first sheet. Raises UnreadableFile."""
    if len(data) > LARGEST:
        raise UnreadableFile(why="too_large")
    lines = _of_workbook(data) if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) else _of_text(data)
    found = [line for line in lines if any(cell not in ("", None) for cell in line.cells)]
    if len(found) < 2:
        raise UnreadableFile(why="empty")
    if len(found) > ROWS + 1:
        raise UnreadableFile(why="too_many_rows")
    return found


def _of_workbook(data: bytes) -> list[Line]:
    try:
        if data.startswith(b"PK"):
            _refuse_bomb(data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, IndexError, ValueError) as error:
        raise UnreadableFile(why="not_a_table") from error
    return [Line(number, row) for number, row in enumerate(rows, start=1)]


def _refuse_bomb(data: bytes) -> None:
    """A few kilobytes can unpack to gigabytes; the archive's own list says how many before anything is unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(each.file_size for each in archive.infolist()) > UNPACKED:
            raise UnreadableFile(why="too_large")


def _of_text(data: bytes) -> list[Line]:
    text = _decoded(data)
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=head.count))
    lines, before = [], 0
    try:
        for cells in reader:
            lines.append(Line(before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        raise UnreadableFile(why="not_a_table") from error
    return lines


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else GBK, which Chinese Excel writes."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFile(why="not_a_table")
