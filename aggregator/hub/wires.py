"""How a hub speaks to others: what it needs of the one door to the network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol

from aggregator.fetching.slots import Slots
from aggregator.fetching.turns import Turns
from feeds.conditional import Request, Response
from feeds.conditional.fields import Fields
from feeds.errors import TransportError
from feeds.model import FailureKind

PATIENCE: Final = timedelta(seconds=10)
"""For a whole exchange: §7 asks subscribers to answer at once and to work later."""
MOST_SAID: Final = 64 * 1024
"""Bytes of an answer: a challenge has 43."""


AT_WORK: Final = 16
"""Exchanges at once; those whose other ends take their time step aside, as when fetching."""
ASIDE: Final = 64
"""Of these: each may hold a whole document that is not taken, so that 200 kB each are 16 MB."""


def turns() -> Turns:
    """One exchange after another with each host, without a pause: a reading service has many subscriptions."""
    return Turns(gap=timedelta(), slots=Slots(at_work=AT_WORK, aside=ASIDE))


class Door(Protocol):
    """The part of `aggregator.fetching.client.Client` that is used here."""

    user_agent: str

    async def send(
        self, method: str, request: Request, *, body: bytes = b"", allow_private: bool = False, trusted: bool = False
    ) -> Response: ...

    def refusal(self, request: Request, *, allow_private: bool = False, trusted: bool = False) -> str: ...


class Wires:
    """To others' addresses, through the same guard as fetching."""

    def __init__(self, door: Door, *, allow_private: Callable[[], bool], trusted: bool = False) -> None:
        """`allow_private`: may they live on private or loopback addresses, and then at any port? `trusted`: the owner
        of the config named them, and so any port. Else it is one at which feeds are served.
        """
        self._door = door
        self._allow_private = allow_private
        self._trusted = trusted

    async def ask(self, address: str) -> Response:
        """A GET; raises TransportError."""
        return await self._send("GET", address, (), b"")

    async def post(self, address: str, headers: Fields, body: bytes) -> int:
        """The status of the answer; raises TransportError."""
        return (await self._send("POST", address, headers, body)).status

    def refusal(self, address: str) -> str:
        """What is known to keep the address from being asked, a sentence for its owner; empty: nothing."""
        private = self._allow_private()
        return self._door.refusal(Request(url=address), allow_private=private, trusted=private or self._trusted)

    async def _send(self, method: str, address: str, headers: Fields, body: bytes) -> Response:
        private = self._allow_private()
        if self.refusal(address):  # whose words quote the address, which is a secret
            raise TransportError("it is at an address or a port that is not asked", kind=FailureKind.FORBIDDEN)
        request = Request(url=address, headers=(("User-Agent", self._door.user_agent), *headers))
        return await self._door.send(
            method, request, body=body, allow_private=private, trusted=private or self._trusted
        )
