"""Behaviours that send too much: refused at a limit, long before the deadline."""

from __future__ import annotations

from feeds.model import FailureKind
from tests.evil.server import CHUNKED, FEED, NO_HTTP, RSS, TOO_LARGE, Evil, Fails, Floods, Reads, Sends, good
from tests.fakes.web import Asked, head

LARGE = Fails(FailureKind.TOO_LARGE, TOO_LARGE)
HEADERS = Fails(FailureKind.TOO_LARGE, "the headers of the answer are too large")


class EndlessBody(Floods):
    """A body without a length."""

    expected = LARGE
    wire = head(200, [RSS])
    gush = b"<item/>" * 2000


class EndlessChunks(Floods):
    """Large chunks for ever."""

    expected = LARGE
    wire = CHUNKED
    gush = b"2000\r\n" + b"x" * 8192 + b"\r\n"


class EndlessTinyChunks(Floods):
    """Chunks of one byte: little to keep, much to do."""

    expected = Fails(FailureKind.TOO_LARGE, "the document comes in too many small pieces")
    wire = CHUNKED
    gush = b"1\r\nx\r\n"


class EndlessChunkExtensions(Floods):
    """Chunks of one byte behind kilobytes of chunk extensions: hardly a body at all."""

    expected = LARGE
    wire = CHUNKED
    gush = b"1;tide=" + b"h" * 60_000 + b"\r\nx\r\n"


class EndlessTrailers(Floods):
    """The document, then trailers for ever."""

    expected = HEADERS
    wire = CHUNKED + b"%x\r\n%s\r\n0\r\n" % (len(FEED), FEED)
    gush = b"X-Tide: low\r\n"


class EndlessHeaders(Floods):
    """Header after header."""

    expected = HEADERS
    wire = b"HTTP/1.1 200 OK\r\n"
    gush = b"X-Tide: high\r\n"


class EndlessHeaderLine(Floods):
    """One header that does not end."""

    expected = HEADERS
    wire = b"HTTP/1.1 200 OK\r\nX-Tide: "
    gush = b"h"


class EndlessFoldedHeader(Floods):
    """One header, continued on line after line."""

    expected = HEADERS
    wire = b"HTTP/1.1 200 OK\r\nX-Tide: high\r\n"
    gush = b" and\r\n"


class EndlessStatusLine(Floods):
    """A reason phrase that does not end."""

    expected = HEADERS
    wire = b"HTTP/1.1 200 "
    gush = b"O"


class EndlessEmptyLines(Floods):
    """Line ends where a status line should be."""

    expected = Fails(FailureKind.CONNECT, NO_HTTP)
    gush = b"\r\n"


class EndlessInterimAnswers(Floods):
    """100 Continue, as fast as it is taken."""

    expected = HEADERS
    gush = b"HTTP/1.1 100 Go on\r\n\r\n"


class FloodOfHeaders(Sends):
    """Twenty thousand headers, each of them short."""

    expected = HEADERS
    wire = b"HTTP/1.1 200 OK\r\n" + b"a:b\r\n" * 20_000 + b"\r\n" + FEED


class AsManyHeadersAsFit(Sends):
    """Twelve thousand headers, just within the limit."""

    expected = Reads()
    wire = good().replace(b"\r\n\r\n", b"\r\n" + b"a:b\r\n" * 12_000 + b"\r\n", 1)


class HugeHeader(Sends):
    """One header of ninety thousand bytes, properly ended."""

    expected = HEADERS
    wire = good(FEED, ("X-Tide", "h" * 90_000))


class FloodOfCookies(Sends):
    """More cookies than any browser keeps, within the limit: they are not even looked at."""

    expected = Reads()
    wire = good(FEED, *[("Set-Cookie", f"tide{n}=high; Path=/") for n in range(500)])


class HugeValidator(Evil):
    """An ETag that no server would take back as a header: it is not sent again."""

    expected = Reads()

    async def answer(self, asked: Asked, writer) -> None:
        writer.write(good(FEED, ("ETag", '"' + "e" * 20_000 + '"')))


class HugeLength(Sends):
    """Announces a terabyte."""

    expected = LARGE
    wire = head(200, [RSS, ("Content-Length", str(1 << 40))]) + FEED


class LengthOfManyDigits(Sends):
    """Announces a length of five thousand digits, which Python refuses to read as a number."""

    expected = Fails(FailureKind.CONNECT, NO_HTTP)
    wire = head(200, [RSS, ("Content-Length", "9" * 5000)]) + FEED


class EndlessErrorPage(Floods):
    """404, and a page about it that does not end: it is not read."""

    expected = Fails(FailureKind.HTTP, "no such feed (404)")
    wire = head(404, [("Content-Type", "text/html")])
    gush = b"<p>not here</p>"


class EndlessBodyOfARedirect(Floods):
    """A redirect to nowhere, with a body that does not end: it is not read."""

    expected = Fails(FailureKind.REDIRECT, "redirects go in a circle")
    wire = head(302, [("Location", "/feed")])
    gush = b"<p>over there</p>"
