"""Results on standard output, everything else on standard error; for people or, as JSON lines, for programs."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from saasbackup_desktop.app.words import Words
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import printable

Record = Mapping[str, Any]
"""One JSON object. Its field ``type`` says what it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """How a field of a record shows in a table."""

    title: str
    text: Callable[[Record], str]
    right: bool = False
    is_whole: bool = False
    """Never cut on a narrow terminal."""


def field(title: str, name: str, *, is_whole: bool = False) -> Column:
    """A column that shows a field as it is."""
    return Column(
        title, lambda record: str(record.get(name) if record.get(name) is not None else ""), is_whole=is_whole
    )


def number(title: str, name: str, text: Callable[[Any], str]) -> Column:
    """A right-aligned column."""
    return Column(title, lambda record: text(record.get(name)), right=True, is_whole=True)


class Output:
    """Where a command writes to."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.results = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self.messages = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

    def record(self, record: Record, text: str) -> None:
        """Write one result: the object for programs, the text for people."""
        if self.as_json:
            _write_json(record)
        else:
            print(text)

    def table(self, records: Sequence[Record], columns: Sequence[Column], *, titles: bool = True) -> None:
        """Write results as a table: aligned on a terminal, tab-separated elsewhere; nothing of none."""
        if self.as_json:
            for record in records:
                _write_json(record)
        elif not records:
            return
        elif not self.results.is_terminal:
            if titles:
                print("\t".join(column.title for column in columns))
            for record in records:
                print("\t".join(printable(column.text(record)) for column in columns))
        else:
            self.results.print(_aligned(records, columns, titles))

    def fields(self, record: Record, columns: Sequence[Column]) -> None:
        """Write one result as a list of its fields."""
        if self.as_json:
            _write_json(record)
            return
        width = max(len(column.title) for column in columns)
        for column in columns:
            print(f"{column.title:<{width}}  {printable(column.text(record))}")

    def note(self, text: str) -> None:
        """Tell something that is not a result."""
        if self.as_json:
            _write_json({"type": "note", "text": text}, sys.stderr)
        else:
            print(text, file=sys.stderr)

    def progress(self, record: Record) -> None:
        """Write a progress object."""
        _write_json(record, sys.stderr)

    def problem(
        self, words: Words, code: str, facts: Mapping[str, str | int], exit_code: ExitCode, who: str = ""
    ) -> None:
        """Say what went wrong and what to do."""
        if self.as_json:
            record = {
                "type": "error",
                "code": code,
                "title": words.title,
                "what": words.what,
                "remedy": words.remedy,
                "facts": dict(facts),
                "account": who or None,
                "exit": int(exit_code),
            }
            _write_json(record, sys.stderr)
            return
        self.messages.print(Text(f"{who}: {words.title}" if who else words.title, style="bold red"))
        print(words.what, words.remedy, sep="\n", file=sys.stderr)


def _aligned(records: Sequence[Record], columns: Sequence[Column], titles: bool) -> Table:
    table = Table(box=None, pad_edge=False, show_header=titles, header_style="bold")
    for column in columns:
        widest = max(len(column.text(record)) for record in records)
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=True,
            min_width=widest if column.is_whole else None,
        )
    for record in records:
        table.add_row(*(Text(printable(column.text(record))) for column in columns))
    return table


def _write_json(record: Record, file: Any = None) -> None:
    print(json.dumps(record, ensure_ascii=False), file=file or sys.stdout, flush=True)
