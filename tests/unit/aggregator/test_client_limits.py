"""How long an answer may take, how large it may be and in how many pieces it may come, over real sockets."""

from __future__ import annotations

import asyncio
import time
import zlib

import pytest

from aggregator.fetching.client import sockets
from feeds.conditional import Request
from feeds.errors import TransportError
from feeds.model import FailureKind
from tests.fakes.fetching import BODY, CHUNKED, SLOW, TOO_LARGE, client, failure, fetch
from tests.fakes.web import Web, bomb, drip, flood, gzipped, head, packed, raw, redirect, reply, silence

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        pytest.param(silence(), SLOW, id="says nothing"),
        pytest.param(drip(head(200, [("Content-Length", "90000")]), b"<"), SLOW, id="drips its body"),
        pytest.param(drip(CHUNKED, b"1\r\nx\r\n"), SLOW, id="drips chunks"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), SLOW, id="drips headers"),
        pytest.param(drip(b"", b"HTTP/1.1 103 Early\r\n\r\n"), SLOW, id="drips interim answers"),
        pytest.param(drip(b"", b"H"), SLOW, id="drips its status line"),
    ],
)
async def test_a_slow_source_ends_with_the_deadline(behaviour, reason):
    async with Web({"/feed": behaviour}) as web:
        assert await failure(web, timeout=0.3) == (FailureKind.TIMEOUT, reason)


async def test_the_deadline_covers_redirects():
    async with Web({"/feed": redirect("/next"), "/next": silence()}) as web:
        assert await failure(web, timeout=0.3) == (FailureKind.TIMEOUT, SLOW)


async def test_nothing_is_sent_behind_the_deadline_however_late_it_is_noticed(monkeypatch):
    """As where the process was stopped just before it would have sent its request."""
    connect = sockets.connect

    async def stopped(*where: object) -> object:
        stream = await connect(*where)
        time.sleep(0.4)
        return stream

    monkeypatch.setattr(sockets, "connect", stopped)
    async with Web({"/feed": reply(BODY)}) as web:
        assert await failure(web, timeout=0.3) == (FailureKind.TIMEOUT, SLOW)
        assert web.asked == []


async def test_the_deadline_covers_names():
    async def never(host: str, port: int) -> tuple[str, ...]:
        await asyncio.sleep(3600)
        return ()

    with pytest.raises(TransportError, match=SLOW):
        await client(timeout=0.3, resolve=never).fetch(Request(url="http://tides.example/", headers=()))


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(reply(b"x" * 100_001), id="says so"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 100_001), id="does not say so"),
        pytest.param(flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 9999), id="never ends"),
        pytest.param(flood(CHUNKED, b"270f\r\n" + b"x" * 9999 + b"\r\n"), id="never ends, in chunks"),
        pytest.param(packed(bomb(200 << 20)[:90_000], "gzip"), id="unpacks to 200 MiB"),
        pytest.param(packed(zlib.compress(b"\0" * 5_000_000), "deflate"), id="deflated zeros"),
        pytest.param(
            flood(head(200, [("Content-Encoding", "gzip")]), gzipped(b"")), id="is packed nothing, again and again"
        ),
    ],
)
async def test_a_document_beyond_the_limit_is_refused(behaviour):
    async with Web({"/feed": behaviour}) as web:
        kind, reason = await failure(web, max_size=100_000)

    assert (kind, reason) in [TOO_LARGE, (FailureKind.ENCODING, "the packed body has more than 1000 parts")]


@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
async def test_a_document_of_exactly_the_limit_is_taken(coding):
    body = b"x" * 100_000
    wire = {"": body, "gzip": gzipped(body), "deflate": zlib.compress(body)}[coding]
    async with Web({"/feed": packed(wire, coding)}) as web:
        assert (await fetch(web, max_size=100_000)).body == body


@pytest.mark.parametrize(
    "behaviour",
    [
        flood(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"y" * 1000 + b"\r\n"),
        flood(b"HTTP/1.1 200 OK\r\nX-Filler: ", b"y" * 1000),
        flood(b"HTTP/1.1 200 ", b"y" * 1000),
    ],
)
async def test_a_flood_of_headers_is_refused(behaviour):
    async with Web({"/feed": behaviour}) as web:
        assert await failure(web) == (FailureKind.TOO_LARGE, "the headers of the answer are too large")


async def test_a_document_in_too_many_pieces_is_refused():
    async with Web({"/feed": flood(CHUNKED, b"1\r\nx\r\n" * 1000)}) as web:
        assert await failure(web, max_size=10_000_000) == (
            FailureKind.TOO_LARGE,
            "the document comes in too many small pieces",
        )


async def test_a_document_in_many_small_pieces_is_taken():
    async with Web({"/feed": raw(CHUNKED, b"1\r\nx\r\n" * 9000, b"0\r\n\r\n")}) as web:
        assert (await fetch(web)).body == b"x" * 9000


async def test_what_stands_between_the_bytes_of_a_body_is_bounded_too():
    async with Web({"/feed": flood(CHUNKED, b"1;tide=" + b"h" * 9999 + b"\r\nx\r\n")}) as web:
        assert await failure(web, max_size=100_000) == TOO_LARGE


async def test_interim_answers_are_bounded_and_a_few_are_welcome():
    interim = b"HTTP/1.1 103 Early\r\nLink: </tide.css>\r\n\r\n"
    few = raw(interim * 100, head(200, [("Content-Length", str(len(BODY)))]), BODY)
    async with Web({"/few": few, "/many": flood(b"", interim)}) as web:
        assert (await fetch(web, "/few")).body == BODY
        assert await failure(web, "/many") == (FailureKind.TOO_LARGE, "the headers of the answer are too large")
