"""The subscriptions: in memory for every round, in the store for the next start."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from feeds.addresses import host_key
from feeds.errors import StoreError
from feeds.model import Subscription
from storage.port import Change, Store

Key = tuple[str, str]
"""Topic and callback."""


def key_of(one: Subscription) -> Key:
    return one.topic, one.callback


def host_of(callback: str) -> str:
    """The host that an address leads to, one name for all its spellings; empty for none."""
    return host_key(urlsplit(callback).hostname or "")


class Book:
    """What is written while the daemon stops is written to its end: see `settle`."""

    def __init__(self, store: Store, alone: asyncio.Lock) -> None:
        """`alone` is held by whoever uses the store."""
        self._store = store
        self._alone = alone
        self._known: dict[Key, Subscription] = {}
        self._hosts: Counter[str] = Counter()
        self._unwritten: set[Key] = set()
        """Of those that were told of something since they were written."""
        self._flushing = False
        self._writing: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Take in what the store has. Raises StoreError."""
        async with self._alone:
            found = await asyncio.to_thread(self._store.subscriptions)
        for one in found:
            self._take(one)

    def get(self, key: Key) -> Subscription | None:
        return self._known.get(key)

    def all(self) -> tuple[Subscription, ...]:
        """Lapsed ones too."""
        return tuple(self._known.values())

    def count(self, host: str = "") -> int:
        """How many there are, or how many of them at this host."""
        return self._hosts[host] if host else len(self._known)

    def lapsed(self, now: datetime) -> tuple[Subscription, ...]:
        """Those whose lease has ended."""
        return tuple(one for one in self._known.values() if one.until is not None and one.until <= now)

    async def put(self, one: Subscription) -> None:
        """Remember it in place of the one with its key. Raises StoreError, and nothing is changed then."""
        await self._write(Change(subscriptions=(one,)))

    async def drop(self, some: Iterable[Subscription]) -> None:
        """Forget these. Raises StoreError, likewise."""
        await self._write(Change(unsubscribed=tuple(some)))

    def tell(self, key: Key, etag: str) -> None:
        """This one was told of the document with this tag; `flush` writes it down."""
        if known := self._known.get(key):
            self.note(replace(known, told=etag))

    def note(self, one: Subscription) -> None:
        """Have it at once in place of the one with its key, whatever the store says; `flush` writes it down."""
        self._take(one)
        self._unwritten.add(key_of(one))

    async def flush(self) -> None:
        """Write down who was told of what: what many were told meanwhile is written at once.

        Raises StoreError; what could not be written goes with the next write.
        """
        if self._flushing:
            return
        self._flushing = True
        try:
            while self._unwritten:
                await self._write(Change())
        finally:
            self._flushing = False

    async def settle(self) -> None:
        """Wait for what is being written, and write the rest; what cannot be is told once more after the next start."""
        await asyncio.gather(*self._writing, return_exceptions=True)
        with contextlib.suppress(StoreError):
            await self.flush()

    async def _write(self, change: Change) -> None:
        writing = asyncio.create_task(self._commit(change))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        await asyncio.shield(writing)

    async def _commit(self, change: Change) -> None:
        async with self._alone:
            told = self._unwritten
            self._unwritten = set()
            subscriptions = {key: self._known[key] for key in told if key in self._known}
            subscriptions.update({key_of(one): self._as_told(one, told) for one in change.subscriptions})
            whole = replace(change, subscriptions=tuple(subscriptions.values()))
            try:
                await asyncio.to_thread(self._store.commit, whole)
            except BaseException:
                self._unwritten |= told
                raise
        for one in change.subscriptions:
            self._take(self._as_told(subscriptions[key_of(one)], self._unwritten))
        for one in change.unsubscribed:
            self._leave(key_of(one))

    def _as_told(self, one: Subscription, told: set[Key]) -> Subscription:
        """`one`, which may have waited for its turn: those of `told` have been told of something meanwhile."""
        known = self._known.get(key_of(one))
        return replace(one, told=known.told) if known and key_of(one) in told else one

    def _take(self, one: Subscription) -> None:
        if key_of(one) not in self._known:
            self._hosts[host_of(one.callback)] += 1
        self._known[key_of(one)] = one

    def _leave(self, key: Key) -> None:
        self._unwritten.discard(key)
        if self._known.pop(key, None):
            host = host_of(key[1])
            self._hosts[host] -= 1
            if not self._hosts[host]:
                del self._hosts[host]
