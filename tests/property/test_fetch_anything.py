"""Whatever bytes a server sends, a fetch ends with an answer within its bounds or with a named reason."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from feeds.conditional import Request, Response
from feeds.errors import TransportError
from tests.fakes.web import Web, gzipped, raw

TLS = ssl.create_default_context()  # made once: it reads the list of authorities
MAX_SIZE = 2000
TOKENS = st.sampled_from(
    [
        *(
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.0 301 Gone\r\n",
            b"HTTP/1.1 103 Early\r\n\r\n",
            b"HTTP/1.1 304 No\r\n",
            b"HTTP/",
        ),
        *(b"\r\n", b"\r\n\r\n", b"\n", b"\r", b":", b" ", b"\t", b"\0", b"\xff", b"0\r\n", b"5\r\n", b"ffffffff\r\n"),
        *(b"Content-Length: 5\r\n", b"Content-Length: -5\r\n", b"Content-Length: 99999999999\r\n"),
        *(b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"Content-Encoding: deflate, br\r\n"),
        *(b"Location: /\r\n", b"Location: http://[/\r\n", b"Location: \xff\xfe//x\r\n", b'ETag: "a"\r\n'),
        *(b"<rss/>", gzipped(b"<rss/>"), gzipped(b"x" * 9000), b"x" * 3000),
    ]
)
WIRES = st.one_of(
    st.binary(max_size=400),
    st.lists(st.one_of(TOKENS, st.binary(max_size=6)), max_size=14).map(b"".join),
    st.lists(TOKENS, max_size=10).map(lambda parts: b"HTTP/1.1 200 OK\r\n" + b"".join(parts)),
    st.lists(TOKENS, max_size=6).map(
        lambda parts: b"HTTP/1.1 302 Found\r\nLocation: /" + b"".join(parts) + b"\r\n\r\n"
    ),
)


async def exchange(wire: bytes) -> Response | TransportError:
    async with Web({}) as web:
        web.paths["/"] = raw(wire)
        client = Client(
            user_agent="topicwire/test",
            timeout=timedelta(seconds=20),
            max_size=MAX_SIZE,
            turns=Turns(gap=timedelta()),
            tls=TLS,
        )
        try:
            async with asyncio.timeout(60):
                return await client.fetch(Request(url=web.url("/")), allow_private=True)
        except TransportError as error:
            return error


@given(WIRES)
def test_any_bytes_are_an_answer_within_bounds_or_a_named_reason(wire):
    told = asyncio.run(exchange(wire))

    if isinstance(told, TransportError):
        assert 10 < len(str(told)) < 400
        assert str(told).isprintable()
    else:
        assert len(told.body) <= MAX_SIZE
        assert 100 <= told.status <= 999
