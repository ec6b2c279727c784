"""What is published elsewhere, as it changes: a server's shelf, which follows the one in the database.

A thread of its own waits for word of a swap, and looks every few seconds all the same, as word may get lost with a
connection. Whatever happens to the database, what is on the shelf stays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Final

from aggregator.cluster.rest import unpacked_rest
from aggregator.observing.events import Observer
from aggregator.observing.reader_events import DocumentsFollowed, DocumentsLost
from aggregator.publishing.shelf import Stock
from aggregator.running.allocation import give_back
from aggregator.serving.front.differences import Replica
from feeds.errors import StoreError
from storage.published import Followed, NothingPublished, Swapped

LOOK: Final = timedelta(seconds=3)
"""Between two looks when there is no word."""
PAUSES: Final = tuple(timedelta(seconds=one) for one in (0.5, 1, 2, 5, 10))
"""Before another connection, one after the other; the last one for ever."""
_LEAVING: Final = 1.0
"""Seconds for the thread to end; it is left alone after that, as the process ends anyway."""


class Following:
    """`aggregator.serving.front.front.Stocks`: any thread may look."""

    def __init__(
        self,
        opened: Callable[[], Followed],
        *,
        observe: Observer,
        look: timedelta = LOOK,
        pauses: Sequence[timedelta] = PAUSES,
    ) -> None:
        """`opened` raises StoreError; `observe` is called in the thread that follows."""
        self._opened = opened
        self._observe = observe
        self._look = look.total_seconds()
        self._pauses = [one.total_seconds() for one in pauses]
        self._replica = Replica()
        self._version = 0
        self._failures = 0
        self._told: bool | None = None
        """Whether it was told last that documents are followed; None: nothing was told yet."""
        self._trouble = "the database was not asked yet"
        self._stopped = threading.Event()
        self._followed: Followed | None = None
        self._thread = threading.Thread(target=self._run, name="following", daemon=True)

    @property
    def stock(self) -> Stock:
        """What is published, as far as it is known here; empty before anything is."""
        return self._replica.shelf.stock

    def follow(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told` after every change, in the thread that follows; the answer ends that."""
        return self._replica.shelf.follow(told)

    @property
    def max_age(self) -> timedelta:
        """For documents that do not say how long they are fresh: what the one who publishes says."""
        return self._replica.max_age

    @property
    def documents(self) -> int:
        """How many are here."""
        stock = self.stock
        return len(stock.documents) + sum(len(one.documents) for one in stock.private)

    @property
    def trouble(self) -> str:
        """Why nothing can be followed at this moment; empty: it is."""
        return self._trouble

    def start(self) -> None:
        """Follow from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Follow no more. Blocks for a second at most."""
        self._stopped.set()
        if followed := self._followed:
            followed.cut()
        if self._thread.is_alive():
            self._thread.join(_LEAVING)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with closing(self._opened()) as self._followed:
                    self._go_on(self._followed)
            except StoreError as error:
                self._lost(str(error))
            except Exception as error:  # noqa: BLE001 - nobody foresaw it: readers keep what they have, and it is told
                self._lost(f"{type(error).__name__}: {error}")
            self._followed = None
            pause = self._pauses[min(self._failures, len(self._pauses)) - 1] if self._failures else 0
            self._stopped.wait(pause)

    def _go_on(self, followed: Followed) -> None:
        followed.listen()
        while not self._stopped.is_set():
            self.look(followed)
            followed.heard(self._look)

    def look(self, followed: Followed) -> None:
        """Have all that is published there by now. Raises StoreError, and has what it had before."""
        try:
            found = followed.newer(self._version)
        except NothingPublished as error:
            self._lost(str(error))
        else:
            self._take(found)
            self._well()

    def _take(self, found: Swapped | None) -> None:
        if found is None:
            return
        rest = unpacked_rest(found.rest)
        self._version = 0  # until all of it is there
        if found.whole:
            self._replica.clear()
        for (place, path), document in found.documents.items():
            self._replica.lay(place, path, document)
        self._replica.swap(rest)
        self._version = found.version
        if found.whole:
            give_back()  # what all of it was made of

    def _well(self) -> None:
        self._trouble, self._failures = "", 0
        if not self._told:
            self._told = True
            self._observe(DocumentsFollowed(documents=self.documents))

    def _lost(self, reason: str) -> None:
        if self._stopped.is_set():
            return
        self._trouble = reason
        self._failures += 1
        if self._told is not False:
            self._told = False
            self._observe(DocumentsLost(reason=reason, documents=self.documents))
