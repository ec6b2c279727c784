"""What is asked of our hub (W3C WebSub §5): nothing of it is believed before the callback itself says so."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from aggregator.hub.book import Book, Key, host_of
from aggregator.hub.diary import Diary
from aggregator.hub.limits import MOST, MOST_OF_A_HOST, Asking, Rate
from aggregator.hub.rounds import Rounds
from aggregator.hub.topics import topic_at
from aggregator.hub.wires import Wires
from aggregator.publishing.shelf import Shelf
from aggregator.serving.answering import Asked, Reply, plain
from feeds.errors import StoreError, TransportError
from feeds.model import Document, Subscription
from feeds.websub import Flaw, Intent, Mode, confirms, question, read_request

_BROWSERS: Final = frozenset({"origin", "sec-fetch-site"})
"""What browsers say with every form that they send (Fetch §3.2, Fetch Metadata), and servers do not."""

BUSY: Final = plain(503, "There is too much to do: come back later.", ("Retry-After", "60"))
NO_TOPIC: Final = plain(404, "There is no such topic here.")
ACCEPTED: Final = plain(202, "The callback is asked whether this is wanted.")


def wanted(asked: Asked) -> Intent | Reply:
    """What a request wants, as far as it says it in the right form; else the answer to it."""
    if not _BROWSERS.isdisjoint(asked.headers):
        # A page elsewhere could have its visitor's browser subscribe it to feeds that only the visitor can reach.
        return plain(403, "This is not for pages in a browser.")
    match read_request(asked.body):
        case Flaw(reason=reason):
            return plain(400, reason)
        case Intent() as intent:
            return intent


def mint() -> str:
    """A challenge that nobody can guess (§5.3): 256 bits."""
    return secrets.token_urlsafe(32)


class Intake:
    """Answers requests and asks callbacks, from `start` on."""

    def __init__(  # noqa: PLR0913 - the parts that the hub shares with it, each by name
        self,
        *,
        shelf: Shelf,
        book: Book,
        wires: Wires,
        rounds: Rounds,
        diary: Diary,
        clock: Callable[[], datetime],
        renewed: Callable[[Key], None],
        mint: Callable[[], str] = mint,
    ) -> None:
        """`renewed` is told of each subscription whose callback has shown that it is there."""
        self._shelf = shelf
        self._book = book
        self._wires = wires
        self._rounds = rounds
        self._diary = diary
        self._clock = clock
        self._renewed = renewed
        self._mint = mint
        self._asking = Asking()
        self._rate: Rate | None = None

    def start(self) -> None:
        self._rate = Rate(clock=asyncio.get_running_loop().time)

    def stop(self) -> None:
        self._rate = None

    async def answer(self, asked: Asked) -> Reply:
        """The answer to a request (§5.1.2): 202 when its callback will be asked, otherwise why it will not."""
        if self._rate is None or not self._rate.take():
            return BUSY
        intent = wanted(asked)
        if isinstance(intent, Reply):
            return intent
        document = topic_at(self._shelf.stock, self._diary.base_url(), intent.topic)
        return self._refused(intent, document) or self._accepted(intent, document)

    def _refused(self, intent: Intent, document: Document | None) -> Reply | None:
        """Why the callback is not even asked."""
        host, known = host_of(intent.callback), self._book.get((intent.topic, intent.callback))
        if intent.mode == Mode.UNSUBSCRIBE and known is None:
            return plain(404, "There is no such subscription.")
        if intent.mode == Mode.SUBSCRIBE and document is None:
            return NO_TOPIC
        if self._wires.refusal(intent.callback):
            return plain(403, "This callback is at an address or a port that is not asked.")
        if known is None and (self._book.count() >= MOST or self._book.count(host) >= MOST_OF_A_HOST):
            return plain(503, "There are too many subscriptions.", ("Retry-After", "86400"))
        return self._asking.refusal(intent.callback, host)

    def _accepted(self, intent: Intent, document: Document | None) -> Reply:
        etag = document.etag if document else ""
        self._asking.begin(intent.callback, host_of(intent.callback))
        self._rounds.send(("ask", intent.callback), partial(self._ask, intent, etag))
        return ACCEPTED

    async def _ask(self, intent: Intent, etag: str) -> None:
        """§5.3: a challenge that is new each time and counts once; whatever else comes back is a no."""
        key, challenge = (intent.topic, intent.callback), self._mint()
        try:
            said = await self._wires.ask(question(intent, challenge))
            if confirms(said.status, said.body, challenge):
                await self._believe(intent, etag)
            else:
                self._diary.failed(key, f"it does not want to {intent.mode} (status {said.status})")
        except (TransportError, StoreError) as error:
            self._diary.failed(key, str(error))
        finally:
            self._asking.end(intent.callback, host_of(intent.callback))

    async def _believe(self, intent: Intent, etag: str) -> None:
        key = (intent.topic, intent.callback)
        known = self._book.get(key)
        self._renewed(key)
        if intent.mode == Mode.UNSUBSCRIBE:
            if known:
                await self._book.drop((known,))
                self._diary.changed(key, "unsubscribed")
            return
        until = self._clock() + intent.lease
        one = Subscription(
            topic=intent.topic,
            callback=intent.callback,
            until=until,
            secret=intent.secret,
            told=known.told if known else etag,  # it has what there was when it asked
        )
        await self._book.put(one)
        self._diary.changed(key, f"{'renewed' if known else 'subscribed'} until {until:%Y-%m-%d %H:%M}")
