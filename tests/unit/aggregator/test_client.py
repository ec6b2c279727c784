"""What one exchange brings, over real sockets on loopback."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from datetime import timedelta

import pytest

from aggregator.client import Client
from aggregator.turns import Turns
from feeds.conditional import Request, Response
from feeds.errors import TransportError
from feeds.model import FailureKind
from tests.fakes.web import (
    Web,
    bomb,
    conditional,
    drip,
    flood,
    gzipped,
    head,
    packed,
    raw,
    redirect,
    reply,
    reset,
    silence,
)

pytestmark = pytest.mark.anyio
TLS = ssl.create_default_context()  # made once: it reads the list of authorities
BODY = b"<rss version='2.0'><channel><title>Tides</title></channel></rss>"
OK = [("Content-Type", "application/rss+xml")]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


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


# --- good answers ---------------------------------------------------------------------------------------------------


async def test_an_answer_comes_whole_with_its_headers():
    async with Web({"/feed": reply(BODY, headers=OK)}) as web:
        response = await fetch(web, "/feed?a=%2F&b=1#part")

    length = ("content-length", str(len(BODY)))
    assert response == Response(
        url=web.url("/feed?a=%2F&b=1"),
        status=200,
        headers=(("content-type", "application/rss+xml"), length),
        body=BODY,
    )
    assert web.asked[0].target == "/feed?a=%2F&b=1"


async def test_a_request_carries_what_it_was_given_and_nothing_else():
    given = (("User-Agent", "topicwire/1"), ("Accept", "application/rss+xml"), ("If-None-Match", 'W/"a"'))
    async with Web({"/feed": reply(BODY, headers=[*OK, ("Set-Cookie", "a=1")])}) as web:
        one = client()
        for _ in range(2):
            await one.fetch(Request(url=web.url("/feed"), headers=given), allow_private=True)

    expected = {
        "host": f"127.0.0.1:{web.port}",
        "user-agent": "topicwire/1",
        "accept": "application/rss+xml",
        "if-none-match": 'W/"a"',
        "accept-encoding": "gzip, deflate",
        "connection": "close",
    }
    assert [dict(asked.headers) for asked in web.asked] == [expected, expected]


async def test_validators_travel_byte_for_byte():
    etag = 'W/"\xe9\xfc "odd", \xff"'
    async with Web({"/feed": conditional(BODY, etag=etag)}) as web:
        first = await fetch(web)
        second = await fetch(web, headers=[("If-None-Match", dict(first.headers)["etag"])])

    assert dict(first.headers)["etag"] == etag
    assert (second.status, second.body, dict(second.headers)["etag"]) == (304, b"", etag)


@pytest.mark.parametrize("status", [204, 304, 400, 403, 404, 410, 429, 500, 503])
async def test_every_status_is_an_answer_and_only_success_has_a_body(status):
    headers = [("Retry-After", "120")]
    async with Web({"/feed": raw(head(status, headers))}) as web:
        response = await fetch(web)

    assert response == Response(url=web.url("/feed"), status=status, headers=(("retry-after", "120"),), body=b"")


BARE = zlib.compressobj(9, zlib.DEFLATED, -15)
BARE_DEFLATE = BARE.compress(BODY) + BARE.flush()


@pytest.mark.parametrize(
    ("coding", "wire"),
    [
        ("gzip", gzipped(BODY)),
        ("x-gzip", gzipped(BODY)),
        ("GZIP", gzipped(BODY[:10]) + gzipped(BODY[10:])),
        ("gzip", gzipped(BODY) + b"\0" * 512),
        ("deflate", zlib.compress(BODY)),
        ("deflate", BARE_DEFLATE),
        ("identity", BODY),
        ("", BODY),
    ],
)
async def test_a_packed_body_is_unpacked(coding, wire):
    async with Web({"/feed": packed(wire, coding)}) as web:
        assert (await fetch(web)).body == BODY


async def test_a_body_without_a_length_ends_with_its_connection():
    async with Web({"/feed": raw(b"HTTP/1.0 200 OK\r\n\r\n", BODY)}) as web:
        assert (await fetch(web)).body == BODY


async def test_a_chunked_body_is_put_together():
    parts = [b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:7], BODY[7:])]
    async with Web({"/feed": raw(head(200, [("Transfer-Encoding", "chunked")]), *parts, b"0\r\n\r\n")}) as web:
        assert (await fetch(web)).body == BODY


async def test_a_source_on_ipv6_is_reached():
    async with Web({"/feed": reply(BODY)}, host="::1") as web:
        response = await fetch(web)

    assert (response.url, response.body) == (web.url("/feed"), BODY)
    assert web.asked[0].header("host") == f"[::1]:{web.port}"


async def test_user_and_password_in_an_address_become_a_header_and_are_shown_nowhere():
    async with Web({"/feed": reply(BODY)}) as web:
        request = Request(url=web.url("/feed").replace("//", "//tide:p%40ss@"), headers=())
        response = await client().fetch(request, allow_private=True)

    assert web.asked[0].header("authorization") == "Basic dGlkZTpwQHNz"
    assert response.url == web.url("/feed")


async def test_a_proxy_is_asked_for_the_whole_address():
    async with Web({"http://tides.example/feed": reply(BODY)}) as web:
        request = Request(url="http://tides.example/feed", headers=())
        response = await client(proxy=web.url("")).fetch(request)

    assert (response.url, response.body) == ("http://tides.example/feed", BODY)
    assert web.asked[0].target == "http://tides.example/feed"


async def test_the_environment_names_no_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with Web({"/feed": reply(BODY)}) as web:
        assert (await fetch(web)).body == BODY


# --- bad answers ----------------------------------------------------------------------------------------------------

CHUNKED = head(200, [("Transfer-Encoding", "chunked")])
SLOW = "no complete answer within 0.3 seconds"


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


async def test_the_deadline_covers_names():
    async def never(host: str, port: int) -> tuple[str, ...]:
        await asyncio.sleep(3600)
        return ()

    with pytest.raises(TransportError, match=SLOW):
        await client(timeout=0.3, resolve=never).fetch(Request(url="http://tides.example/", headers=()))


TOO_LARGE = (
    FailureKind.TOO_LARGE,
    "the document is larger than 100000 bytes, as much as fetch.max_size allows it to be once unpacked",
)


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


async def test_headers_that_nobody_could_send_back_are_not_handed_on():
    headers = [("ETag", "e" * 4097), ("Last-Modified", "m" * 4096)]
    async with Web({"/feed": reply(BODY, headers=headers)}) as web:
        response = await fetch(web)

    assert response.headers == (("last-modified", "m" * 4096), ("content-length", str(len(BODY))))


async def test_a_closed_port_refuses():
    async with Web({}) as web:
        pass
    assert await failure(web) == (FailureKind.CONNECT, "the connection was refused")


async def test_a_handshake_that_never_ends_leaves_no_socket_open():
    async with Web({}) as web:  # the test run itself complains about sockets that nobody closed
        request = Request(url=web.url("/feed").replace("http:", "https:"), headers=())
        with pytest.raises(TransportError, match=SLOW):
            await client(timeout=0.3).fetch(request, allow_private=True)


async def test_plain_http_on_a_secure_address_is_named():
    async with Web({}, greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n") as web:
        request = Request(url=web.url("/feed").replace("http:", "https:"), headers=())
        with pytest.raises(TransportError, match="no secure connection") as caught:
            await client().fetch(request, allow_private=True)

    assert caught.value.kind is FailureKind.CONNECT


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


# --- side by side ---------------------------------------------------------------------------------------------------


async def test_a_host_is_asked_by_one_exchange_at_a_time_wherever_it_came_from():
    async with (
        Web({"/feed": reply(BODY)}) as web,
        Web({"/feed": redirect(web.url("/feed"))}, host="127.0.0.2", port=web.port) as other,
    ):
        one = client()
        urls = [web.url("/feed"), other.url("/feed")] * 8
        told = await asyncio.gather(*(one.fetch(Request(url=url, headers=()), allow_private=True) for url in urls))

    assert [response.body for response in told] == [BODY] * 16
    assert (len(web.asked), len(other.asked)) == (16, 8)
    assert (web.most_at_once, other.most_at_once) == (1, 1)


async def test_hosts_that_hang_hold_up_no_other_up_to_the_limit():
    async with Web({"/feed": silence()}) as hanging, Web({"/feed": reply(BODY)}, host="127.0.0.2") as good:
        one = client()
        slow = [
            asyncio.create_task(one.fetch(Request(url=hanging.url("/feed"), headers=()), allow_private=True))
            for _ in range(50)  # of one host: one of them works, the others wait without taking anybody's place
        ]
        for _ in range(5):
            assert (await one.fetch(Request(url=good.url("/feed"), headers=()), allow_private=True)).body == BODY
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    assert len(hanging.asked) == 1


async def test_the_time_spent_waiting_for_a_turn_is_not_the_sources():
    async with Web({"/feed": reply(BODY)}) as web:
        turns = Turns(gap=timedelta(seconds=0.4))
        one = Client(user_agent="", timeout=timedelta(seconds=0.3), max_size=1000, turns=turns, tls=TLS)
        request = Request(url=web.url("/feed"), headers=())
        told = [await one.fetch(request, allow_private=True) for _ in range(2)]

    assert [response.body for response in told] == [BODY, BODY]
