"""Behaviours that get HTTP wrong, by accident or on purpose."""

from __future__ import annotations

import asyncio

from feeds.model import FailureKind
from tests.evil.server import CHUNKED, FEED, NO_HTTP, RSS, TOO_LARGE, Evil, Fails, Reads, Sends, good
from tests.fakes.web import Asked, head

NOT_HTTP = Fails(FailureKind.CONNECT, NO_HTTP)
SIZE = b"%x\r\n" % len(FEED)


def of_length(*lengths: str) -> bytes:
    return head(200, [RSS, *(("Content-Length", length) for length in lengths)]) + FEED


class LengthTooShort(Sends):
    """Announces less than it sends: what comes behind is not the document's, and half a word is no feed."""

    expected = Fails(FailureKind.BROKEN, "")
    wire = of_length("100")


class LengthTooLong(Sends):
    """Announces more than it sends."""

    expected = NOT_HTTP
    wire = of_length("5000")


class NegativeLength(Sends):
    """Announces less than nothing."""

    expected = NOT_HTTP
    wire = of_length("-1")


class LengthWithAPlus(Sends):
    """Announces what other programs may read as a number."""

    expected = NOT_HTTP
    wire = of_length(f"+{len(FEED)}")


class LengthInOtherDigits(Sends):
    """Announces a length in digits that are none in HTTP (superscripts)."""

    expected = NOT_HTTP
    wire = of_length("\xb2\xb3")


class TwoLengths(Sends):
    """Announces two different lengths."""

    expected = NOT_HTTP
    wire = of_length(str(len(FEED)), "7")


class LengthAndChunks(Sends):
    """Announces a length and sends chunks: the chunks count (RFC 9112 §6.3), and nobody reads on behind them."""

    expected = Reads()
    wire = head(200, [RSS, ("Content-Length", "3"), ("Transfer-Encoding", "chunked")]) + SIZE + FEED + b"\r\n0\r\n\r\n"


class ChunkSizeOfLetters(Sends):
    """A chunk whose size is no number."""

    expected = NOT_HTTP
    wire = CHUNKED + b"zz\r\n" + FEED


class ChunkLargerThanSaid(Sends):
    """A chunk that goes on behind its end."""

    expected = NOT_HTTP
    wire = CHUNKED + b"5\r\n" + FEED + b"\r\n0\r\n\r\n"


class ChunkSmallerThanSaid(Sends):
    """A chunk that ends with its connection."""

    expected = NOT_HTTP
    wire = CHUNKED + b"fff\r\n" + FEED


class NegativeChunk(Sends):
    """A chunk of less than nothing."""

    expected = NOT_HTTP
    wire = CHUNKED + b"-5\r\n" + FEED


class ImmenseChunk(Sends):
    """A chunk of sixteen exabytes."""

    expected = NOT_HTTP
    wire = CHUNKED + b"ffffffffffffffff\r\n" + FEED


class ChunkSizeOfManyDigits(Sends):
    """A chunk size as long as a document."""

    expected = NOT_HTTP
    wire = CHUNKED + b"0" * 5000 + SIZE + FEED + b"\r\n0\r\n\r\n"


class NoLastChunk(Sends):
    """The whole document, and an end before the last chunk."""

    expected = NOT_HTTP
    wire = CHUNKED + SIZE + FEED + b"\r\n"


class Http09(Sends):
    """The bare document, as it was done in 1991."""

    expected = NOT_HTTP
    wire = FEED


class Http2(Sends):
    """Answers in a protocol that was not asked for."""

    expected = NOT_HTTP
    wire = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"


class FutureHttp(Sends):
    """A version that does not exist yet."""

    expected = NOT_HTTP
    wire = b"HTTP/9 200 OK\r\n\r\n" + FEED


class AnotherProtocol(Sends):
    """A door for somebody else."""

    expected = NOT_HTTP
    wire = b"SSH-2.0-OpenSSH_9.2\r\n"


class Greeting(Evil):
    """Speaks first, as mail servers do."""

    expected = NOT_HTTP

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 tides.example ESMTP\r\n")
        await reader.readuntil(b"\r\n\r\n")


class BinaryGarbage(Sends):
    """No text at all."""

    expected = NOT_HTTP
    wire = bytes(range(256)) * 20


class StatusOfLetters(Sends):
    """A status that is no number."""

    expected = NOT_HTTP
    wire = b"HTTP/1.1 abc\r\n\r\n"


class StatusOfFourDigits(Sends):
    """A status beyond all classes."""

    expected = NOT_HTTP
    wire = b"HTTP/1.1 2000 OK\r\n\r\n" + FEED


class StatusZero(Sends):
    """A status below all classes."""

    expected = NOT_HTTP
    wire = b"HTTP/1.1 000 OK\r\n\r\n" + FEED


class Status999(Sends):
    """What one large site says to programs."""

    expected = Fails(FailureKind.HTTP, "999")
    wire = head(999, []) + FEED


class NulInAHeader(Sends):
    """A NUL in a header's value."""

    expected = NOT_HTTP
    wire = good(FEED, ("X-Tide", "high\0low"))


class NulInAHeaderName(Sends):
    """A NUL in a header's name."""

    expected = NOT_HTTP
    wire = good(FEED, ("X\0Tide", "high"))


class BareCarriageReturn(Sends):
    """A carriage return that ends no line."""

    expected = NOT_HTTP
    wire = good(FEED, ("X-Tide", "high\rSet-Cookie: a=b"))


class ControlsInAnETag(Sends):
    """A validator with control characters: it is not sent again."""

    expected = Fails(FailureKind.CONNECT, NO_HTTP)
    wire = good(FEED, ("ETag", '"a\x0bb"'))


class HeaderWithoutAColon(Sends):
    """A line that is no header."""

    expected = NOT_HTTP
    wire = b"HTTP/1.1 200 OK\r\nhigh water\r\n\r\n" + FEED


class SpaceBeforeTheColon(Sends):
    """What was once used to smuggle headers past proxies."""

    expected = NOT_HTTP
    wire = b"HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\n" + FEED


class FoldedHeader(Sends):
    """A header on two lines, as it was allowed until 2014."""

    expected = Reads()
    wire = good(FEED, ("X-Tide", "high\r\n and low"))


class BareLineFeeds(Sends):
    """Line feeds without carriage returns, which is how scripts write."""

    expected = Reads()
    wire = good(b"").replace(b"\r\n", b"\n").replace(b"Content-Length: 0\n", b"") + FEED


class NoAnswer(Sends):
    """Hangs up on the request."""

    expected = NOT_HTTP
    wire = b""


class OnlyAnInterimAnswer(Sends):
    """Go on, it says, and hangs up."""

    expected = NOT_HTTP
    wire = b"HTTP/1.1 100 Go on\r\n\r\n"


class SwitchesProtocols(Sends):
    """Changes the subject, unasked."""

    expected = NOT_HTTP
    wire = b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n" + FEED


class PoisonedConnection(Evil):
    """Puts an answer to the next request behind its own: the next pass must get its own answer."""

    expected = Reads()

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(good() + good(FEED.replace(b"High", b"Poisoned")))


class TwoHundredTimesTwo(Sends):
    """A second status line where headers should be."""

    expected = NOT_HTTP
    wire = b"HTTP/1.1 200 OK\r\n" + good()


class AnnouncesTooMuchAndHangsUp(Sends):
    """A length over the limit, told before anything is read."""

    expected = Fails(FailureKind.TOO_LARGE, TOO_LARGE)
    wire = of_length("99999999")
