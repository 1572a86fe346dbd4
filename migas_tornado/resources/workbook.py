"""A program that writes a workbook from rows on its standard input, in bounded memory.

It is a process of its own, so that the server's goes on answering. It takes the path of the
workbook as its argument; the first line of its input is a JSON object with `names` and `kinds` of
the columns, each further line a JSON list of values. Contract: admin-api 3.
"""

import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import xlsxwriter

SHEET_ROWS = 1_048_576
"""Rows that a sheet can have."""
CELL_CHARACTERS = 32_767
"""Characters that a cell can have; what is longer ends in an ellipsis."""
NICENESS = 10


class Workbook:
    """A workbook that is written row by row.

    Memory holds one row at a time: earlier ones are in temporary files beside the workbook.

    Args:
        path: where it is written.
        names: of the columns.
        kinds: of their values, such as `moment`.
    """

    def __init__(self, path: Path, names: Sequence[str], kinds: Sequence[str]) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._formats = {
            "moment": self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "date": self._book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._names, self._kinds = names, kinds
        self._start_sheet()

    def _start_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        for place, name in enumerate(self._names):
            self._sheet.write_string(0, place, name)
        self._row = 1

    def add(self, values: Sequence[Any]) -> None:
        """Write a row; a full sheet is followed by another."""
        if self._row == SHEET_ROWS:
            self._start_sheet()
        for place, (value, kind) in enumerate(zip(values, self._kinds, strict=True)):
            if value is not None:
                self._write(place, value, kind)
        self._row += 1

    def _write(self, place: int, value: Any, kind: str) -> None:
        """Write a value with its type; texts never become formulas or links."""
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, place, value)
        elif isinstance(value, (int, float)):
            self._sheet.write_number(self._row, place, value)
        elif kind in self._formats:
            read = datetime.fromisoformat if kind == "moment" else date.fromisoformat
            self._sheet.write_datetime(self._row, place, read(value), self._formats[kind])
        else:
            self._sheet.write_string(self._row, place, _cell_text(value))

    def close(self) -> None:
        """Complete the workbook."""
        self._book.close()


def _cell_text(value: str) -> str:
    return value if len(value) <= CELL_CHARACTERS else value[: CELL_CHARACTERS - 1] + "…"


def main() -> None:
    """Write the workbook that the input describes; an input that ends early leaves none."""
    os.nice(NICENESS)
    lines = iter(sys.stdin.buffer)
    columns = orjson.loads(next(lines))
    book = Workbook(Path(sys.argv[1]), columns["names"], columns["kinds"])
    for line in lines:
        book.add(orjson.loads(line))
    book.close()


if __name__ == "__main__":
    main()
