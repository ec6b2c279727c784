"""Where the socket for commands is: one daemon's alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aggregator.config import StoreSettings
from storage.journal import DISK, make_folder
from storage.lock import LOCK, Lock


@contextmanager
def claimed(store: StoreSettings) -> Iterator[None]:
    """Have the folder of the socket to ourselves meanwhile.

    A TinyDB store in it is locked by whoever opened it. Beside a database the folder is made, and locked here: two
    daemons of two databases would take each other's commands. Raises StoreLocked, and StoreError.
    """
    if not store.database:
        yield
        return
    make_folder(store.folder, disk=DISK)
    lock = Lock(store.folder / LOCK)
    try:
        yield
    finally:
        lock.close()
