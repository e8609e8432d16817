"""How the command line speaks: tables for people, JSON for programs, sentences when it cannot."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from bot.importer import Progress as Fraction
from bot.logs import hide

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Record = dict[str, Any]
WIDTH = 160
"""Columns of a table that goes into a file or a pipe."""


class Advance(Protocol):
    """Tells a progress bar how much more has been done."""

    def __call__(self, more: int, /) -> None:
        """``more`` units are done."""


def complain(text: str) -> None:
    """A sentence on standard error, without secrets."""
    print(hide(text), file=sys.stderr)


def say(text: str) -> None:
    """A line on standard output."""
    _console(soft_wrap=True).print(text)


def show(records: Sequence[Record], *, as_json: bool, title: str, empty: str) -> None:
    """Records as a table (``empty`` when there are none), or as a JSON list."""
    if as_json:
        print(json.dumps(records, default=_plain))
        return
    if not records:
        say(empty)
        return
    table = Table(title=title, title_justify="left")
    for name, value in records[0].items():
        number = isinstance(value, int) and not isinstance(value, bool)
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for record in records:
        table.add_row(*map(_cell, record.values()))
    _console(width=None if sys.stdout.isatty() else WIDTH).print(table)


def show_one(record: Record, *, as_json: bool, title: str) -> None:
    """One record, a field a line, or as a JSON object."""
    if as_json:
        print(json.dumps(record, default=_plain))
        return
    table = Table(title=title, title_justify="left", show_header=False)
    for name, value in record.items():
        table.add_row(name, _cell(value))
    _console(width=None if sys.stdout.isatty() else WIDTH).print(table)


@contextmanager
def bar(label: str, total: int) -> Iterator[Advance]:
    """A progress bar on standard error; yields how to move it on."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda more: progress.advance(task, more)


@contextmanager
def fraction(label: str) -> Iterator[Fraction]:
    """A progress bar that is told how much of how much is done."""
    columns = (TextColumn(label), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None)

        def update(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield update


def names(values: Iterable[object]) -> str:
    """A list in a sentence, or ``none``."""
    return ", ".join(map(str, values)) or "none"


def _console(**more: Any) -> Console:
    """Standard output as it is now; what members wrote is shown, never obeyed as markup."""
    return Console(markup=False, emoji=False, highlight=False, **more)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, dict | list):
        return json.dumps(value, default=_plain)
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))


def _plain(value: object) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
