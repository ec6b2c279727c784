"""Connections of a library that is not asked to give them up, and may wait for ever: their sockets are cut instead."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import Protocol
from weakref import WeakSet


class _Connection(Protocol):
    def fileno(self) -> int: ...


class Sockets:
    """Those of the connections that were taken in and are still there."""

    def __init__(self) -> None:
        self._connections: WeakSet[_Connection] = WeakSet()

    def take(self, connection: _Connection) -> None:
        self._connections.add(connection)

    def cut(self) -> None:
        """Whoever waits at one of them learns at once that it has ended, as if the other side had said so."""
        for connection in list(self._connections):
            # One that is closed has no number, and says so in words of its library.
            with contextlib.suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as ours:
                ours.shutdown(socket.SHUT_RDWR)
