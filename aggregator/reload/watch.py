"""Whether a file is another one than before, in whatever way it was saved.

Looking a few times a second costs nothing that could be measured, and works where notices from the system do not
arrive: on network drives, on files that are mounted one by one, through links that are turned elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from aggregator.observing.events import Observer, ReloadFailed
from aggregator.observing.milestones import ReloadEnded, ReloadStarted

LOOK = timedelta(seconds=0.25)
"""Between two looks. A file counts as saved when two of them in a row find the same, so that none is read half."""

Stamp = tuple[int, int, int] | None
"""What tells one state of a file from another: inode, size, nanoseconds of its last change; None: there is no file."""


def stamp(file: Path) -> Stamp:
    """The state of `file`, where links lead. An editor that renames makes another inode."""
    try:
        found = os.stat(file)  # noqa: PTH116 - Path.stat is the same with more around it
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


class Watch:
    """Calls `changed` when `file` is not what it was when it was `seen`, and whenever it is asked to."""

    def __init__(
        self,
        file: Path,
        *,
        changed: Callable[[], Awaitable[None]],
        observe: Observer,
        seen: Stamp,
        every: timedelta = LOOK,
    ) -> None:
        """An exception of `changed` is told to `observe`, and ends nothing."""
        self._file = file
        self._changed = changed
        self._observe = observe
        self._seen = seen
        self._looked = seen
        self._every = every.total_seconds()
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Needs a running event loop."""
        self._task = asyncio.create_task(self._run(), name="watching the config")

    def ask(self) -> None:
        """Have `changed` called soon, though the file may be the same."""
        self._asked.set()

    async def stop(self) -> None:
        """No call of `changed` comes after this one returns; one that is under way is cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._every):
                    await self._asked.wait()
            except TimeoutError:
                pass
            if not await self._is_another():
                continue
            self._observe(ReloadStarted(file=str(self._file)))
            try:
                await self._changed()
            except Exception:  # noqa: BLE001 - the daemon goes on by what it has
                self._observe(ReloadFailed(file=str(self._file), problem=traceback.format_exc()))
            self._observe(ReloadEnded(file=str(self._file)))

    async def _is_another(self) -> bool:
        asked = self._asked.is_set()
        self._asked.clear()
        before, self._looked = self._looked, await asyncio.to_thread(stamp, self._file)
        if not asked and (self._looked is None or self._looked == self._seen or self._looked != before):
            return False
        self._seen = self._looked
        return True
