"""Behaviours that lead elsewhere."""

from __future__ import annotations

import asyncio

from feeds.model import FailureKind
from tests.evil.server import Evil, Fails, Reads, Redirects, Sends, good
from tests.fakes.web import Asked, head

NOT_WEB = Fails(FailureKind.REDIRECT, "which is no http or https address")
NO_ADDRESS = Fails(FailureKind.REDIRECT, "which is no address")
PORT = Fails(FailureKind.FORBIDDEN, "at port 22 ")


class RedirectsToItself(Redirects):
    """The shortest circle."""

    expected = Fails(FailureKind.REDIRECT, "redirects go in a circle")
    to = "/feed"


class RedirectsInACircle(Evil):
    """A circle of three."""

    expected = Fails(FailureKind.REDIRECT, "redirects go in a circle")

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        to = {"/feed": "/b", "/b": "/c", "/c": "/feed"}[asked.target]
        writer.write(head(301, [("Location", to), ("Content-Length", "0")]))


class RedirectsForEver(Evil):
    """Each time to a new address."""

    expected = Fails(FailureKind.REDIRECT, "more than 5 redirects")

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(307, [("Location", asked.target + "x"), ("Content-Length", "0")]))


class RedirectsByFragmentForEver(Evil):
    """Each time to another fragment of the same address."""

    expected = Fails(FailureKind.REDIRECT, "redirects go in a circle")

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(302, [("Location", f"/feed#{id(asked)}"), ("Content-Length", "0")]))


class RedirectsNowhere(Sends):
    """No word of where to."""

    expected = Fails(FailureKind.REDIRECT, "redirects without saying where to")
    wire = head(302, [("Content-Length", "0")])


class RedirectsToTwoPlaces(Sends):
    """Two addresses to choose from: the first counts, and it may not be gone to."""

    expected = NOT_WEB
    wire = head(302, [("Location", "ftp://127.0.0.1/"), ("Location", "/good"), ("Content-Length", "0")])


class RedirectsToAFile(Redirects):
    """To a file of this machine."""

    expected = NOT_WEB
    to = "file:///etc/passwd"


class RedirectsToFtp(Redirects):
    """To another protocol."""

    expected = NOT_WEB
    to = "ftp://127.0.0.1/feed"


class RedirectsToAScript(Redirects):
    """To a script."""

    expected = NOT_WEB
    to = "javascript:alert(1)"


class RedirectsToData(Redirects):
    """To a document in the address itself."""

    expected = NOT_WEB
    to = "data:application/rss+xml,<rss/>"


class RedirectsToGopher(Redirects):
    """To the protocol that lets one write any bytes to any port."""

    expected = NOT_WEB
    to = "gopher://127.0.0.1:11211/_stats"


class RedirectsToNoHost(Redirects):
    """To http, and nobody, which can only mean the same host again."""

    expected = Fails(FailureKind.REDIRECT, "redirects go in a circle")
    to = "http:///feed"


class RedirectsToAPortThatIsNone(Redirects):
    """To a port beyond all ports."""

    expected = Fails(FailureKind.FORBIDDEN, "port 99999 ")
    to = "http://127.0.0.1:99999/"


class RedirectsToHalfAnAddress(Redirects):
    """To brackets that do not close."""

    expected = NO_ADDRESS
    to = "http://[::1/"


class RedirectsToControlCharacters(Redirects):
    """To an address with a control character in its host."""

    expected = NO_ADDRESS
    to = "http://tides\x01.example/"


class RedirectsToTheEndOfTheWorld(Redirects):
    """To an address of fifty thousand letters: the reason stays a sentence."""

    expected = Fails(FailureKind.REDIRECT, "which is too long for an address")
    to = "http://tides.example/" + "x" * 50_000


class RedirectsFarWithinTheLimit(Redirects):
    """To an address of four thousand letters in another protocol: the reason stays a sentence."""

    expected = NOT_WEB
    to = "ftp://tides.example/" + "x" * 4000


class RedirectsToAnImmenseHost(Redirects):
    """To a host of a thousand letters, whom nobody is asked about."""

    expected = Fails(FailureKind.CONNECT, "the name is too long")
    to = f"http://{'x' * 1000}/"


class RedirectsToShell(Redirects):
    """To a port where no feed lives."""

    expected = PORT
    to = "http://127.0.0.1:22/"


class RedirectsToShellOnIPv6(Redirects):
    """The same, by another way."""

    expected = PORT
    to = "http://[::1]:22/"


class RedirectsToMail(Redirects):
    """To a mail server, over TLS, where a handshake would reach it."""

    expected = Fails(FailureKind.FORBIDDEN, "port 25 ")
    to = "https://127.0.0.1:25/"


class RedirectsToPortZero(Redirects):
    """To a port that is none."""

    expected = Fails(FailureKind.FORBIDDEN, "port 0 ")
    to = "http://127.0.0.1:0/"


class RedirectsFromSecureToPlain(Evil):
    """From https to http."""

    expected = Fails(FailureKind.REDIRECT, "redirects from https to http")
    certificate = "good"
    scheme = "https"

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        to = f"http://127.0.0.1:{self.port}/good"
        writer.write(good() if asked.target == "/good" else head(301, [("Location", to), ("Content-Length", "0")]))


class RedirectsWithCredentials(Redirects):
    """Wants to be told a user and password of its own choice: they are not sent."""

    expected = Reads()
    to = "http://tide:table@127.0.0.1:{port}/good"

    def check(self, asked: list[Asked]) -> None:
        assert [(each.target, each.header("authorization")) for each in asked] == [("/feed", None), ("/good", None)]
