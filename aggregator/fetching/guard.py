"""Which addresses the door to the network may open: a verdict on one resolved address.

Pure: an address comes in, a verdict goes out. It is asked inside the connect call, about the very address that is
connected to, so that a redirect or a name whose answer changes meets it like anything else.

`ipaddress.is_global` is not enough: it follows the registries of special-purpose addresses, which call some
multicast global, and it looks through none of the forms that carry an IPv4 address inside an IPv6 one.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NEVER_GLOBAL_4 = tuple(
    (ipaddress.IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this network (RFC 1122 §3.2.1.3)"),
        ("10.0.0.0/8", "private (RFC 1918)"),
        ("100.64.0.0/10", "shared by a carrier's customers (RFC 6598)"),
        ("127.0.0.0/8", "this machine (RFC 1122 §3.2.1.3)"),
        ("169.254.0.0/16", "link-local (RFC 3927)"),
        ("172.16.0.0/12", "private (RFC 1918)"),
        ("192.0.0.0/24", "reserved for protocols (RFC 6890)"),
        ("192.0.2.0/24", "for documentation (RFC 5737)"),
        ("192.31.196.0/24", "reserved for AS112 (RFC 7535)"),
        ("192.52.193.0/24", "reserved for AMT (RFC 7450)"),
        ("192.88.99.0/24", "a 6to4 relay (RFC 7526)"),
        ("192.168.0.0/16", "private (RFC 1918)"),
        ("192.175.48.0/24", "reserved for AS112 (RFC 7534)"),
        ("198.18.0.0/15", "for benchmarks (RFC 2544)"),
        ("198.51.100.0/24", "for documentation (RFC 5737)"),
        ("203.0.113.0/24", "for documentation (RFC 5737)"),
        ("224.0.0.0/4", "multicast (RFC 5771)"),
        ("240.0.0.0/4", "reserved (RFC 1112 §4)"),
    )
)
GLOBAL_UNICAST_6 = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out for it (RFC 4291 §2.4)
NEVER_GLOBAL_6 = tuple(
    (ipaddress.IPv6Network(network), what)
    for network, what in (
        ("2001::/23", "reserved for protocols (RFC 2928)"),  # Teredo, ORCHID, benchmarks; no site lives here
        ("2001:db8::/32", "for documentation (RFC 3849)"),
        ("2002::/16", "6to4 (RFC 7526)"),  # wraps any IPv4 address, and its relays are gone
        ("2620:4f:8000::/48", "reserved for AS112 (RFC 7534)"),
        ("3fff::/20", "for documentation (RFC 9637)"),
    )
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1: how a network without IPv4 reaches the IPv4 internet
PRIVATE_BY_CHOICE = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("198.18.0.0/15", "::1/128", "fc00::/7"),
    )
)
"""What `allow_private` opens: where somebody may run a feed of their own.

Link-local stays shut: that is where clouds hand out a machine's credentials (169.254.169.254), and where feeds are not.
"""
METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200")))
"""Where clouds (AWS, Alibaba) hand out a machine's credentials from ranges that `allow_private` opens; never open."""
INSIDE = (".localhost", ".local", ".internal", ".home.arpa")
"""Ends of names that the public DNS will never have: RFC 6761, RFC 6762, ICANN's resolution of July 2024, RFC 8375."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The address may be connected to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """The address may not be connected to; `what` says what it is, to stand after «is»."""

    what: str


Judgement = Allowed | Forbidden


@lru_cache(maxsize=4096)
def judge_address(address: str, *, allow_private: bool) -> Judgement:
    """Whether a resolved address (as `getaddrinfo` writes it, scope included) may be connected to.

    Global unicast only. With `allow_private` also the ranges in which people run machines of their own, loopback
    among them. Anything that is no plain numeric address is forbidden.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return Forbidden(what="no numeric address")
    target = unwrapped(parsed)
    if isinstance(target, ipaddress.IPv6Address) and target.scope_id is not None:
        target = ipaddress.IPv6Address(int(target))
    if target in METADATA:
        return Forbidden(what="where a cloud hands out a machine's credentials")
    if allow_private and any(target.version == net.version and target in net for net in PRIVATE_BY_CHOICE):
        return Allowed()
    what = _special(target)
    return Forbidden(what=what) if what else Allowed()


@lru_cache(maxsize=4096)
def is_numeric(host: str) -> bool:
    """True when `host` is an address in its plain form, so that nobody has to be asked for it."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_local_host(name: str) -> bool:
    """True for a name of this machine (RFC 6761 §6.3), without the dot of the root."""
    return name.lower() == "localhost" or name.lower().endswith(".localhost")


def is_inside(name: str) -> bool:
    """True for a name that can only belong to this machine or to a network of its own."""
    bare = name.lower().removesuffix(".")
    return "." not in bare or bare.endswith(INSIDE)


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one where packets end up there: IPv4-mapped and NAT64; else the address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _special(address: Address) -> str:
    """What keeps an address from being global unicast; empty: nothing does."""
    if isinstance(address, ipaddress.IPv4Address):
        return next((what for network, what in NEVER_GLOBAL_4 if address in network), "")
    if address not in GLOBAL_UNICAST_6:
        return _outside_2000(address)
    return next((what for network, what in NEVER_GLOBAL_6 if address in network), "")


def _outside_2000(address: ipaddress.IPv6Address) -> str:
    if address.is_loopback:
        return "this machine (RFC 4291 §2.5.3)"
    if address.is_unspecified:
        return "unspecified (RFC 4291 §2.5.2)"
    if address.is_link_local:
        return "link-local (RFC 4291 §2.5.6)"
    if address.is_multicast:
        return "multicast (RFC 4291 §2.7)"
    if address in ipaddress.IPv6Network("fc00::/7"):
        return "private (RFC 4193)"
    return "outside global unicast (RFC 4291 §2.4)"
