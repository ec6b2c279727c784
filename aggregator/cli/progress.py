"""How what takes long goes on: a bar on a terminal, on standard error, and never in a log or a pipe."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn

from aggregator.observing.events import Event, FirstPassed, Ingested, SourceChanged, Stopping
from aggregator.observing.logs import configure, log_event
from aggregator.observing.milestones import FirstStarted
from feeds.polling import REMARKS


@contextmanager
def steps(description: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for as long as the context lasts; it moves when the function is told how much is done, and of how much.

    Where nobody looks, nothing is shown, and telling costs nothing.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _of: None
        return
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=console, transient=True)
    task = bar.add_task(description, total=None)
    with bar:
        _lines_above_it()
        yield lambda done, of: bar.update(task, completed=min(done, of), total=of)
    _lines_above_it()


class FirstFetch:
    """The bar of a daemon's first passes, on a terminal: an observer, of which the log's lines go above the bar.

    It comes with the first pass and goes with the last one, or when the daemon is to stop.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar: Progress | None = None

    def observe(self, event: Event) -> None:
        """Show one event."""
        match event:
            case FirstStarted(sources=sources) if sources and self._console.is_terminal:
                self._bar = _sources_bar(self._console)
                self._bar.add_task("fetching", total=sources, latest="")
                self._bar.start()
                _lines_above_it()
            case Ingested(source=source) if self._bar:
                self._bar.update(self._bar.task_ids[0], advance=1, latest=source)
            case FirstPassed() | Stopping():
                self.close()
            case _:
                pass

    def close(self) -> None:
        """Take the bar away; twice is fine."""
        if self._bar:
            self._bar.stop()
            self._bar = None
            _lines_above_it()


def _sources_bar(console: Console) -> Progress:
    latest = TextColumn("{task.fields[latest]}", markup=False)
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), latest, console=console, transient=True
    )


def _lines_above_it() -> None:
    """Have log lines written to what standard error is now: a bar that starts puts itself in front, and leaves."""
    for sink in logging.getLogger().handlers:
        if type(sink) is logging.StreamHandler:
            sink.setStream(sys.stderr)


class Round:
    """Shows passes as they end, and what publishing complains of; `observe` is its observer, `secrets` are hidden."""

    def __init__(self, *, secrets: Iterable[str]) -> None:
        console = Console(stderr=True)
        self._on_terminal = console.is_terminal
        self._secrets = tuple(secrets)
        self._bar = _sources_bar(console)
        self._task = self._bar.add_task("fetching", total=None, latest="")

    def expect(self, total: int) -> None:
        """Say how many passes there will be."""
        self._bar.update(self._task, total=total)

    def observe(self, event: Event) -> None:
        """Show one event; on a terminal the table at the end tells of the passes."""
        match event:
            case Ingested(source=source) if self._on_terminal:
                self._bar.update(self._task, advance=1, latest=source)
            case SourceChanged(change=change) if self._on_terminal and change.condition not in REMARKS:
                pass  # what has become of a source is in the table, but not what else there is to know
            case _:
                log_event(event)

    def __enter__(self) -> Self:
        if self._on_terminal:
            self._bar.start()
        configure(sys.stderr, secrets=self._secrets)  # the bar has put itself in front of it: lines go above it
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._on_terminal:
            self._bar.stop()
            configure(sys.stderr, secrets=self._secrets)
