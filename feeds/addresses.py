"""Spellings of one address, by RFC 3986 alone: what servers cannot tell apart. And whose a host is."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit, urlunsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
SUB_DELIMS = "!$&'()*+,;="
IN_PATH = SUB_DELIMS + ":@/%~"
IN_QUERY = IN_PATH + "?"
_PORTS = {"http": 80, "https": 443}


def same_document(url: str) -> str:
    """The form in which addresses of documents are compared: two with the same one are asked alike (RFC 3986 §6.2.2 f).

    Case of scheme and host, the scheme's own port, dot segments, percent-encoding and fragment are made equal, and
    nothing else is: `www.`, a slash and every key of the query may make another feed. User and password go, as they
    are no part of what is asked for. "" when `url` is no absolute http(s) URL.
    """
    try:
        parts = urlsplit(url)
        host, port = host_key(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host:
        return ""
    named = f"[{host}]" if ":" in host else host
    authority = named if port in {None, _PORTS[parts.scheme]} else f"{named}:{port}"
    path = without_dots(one_spelling(parts.path, IN_PATH))
    return urlunsplit((parts.scheme, authority, path, one_spelling(parts.query, IN_QUERY), ""))


@lru_cache(maxsize=4096)
def host_key(host: str) -> str:
    """One name for all spellings of a host, without brackets: lower case, punycode (RFC 3492), no dot of the root.

    Takes anything and raises nothing; what is no host keeps a form of its own.
    """
    bare = unicodedata.normalize("NFKC", host).lower().removesuffix(".")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        labels = bare.replace("\u3002", ".").split(".")
        return ".".join(one if one.isascii() else f"xn--{one.encode('punycode').decode('ascii')}" for one in labels)


def registrable(url: str) -> str:
    """The domain that somebody registered, of an http(s) URL or of a host alone: below it, all is one publisher's.

    By the public suffix list, as it was when its package was made; needs the extra `postgres`. A host that is nobody's
    in particular stands for itself: an IP address, a name without a dot, a public suffix. Takes anything, in any
    spelling; "" for a URL without a host.
    """
    try:
        host = host_key((urlsplit(url).hostname or "") if "://" in url else url.strip("[]"))
    except ValueError:
        return ""
    if ":" in host or host.replace(".", "").isdigit():
        return host
    return _public_suffixes().privatesuffix(host) or host


@cache
def _public_suffixes() -> PublicSuffixList:
    """Read at the first question, in 0.03 s, and 3 MB from then on: who works alone never asks."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - part of an extra

    return PublicSuffixList()


def one_spelling(part: str, safe: str) -> str:
    """Percent-encoding in one form: unreserved characters plain, all others as upper-case escapes."""
    encoded = quote(STRAY_PERCENT.sub("%25", part), safe=safe, errors="replace")
    return _ESCAPE.sub(_simplest, encoded)


def _simplest(escape: re.Match[str]) -> str:
    octet = unquote_to_bytes(escape[0])
    return octet.decode("ascii") if octet[0] in _UNRESERVED else escape[0].upper()


def without_dots(path: str) -> str:
    """RFC 3986 §5.2.4 for a path that starts with a slash or is empty; empty segments stay."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)
