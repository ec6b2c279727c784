"""What reading one document may cost, and how a child holds itself to it.

CPU time and memory are the kernel's to count, so that no loop in anybody's C code is out of reach; the parent counts
the time on the wall and the bytes of the answer. Where there is no `resource` module (Windows) or no /proc (macOS, the
BSDs) the memory has no limit of its own; where there are no interval timers (Windows) the wall clock alone ends a
document.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Self

MEGABYTE = 1_000_000
USUAL = 10 * MEGABYTE
"""The largest document for which the limits were measured: the most that is fetched by default."""
_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For one document; where no reason is given, far beyond any document of the open web."""

    cpu: timedelta = timedelta(seconds=15)
    """10 MB full of entries take 4 to 7 s; a slower machine takes twice that."""
    wall: timedelta = timedelta(seconds=45)
    """With a child for each core, and the parent beside them, a second of CPU is seldom more than two on the wall."""
    memory: int = 256 * MEGABYTE
    """Bytes above what the child has before its first document. 10 MB of entries in 4-byte characters take 120 MB."""
    answer: int = 32 * MEGABYTE
    """Bytes. An entry is kept as its content and a summary, so that 10 MB of feed seldom make more than 15."""
    start: timedelta = timedelta(seconds=60)
    """Until a child is ready: half a second of imports, on a disk and a machine that have better things to do."""

    @classmethod
    def up_to(cls, size: int) -> Self:
        """For documents of at most `size` bytes: in proportion where that is more than `USUAL`, else the usual ones."""
        usual, times = cls(), max(1.0, size / USUAL)
        return replace(
            usual,
            cpu=usual.cpu * times,
            wall=usual.wall * times,
            memory=round(usual.memory * times),
            answer=round(usual.answer * times),
        )


class Confinement:
    """The limits of this process, which does nothing but read documents; made once, before the first one."""

    def __init__(self, limits: Limits) -> None:
        self._cpu = limits.cpu.total_seconds()
        self._enough = _address_space() + limits.memory // 2
        _confine_memory(_address_space() + limits.memory)

    @contextlib.contextmanager
    def one_document(self) -> Iterator[None]:
        """The process is killed when what happens inside takes more than the CPU time."""
        if sys.platform == "win32":
            yield
            return
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, self._cpu)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def worn(self) -> bool:
        """Whether so much memory stayed behind that the next document could lack it."""
        return _address_space() > self._enough


def _address_space() -> int:
    """Bytes that this process has mapped; 0 where the system does not say."""
    try:
        pages = int(_STATM.read_text("ascii").split()[0])
    except OSError:
        return 0
    return pages * _page_size()


def _page_size() -> int:
    import resource  # noqa: PLC0415 - not everywhere

    return resource.getpagesize()


def _confine_memory(size: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not everywhere
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a killed child leaves no image of a stranger's bytes
    if _address_space():
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        size = size if most == resource.RLIM_INFINITY else min(size, most)
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
