"""A stand-in for the end of a service manager that daemons notify: a datagram socket, and what came in."""

from __future__ import annotations

import socket
import time
from types import TracebackType
from typing import Self


class ServiceManager:
    """Listens at a path, or at a name in the abstract namespace, which begins with `@`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.told: list[dict[str, str]] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def hear(self, *, within: float = 60) -> dict[str, str]:
        """The next word, each line of it as a key and a value."""
        self._socket.settimeout(within)
        lines = self._socket.recv(65536).decode().split("\n")
        self.told.append(dict(line.split("=", 1) for line in lines))
        return self.told[-1]

    def hear_until(self, key: str, value: str, *, within: float = 60) -> dict[str, str]:
        """The next word in which `key` is `value`; those before it are in `told`."""
        deadline = time.monotonic() + within
        while True:
            word = self.hear(within=max(0.01, deadline - time.monotonic()))
            if word.get(key) == value:
                return word

    def silent(self, *, within: float) -> bool:
        """Whether nothing comes in that time."""
        try:
            self.hear(within=within)
        except TimeoutError:
            return True
        return False
