"""Behaviours that take their time: all of them end with the deadline, or before."""

from __future__ import annotations

import asyncio
import gzip

from feeds.model import FailureKind
from tests.evil.server import CHUNKED, FEED, RSS, SLOW, Drips, Evil, Fails, Holds
from tests.fakes.web import Asked, head

TIMEOUT = Fails(FailureKind.TIMEOUT, SLOW)
LONG = head(200, [RSS, ("Content-Length", "900000")])


class SaysNothing(Holds):
    """Takes the request and never answers."""

    expected = TIMEOUT


class NeverReads(Evil):
    """Accepts, and never looks at the request."""

    expected = TIMEOUT

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)


class DripsItsStatusLine(Drips):
    """A byte of the status line at a time."""

    expected = TIMEOUT
    drop = b"H"


class DripsHeaders(Drips):
    """A header at a time."""

    expected = TIMEOUT
    wire = b"HTTP/1.1 200 OK\r\n"
    drop = b"X-Tide: high\r\n"


class DripsOneHeader(Drips):
    """A byte of one header at a time."""

    expected = TIMEOUT
    wire = b"HTTP/1.1 200 OK\r\nX-Tide: "
    drop = b"h"


class DripsItsBody(Drips):
    """A byte of the body at a time."""

    expected = TIMEOUT
    wire = LONG
    drop = b"<"


class DripsChunks(Drips):
    """A whole chunk of one byte at a time."""

    expected = TIMEOUT
    wire = CHUNKED
    drop = b"1\r\n<\r\n"


class DripsAChunkSize(Drips):
    """The size of a chunk, a zero at a time."""

    expected = TIMEOUT
    wire = CHUNKED
    drop = b" "


class DripsInterimAnswers(Drips):
    """103 Early Hints, again and again."""

    expected = TIMEOUT
    drop = b"HTTP/1.1 103 Early\r\n\r\n"


class DripsTrailers(Drips):
    """The whole document, then a trailer at a time."""

    expected = TIMEOUT
    wire = CHUNKED + b"%x\r\n%s\r\n0\r\n" % (len(FEED), FEED)
    drop = b"X-Tide: low\r\n"


class DripsPackedBytes(Drips):
    """A gzip header, then an empty block at a time, which unpacks to nothing."""

    expected = TIMEOUT
    wire = head(200, [RSS, ("Content-Encoding", "gzip")]) + gzip.compress(b"", mtime=0)[:10]
    drop = b"\x00\x00\x00\xff\xff"


class StopsAfterItsHeaders(Holds):
    """Promises a body and sends none."""

    expected = TIMEOUT
    wire = LONG


class StopsInMidBody(Holds):
    """Half of the document, on a connection that stays open."""

    expected = TIMEOUT
    wire = LONG + FEED[:100]


class StopsBeforeItsLastChunk(Holds):
    """The whole document, and no word that it was all."""

    expected = TIMEOUT
    wire = CHUNKED + b"%x\r\n%s\r\n" % (len(FEED), FEED)


class LeavesItsConnectionOpen(Holds):
    """A body whose end is the end of a connection that does not end."""

    expected = TIMEOUT
    wire = head(200, [RSS]) + FEED


class RedirectsSlowly(Evil):
    """Each hop is quicker than the deadline; all of them together are not."""

    expected = TIMEOUT

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.15)
        writer.write(head(302, [("Location", asked.target + "x"), ("Content-Length", "0")]))


class HasASlowName(Evil):
    """Its name is being looked up for ever."""

    expected = TIMEOUT
    host = "tides.example"

    async def look_up(self, lookups: int) -> tuple[str, ...]:
        await asyncio.sleep(3600)
        return ()
