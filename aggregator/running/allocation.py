"""Memory that was freed goes back to the system, where the C library is the one that keeps it by default.

glibc gives every thread that waits for another one's heap a heap of its own, up to eight a core, and each keeps what it
once needed. Ours publish, compress and write in worker threads, so that much the same was kept several times over.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Final

HEAPS: Final = 2
"""Of all threads together. Few of them run at once under the interpreter's lock, so that nobody waits for long."""
LARGE: Final = 128 << 10
"""Bytes from which on a block, as a document is, is a mapping of its own, which goes back as a whole when it is freed.
glibc begins with this, and goes up to 32 MB the first time that it frees such a block, unless it was told a number."""
SPARE: Final = 1 << 20
"""Bytes that the end of a heap may keep free."""
# benchmarks/month_memory.py, at the end of the first day: 346 MB resident, 263 MB with these, and 231 MB with what lies
# free inside the heaps given back after each round of publishing.

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8


def keep_little() -> bool:
    """Ask the C library to; before the first thread starts. False: it is another one, and goes on as it does."""
    mallopt = _found("mallopt")
    settings = ((_ARENA_MAX, HEAPS), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, SPARE))
    taken = [mallopt(name, value) for name, value in settings] if mallopt else [0]
    return all(taken)


def give_back() -> None:
    """Give back the free pages inside all heaps: some 10 ms after much was freed, 0.1 ms otherwise."""
    if trim := _found("malloc_trim"):
        trim(0)


@cache
def _found(name: str) -> Callable[..., int] | None:
    """A function of the C library; musl and macOS have neither of these, Windows cannot look there."""
    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):
        return None
    return found
