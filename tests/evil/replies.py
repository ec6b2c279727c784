"""Behaviours that are proper HTTP and no document."""

from __future__ import annotations

import asyncio

from feeds.model import FailureKind
from tests.evil.server import FEED, RSS, Evil, Fails, Reads, Sends, Unmoved, good
from tests.fakes.web import Asked, head


class NoContent(Sends):
    """204."""

    expected = Fails(FailureKind.HTTP, "the server answered 204, without a document")
    wire = head(204, [])


class ResetContent(Sends):
    """205."""

    expected = Fails(FailureKind.HTTP, "the server answered 205, without a document")
    wire = head(205, [("Content-Length", "0")])


class PartialContent(Sends):
    """206, unasked: a part is not the whole."""

    expected = Fails(FailureKind.HTTP, "the server answered 206, which is no whole document")
    wire = good(FEED, ("Content-Range", f"bytes 0-{len(FEED) - 1}/9000"), status=206)


class EmptyDocument(Sends):
    """200 with nothing in it."""

    expected = Fails(FailureKind.HTTP, "the server answered 200, without a document")
    wire = good(b" \r\n ")


class NotModifiedUnasked(Sends):
    """304 to a request without a condition."""

    expected = Fails(FailureKind.HTTP, "304 (not modified) to a request that had no condition")
    wire = head(304, [("ETag", '"b"')])


class NotModifiedWithABody(Sends):
    """304 with a body, which HTTP rules out: it is not read."""

    expected = Unmoved()
    known_etag = '"a"'
    wire = good(FEED, ("ETag", '"a"'), status=304)


class NotModifiedWithAnEndlessBody(Evil):
    """304 and then bytes for ever: they are not read."""

    expected = Unmoved()
    known_etag = '"a"'

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(304, [("ETag", '"a"')]))
        for _ in range(1000):
            writer.write(b"x" * 9999)
            await writer.drain()


class Cookies(Evil):
    """Sets cookies, also for everybody, on a redirect to itself: none comes back."""

    expected = Reads()

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        cookie = ("Set-Cookie", "tide=high; Domain=127.0.0.1; Path=/; SameSite=None")
        if asked.target == "/feed":
            writer.write(head(302, [("Location", "/moved"), cookie, ("Content-Length", "0")]))
        else:
            writer.write(good(FEED, cookie))

    def check(self, asked: list[Asked]) -> None:
        assert [each.header("cookie") for each in asked] == [None] * len(asked)


class Refresh(Sends):
    """A redirect by another name: it is not followed."""

    expected = Reads()
    wire = good(FEED, ("Refresh", "0; url=http://169.254.169.254/latest"))


class AlternativeService(Sends):
    """Invites the client to another place: nobody goes."""

    expected = Reads()
    wire = good(FEED, ("Alt-Svc", 'h3="169.254.169.254:443"'), ("Link", "<http://169.254.169.254/>; rel=preload"))


class MultipleChoices(Sends):
    """300 with an address to go to: it is for people to choose."""

    expected = Fails(FailureKind.HTTP, "the server answered 300")
    wire = good(FEED, ("Location", "http://169.254.169.254/"), status=300)


class UseProxy(Sends):
    """305, which once meant to go through a proxy of the server's choice."""

    expected = Fails(FailureKind.HTTP, "the server answered 305")
    wire = good(FEED, ("Location", "http://169.254.169.254/"), status=305)


class AsksForAPassword(Sends):
    """401, with a challenge."""

    expected = Fails(FailureKind.HTTP, "the server wants to know who asks (401)")
    wire = good(FEED, ("WWW-Authenticate", 'Basic realm="tides"'), status=401)


class AsksToWaitForEver(Sends):
    """429 with a Retry-After of four hundred digits."""

    expected = Fails(FailureKind.HTTP, "fewer requests (429)")
    wire = good(FEED, ("Retry-After", "9" * 400), status=429)


class AsksToWaitUntilNever(Sends):
    """503 with a date that no calendar has."""

    expected = Fails(FailureKind.HTTP, "in trouble (503)")
    wire = good(FEED, ("Retry-After", "Mon, 99 Foo 99999 25:61:61 +9999"), status=503)


class WrongCharset(Sends):
    """Says windows-1251 in its header and UTF-8 in its document."""

    expected = Reads()
    wire = good(FEED).replace(RSS[1].encode(), b"application/rss+xml; charset=windows-1251")


class CharsetThatIsNone(Sends):
    """Names a codec of Python's that is no charset."""

    expected = Reads()
    wire = good(FEED).replace(RSS[1].encode(), b"application/rss+xml; charset=unicode_escape")


class CharsetOfGarbage(Sends):
    """A content type of a thousand quotes."""

    expected = Reads()
    wire = good(FEED).replace(RSS[1].encode(), b'application/rss+xml; charset="' + b"\"'" * 1000)


class WebPage(Sends):
    """A page where a feed should be."""

    expected = Fails(FailureKind.NOT_A_FEED, "")
    wire = good(b"<!doctype html><html><head><title>Tides</title></head><body><p>High water</p></body></html>")


class Picture(Sends):
    """Bytes of a picture under a feed's content type."""

    expected = Fails(FailureKind.NOT_A_FEED, "")
    wire = good(b"\x89PNG\r\n\x1a\n" + b"\0" * 500)
