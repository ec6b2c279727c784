"""A hub of our own (W3C WebSub §5 to §7): who is told of the feeds on the shelf, and telling them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from aggregator.hub.book import Book, Key, host_of, key_of
from aggregator.hub.denials import Denials
from aggregator.hub.diary import Diary
from aggregator.hub.intake import Intake
from aggregator.hub.limits import MOST_ERRANDS
from aggregator.hub.rounds import Rounds
from aggregator.hub.topics import all_topics
from aggregator.hub.tries import Tries
from aggregator.hub.wires import Wires
from aggregator.publishing.imprint import HUB_PATH
from aggregator.publishing.shelf import Shelf
from aggregator.serving.answering import Asked, Reply
from aggregator.serving.posts import Post, Posts
from feeds.errors import StoreError, TransportError
from feeds.model import Document, Subscription
from feeds.websub import FORM, MOST_BODY, MOST_TRIES, links, push_headers

_GONE: Final = 410


class Hub:
    """Answers what is sent to `HUB_PATH`, and pushes documents to those who confirmed, when they change.

    Everything here runs on the event loop of `start`, `published` apart.
    """

    def __init__(
        self,
        *,
        shelf: Shelf,
        book: Book,
        wires: Wires,
        diary: Diary,
        clock: Callable[[], datetime],
        come: Callable[[], datetime],
    ) -> None:
        """`come` gives the last moment that has surely come: no lease ends because `clock` is ahead of it."""
        self._shelf = shelf
        self._book = book
        self._wires = wires
        self._diary = diary
        self._come = come
        self._tries: Tries[Key] = Tries()
        self._turns: dict[str, float] = {}
        """When each host was last begun with."""
        self._rounds = Rounds(self._round, again=self._tries.next, broken=diary.broken)
        self._denials = Denials(book=book, wires=wires, diary=diary, ended=self._tries.forget)
        self._intake = Intake(
            shelf=shelf,
            book=book,
            wires=wires,
            rounds=self._rounds,
            diary=diary,
            clock=clock,
            renewed=self._tries.forget,
        )

    @property
    def posts(self) -> Posts:
        """What is answered here."""
        return {HUB_PATH: Post(answer=self.answer, takes=FORM, most=MOST_BODY)}

    async def start(self) -> None:
        """Take requests from now on, and push what changed since the last stop. Raises StoreError."""
        await self._book.load()
        self._intake.start()
        self._rounds.start()

    async def tell_once(self) -> None:
        """Push what changed since the last time, each thing once, without taking requests. Raises StoreError."""
        await self._book.load()
        await self._rounds.once()
        await self._book.settle()

    def published(self) -> None:
        """There may be news on the shelf; from any thread."""
        self._rounds.nudge()

    async def stop(self) -> None:
        """Break off what is on its way; what is being written is written."""
        self._intake.stop()
        await self._rounds.stop()
        await self._book.settle()

    async def answer(self, asked: Asked) -> Reply:
        """The answer to what was sent to `HUB_PATH` (§5.1.2); before `start` and after `stop` it is 503."""
        return await self._intake.answer(asked)

    async def _round(self) -> None:
        """Begin with the hosts whose turn is longest ago: those that take their time keep the others waiting least."""
        now, today = asyncio.get_running_loop().time(), self._come()
        with contextlib.suppress(StoreError):  # which whoever fetches tells of
            await self._let_go(today)
            await self._book.flush()
        topics = all_topics(self._shelf.stock, self._diary.base_url()) if self._book.count() else {}
        for host, keys in self._denials.look(topics, now).items():
            self._errand(host, partial(self._denials.tell, keys, now))
        due: dict[str, list[Key]] = {}
        for one in self._book.all():
            document, key = topics.get(one.topic), key_of(one)
            if one.until is None or one.until <= today:
                continue
            if document and document.etag != one.told and self._tries.due(key, document.etag, now):
                due.setdefault(host_of(one.callback), []).append(key)
        self._turns = {host: turn for host, turn in self._turns.items() if self._book.count(host)}
        for host in sorted(due, key=lambda host: self._turns.get(host, 0.0)):
            if self._errand(host, partial(self._push_all, due[host], topics)):
                self._turns[host] = now

    def _errand(self, host: str, errand: Callable[[], Awaitable[None]]) -> bool:
        """Begin with it; False: the host has another one, or there are too many."""
        free = not self._rounds.busy(host) and self._rounds.under_way() < MOST_ERRANDS
        if free:
            self._rounds.send(host, errand)
        return free

    async def _push_all(self, keys: Sequence[Key], topics: Mapping[str, Document]) -> None:
        """To one host, one after another, up to the first that fails: the others have their chance in another round."""
        for key in keys:
            one, document = self._book.get(key), topics[key[0]]
            if one is None or one.told == document.etag:
                continue
            try:
                if not await self._push(one, document):
                    return
            except Exception:  # whatever it is, it must not be tried again at once
                self._tries.failed(key, document.etag, asyncio.get_running_loop().time())
                raise

    async def _let_go(self, today: datetime) -> None:
        """Of those who did not renew, and of what is left of a hub that was told before."""
        lapsed = self._book.lapsed(today)
        others = tuple(one for one in self._book.all() if one.until is None)
        if lapsed or others:
            await self._book.drop((*lapsed, *others))
        for one in lapsed:
            self._tries.forget(key_of(one))
            self._diary.changed(key_of(one), "did not renew")

    async def _push(self, one: Subscription, document: Document) -> bool:
        """§7: the whole document. A 2xx is a yes, a 410 the end, anything else is tried again; False for that."""
        key = key_of(one)
        headers = push_headers(
            media_type=document.media_type,
            body=document.body,
            link=links(f"{self._diary.base_url()}{HUB_PATH}", one.topic),
            secret=one.secret,
        )
        try:
            status = await self._wires.post(one.callback, headers, document.body)
            if status == _GONE:
                await self._book.drop((one,))
        except (TransportError, StoreError) as error:
            self._again(key, document.etag, str(error))
            return False
        if status == _GONE:
            self._tries.forget(key)
            self._diary.changed(key, "is gone")
        elif 200 <= status < 300:
            self._tries.forget(key)
            self._book.tell(key, document.etag)
        else:
            self._again(key, document.etag, f"it answers with status {status}")
            return False
        return True

    def _again(self, key: Key, etag: str, reason: str) -> None:
        failures = self._tries.failed(key, etag, asyncio.get_running_loop().time())
        coming = "waiting for the next change" if failures >= MOST_TRIES else "tried again later"
        self._diary.failed(key, f"{reason}; {coming}")
