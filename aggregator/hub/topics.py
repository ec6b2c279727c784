"""Which documents can be subscribed to, by their public addresses."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from aggregator.publishing.health_feed import PATH as HEALTH
from aggregator.publishing.shelf import Stock
from feeds import render
from feeds.model import Document

_FEEDS = frozenset({render.ATOM, render.RSS, render.JSON})


def public_topics(stock: Stock, base_url: str) -> Mapping[str, Document]:
    """The feeds for everybody, by address."""
    return dict(_addressed(stock.documents, base_url, ""))


def all_topics(stock: Stock, base_url: str) -> Mapping[str, Document]:
    """The feeds for everybody and the private ones, by address: for whom we know already."""
    private = (pair for one in stock.private for pair in _addressed(one.documents, base_url, one.token))
    return {**public_topics(stock, base_url), **dict(private)}


def topic_at(stock: Stock, base_url: str, address: str) -> Document | None:
    """The feed at exactly this address, which a stranger names, of a private topic if its token is there.

    Every private address is compared in full, whether one before it was right or not.
    """
    found = public_topics(stock, base_url).get(address)
    said = address.encode("utf-8", "surrogatepass")
    for one in stock.private:
        for known, document in _addressed(one.documents, base_url, one.token):
            if hmac.compare_digest(known.encode(), said):
                found = document
    return found


def shown(address: str, base_url: str) -> str:
    """A topic as a log may have it: the end of its address, where no token stands."""
    return address.removeprefix(base_url).rpartition("/")[2][:120]


def _addressed(documents: Mapping[str, Document], base_url: str, token: str) -> Iterator[tuple[str, Document]]:
    """Topics' feeds, not their archives, which never change, nor the health feed, which names no hub."""
    for path, document in documents.items():
        if document.media_type in _FEEDS and path.count("/") == 2 and path.startswith("/feeds/") and path != HEALTH:
            name = quote(path.removeprefix("/feeds/"))
            yield f"{base_url}/feeds/{quote(token, safe='')}/{name}" if token else f"{base_url}/feeds/{name}", document
