"""However requests are cut, and whatever is sent, a connection answers alike and never more than it was asked."""

from __future__ import annotations

import asyncio

from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.serving.answering import plain
from aggregator.serving.connection import Connection, Parsed
from aggregator.serving.posts import Post

FORM = "application/x-www-form-urlencoded"
HEAD = f"POST /hub HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\n".encode()
GET = b"GET /one HTTP/1.1\r\nHost: a\r\n\r\n"
PARSED = Parsed()
"""One for all examples: what was kept of one must not show in another."""


class Wire(asyncio.Transport):
    """Keeps what is written, and gives no more reading once it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.said = b""
        self.closed = False

    def write(self, data) -> None:
        assert not self.closed
        self.said += bytes(data)

    def close(self) -> None:
        self.closed = True

    abort = close

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def hub(asked):
    return plain(202, f"took {len(asked.body)}")


async def _answers(parts: list[bytes]) -> bytes:
    posts = {"/hub": Post(answer=hub, takes=FORM, most=64)}
    connection = Connection(
        lambda asked: plain(200, f"got {asked.target}"),
        parsed=PARSED,
        clock=lambda: 0.0,
        date=lambda: b"date: now\r\n",
        posts=posts,
    )
    wire = Wire()
    connection.connection_made(wire)
    for part in parts:
        connection.data_received(part)
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    connection.connection_lost(None)
    return wire.said


def answers(data: bytes, cuts: list[int]) -> bytes:
    places = sorted({cut % (len(data) + 1) for cut in cuts} - {0, len(data)})
    parts = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    return asyncio.run(_answers([part for part in parts if part]))


def sized(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(pieces: list[bytes]) -> bytes:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


posts = st.binary(max_size=80).map(sized) | st.lists(st.binary(max_size=30), max_size=4).map(chunked)
requests = st.lists(st.just(GET), max_size=2).map(b"".join)
cuts = st.lists(st.integers(0, 400), max_size=6)


@given(requests, posts, st.binary(max_size=40) | st.just(GET), cuts, cuts)
@example(GET, sized(GET), b"", [len(GET + sized(GET)) - len(GET)], [])
def test_how_requests_are_cut_changes_nothing(before, post, behind, cuts, other):
    data = before + post
    whole = answers(data, [])
    assert answers(data, cuts) == whole
    assert whole.count(b"HTTP/1.1 ") == before.count(b"GET") + 1
    assert answers(data + behind, other) == whole


@given(st.binary(max_size=200), cuts)
def test_whatever_stands_behind_a_head_is_answered_once_at_most(noise, cuts):
    for framing in (b"Content-Length: 9\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b""):
        assert answers(HEAD + framing + noise, cuts).count(b"HTTP/1.1 ") <= 1
