"""Publishers of all tempers, and the internet that they live in, under virtual time.

A publisher's document is a list of numbers, one for each entry that it has published by then and still shows; reading
it is as cheap as that, since what is tried is who is asked when.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from urllib.parse import urlsplit

from aggregator.fetching.turns import Turns
from feeds.conditional import Request, Response
from feeds.dedupe.identity import Clues, assign_ids
from feeds.errors import ParseError, TransportError
from feeds.model import Entry, FailureKind, Hint, ReadFeed, Source
from feeds.model.fetching import NO_HINT

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Episode:
    """From `start` to `end` (days since the beginning) the publisher answers otherwise."""

    start: float
    end: float = 1000.0
    status: int = 0
    """0: no connection; 301: moved; -1: a web page instead of the feed; else that status."""
    retry_after: str = ""
    """Seconds, or `date`: then the time of the episode's end."""
    share: float = 1.0
    """Of the requests."""


@dataclass(kw_only=True)
class Publisher:
    """One feed: when it publishes, what it says, and how it fails."""

    kind: str
    source: Source
    began: datetime
    published: list[datetime] = field(default_factory=list, repr=False)
    width: int = 30
    max_age: timedelta | None = None
    hint: Hint = NO_HINT
    episodes: tuple[Episode, ...] = ()
    draw: Random = field(repr=False)
    read: int = 0
    """Entries with lower numbers were read before."""

    @property
    def new_home(self) -> str:
        return f"https://new-{self.source.id}.example/feed"

    def answer(self, request: Request, now: datetime) -> Response:
        """What a server would answer; raises TransportError where there is none."""
        episode = self._episode(now)
        status = episode.status if episode else 200
        if request.url == self.new_home or status == 301:
            gone = any(one.status == 301 and now >= self.began + one.end * DAY for one in self.episodes)
            if request.url == self.new_home and gone:
                raise TransportError("no such host", kind=FailureKind.CONNECT)
            return self._document(request, now, moved_to="" if request.url == self.new_home else self.new_home)
        if status == 0:
            raise TransportError("the connection was refused", kind=FailureKind.CONNECT)
        if status == -1:
            return Response(url=request.url, status=200, body=b"<html>")
        if status == 200:
            return self._document(request, now)
        assert episode
        end = format_datetime(self.began + episode.end * DAY, usegmt=True)
        asked = end if episode.retry_after == "date" else episode.retry_after
        headers = (("date", format_datetime(now, usegmt=True)), *((("retry-after", asked),) if asked else ()))
        return Response(url=request.url, status=status, headers=headers)

    def _episode(self, now: datetime) -> Episode | None:
        days = (now - self.began) / DAY
        return next((e for e in self.episodes if e.start <= days < e.end and self.draw.random() < e.share), None)

    def _document(self, request: Request, now: datetime, moved_to: str = "") -> Response:
        until = bisect_right(self.published, now)
        etag = f'"{until}"'
        headers = (("etag", etag), ("date", format_datetime(now, usegmt=True)))
        if self.max_age:
            headers += (("cache-control", f"max-age={int(self.max_age.total_seconds())}"),)
        url = moved_to or request.url
        if dict(request.headers).get("If-None-Match") == etag:
            return Response(url=url, status=304, headers=headers, moved_to=moved_to)
        shown = range(max(0, until - self.width), until)
        body = f"feed {' '.join(map(str, shown))}".encode()
        return Response(url=url, status=200, headers=headers, body=body, moved_to=moved_to)


def read_numbers(publisher: Publisher, body: bytes, now: datetime) -> ReadFeed:
    """What reading a document of `publisher` gives: the entries that it did not have before.

    Raises ParseError for a web page.
    """
    if not body.startswith(b"feed"):
        raise ParseError("got a web page instead of a feed", kind=FailureKind.NOT_A_FEED)
    name, shown = publisher.source.id, body.decode().split()[1:]
    numbers = [number for number in shown if int(number) >= publisher.read]
    unread = tuple(number for number in shown if int(number) < publisher.read)
    publisher.read = int(shown[-1]) + 1 if shown else publisher.read
    ids = assign_ids(name, [Clues(guid=number, canonical_url="", fingerprint=number) for number in numbers])
    entries = tuple(
        Entry(
            id=id_,
            source=name,
            guid=number,
            url="",
            canonical_url="",
            title=number,
            published=now,
            updated=now,
            first_seen=now,
            revised=now,
            fingerprint=number,
        )
        for id_, number in zip(ids, numbers, strict=True)
    )
    return ReadFeed(title=name, home="", language="", entries=entries, hint=publisher.hint, unread=unread)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request: whose, where, and from when to when (true time)."""

    source: str
    url: str
    start: datetime
    end: datetime
    status: int
    """0: no answer."""


class Internet:
    """The client of the simulated world: real turns, virtual seconds; notes every request and who overlapped."""

    user_agent = "topicwire/test"

    def __init__(self, publishers: list[Publisher], *, began: datetime, seed: int) -> None:
        self.turns = Turns()
        self.asked: list[Asked] = []
        self.overlaps: list[str] = []
        self.began = began
        self._publishers = {url: one for one in publishers for url in (one.source.url, one.new_home)}
        self._busy: defaultdict[str, int] = defaultdict(int)
        self._draw = Random(seed)

    def now(self) -> datetime:
        """The true time."""
        return self.began + timedelta(seconds=asyncio.get_running_loop().time())

    async def fetch(self, request: Request, *, allow_private: bool = False) -> Response:
        host, publisher = urlsplit(request.url).hostname or "", self._publishers[request.url]
        async with self.turns.turn(host):
            self._busy[host] += 1
            if self._busy[host] > 1:
                self.overlaps.append(host)
            start, status = self.now(), 0
            try:
                await asyncio.sleep(self._draw.uniform(0.05, 6))
                response = publisher.answer(request, self.now())
                status = response.status
                return response
            finally:
                self._busy[host] -= 1
                self.asked.append(
                    Asked(source=publisher.source.id, url=request.url, start=start, end=self.now(), status=status)
                )

    def by_source(self) -> dict[str, list[Asked]]:
        """The requests of each source, in their order."""
        found: defaultdict[str, list[Asked]] = defaultdict(list)
        for one in self.asked:
            found[one.source].append(one)
        return found
