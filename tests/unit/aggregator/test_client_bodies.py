"""Bodies off the wire: whatever the bytes and however they are cut, a body within the limit or one kind of error."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetching.client.bodies import read_body
from feeds.errors import TransportError
from feeds.model import FailureKind

LIMIT = 5000


def bare(body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


PACKERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "Deflate": bare, "identity": bytes}


def cut(wire: bytes, places: Sequence[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(wire) + 1) for place in places), len(wire)]
    return [wire[start:end] for start, end in pairwise(edges)]


def decoded(chunks: Sequence[bytes], *encodings: str, max_size: int = LIMIT) -> bytes:
    async def wire() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return asyncio.run(read_body(wire(), encodings=encodings, max_size=max_size))


@given(
    body=st.binary(max_size=1000),
    coding=st.sampled_from(sorted(PACKERS)),
    places=st.lists(st.integers(min_value=0), max_size=9),
)
def test_a_body_is_the_same_however_it_was_packed_and_cut(body, coding, places):
    assert decoded(cut(PACKERS[coding](body), places), coding) == body


@given(
    bodies=st.lists(st.binary(max_size=200), min_size=1, max_size=5),
    places=st.lists(st.integers(min_value=0), max_size=9),
)
def test_gzip_in_several_members_is_one_body(bodies, places):
    wire = b"".join(gzip.compress(body) for body in bodies)

    assert decoded(cut(wire, places), "gzip") == b"".join(bodies)


@given(
    wire=st.one_of(
        st.binary(max_size=300),
        st.builds(lambda tail: gzip.compress(b"tides")[:12] + tail, st.binary(max_size=50)),
        st.builds(lambda body, tail: gzip.compress(body) + tail, st.binary(max_size=50), st.binary(max_size=50)),
    ),
    encodings=st.lists(
        st.sampled_from(["gzip", "deflate", "br", "gzip, deflate", "", "identity", "\x00\xff"]), max_size=2
    ),
    places=st.lists(st.integers(min_value=0), max_size=5),
)
def test_arbitrary_bytes_are_a_body_within_the_limit_or_a_named_error(wire, encodings, places):
    try:
        body = decoded(cut(wire, places), *encodings, max_size=100)
    except TransportError as error:
        named = error.kind in {FailureKind.ENCODING, FailureKind.TOO_LARGE} and bool(str(error))
    else:
        named = len(body) <= 100
    assert named


@given(st.integers(min_value=0, max_value=300), st.sampled_from(sorted(PACKERS)))
def test_the_limit_is_exact(size, coding):
    wire = PACKERS[coding](b"x" * size)
    limit = max(size, len(wire))

    assert len(decoded([wire], coding, max_size=limit)) == size
    if size > len(wire):
        with pytest.raises(TransportError, match="larger than"):
            decoded([wire], coding, max_size=size - 1)


def test_a_bomb_is_never_unpacked_beyond_the_limit(monkeypatch):
    seen: list[int] = []
    real = zlib.decompressobj

    class Watched:
        def __init__(self, *arguments: int) -> None:
            self.inner = real(*arguments)

        def decompress(self, data: bytes, limit: int) -> bytes:
            out = self.inner.decompress(data, limit)
            seen.append(len(out))
            return out

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    with pytest.raises(TransportError):
        decoded([gzip.compress(b"\0" * 10_000_000)], "gzip", max_size=50_000)

    assert seen == [50_001]
