"""Behaviours of TLS."""

from __future__ import annotations

import asyncio

from feeds.model import FailureKind
from tests.evil.server import FEED, NO_HTTP, RSS, SLOW, Evil, Fails, Reads, reset
from tests.fakes.web import Asked, head

NOT_VALID = "the certificate is not valid"


class Secure(Evil):
    """https with a good certificate."""

    scheme = "https"
    certificate = "good"


class ProperTls(Secure):
    """Nothing wrong: what the others are measured against."""

    expected = Reads()


class ExpiredCertificate(Secure):
    """Valid until yesterday."""

    expected = Fails(FailureKind.CONNECT, f"{NOT_VALID}: certificate has expired")
    certificate = "expired"


class EarlyCertificate(Secure):
    """Valid from tomorrow."""

    expected = Fails(FailureKind.CONNECT, f"{NOT_VALID}: certificate is not yet valid")
    certificate = "early"


class CertificateOfAnotherHost(Secure):
    """Somebody else's."""

    expected = Fails(FailureKind.CONNECT, f"{NOT_VALID}: IP address mismatch")
    certificate = "other host"


class CertificateOfAnotherName(Secure):
    """Somebody else's, where the source has a name."""

    expected = Fails(FailureKind.CONNECT, f"{NOT_VALID}: Hostname mismatch")
    certificate = "other host"
    host = "tides.example"


class CertificateOfNobody(Secure):
    """Signed by an authority that nobody knows."""

    expected = Fails(FailureKind.CONNECT, NOT_VALID)
    certificate = "other authority"


class PlainOnASecurePort(Secure):
    """Answers a handshake in plain text."""

    expected = Fails(FailureKind.CONNECT, "no secure connection")
    certificate = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head(400, [("Content-Length", "0")]))
        await reader.read(9999)


class SecureOnAPlainPort(Evil):
    """Expects a handshake where there is none."""

    expected = Fails(FailureKind.CONNECT, "")
    certificate = "good"


class HandshakeThatNeverEnds(Secure):
    """Takes the first words and says nothing."""

    expected = Fails(FailureKind.TIMEOUT, SLOW)
    certificate = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)


class DripsItsHandshake(Secure):
    """Records of TLS that announce much and bring a byte at a time."""

    expected = Fails(FailureKind.TIMEOUT, SLOW)
    certificate = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")
        for _ in range(16_000):  # about what was announced
            writer.write(b"\x00")
            await writer.drain()
            await asyncio.sleep(0.02)


class FloodsItsHandshake(Secure):
    """Warnings for ever, which TLS may ignore."""

    expected = Fails(FailureKind.CONNECT, "no secure connection")
    certificate = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(10_000):
            writer.write(b"\x15\x03\x03\x00\x02\x01\x5a" * 1000)
            await writer.drain()


class GarbageInAHandshake(Secure):
    """Something like TLS, and nothing in it."""

    expected = Fails(FailureKind.CONNECT, "no secure connection")
    certificate = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(9999)
        writer.write(b"\x16\x03\x03\x00\x05" + b"\xff" * 5)
        await reader.read(9999)


class HangsUpInTheHandshake(Secure):
    """The end after the client's first words."""

    expected = Fails(FailureKind.CONNECT, "connection")
    certificate = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(9999)


class ResetsTheHandshake(Secure):
    """RST after the client's first words."""

    expected = Fails(FailureKind.CONNECT, "the connection was reset")
    certificate = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(9999)
        reset(writer)


class HangsUpAfterTheHandshake(Secure):
    """A proper handshake, and then nothing."""

    expected = Fails(FailureKind.CONNECT, "")

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()


class SilentAfterTheHandshake(Secure):
    """A proper handshake, and then silence."""

    expected = Fails(FailureKind.TIMEOUT, SLOW)

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)


class ResetsASecureBody(Secure):
    """RST within a body under TLS."""

    expected = Fails(FailureKind.CONNECT, "")

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, [RSS, ("Content-Length", "900")]) + FEED)
        await writer.drain()
        reset(writer)


class CutsOffASecureBody(Secure):
    """An end without a farewell, before the announced length."""

    expected = Fails(FailureKind.CONNECT, NO_HTTP)

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, [RSS, ("Content-Length", "900")]) + FEED)


class LeadsToABadCertificate(Secure):
    """A good certificate that leads to another host, for which it does not hold."""

    expected = Fails(FailureKind.CONNECT, NOT_VALID)

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        to = f"https://elsewhere.example:{self.port}/feed"
        writer.write(head(302, [("Location", to), ("Content-Length", "0")]))
