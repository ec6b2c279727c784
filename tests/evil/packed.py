"""Behaviours that hide in a content coding."""

from __future__ import annotations

import gzip
import zlib

from feeds.model import FailureKind
from tests.evil.server import CHUNKED, FEED, NO_HTTP, RSS, TOO_LARGE, Fails, Floods, Sends, good
from tests.fakes.web import bomb, head

LARGE = Fails(FailureKind.TOO_LARGE, TOO_LARGE)
CUT_OFF = Fails(FailureKind.ENCODING, "the packed body was cut off")
BOMB = bomb(200 << 20)
PACKED_FEED = gzip.compress(FEED, mtime=0)


def packed(wire: bytes, coding: str) -> bytes:
    return good(wire, ("Content-Encoding", coding))


def unasked(coding: str) -> Fails:
    return Fails(FailureKind.ENCODING, f"packed as '{coding}', and only gzip, deflate was asked for")


def stacked(times: int) -> Fails:
    return Fails(FailureKind.ENCODING, f"packed {times} times over")


class GzipBomb(Sends):
    """200 kB that unpack to 200 MiB."""

    expected = LARGE
    wire = packed(BOMB, "gzip")


class GzipBombInChunks(Sends):
    """The same, without a length."""

    expected = LARGE
    wire = CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n") + b"%x\r\n%s\r\n0\r\n\r\n" % (
        len(BOMB),
        BOMB,
    )


class GzipBombAsXGzip(Sends):
    """The same, under the coding's old name."""

    expected = LARGE
    wire = packed(BOMB, "X-GZIP")


class DeflateBomb(Sends):
    """Zeros in a zlib stream."""

    expected = LARGE
    wire = packed(zlib.compress(b"\0" * (64 << 20), 9), "deflate")


class BombOfMembers(Sends):
    """A thousand small gzip members, each a small bomb."""

    expected = LARGE
    wire = packed(gzip.compress(b"\0" * (1 << 20), mtime=0) * 900, "gzip")


class EndlessEmptyMembers(Floods):
    """gzip of nothing, again and again."""

    expected = Fails(FailureKind.ENCODING, "more than 1000 parts")
    wire = head(200, [RSS, ("Content-Encoding", "gzip")])
    gush = gzip.compress(b"", mtime=0)


class EndlessEmptyBlocks(Floods):
    """One gzip member of blocks that unpack to nothing."""

    expected = LARGE
    wire = head(200, [RSS, ("Content-Encoding", "gzip")]) + gzip.compress(b"", mtime=0)[:10]
    gush = b"\x00\x00\x00\xff\xff"


class EndlessPadding(Floods):
    """A packed feed, then padding for ever."""

    expected = LARGE
    wire = head(200, [RSS, ("Content-Encoding", "gzip")]) + PACKED_FEED
    gush = b"\0"


class UnaskedBrotli(Sends):
    """Brotli, which was not asked for and could be a bomb."""

    expected = unasked("br")
    wire = packed(b"\x0b\x02\x80<rss/>\x03", "br")


class UnaskedZstd(Sends):
    """Zstandard, likewise."""

    expected = unasked("zstd")
    wire = packed(b"(\xb5/\xfd\x04\x00", "zstd")


class UnknownCoding(Sends):
    """A coding that nobody registered, in characters that nobody should print."""

    expected = Fails(FailureKind.ENCODING, "was asked for")
    wire = packed(FEED, "tide\x1b[2Jtable" + "x" * 900)


class GzipTwice(Sends):
    """A bomb in a bomb."""

    expected = stacked(2)
    wire = packed(gzip.compress(BOMB, mtime=0), "gzip, gzip")


class GzipInBrotli(Sends):
    """Two codings, one of which was asked for."""

    expected = stacked(2)
    wire = packed(PACKED_FEED, "gzip, br")


class CodingsInTwoHeaders(Sends):
    """Stacked in two lines instead of one."""

    expected = stacked(2)
    wire = good(PACKED_FEED, ("Content-Encoding", "gzip"), ("Content-Encoding", "deflate"))


class AThousandCodings(Sends):
    """A pile of gzip."""

    expected = stacked(1000)
    wire = packed(PACKED_FEED, ", ".join(["gzip"] * 1000))


class PackedForTransfer(Sends):
    """gzip as a transfer coding, which HTTP allows and nobody uses."""

    expected = Fails(FailureKind.CONNECT, NO_HTTP)
    wire = head(200, [RSS, ("Transfer-Encoding", "gzip, chunked")]) + b"%x\r\n%s\r\n0\r\n\r\n" % (
        len(PACKED_FEED),
        PACKED_FEED,
    )


class TruncatedGzip(Sends):
    """gzip without its end."""

    expected = CUT_OFF
    wire = packed(PACKED_FEED[:-9], "gzip")


class EmptyGzip(Sends):
    """gzip without anything."""

    expected = CUT_OFF
    wire = packed(b"", "gzip")


class WrongChecksum(Sends):
    """gzip whose checksum is another document's."""

    expected = Fails(FailureKind.ENCODING, "the document cannot be unpacked: its gzip data is broken")
    wire = packed(PACKED_FEED[:-8] + b"\0" * 8, "gzip")


class GarbageAsGzip(Sends):
    """gzip's first bytes and then none of it."""

    expected = Fails(FailureKind.ENCODING, "the document cannot be unpacked: its gzip data is broken")
    wire = packed(PACKED_FEED[:10] + b"\xff" * 400, "gzip")


class PlainAsGzip(Sends):
    """Says gzip and sends plain text."""

    expected = Fails(FailureKind.ENCODING, "the document cannot be unpacked: its gzip data is broken")
    wire = packed(FEED, "gzip")


class GzipWithoutSayingSo(Sends):
    """Sends a bomb and does not say what it is: nobody unpacks it."""

    expected = Fails(FailureKind.NOT_A_FEED, "")
    wire = good(BOMB)
