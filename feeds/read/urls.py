"""Addresses: what a person can open, and the form in which two of them are compared.

RFC 3986 says which spellings mean the same (§6.2); dropping what only counts clicks is our addition.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from feeds.addresses import IN_PATH, IN_QUERY, STRAY_PERCENT, SUB_DELIMS, one_spelling, without_dots
from feeds.read.variants import behind_a_cache, plain_host, plain_path, telling_query

# What browsers accept is longer, what servers accept mostly shorter; RFC 9110 §4.1 asks for 8,000 octets.
_LONGEST = 8_000

# Rounds; addresses that need more were built to confuse.
_ROUNDS = 6

_DEFAULT_PORTS = {80, 443}
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]")
_AUTHORITY_BREAKERS = re.compile(r"[\\\s<>\"^`{|}]")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\ufeff]")
_LINE_BREAKS = re.compile(r"[\t\r\n]")
# Most addresses: absolute, with a plain host and nothing in them that has another spelling. What urllib would drop, an
# empty query or empty parameters, is not among them.
_SETTLED = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:/[\w.~!$&'()*+,=:@/-]*)?(?:\?[\w.~!$&'()*+,=:@/-]+)?", re.ASCII
)


def absolute(url: str, base: str) -> str:
    """`url` resolved against `base` (RFC 3986 §5) as an ASCII http(s) URI; "" when it is none.

    Spelling is kept except for what a URI must not contain: such characters are percent-encoded, and a host in
    another script takes its ASCII form (RFC 3490). A document's fragment stays. A name and a password before the host
    go, for what comes out is published, and nobody means to publish those (RFC 3986 §7.5).
    """
    if len(url) <= _LONGEST and _SETTLED.fullmatch(url):
        return url
    try:
        parts = urlsplit(urljoin(base, _LINE_BREAKS.sub("", _trimmed(url)), allow_fragments=True))
        authority = _authority(parts.scheme.lower(), parts.netloc, drop_ports=False)
    except ValueError:  # brackets, ports and the like that urllib refuses
        return ""
    if not authority:
        return ""
    _, _, authority = authority.rpartition("@")
    path = quote(STRAY_PERCENT.sub("%25", parts.path), safe=IN_PATH, errors="replace")
    query, fragment = (
        quote(STRAY_PERCENT.sub("%25", part), safe=IN_QUERY + "[]", errors="replace")
        for part in (parts.query, parts.fragment)
    )
    whole = urlunsplit((parts.scheme.lower(), authority, path, query, fragment))
    return whole if len(whole) <= _LONGEST else ""


def canonical(url: str) -> str:
    """The form in which addresses of articles are compared; "" when `url` is no absolute http(s) URL.

    Scheme (always https, since sites move there without changing their articles), host in lower case and ASCII,
    default port, fragment, dot segments, percent-encoding (RFC 3986 §6.2.2) and trailing slashes are made equal;
    variants of one page (`feeds.read.variants`: `www.`, telephones, AMP, `index.html`, keys that track clicks) too.
    Other parts of the query stay in their order, and languages stay apart: `/eng/…` and `/…`. Idempotent.
    """
    for _ in range(_ROUNDS):
        plain = _plain(url)
        if plain == url:
            break
        url = plain
    return url


def _plain(url: str) -> str:
    """One round of `canonical`: what one rule takes away may uncover what another one looks for."""
    try:
        parts = urlsplit(_LINE_BREAKS.sub("", _trimmed(url)))
        authority = _authority(parts.scheme.lower(), parts.netloc, drop_ports=True)
    except ValueError:
        return ""
    if not authority:
        return ""
    path = without_dots(one_spelling(parts.path, IN_PATH))
    query = telling_query(one_spelling(parts.query, IN_QUERY))
    if article := behind_a_cache(authority, path):
        return f"https://{article}?{query}"
    user, at, host = authority.rpartition("@")
    fragment = _telling_fragment(parts.fragment)
    return urlunsplit(("https", f"{user}{at}{plain_host(host)}", plain_path(path) or "/", query, fragment))


def _trimmed(url: str) -> str:
    start, end = 0, len(url)
    while start < end and _INVISIBLE.match(url[start]):
        start += 1
    while end > start and _INVISIBLE.match(url[end - 1]):
        end -= 1
    return url[start:end]


@lru_cache(maxsize=256)  # a feed's addresses are of one host or two
def _authority(scheme: str, netloc: str, *, drop_ports: bool) -> str:
    """`netloc` with an ASCII host in lower case; "" when it cannot be one of the web. Raises ValueError."""
    if scheme not in {"http", "https"} or _AUTHORITY_BREAKERS.search(netloc) or not netloc.isprintable():
        return ""
    split = urlsplit(f"//{netloc}")
    host = _ascii_host(split.hostname or "")
    if not _HOST.fullmatch(host):
        return ""
    user, at, _ = netloc.rpartition("@")
    user = quote(STRAY_PERCENT.sub("%25", user), safe=SUB_DELIMS + ":%~")
    dropped = split.port is None or (drop_ports and split.port in _DEFAULT_PORTS)
    return f"{user}{at}{host.rstrip('.')}{'' if dropped else f':{split.port}'}"


def _ascii_host(host: str) -> str:
    if host.isascii():
        return f"[{host}]" if ":" in host else host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(host) from error


def _telling_fragment(fragment: str) -> str:
    return one_spelling(fragment, IN_QUERY) if fragment.startswith("!") and fragment.strip("!/") else ""
