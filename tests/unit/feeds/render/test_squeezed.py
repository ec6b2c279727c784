"""Gzip in pieces: what of an earlier stream is used again, and what must not be."""

from __future__ import annotations

import gzip
from itertools import accumulate
from random import Random

import pytest

from feeds.render import squeezed
from feeds.render.squeezed import REACH, Known, squeeze

DRAW = Random(7)
HEAD, TAIL = b"<feed>", b"</feed>"


def noise(size: int) -> bytes:
    """What can only be compressed by pointing to where it was before."""
    return DRAW.randbytes(size)


def starts(pieces: list[bytes]) -> list[int]:
    return [0, *accumulate(map(len, pieces[:-1]))]


def known(*pieces: bytes) -> Known:
    body = b"".join(pieces)
    return Known(body=body, squeezed=squeeze(body, starts(list(pieces))))


def compressed_anew(monkeypatch, pieces: list[bytes], before: Known, origins: list[int | None]) -> list[bytes]:
    """The pieces that are; and the stream has to be what it would be without help, and hold them all."""
    body = b"".join(pieces)
    alone = squeeze(body, starts(pieces))
    anew: list[bytes] = []
    whole = squeezed._stream

    def watched(piece, context, *, last):
        anew.append(piece)
        return whole(piece, context, last=last)

    monkeypatch.setattr(squeezed, "_stream", watched)
    assert squeeze(body, starts(pieces), known=before, origins=origins) == alone
    assert gzip.decompress(alone.gzip) == body
    return anew


def test_a_change_costs_what_is_near_behind_it(monkeypatch):
    one, two, three, four = (noise(REACH // 2) for _ in range(4))
    new = noise(100)
    before = known(HEAD, one, two, three, four, TAIL)
    anew = compressed_anew(monkeypatch, [HEAD, new, one, two, three, four, TAIL], before, [0, None, 1, 2, 3, 4, 5])
    assert anew == [new, one, two]


def test_another_head_costs_itself_only(monkeypatch):
    one, two = noise(50), noise(50)
    before = known(HEAD, one, two, TAIL)
    assert compressed_anew(monkeypatch, [b"<other>", one, two, TAIL], before, [None, 1, 2, 3]) == [b"<other>"]


def test_what_points_to_bytes_that_changed_is_not_used_again(monkeypatch):
    far = noise(3500)
    near, echo = noise(3500), far[-1000:]
    before = known(HEAD, far, near, echo, TAIL)
    other = noise(3500)
    anew = compressed_anew(monkeypatch, [HEAD, other, near, echo, TAIL], before, [0, None, 2, 3, 4])
    assert anew == [other, near, echo, TAIL]


def test_what_comes_first_now_points_to_nothing(monkeypatch):
    gone = noise(900)
    before = known(HEAD, gone, gone, TAIL)
    assert compressed_anew(monkeypatch, [HEAD, gone, TAIL], before, [0, 2, 3]) == [gone, TAIL]


@pytest.mark.parametrize("piece", [b"", b"x", noise(70_000), b"x" * 70_000])
def test_one_piece_is_a_stream(piece):
    assert gzip.decompress(squeeze(piece, [0]).gzip) == piece


def test_what_was_in_the_middle_can_be_the_end(monkeypatch):
    one, two = noise(50), noise(60)
    before = known(HEAD, one, two, TAIL)
    assert compressed_anew(monkeypatch, [HEAD, one, two], before, [0, 1, 2]) == [two]
    longer = known(HEAD, one)
    assert compressed_anew(monkeypatch, [HEAD, one, two], longer, [0, 1, None]) == [one, two]


def test_the_stream_has_no_time_no_name_and_no_system():
    assert squeeze(b"x", [0]).gzip[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
