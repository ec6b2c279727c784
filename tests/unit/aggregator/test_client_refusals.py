"""Answers that are broken, and requests that are never sent, over real sockets on loopback."""

from __future__ import annotations

import socket
import zlib

import pytest

from feeds.conditional import Request
from feeds.errors import TransportError
from feeds.model import FailureKind
from tests.fakes.fetching import BODY, CHUNKED, SLOW, client, failure, fetch
from tests.fakes.web import Web, gzipped, head, packed, raw, reply, reset

pytestmark = pytest.mark.anyio

# --- broken answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coding", "wire", "reason"),
    [
        ("br", b"\x0b\x02\x80", "the body is packed as 'br', and only gzip, deflate was asked for"),
        ("zstd", b"(\xb5/\xfd", "the body is packed as 'zstd', and only gzip, deflate was asked for"),
        ("gzip, gzip", gzipped(gzipped(BODY)), "the body is packed 2 times over ('gzip, gzip')"),
        ("gzip", gzipped(BODY)[:-9], "the packed body was cut off"),
        ("gzip", b"", "the packed body was cut off"),
        ("deflate", zlib.compress(BODY)[:-5], "the packed body was cut off"),
        ("deflate", b"x", "the packed body was cut off"),
    ],
)
async def test_a_body_packed_otherwise_or_cut_off_is_refused(coding, wire, reason):
    async with Web({"/feed": packed(wire, coding)}) as web:
        assert await failure(web) == (FailureKind.ENCODING, reason)


@pytest.mark.parametrize(("coding", "wire"), [("gzip", BODY), ("gzip", b"\x1f\x8b" + b"\xff" * 50), ("deflate", BODY)])
async def test_a_body_that_is_not_what_it_says_is_refused(coding, wire):
    async with Web({"/feed": packed(wire, coding)}) as web:
        told = await failure(web)

    assert told == (FailureKind.ENCODING, f"the document cannot be unpacked: its {coding} data is broken")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (raw(head(200, [("Content-Length", "900")]), BODY), "the answer broke off or is no proper HTTP"),
        (raw(CHUNKED, b"40\r\n<rss>"), "the answer broke off or is no proper HTTP"),
        (raw(CHUNKED, b"zz\r\n<rss>"), "the answer broke off or is no proper HTTP"),
        (raw(head(200, [("Content-Length", "-1")])), "the answer broke off or is no proper HTTP"),
        (raw(head(200, [("Content-Length", "5"), ("Content-Length", "6")]), BODY), "the answer broke off or is no"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "the answer broke off or is no proper HTTP"),
        (raw(b"HTTP/1.1 abc\r\n\r\n"), "the answer broke off or is no proper HTTP"),
        (raw(b"\0" * 40), "the answer broke off or is no proper HTTP"),
        (raw(), "the answer broke off or is no proper HTTP"),
        (reset(), "the connection was reset"),
        (reset(head(200, [("Content-Length", "900")]), BODY), "the connection was reset"),
    ],
)
async def test_a_broken_answer_is_named(behaviour, reason):
    async with Web({"/feed": behaviour}) as web:
        kind, words = await failure(web)

    assert kind is FailureKind.CONNECT
    assert words.startswith(reason)


async def test_a_closed_port_refuses():
    with socket.socket() as kept:  # by us, so that nobody listens there meanwhile
        kept.bind(("127.0.0.1", 0))
        web = Web({}, port=kept.getsockname()[1])
        assert await failure(web) == (FailureKind.CONNECT, "the connection was refused")


async def test_a_handshake_that_never_ends_leaves_no_socket_open():
    async with Web({}) as web:  # the test run itself complains about sockets that nobody closed
        request = Request(url=web.url("/feed").replace("http:", "https:"), headers=())
        with pytest.raises(TransportError, match=SLOW):
            await client(timeout=0.3).fetch(request, allow_private=True)


async def test_plain_http_on_a_secure_address_is_named():
    async with Web({}, greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n") as web:
        request = Request(url=web.url("/feed").replace("http:", "https:"), headers=())
        with pytest.raises(TransportError, match="the server speaks no TLS there; try http://") as caught:
            await client().fetch(request, allow_private=True)

    assert caught.value.kind is FailureKind.CONNECT


# --- requests that are never sent -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["", "feed", "http://", "http:///feed", "ftp://127.0.0.1/feed", "file:///etc/passwd", "data:text/xml,<rss/>"],
)
async def test_only_http_and_https_are_fetched(url):
    with pytest.raises(TransportError, match="is no http or https address") as caught:
        await client().fetch(Request(url=url, headers=()), allow_private=True)

    assert caught.value.kind is FailureKind.FORBIDDEN


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://127.0.0.1:99999/", ()),
        ("http://[::1/", ()),
        ("http://127.0.0.1:1/\x00", ()),
        (f"http://xn--{'a' * 80}.example/", ()),
        (f"http://{'a' * 70_000}/", ()),
        ("http://\ud800/", ()),
        ("http://127.0.0.1:1/", (("X-Key", "гарантії"),)),
        ("http://127.0.0.1:1/", (("X-Ключ", "a"),)),
    ],
)
async def test_an_address_or_header_that_cannot_be_used_is_a_transport_error(url, headers):
    with pytest.raises(TransportError) as caught:
        await client().fetch(Request(url=url, headers=headers), allow_private=True)

    assert caught.value.kind is FailureKind.CONNECT


async def test_a_header_that_would_end_its_line_is_not_sent():
    async with Web({"/feed": reply(BODY)}) as web:
        with pytest.raises(TransportError, match="cannot be written as HTTP"):
            await fetch(web, headers=[("X-Key", "a\r\nX-Other: b")])

    assert web.asked == []


async def test_an_error_about_a_header_does_not_repeat_it_as_it_may_be_a_secret():
    async with Web({"/feed": reply(BODY)}) as web:
        with pytest.raises(TransportError) as caught:
            await fetch(web, headers=[("Authorization", "Bearer s3cret ")])

    assert str(caught.value) == "the request cannot be written as HTTP; check url and headers"


@pytest.mark.parametrize("proxy", ["tides", "ftp://127.0.0.1:1", "socks5://127.0.0.1:1", "http://", "http://[::1"])
async def test_a_proxy_must_be_an_http_address(proxy):
    with pytest.raises(TransportError, match="the proxy must be an address like http://host:port"):
        client(proxy=proxy)
