"""How a round of passes goes on: a bar on a terminal, a line a source in a pipe. Both on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from aggregator.events import Event, Ingested, SourceChanged
from aggregator.logs import configure, log_event
from feeds.polling import REMARKS


class Round:
    """Shows passes as they end, and what publishing complains of; `observe` is its observer, `secrets` are hidden."""

    def __init__(self, *, secrets: Iterable[str]) -> None:
        console = Console(stderr=True)
        latest = TextColumn("{task.fields[latest]}", markup=False)
        self._on_terminal = console.is_terminal
        self._secrets = tuple(secrets)
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), latest, console=console, transient=True
        )
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
