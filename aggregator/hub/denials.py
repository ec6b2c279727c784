"""Subscriptions to what is published no more: whoever holds one is told (W3C WebSub §5.2), and it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from aggregator.hub.book import Book, Key, host_of, key_of
from aggregator.hub.diary import Diary
from aggregator.hub.wires import Wires
from feeds.errors import StoreError, TransportError
from feeds.websub import denial

MISSED_FOR: Final = 6 * 3600.0
"""Seconds that a topic has to be missed: a config that is wrong for an afternoon costs nobody a subscription."""
_REASON: Final = "This topic is no more at this address."


class Denials:
    """Who is to be told, and telling them. Times are seconds of a clock that nobody sets."""

    def __init__(self, *, book: Book, wires: Wires, diary: Diary, ended: Callable[[Key], None]) -> None:
        """`ended` is told of each subscription that is no more."""
        self._book = book
        self._wires = wires
        self._diary = diary
        self._ended = ended
        self._missed: dict[str, float] = {}
        """Since when, by address of a topic."""

    def look(self, topics: Collection[str], now: float) -> Mapping[str, Sequence[Key]]:
        """Whose topics have been missing for long among `topics`, all that there are, by host."""
        lost = [one for one in self._book.all() if one.until and one.topic not in topics]
        self._missed = {one.topic: self._missed.get(one.topic, now) for one in lost}
        due: dict[str, list[Key]] = {}
        for one in lost:
            if now - self._missed[one.topic] >= MISSED_FOR:
                due.setdefault(host_of(one.callback), []).append(key_of(one))
        return due

    async def tell(self, keys: Sequence[Key], now: float) -> None:
        """One callback after another, of one host. What it answers changes nothing; who cannot be reached is not asked
        again.
        """
        for key in keys:
            if one := self._book.get(key):
                with contextlib.suppress(TransportError):
                    await self._wires.ask(denial(*key, reason=_REASON))
                try:
                    await self._book.drop((one,))
                except StoreError as error:
                    self._missed[key[0]] = now  # or it would be told again and again
                    self._diary.failed(key, str(error))
                    return
                self._ended(key)
                self._diary.changed(key, "was told that this topic is no more")
