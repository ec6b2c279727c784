"""Fetches the article pages of sources with `full_text`: through the same door and manners as everything.

Asked are pages of entries in a state that is not known yet, one after another, after their feed was read and before
its entries are judged. Whatever goes wrong with a page, its entry keeps the feed's text.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from aggregator.fetching.patience import THROTTLES, Patience, hold_for
from aggregator.fetching.second_tries import SecondTries
from aggregator.fetching.welcome import Welcome, may_be_private
from aggregator.observing.events import Observer, PagesRead
from feeds.conditional import Request, Response, retry_after
from feeds.errors import MissingExtra, TopicwireError, TransportError
from feeds.model import Entry, FailureKind, ReadFeed, Source, Validators
from feeds.read.article import Article
from feeds.read.attribution import Registry, shipped
from feeds.read.fulltext import pages_to_ask, state_of, with_article, with_known_text

MOST = 50
"""Pages in one pass, the newest entries first: at two seconds a page nobody's first pass should take longer than two
minutes, and no feed of ours has more entries unless it is told to."""
PASS = timedelta(minutes=2)
"""For all pages of one pass: its feed's entries wait for them."""
MOST_AGAIN = 5
"""Pages that failed before, in one pass."""
PASS_AGAIN = timedelta(seconds=30)
"""For all of those: what the pass brought is stored by then, and waits to be published."""
REMEMBERED = 500
"""Pages that are kept with their validators: some 5 MB, and weeks of what one source edits."""

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
READABLE = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})
"""Media types; some servers say plain, or nothing. The rest is films, pictures and papers."""


class Fetcher(Protocol):
    """What is needed of the client."""

    @property
    def user_agent(self) -> str: ...

    async def fetch(self, request: Request, *, allow_private: bool = False) -> Response:
        """One exchange, which stays if asked to; at most five redirects in all. Raises TransportError alone."""

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


@dataclass(slots=True)
class _Pass:
    """What one pass has brought so far."""

    completed: dict[str, Entry] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    patience: Patience = field(default_factory=Patience)


class _NoArticle(Exception):  # noqa: N818 - the reason why, on its way to the one who tells it
    """The page brings nothing."""


class _NeverAnArticle(_NoArticle):
    """Nor will it later."""


class Articles:
    """Completes entries from their pages; remembers pages and robots.txt files while the process lives.

    `clock` gives the time (aware, UTC); `observe` is told of each pass that asked for pages; `registry` makes the one
    of the outlets that pages may credit, once a page needs it; `within` is the time for all pages of one pass.
    """

    def __init__(
        self,
        *,
        client: Fetcher,
        clock: Callable[[], datetime],
        observe: Observer,
        extract: Extract,
        registry: Callable[[], Registry] = shipped,
        within: timedelta = PASS,
    ) -> None:
        self._client = client
        self._clock = clock
        self._observe = observe
        self._extract = extract
        self._registry = registry
        self._within = within
        self._pages: OrderedDict[tuple[str, str], _Page] = OrderedDict()
        self._welcome = Welcome(ask=self._robots, clock=clock)
        self._second_tries = SecondTries()

    async def complete(self, source: Source, feed: ReadFeed, *, known: Iterable[Entry]) -> ReadFeed:
        """`feed` of `source` with the text of its pages, where they can be had.

        `known` are the remembered entries that share an address with one of the feed's: in the state in which they
        are known, entries keep the text that is known.
        """
        known = tuple(known)
        asked = pages_to_ask(feed.entries, known)[:MOST]
        done = _Pass()
        if asked:
            await self._ask_pages(source, asked, done, within=self._within)
        entries = (done.completed.get(entry.id, entry) for entry in with_known_text(feed.entries, known))
        return replace(feed, entries=tuple(entries))

    def wanting(self, source: Source) -> frozenset[str]:
        """The canonical URLs of those entries of `source` whose page failed before and may be asked for again now."""
        return frozenset(address for _, address, _ in self._due(source))

    async def again(self, source: Source, known: Iterable[Entry]) -> tuple[tuple[Entry, Entry], ...]:
        """Ask for those pages; returns the entries among `known` that have their text now, each as it was and is.

        `known` are the remembered entries at the addresses that `wanting` names.
        """
        at = {state_of(entry): entry for entry in known}
        due = self._due(source)
        for state in due:
            if state not in at:  # it was edited, and its page asked for, or it has left
                self._second_tries.settled(state)
        asked, done = tuple(at[state] for state in due if state in at), _Pass()
        if asked:
            await self._ask_pages(source, asked, done, within=min(PASS_AGAIN, self._within))
        found = ((entry, done.completed.get(entry.id, entry)) for entry in asked)
        return tuple((before, after) for before, after in found if after != before)

    def _due(self, source: Source) -> tuple[tuple[str, str, str], ...]:
        return self._second_tries.due(source.id, now=self._clock(), most=MOST_AGAIN)

    async def _ask_pages(self, source: Source, asked: tuple[Entry, ...], done: _Pass, *, within: timedelta) -> None:
        waiting = deque(asked)
        try:
            async with asyncio.timeout(within.total_seconds()):
                while waiting:
                    entry = waiting[0]
                    try:
                        article = await self._article(source, entry, done.patience)
                        done.completed[entry.id] = with_article(
                            entry, article, source=source, now=self._clock(), registry=self._registry()
                        )
                        self._second_tries.settled(state_of(entry))
                    except _NoArticle as reason:
                        self._refuse(entry, reason, done)
                    waiting.popleft()
        except TimeoutError:
            for entry in waiting:
                self._refuse(entry, _NoArticle("the time for the pages of one pass was over"), done)
        taken = sum(done.completed.get(entry.id, entry) != entry for entry in asked)
        self._observe(PagesRead(source=source.id, asked=len(asked), taken=taken, refused=tuple(done.refused)))

    def _refuse(self, entry: Entry, reason: _NoArticle, done: _Pass) -> None:
        done.refused.append(f"{entry.url}: {reason}")
        if isinstance(reason, _NeverAnArticle):
            self._second_tries.settled(state_of(entry))
        else:
            self._second_tries.failed(state_of(entry), now=self._clock())

    async def _article(self, source: Source, entry: Entry, patience: Patience) -> Article:
        """Raises _NoArticle with the reason, nothing else that a page can cause."""
        try:
            await self._require_welcome(source, entry.url, "its")
            page = await self._read(source, entry, patience)
        except MissingExtra as error:
            raise _NeverAnArticle(str(error)) from error
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
            raise _NeverAnArticle(f"it is no web page but {content_type[:60]}")
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
        """The answer in the end: wherever it redirects to, robots.txt is asked first."""
        response = await self._patiently(source, self._request(source, url, known), patience)
        while request := response.onward:
            await self._require_welcome(source, request.url, f"it redirects to {_host(request.url)}, whose")
            response = await self._patiently(source, request, patience)
        return response

    async def _require_welcome(self, source: Source, url: str, whose: str) -> None:
        allowed = await self._welcome.allows(source, url)
        if not allowed:
            kind = _NoArticle if allowed is None else _NeverAnArticle
            raise kind(f"{whose} robots.txt does not allow it, or cannot be had")

    async def _patiently(self, source: Source, request: Request, patience: Patience) -> Response:
        """The answer, unless the host has used up our patience; what it means for that is noted."""
        host = _host(request.url)
        if reason := patience.left.get(host):
            raise _NoArticle(reason)
        try:
            response = await self._fetch(source, request)
        except TransportError as error:
            if error.kind is FailureKind.HELD:
                patience.throttled(host)
            else:
                patience.failed(host)
            raise
        if response.status in THROTTLES:
            self._client.hold(host, hold_for(retry_after(response, now=self._clock())))
            patience.throttled(host)
        elif response.status >= 400:
            patience.failed(host)
        else:
            patience.answered(host)
        return response

    async def _robots(self, source: Source, url: str) -> Response:
        """RFC 9309 §2.3.1.2: wherever it leads, it is that of the host that was asked."""
        response = await self._fetch(source, self._request(source, url, Validators()))
        while response.onward:
            response = await self._fetch(source, response.onward)
        return response

    async def _fetch(self, source: Source, request: Request) -> Response:
        return await self._client.fetch(request, allow_private=may_be_private(source, request.url))

    def _request(self, source: Source, url: str, known: Validators) -> Request:
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        headers = (
            ("User-Agent", self._client.user_agent),
            ("Accept", ACCEPT),
            *((name, value) for name, value in source.headers if name.lower() not in {"accept", "user-agent"}),
            *((name, value) for name, value in conditions.items() if value),
        )
        return Request(url=url, headers=headers, home=source.url, stay=True)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _header(response: Response, name: str) -> str | None:
    return next((value for key, value in response.headers if key == name and value), None)
