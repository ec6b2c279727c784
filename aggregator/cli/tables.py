"""Tables and times for people: rich on a terminal, plain columns in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aggregator.observing.printable import escaped

PLENTY = 1000  # columns of a pipe: a program that reads lines must not meet folded ones


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write the rows below their headers to standard output; headers that begin with `#` are numbers.

    Cells may hold what strangers wrote: nothing in them moves the cursor.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for header in headers:
        table.add_column(header.removeprefix("#"), justify="right" if header.startswith("#") else "left")
    for row in rows:
        table.add_row(*(Text(escaped(cell)) for cell in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PLENTY, no_color=True)
    console.print(table)


def ago(moment: datetime | None, now: datetime) -> str:
    """`5 min ago`, `in 2 h`, or `–` for never."""
    if moment is None:
        return "–"
    passed = now - moment
    return f"{span(passed)} ago" if passed >= timedelta() else f"in {span(-passed)}"


def span(length: timedelta) -> str:
    """`5 min`, `2 h`, `3 d`."""
    for size, unit in ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min")):
        if length >= 2 * size:
            return f"{round(length / size)} {unit}"
    return f"{round(length.total_seconds())} s"


def counted(number: int, noun: str) -> str:
    """`1 source`, `2 sources`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
