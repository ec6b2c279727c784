"""Behaviours that live, or lead, where nobody should go: loopback in its disguises, and addresses as values."""

from __future__ import annotations

import asyncio

from feeds.model import FailureKind
from tests.evil.server import Evil, Fails, Reads, Redirects, good
from tests.fakes.web import Asked, head

THIS_MACHINE = Fails(FailureKind.FORBIDDEN, "is this machine")
LINK_LOCAL = Fails(FailureKind.FORBIDDEN, "is link-local")


class Disguised(Evil):
    """Loopback, written in some way; the source is not trusted."""

    trusted = False

    def check(self, asked: list[Asked]) -> None:
        assert asked == []


class PlainLoopback(Disguised):
    """127.0.0.1."""

    expected = THIS_MACHINE


class OtherLoopback(Disguised):
    """127.0.0.0/8 has more addresses than one."""

    expected = THIS_MACHINE
    host = "127.9.8.7"


class DecimalLoopback(Disguised):
    """One large number."""

    expected = THIS_MACHINE
    host = "2130706433"


class OctalLoopback(Disguised):
    """Zeros in front: httpx takes it for a mistake already."""

    expected = Fails(FailureKind.CONNECT, "cannot be written as HTTP")
    host = "0177.0.0.01"


class OctalNumberOfLoopback(Disguised):
    """Zeros in front of one large number."""

    expected = THIS_MACHINE
    host = "017700000001"


class HexadecimalLoopback(Disguised):
    """0x in front."""

    expected = THIS_MACHINE
    host = "0x7f.0.0.1"


class ShortLoopback(Disguised):
    """Two parts instead of four."""

    expected = THIS_MACHINE
    host = "127.1"


class LoopbackInIdeographs(Disguised):
    """Full stops of another script, which IDNA takes for dots."""

    expected = THIS_MACHINE
    host = "127。0。0。1"


class LoopbackInPercents(Disguised):
    """Digits in percent signs: a name that nobody has, wherever it may lead."""

    expected = THIS_MACHINE
    host = "%31%32%37.0.0.1"


class LoopbackOnIPv6(Disguised):
    """::1."""

    expected = THIS_MACHINE
    host = "[::1]"


class MappedLoopback(Disguised):
    """IPv4 inside IPv6."""

    expected = THIS_MACHINE
    host = "[::ffff:127.0.0.1]"


class MappedLoopbackInHexadecimal(Disguised):
    """IPv4 inside IPv6, and not to be seen at a glance."""

    expected = THIS_MACHINE
    host = "[0:0:0:0:0:ffff:7f00:1]"


class TranslatedLoopback(Disguised):
    """IPv4 behind the prefix of a translator."""

    expected = THIS_MACHINE
    host = "[64:ff9b::7f00:1]"


class Unspecified(Disguised):
    """0.0.0.0, which Linux takes for itself."""

    expected = Fails(FailureKind.FORBIDDEN, "is this network")
    host = "0.0.0.0"


class UnspecifiedOnIPv6(Disguised):
    """All zeros, likewise."""

    expected = Fails(FailureKind.FORBIDDEN, "is unspecified")
    host = "[::]"


class Localhost(Disguised):
    """The name that everybody knows."""

    expected = THIS_MACHINE
    host = "localhost"


class LocalhostWithADot(Disguised):
    """The same, from the root."""

    expected = Fails(FailureKind.FORBIDDEN, "is this machine")
    host = "localhost."


class NameOfLoopback(Disguised):
    """A stranger's name for this machine."""

    expected = THIS_MACHINE
    host = "tides.example"


class NameOfEverything(Disguised):
    """A name with five hundred forbidden addresses: the reason stays a sentence."""

    expected = Fails(FailureKind.FORBIDDEN, "leads to a forbidden address")
    host = "tides.example"

    def addresses(self, lookups: int) -> tuple[str, ...]:
        return tuple(f"10.0.{n // 250}.{n % 250}" for n in range(500))


class NameOfNothing(Evil):
    """A name without an address."""

    expected = Fails(FailureKind.CONNECT, "no address for 'tides.example'")
    host = "tides.example"

    def addresses(self, lookups: int) -> tuple[str, ...]:
        return ()


class NameThatIsUnknown(Evil):
    """A name that cannot be looked up."""

    expected = Fails(FailureKind.CONNECT, "no address for 'tides.example': Name or service not known")
    host = "tides.example"

    def addresses(self, lookups: int) -> tuple[str, ...]:
        raise OSError(-2, "Name or service not known")


class NameOfNoAddress(Evil):
    """A name that leads to things that are no addresses."""

    expected = Fails(FailureKind.FORBIDDEN, "is no numeric address")
    host = "tides.example"

    def addresses(self, lookups: int) -> tuple[str, ...]:
        return ("localhost", "127.0.0.1 ", "", "/var/run/socket")


class ForbiddenAmongMany(Evil):
    """A name with good and forbidden addresses: only the good one is gone to."""

    expected = Reads()
    host = "tides.example"

    def addresses(self, lookups: int) -> tuple[str, ...]:
        return ("169.254.169.254", "fe80::1", "127.0.0.1", "224.0.0.1")


class DeadAddressFirst(Evil):
    """A name whose first addresses are dead."""

    expected = Reads()
    host = "tides.example"

    def addresses(self, lookups: int) -> tuple[str, ...]:
        return ("::1", "127.0.0.99", "127.0.0.1")


class NameOfStrangers(Evil):
    """A name with hundreds of addresses, so that we would knock at all of them: only the first few are tried."""

    expected = Fails(FailureKind.CONNECT, "the connection was refused")
    host = "tides.example"

    def addresses(self, lookups: int) -> tuple[str, ...]:
        return (*(f"127.7.{n}.1" for n in range(250)), "127.0.0.1")


class Rebinds(Evil):
    """Changes its address once it is trusted: each look-up is judged, and only what was judged is gone to."""

    expected = LINK_LOCAL
    host = "tides.example"

    def addresses(self, lookups: int) -> tuple[str, ...]:
        return ("127.0.0.1",) if lookups == 1 else ("169.254.169.254",)

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(302, [("Location", "/next"), ("Content-Length", "0")]))


class LooksDifferentTwice(Evil):
    """Would answer a second look-up differently: a request makes one only."""

    expected = Reads()
    host = "tides.example"

    def addresses(self, lookups: int) -> tuple[str, ...]:
        return ("127.0.0.1",) if lookups == 1 else ("224.0.0.1",)

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(good())


class RedirectsToMetadata(Redirects):
    """To where clouds hand out a machine's credentials."""

    expected = LINK_LOCAL
    to = "http://169.254.169.254/latest/meta-data/"


class RedirectsToMappedMetadata(Redirects):
    """The same, inside IPv6."""

    expected = LINK_LOCAL
    to = "http://[::ffff:169.254.169.254]/latest/meta-data/"


class RedirectsToTranslatedMetadata(Redirects):
    """The same, behind a translator."""

    expected = LINK_LOCAL
    to = "http://[64:ff9b::a9fe:a9fe]/latest/meta-data/"


class RedirectsToMulticast(Redirects):
    """To everybody."""

    expected = Fails(FailureKind.FORBIDDEN, "is multicast")
    to = "http://224.0.0.1/"


class RedirectsToLinkLocal(Redirects):
    """To a neighbour, by an address with a zone."""

    expected = Fails(FailureKind.FORBIDDEN, "is link-local")
    to = "http://[fe80::1]/"
