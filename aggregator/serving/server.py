"""What readers and people get: answers from the shelf, and from nothing else.

No request starts any work, and nothing that a request says (Host, X-Forwarded-*, query) gets into a document: it
only chooses among documents that are there. Redirects are relative, so that they hold behind any proxy.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import quote, unquote

from aggregator.publishing.policy import FEED_HEADERS, PAGE_HEADERS
from aggregator.publishing.shelf import NOT_FOUND, Shelf, Stock
from aggregator.serving.answering import Application, Asked, Reply, plain, reply
from aggregator.serving.negotiate import preferred
from feeds.conditional import answer
from feeds.model import Document

_SUFFIXES: Final = {
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/feed+json": ".json",
    "application/json": ".json",
    "text/html": "",
}
"""What `/feeds/{id}` may turn into, by media type, the answer to `*/*` first; empty: the topic's page."""

_PAGE: Final = "text/html"
_CHOOSING: Final = ("accept", "accept-encoding", "if-none-match", "if-modified-since")
"""The headers that an answer depends on."""
_REMEMBERED: Final = 4096
_LONGEST: Final = 512
"""Characters of a request that is remembered: together 2 MB at most, beside documents that exist once."""
_ROOTS: Final = {"feeds", "topics"}
_ARCHIVE: Final = re.compile(r"(/feeds/[^/]+)/archive/[0-9]+(-[0-9a-f]+)?(\.(?:atom|rss|json))")
"""The address of an archive, as `feeds.topics.archives` names them: with a dash, of one that did not stay."""
_FOLDER: Final = "/archive/"
"""In the address of every archive: these are asked for once, so that their answers are not remembered."""
_SOON: Final = "30"
"""Seconds until an archive that is coming is looked for again: after a start hundreds are rendered in a minute."""


def application(shelf: Shelf, *, max_age: Callable[[], timedelta]) -> Application:
    """Answers requests; `max_age` tells how long readers may keep a document that does not say it itself."""
    return _Remembering(shelf, max_age)


class _Remembering:
    """Readers ask the same again and again, word for word: what was answered is answered again until the next swap."""

    def __init__(self, shelf: Shelf, max_age: Callable[[], timedelta]) -> None:
        self._shelf = shelf
        self._max_age = max_age
        self._stock: Stock | None = None
        self._known: dict[tuple[str, ...], Reply] = {}

    def __call__(self, asked: Asked) -> Reply:
        stock = self._shelf.stock
        if stock is not self._stock or len(self._known) >= _REMEMBERED:
            self._stock, self._known = stock, {}
        get = asked.headers.get
        key = (asked.method, asked.target, *(get(name, "-") for name in _CHOOSING))
        found = self._known.get(key)
        if found is None:
            found, secret = _From(stock, asked, self._max_age).reply()
            if not secret and sum(map(len, key)) <= _LONGEST and _FOLDER not in asked.target:
                self._known[key] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the asker may see: the public documents, or those behind the token in the path."""

    path: str
    """Without the token."""
    documents: Mapping[str, Document]
    moved: Mapping[str, str]
    coming: AbstractSet[str]
    token: str = ""


class _From:
    """One request, answered from one stock: nothing mixes what was before a swap with what is after it."""

    def __init__(self, stock: Stock, asked: Asked, max_age: Callable[[], timedelta]) -> None:
        self._stock = stock
        self._asked = asked
        self._max_age = max_age
        self._raw, _, self._query = asked.target.partition("?")

    def reply(self) -> tuple[Reply, bool]:
        """The answer, and whether it is for those alone who know a token."""
        if self._asked.method not in {"GET", "HEAD"}:
            return plain(405, "Only GET and HEAD", ("Allow", "GET, HEAD")), False
        if self._raw == "/healthz":
            return self._health(), False
        path = unquote(self._raw)
        stock = self._stock
        if not stock.documents:  # the first ones are being made, which takes a minute with a thousand topics
            return self._not_yet(), False
        shown = self._behind_a_token(path) or _Shown(
            path=path, documents=stock.documents, moved=stock.moved, coming=stock.coming
        )
        return self._found(shown), bool(shown.token)

    def _health(self) -> Reply:
        """`/healthz`: the process answers."""
        return plain(200, "ok") if self._asked.method == "GET" else reply(200, (("Cache-Control", "no-store"),))

    def _not_yet(self) -> Reply:
        found = plain(503, "Not yet: ask again", ("Retry-After", _SOON))
        return found if self._asked.method == "GET" else replace(found, body=b"")

    def _behind_a_token(self, path: str) -> _Shown | None:
        """Every token is compared in full, whether one before it was right or not."""
        _, root, said, rest = (*path.split("/", 3), "", "", "")[:4]
        open_to = [one for one in self._stock.private if hmac.compare_digest(one.token.encode(), _bytes(said))]
        if not open_to or root.lower() not in _ROOTS:
            return None
        return _Shown(
            path=f"/{root}/{rest}",
            documents={path: made for one in open_to for path, made in one.documents.items()},
            moved={old: new for one in open_to for old, new in one.moved.items()},
            coming=frozenset().union(*(one.coming for one in open_to)),
            token=open_to[0].token,
        )

    def _found(self, shown: _Shown) -> Reply:
        path, documents = shown.path, shown.documents
        if path in documents and path != NOT_FOUND:
            return self._answer(shown, documents[path])
        if f"{path}.rss" in documents and _FOLDER not in path:
            return self._negotiated(shown)
        tidy = _renamed(path.rstrip("/").lower() or "/", shown.moved)
        if tidy != path and (tidy in documents or f"{tidy}.rss" in documents):
            return self._redirect(shown, tidy, status=308, query=True)
        if (archive := _ARCHIVE.fullmatch(tidy)) and archive[1] + archive[3] in documents:
            return self._missing_archive(shown, tidy, archive)
        gone = not shown.token and _topic_of(tidy) in self._stock.gone
        return self._not_found(410 if gone else 404)

    def _negotiated(self, shown: _Shown) -> Reply:
        """`/feeds/{id}` without suffix: a browser is sent to the page, a reader gets the format that it likes best."""
        suffix = _SUFFIXES[preferred(self._asked.headers.get("accept", ""), tuple(_SUFFIXES))]
        if suffix:
            return self._answer(shown, shown.documents[shown.path + suffix], vary="Accept, Accept-Encoding")
        page = shown.path.replace("/feeds/", "/topics/", 1)
        return self._redirect(shown, page, status=302, query=False, more={"Vary": "Accept"})

    def _missing_archive(self, shown: _Shown, path: str, archive: re.Match[str]) -> Reply:
        """A part of the history that is not there: not yet, no more under this name, or no more at all.

        Whoever asks for one that was followed by another goes on from the feed, which leads to that.
        """
        if path in shown.coming:
            return self._not_yet()
        if archive[2]:
            return self._redirect(shown, archive[1] + archive[3], status=302, query=False)
        return self._not_found(410)

    def _answer(self, shown: _Shown, document: Document, *, vary: str = "") -> Reply:
        fresh_for = self._max_age() if document.fresh_for is None else document.fresh_for
        told = answer(document, method=self._asked.method, headers=self._asked.headers, max_age=fresh_for)
        headers = {**dict(told.headers), **(PAGE_HEADERS if document.media_type.startswith(_PAGE) else FEED_HEADERS)}
        if vary:
            headers["Vary"] = vary
        if shown.token:
            headers["Cache-Control"] = f"private, {headers['Cache-Control']}"
            headers["X-Robots-Tag"] = "noindex"
        return reply(told.status, headers.items(), told.body)

    def _not_found(self, status: int) -> Reply:
        page = self._stock.documents.get(NOT_FOUND)
        body = page.body if page else b"Not found\n"
        headers = {
            "Content-Type": page.media_type if page else "text/plain; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            **PAGE_HEADERS,
        }
        return reply(status, headers.items(), b"" if self._asked.method == "HEAD" else body)

    def _redirect(
        self, shown: _Shown, path: str, *, status: int, query: bool, more: Mapping[str, str] | None = None
    ) -> Reply:
        """A redirect relative to the address that was asked for, which only the client knows for certain."""
        if shown.token:
            _, root, rest = path.split("/", 2)
            path = f"/{root}/{shown.token}/{rest}"
        up = "../" * (self._raw.count("/") - 1) or "./"
        location = up + quote(path.lstrip("/")) + (f"?{self._query}" if query and self._query else "")
        return reply(status, {"Location": location, "Content-Length": "0", **FEED_HEADERS, **(more or {})}.items())


def _renamed(path: str, moved: Mapping[str, str]) -> str:
    """The path with the present id of its topic in place of a former one."""
    new = moved.get(old) if (old := _topic_of(path)) else None
    return path.replace(f"/{old}", f"/{new}", 1) if new else path


def _topic_of(path: str) -> str:
    """The id of the topic whose document has this path; empty: it is none's."""
    _, root, name = (*path.split("/", 3), "", "")[:3]
    return name.partition(".")[0] if root in _ROOTS else ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
