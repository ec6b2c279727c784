"""A disk for tests that waits for nothing: what is lost with the machine they do not need.

Imported before whatever keeps `os.fsync` as its default. Tests of power cuts simulate what a disk forgets
(`tests.fakes.power`); processes that tests start wait as ever, and so do all in a run with heavy tests.
"""

from __future__ import annotations

import os

_really = os.fsync
waits = True
"""False: a file that was synced is only looked at, so that one that is closed is still an error."""


def _sync(file: int) -> None:
    if waits:
        _really(file)
    else:
        os.fstat(file)


os.fsync = _sync
