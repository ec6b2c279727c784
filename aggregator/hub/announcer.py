"""Another hub, which the config names: it is told of each public feed that changed, and asks us for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Mapping
from functools import partial

from aggregator.hub.book import Book, key_of
from aggregator.hub.diary import Diary
from aggregator.hub.rounds import Rounds
from aggregator.hub.topics import public_topics
from aggregator.hub.tries import Tries
from aggregator.hub.wires import Wires
from aggregator.publishing.shelf import Shelf
from aggregator.serving.posts import NO_POSTS, Posts
from feeds.errors import StoreError, TransportError
from feeds.model import Subscription
from feeds.websub import FORM, announcement


class Announcer:
    """Tells one hub. Private topics it is not told of: their addresses are secrets."""

    posts: Posts = NO_POSTS

    def __init__(self, hub: str, *, shelf: Shelf, book: Book, wires: Wires, diary: Diary) -> None:
        self._hub = hub
        self._shelf = shelf
        self._book = book
        self._wires = wires
        self._diary = diary
        self._tries: Tries[str] = Tries()
        self._rounds = Rounds(self._round, again=self._tries.next, broken=diary.broken)

    async def start(self) -> None:
        """Tell it what changed since the last stop, and what changes from now on. Raises StoreError."""
        await self._book.load()
        self._rounds.start()

    async def tell_once(self) -> None:
        """Tell it what changed since the last time, each thing once, and end. Raises StoreError."""
        await self._book.load()
        await self._rounds.once()
        await self._book.settle()

    def published(self) -> None:
        """There may be news on the shelf; from any thread."""
        self._rounds.nudge()

    async def stop(self) -> None:
        """Break off what is on its way; what is being written is written."""
        await self._rounds.stop()
        await self._book.settle()

    async def _round(self) -> None:
        now, topics = asyncio.get_running_loop().time(), public_topics(self._shelf.stock, self._diary.base_url())
        with contextlib.suppress(StoreError):  # which whoever fetches tells of
            await self._write_down(topics)
        ours = {key_of(one): one.told for one in self._book.all() if one.until is None}
        news = {topic: made.etag for topic, made in topics.items() if made.etag != ours.get((topic, self._hub))}
        if news and not self._rounds.busy(self._hub) and self._tries.due(self._hub, _tag(news), now):
            self._rounds.send(self._hub, partial(self._announce, news))

    async def _write_down(self, topics: Collection[str]) -> None:
        """Who was told, and let go of topics that are no more, of another hub, or of our own, which is switched off."""
        await self._book.flush()
        stale = [one for one in self._book.all() if one.until or one.callback != self._hub or one.topic not in topics]
        if stale:
            await self._book.drop(stale)

    async def _announce(self, news: Mapping[str, str]) -> None:
        """One topic after another, up to the first that fails: it is one hub."""
        told = False
        try:
            for topic, etag in news.items():
                if reason := await self._tell(topic):
                    self._diary.failed((topic, self._hub), reason)
                    return
                self._book.note(Subscription(topic=topic, callback=self._hub, told=etag))
            told = True
        finally:  # whatever it was, it must not be tried again at once
            if told:
                self._tries.forget(self._hub)
            else:
                self._tries.failed(self._hub, _tag(news), asyncio.get_running_loop().time())

    async def _tell(self, topic: str) -> str:
        """Why it could not be told; empty: it was."""
        try:
            status = await self._wires.post(self._hub, (("Content-Type", FORM),), announcement(topic))
        except TransportError as error:
            return str(error)
        return "" if 200 <= status < 300 else f"it answers with status {status}"


def _tag(news: Mapping[str, str]) -> str:
    """Of all that is to be told, as an ETag is of one document."""
    return str(hash(frozenset(news.items())))
