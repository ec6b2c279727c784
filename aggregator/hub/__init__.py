"""WebSub: subscribers are told of changes by a hub of our own, or by another one that we tell.

`feeds.websub` has the rules. What is here brings requests, the store and the network together; it never holds up
publishing, which only says that there may be news (`Telling.published`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from aggregator.config import OWN
from aggregator.hub.announcer import Announcer
from aggregator.hub.book import Book
from aggregator.hub.diary import Diary
from aggregator.hub.own import Hub
from aggregator.hub.wires import MOST_SAID, PATIENCE, Wires, turns
from aggregator.publishing.shelf import Shelf
from aggregator.serving.posts import Posts

__all__ = ["MOST_SAID", "PATIENCE", "Announcer", "Book", "Diary", "Hub", "Telling", "Wires", "telling", "turns"]


class Telling(Protocol):
    """Tells others what changed, from `start` to `stop`."""

    @property
    def posts(self) -> Posts:
        """What is answered meanwhile, on the event loop of `start`."""

    async def start(self) -> None:
        """Raises StoreError."""

    async def tell_once(self) -> None:
        """Tell what changed since the last time, each thing once, without `start` and `stop`. Raises StoreError."""

    def published(self) -> None:
        """There may be news on the shelf; from any thread."""

    async def stop(self) -> None:
        """Break off what is on its way; what is being written is written."""


def telling(  # noqa: PLR0913 - as of `Hub`
    hub: str,
    *,
    shelf: Shelf,
    book: Book,
    wires: Wires,
    diary: Diary,
    clock: Callable[[], datetime],
    come: Callable[[], datetime],
) -> Telling:
    """What the config wants: our own hub (see there for `come`), or the announcer of the one at this address."""
    if hub == OWN:
        return Hub(shelf=shelf, book=book, wires=wires, diary=diary, clock=clock, come=come)
    return Announcer(hub, shelf=shelf, book=book, wires=wires, diary=diary)
