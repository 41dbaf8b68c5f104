"""Tables as files for Excel: text stays text there, whatever it begins with."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from models.clock import local

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

FORMULA = tuple("=+-@\t\r")
"""What a cell of a .csv must not begin with: Excel would take it for a formula (OWASP: CSV injection)."""

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

FORMATS = {
    "money": {"num_format": "#,##0.00"},
    "quantity": {"num_format": "#,##0.######"},
    "price": {"num_format": "#,##0.00####"},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
    "text": {"num_format": "@"},
}

WIDEST, NARROWEST = 40, 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands over it, and how its cells are shown (one of FORMATS)."""

    header: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, on a sheet with a title."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


def as_xlsx(table: Table) -> bytes:
    """A workbook of one sheet: headers that stay, filters, widths that fit."""
    out = io.BytesIO()
    # Without these, text that looks like a formula, a number or an address would become one.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", table.title)[:31])
        formats = {kind: book.add_format(each) for kind, each in FORMATS.items()}
        head = book.add_format({"bold": True, "bg_color": "#E9F2EE", "bottom": 1})
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, column.header, head)
            sheet.set_column(place, place, _width(table, place))
        for line, row in enumerate(table.rows, start=1):
            for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                _write(sheet, line, place, value, formats[column.kind])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    return out.getvalue()


def as_csv(table: Table) -> bytes:
    """Comma-separated UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.header for column in table.columns])
    writer.writerows([_plain(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _write(sheet: Any, line: int, place: int, value: Any, shape: Any) -> None:
    if value is None:
        sheet.write_blank(line, place, None, shape)
    elif isinstance(value, Decimal | int):
        sheet.write_number(line, place, value, shape)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, place, local(value).replace(tzinfo=None), shape)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, shape)
    else:
        sheet.write_string(line, place, _UNSEEN.sub("", str(value)), shape)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, str):
        # The apostrophe is what Excel itself writes before text that must stay text.
        return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
    return str(value)


def _width(table: Table, place: int) -> int:
    """Chinese takes twice the room of a letter."""
    texts = [table.columns[place].header, *(_plain(row[place]) for row in table.rows[:200])]
    longest = max(sum(2 if ord(letter) > 0x2E80 else 1 for letter in text) for text in texts)
    return min(max(longest + 2, NARROWEST), WIDEST)
