"""The hands of a clock that one process moves and another one lives by: a small file that both have mapped.

Each field is eight bytes that start at a multiple of eight, which machines of today read and write whole.
"""

from __future__ import annotations

import mmap
from datetime import UTC, datetime, timedelta
from pathlib import Path

_EPOCH = datetime.fromtimestamp(0, UTC)
_FIELDS = ("now", "step", "idle", "stopped", "reloads")


class Hands:
    """`now` and `step` are the test's to write, the others the program's."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(8 * len(_FIELDS)))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), 0)
        self._cells = memoryview(self._map).cast("q")

    @property
    def now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._cells[0])

    def move(self, now: datetime) -> int:
        """Set the time; the number of this step, the first being 1."""
        self._cells[0] = (now - _EPOCH) // timedelta(microseconds=1)
        self._cells[1] += 1
        return self.step

    @property
    def step(self) -> int:
        return self._cells[1]

    @property
    def idle(self) -> int:
        """The last step in which all that was due was done and published."""
        return self._cells[2]

    @idle.setter
    def idle(self, step: int) -> None:
        self._cells[2] = step

    @property
    def stopped(self) -> bool:
        """Whether the store refuses."""
        return bool(self._cells[3])

    @stopped.setter
    def stopped(self, so: bool) -> None:
        self._cells[3] = so

    @property
    def reloads(self) -> int:
        """How often a changed config was taken or refused, in all lives together."""
        return self._cells[4]

    @reloads.setter
    def reloads(self, number: int) -> None:
        self._cells[4] = number
