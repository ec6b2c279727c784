"""A client with everything it needs, and what one fetch of it brings: an answer, or a kind of failure and its words."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta

import pytest

from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from feeds.conditional import Request, Response
from feeds.errors import TransportError
from feeds.model import FailureKind
from tests.fakes.web import Web, head

TLS = ssl.create_default_context()  # made once: it reads the list of authorities
BODY = b"<rss version='2.0'><channel><title>Tides</title></channel></rss>"
OK = [("Content-Type", "application/rss+xml")]
CHUNKED = head(200, [("Transfer-Encoding", "chunked")])
SLOW = "no complete answer within 0.3 seconds"
TOO_LARGE = (
    FailureKind.TOO_LARGE,
    "the document is larger than 100000 bytes, as much as fetch.max_size allows it to be once unpacked",
)


def client(*, timeout: float = 20, max_size: int = 1_000_000, proxy: str = "", resolve=None) -> Client:
    return Client(
        user_agent="topicwire/test",
        timeout=timedelta(seconds=timeout),
        max_size=max_size,
        proxy=proxy,
        turns=Turns(gap=timedelta()),
        resolve=resolve,
        tls=TLS,
    )


async def fetch(web: Web, path: str = "/feed", *, headers=(), **bounds) -> Response:
    request = Request(url=web.url(path), headers=tuple(headers))
    async with asyncio.timeout(30):  # far above every deadline used here: a fetch that hangs fails, it does not wait
        return await client(**bounds).fetch(request, allow_private=True)


async def failure(web: Web, path: str = "/feed", **bounds) -> tuple[FailureKind, str]:
    with pytest.raises(TransportError) as caught:
        await fetch(web, path, **bounds)
    return caught.value.kind, str(caught.value)
