"""Fetches the article pages of sources with `full_text`: through the same door and manners as everything.

Asked are pages of entries in a state that is not known yet, one after another, after their feed was read and before
its entries are judged. Whatever goes wrong with a page, its entry keeps the feed's text.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from aggregator.events import Observer, PagesRead
from aggregator.patience import THROTTLES, Patience, hold_for
from feeds.conditional import Request, Response, retry_after
from feeds.errors import TopicwireError, TransportError
from feeds.model import Entry, FailureKind, ReadFeed, Source, Validators
from feeds.read.article import Article
from feeds.read.fulltext import pages_to_ask, with_article, with_known_text
from feeds.read.robots import rules

MOST = 50
"""Pages in one pass, the newest entries first: at two seconds a page nobody's first pass should take longer than two
minutes, and no feed of ours has more entries unless it is told to."""
PASS = timedelta(minutes=2)
"""For all pages of one pass: its feed's entries wait for them."""
ROBOTS_LAST = timedelta(hours=24)  # RFC 9309 §2.4
ROBOTS_RETRY = timedelta(hours=1)
"""How long a host counts as closed whose robots.txt could not be had."""
REMEMBERED = 500
"""Pages that are kept with their validators: some 5 MB, and weeks of what one source edits."""
HOSTS = 1_000

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
READABLE = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})
"""Media types; some servers say plain, or nothing. The rest is films, pictures and papers."""


class Fetcher(Protocol):
    """What is needed of the client."""

    @property
    def user_agent(self) -> str: ...

    async def fetch(self, request: Request, *, allow_private: bool = False) -> Response:
        """One exchange; raises TransportError and nothing else."""

    def hold(self, host: str, span: timedelta) -> None:
        """Ask nothing of `host` for that long."""


class Extract(Protocol):
    """`feeds.read.article.extract`, called where hostile bytes do no harm."""

    async def __call__(self, body: bytes, *, url: str, content_type: str, language: str) -> Article | None:
        """The article on a page, None when there is none; may raise anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page as last read; None: there was no article on it."""

    validators: Validators
    article: Article | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Robots:
    """What a host's robots.txt lets us have; None: it could not be had, so nothing is allowed (RFC 9309 §2.3.1.4)."""

    allows: Callable[[str], bool] | None
    until: datetime


@dataclass(slots=True)
class _Pass:
    """What one pass has brought so far."""

    completed: dict[str, Entry] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    patience: Patience = field(default_factory=Patience)


class _NoArticle(Exception):  # noqa: N818 - the reason why, on its way to the one who tells it
    """The page brings nothing."""


class Articles:
    """Completes entries from their pages; remembers pages and robots.txt files while the process lives.

    `clock` gives the time (aware, UTC); `observe` is told of each pass that asked for pages; `within` is the time
    for all pages of one pass.
    """

    def __init__(
        self,
        *,
        client: Fetcher,
        clock: Callable[[], datetime],
        observe: Observer,
        extract: Extract,
        within: timedelta = PASS,
    ) -> None:
        self._client = client
        self._clock = clock
        self._observe = observe
        self._extract = extract
        self._within = within
        self._pages: OrderedDict[tuple[str, str], _Page] = OrderedDict()
        self._robots: dict[str, _Robots] = {}

    async def complete(self, source: Source, feed: ReadFeed, *, known: Iterable[Entry]) -> ReadFeed:
        """`feed` of `source` with the text of its pages, where they can be had.

        `known` are the remembered entries that share an address with one of the feed's: in the state in which they
        are known, entries keep the text that is known.
        """
        known = tuple(known)
        asked = pages_to_ask(feed.entries, known)[:MOST]
        done = _Pass()
        if asked:
            await self._ask_pages(source, asked, done)
            taken = sum(done.completed.get(entry.id, entry) != entry for entry in asked)
            self._observe(PagesRead(source=source.id, asked=len(asked), taken=taken, refused=tuple(done.refused)))
        entries = (done.completed.get(entry.id, entry) for entry in with_known_text(feed.entries, known))
        return replace(feed, entries=tuple(entries))

    async def _ask_pages(self, source: Source, asked: tuple[Entry, ...], done: _Pass) -> None:
        try:
            async with asyncio.timeout(self._within.total_seconds()):
                for entry in asked:
                    try:
                        article = await self._article(source, entry, done.patience)
                        done.completed[entry.id] = with_article(entry, article, source=source, now=self._clock())
                    except _NoArticle as reason:
                        done.refused.append(f"{entry.url}: {reason}")
        except TimeoutError:
            rest = asked[len(done.completed) + len(done.refused) :]
            done.refused += (f"{entry.url}: the time for the pages of one pass was over" for entry in rest)

    async def _article(self, source: Source, entry: Entry, patience: Patience) -> Article:
        """Raises _NoArticle with the reason, nothing else that a page can cause."""
        try:
            if not await self._welcome(source, entry.url):
                raise _NoArticle("its robots.txt does not allow it, or cannot be had")
            page = await self._read(source, entry, patience)
        except TopicwireError as error:
            raise _NoArticle(str(error)) from error
        if page.article is None:
            raise _NoArticle("no article was found on the page")
        return page.article

    async def _read(self, source: Source, entry: Entry, patience: Patience) -> _Page:
        key = entry.url, source.id if source.headers else ""  # what is shown to one who pays is not for all
        before = self._pages.get(key)
        response = await self._page(source, entry.url, before.validators if before else Validators(), patience)
        if response.status == 304 and before:
            self._pages.move_to_end(key)
            return before
        if response.status not in {200, 203} or not response.body:
            raise _NoArticle(f"the server answered {response.status}")
        content_type = _header(response, "content-type") or ""
        if content_type.partition(";")[0].strip().lower() not in READABLE:
            raise _NoArticle(f"it is no web page but {content_type[:60]}")
        page = _Page(
            validators=Validators(etag=_header(response, "etag"), last_modified=_header(response, "last-modified")),
            article=await self._extracted(response, content_type, entry.language),
        )
        self._pages[key] = page
        if len(self._pages) > REMEMBERED:
            self._pages.popitem(last=False)
        return page

    async def _extracted(self, response: Response, content_type: str, language: str) -> Article | None:
        try:
            return await self._extract(response.body, url=response.url, content_type=content_type, language=language)
        except TopicwireError:
            raise
        except Exception as error:  # whoever reads strangers' pages may fail in any way; it costs this page
            raise _NoArticle(f"reading it failed ({type(error).__name__}: {error})"[:300]) from error

    async def _page(self, source: Source, url: str, known: Validators, patience: Patience) -> Response:
        """The answer, unless the host has used up our patience; what it means for that is noted."""
        host = _host(url)
        if reason := patience.left.get(host):
            raise _NoArticle(reason)
        try:
            response = await self._fetch(source, url, known)
        except TransportError as error:
            if error.kind is FailureKind.HELD:
                patience.throttled(host)
            else:
                patience.failed(host)
            raise
        if response.status in THROTTLES:
            # Who throttles is who answered, redirects followed.
            self._client.hold(_host(response.url), hold_for(retry_after(response, now=self._clock())))
            patience.throttled(host)
        elif response.status >= 400:
            patience.failed(host)
        else:
            patience.answered(host)
        return response

    async def _fetch(self, source: Source, url: str, known: Validators) -> Response:
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        headers = (
            ("User-Agent", self._client.user_agent),
            ("Accept", ACCEPT),
            *((name, value) for name, value in source.headers if name.lower() not in {"accept", "user-agent"}),
            *((name, value) for name, value in conditions.items() if value),
        )
        # What a source may reach its links may not: they are written by strangers.
        allow_private = source.allow_private and urlsplit(url).hostname == urlsplit(source.url).hostname
        return await self._client.fetch(Request(url=url, headers=headers, home=source.url), allow_private=allow_private)

    async def _welcome(self, source: Source, url: str) -> bool:
        """Whether the robots.txt of the page's host lets us in; asked for once a day."""
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}"
        known = self._robots.get(place)
        if known is None or known.until <= self._clock():
            known = await self._ask_robots(source, place)
            self._robots.pop(place, None)
            self._robots[place] = known
            if len(self._robots) > HOSTS:
                del self._robots[next(iter(self._robots))]
        return known.allows is not None and await asyncio.to_thread(known.allows, url)

    async def _ask_robots(self, source: Source, place: str) -> _Robots:
        try:
            response = await self._fetch(source, f"{place}/robots.txt", Validators())
        except TopicwireError:
            return _Robots(allows=None, until=self._clock() + ROBOTS_RETRY)
        # RFC 9309 §2.3.1.3: what is not there forbids nothing; a host that throttles or fails is another matter.
        if 400 <= response.status < 500 and response.status != 429:
            return _Robots(allows=_everything, until=self._clock() + ROBOTS_LAST)
        if not 200 <= response.status < 300:
            return _Robots(allows=None, until=self._clock() + ROBOTS_RETRY)
        # Parsed once: it may take half a second.
        allows = await asyncio.to_thread(rules, response.body) if response.body else _everything
        return _Robots(allows=allows, until=self._clock() + ROBOTS_LAST)


def _everything(_url: str) -> bool:
    return True


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _header(response: Response, name: str) -> str | None:
    return next((value for key, value in response.headers if key == name and value), None)
