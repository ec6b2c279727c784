"""What one exchange brings, over real sockets on loopback."""

from __future__ import annotations

import zlib

import pytest

from feeds.conditional import Request, Response
from tests.fakes.fetching import BODY, OK, client, fetch
from tests.fakes.web import Web, conditional, gzipped, head, packed, raw, reply

pytestmark = pytest.mark.anyio


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


async def test_headers_that_nobody_could_send_back_are_not_handed_on():
    headers = [("ETag", "e" * 4097), ("Last-Modified", "m" * 4096)]
    async with Web({"/feed": reply(BODY, headers=headers)}) as web:
        response = await fetch(web)

    assert response.headers == (("last-modified", "m" * 4096), ("content-length", str(len(BODY))))
