"""A terminal of which standard error is, and what a person would have seen go by on it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


def shown(*arguments: str, until: Callable[[str], bool] | None = None, environ: Mapping[str, str] | None = None) -> str:
    """What `topicwire` writes to a terminal as standard error, without what moves the cursor and colours.

    It is run to its end, or until it has shown what `until` asks for and is told to end.
    """
    master, slave = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "aggregator", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **(environ or {})},
    )
    os.close(slave)
    seen, told = b"", False
    try:
        while chunk := _read(master):
            seen += chunk
            if until and not told and until(_plain(seen)):
                program.terminate()
                told = True
        assert program.wait(60) == 0
    finally:
        program.kill()
        program.wait()
        os.close(master)
    return _plain(seen)


def _plain(seen: bytes) -> str:
    return CONTROLS.sub("", seen.decode("utf-8", "replace"))


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # nobody has the other end open any more
        return b""
