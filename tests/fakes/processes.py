"""What the system says about processes: Linux's /proc, read as it is."""

from __future__ import annotations

import os
import time
from pathlib import Path

_PROC = Path("/proc")


def children_of(parent: int | None = None) -> set[int]:
    """The processes that `parent` (by default this one) has started and that have not been waited for."""
    wanted = os.getpid() if parent is None else parent
    return {int(path.name) for path in _PROC.iterdir() if path.name.isdigit() and _parent_of(path) == wanted}


def _parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    except OSError:  # it ended meanwhile
        return 0


def is_running(process: int) -> bool:
    """False for one that has ended, even if nobody has waited for it."""
    try:
        state = (_PROC / str(process) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def ends(process: int, *, within: float = 60) -> bool:
    """Whether it ends, be it after a while."""
    deadline = time.monotonic() + within
    while is_running(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def resident(process: int | None = None) -> int:
    """Bytes of memory that it holds now."""
    name = "self" if process is None else str(process)
    return int((_PROC / name / "statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")


def cpu_of_family(process: int) -> float:
    """Seconds of processor time of a process, and of all that came of it and was waited for or still runs."""
    try:
        fields = (_PROC / str(process) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return 0.0
    own = sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(cpu_of_family, children_of(process)))
