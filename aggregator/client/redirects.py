"""Redirects, followed by our own rules: how far, where to, and what may be told there."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

import httpx

from aggregator.client.bodies import ACCEPT_ENCODING
from feeds.conditional import Request
from feeds.errors import TransportError
from feeds.model import FailureKind

MOST_HOPS = 5
"""Redirects in one exchange: more than any feed was seen to need, fewer than browsers follow."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})  # RFC 9110 §15.4; 300 and 304 lead nowhere by themselves
PERMANENT = frozenset({301, 308})  # RFC 9110 §15.4.2, §15.4.9
PORTABLE = frozenset({"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"})
"""Headers that may follow a redirect to another scheme, host or port: what the source's owner adds may be a secret."""
OURS = frozenset({"accept-encoding", "connection", "host", "content-length", "transfer-encoding"})
"""Headers that describe the exchange itself: never taken from a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Where the exchange stands: the next address to ask, and those asked before."""

    url: httpx.URL
    request: Request
    own: tuple[tuple[str, str], ...]
    """Headers for the source's own scheme, host and port only."""
    trail: tuple[httpx.URL, ...] = ()
    moved_to: str = ""
    """The last address that permanent redirects alone have led to; empty: none."""
    allow_private: bool

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What to send to `url`: everything to the source's own place, elsewhere only what is nobody's secret."""
        home = (*self.trail, self.url)[0]
        at_home = _origin(self.url) == _origin(home)
        given = [(name, value) for name, value in self.request.headers if name.lower() not in OURS]
        sent = [(name, value) for name, value in given if at_home or name.lower() in PORTABLE]
        if at_home and not any(name.lower() == "authorization" for name, _ in sent):
            sent += self.own
        sent += [("Accept-Encoding", ACCEPT_ENCODING), ("Connection", "close")]
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in sent]

    def onward(self, headers: httpx.Headers, *, status: int) -> Hop:
        """The hop that an answer points to; raises TransportError when it may not be followed."""
        location = next((value for name, value in headers.raw if name.lower() == b"location"), b"")
        if not location:
            raise _redirect(f"{shown(self.url)} redirects without saying where to")
        trail = (*self.trail, self.url)
        target = _without_user(self.url.join(_decoded(location))).copy_with(fragment=None)
        if target.scheme not in {"http", "https"} or not target.host:
            raise _redirect(f"{shown(self.url)} redirects to {shown(target)}, which is no http or https address")
        if self.url.scheme == "https" and target.scheme == "http":
            raise _redirect(f"{shown(self.url)} redirects from https to http ({shown(target)}), which is not followed")
        if target in trail:
            circle = " → ".join(shown(url) for url in (*trail[trail.index(target) :], target))
            raise _redirect(f"redirects go in a circle: {circle}")
        if len(trail) > MOST_HOPS:
            raise _redirect(f"more than {MOST_HOPS} redirects, the last one to {shown(target)}")
        lasting = status in PERMANENT and (not self.trail or self.moved_to == str(self.url))
        return replace(self, url=target, trail=trail, moved_to=str(target) if lasting else self.moved_to)


def first_hop(request: Request, *, allow_private: bool) -> Hop:
    url = httpx.URL(request.url)
    if url.scheme not in {"http", "https"} or not url.host:
        raise TransportError(f"{shown(url)} is no http or https address", kind=FailureKind.FORBIDDEN)
    own: tuple[tuple[str, str], ...] = ()
    if url.username or url.password:
        token = base64.b64encode(f"{url.username}:{url.password}".encode()).decode("ascii")
        own = (("Authorization", f"Basic {token}"),)  # RFC 7617 §2; httpx's client would do the same
    url = _without_user(url).copy_with(fragment=None)
    return Hop(url=url, request=request, own=own, allow_private=allow_private)


def shown(url: httpx.URL) -> str:
    """An address as a message may have it: without user and password, its query (often a token) left out."""
    bare = _without_user(url).copy_with(query=None, fragment=None)
    return f"{bare}?…" if url.query else str(bare)


def _without_user(url: httpx.URL) -> httpx.URL:
    return url.copy_with(username=None, password=None) if url.userinfo else url


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}[url.scheme]


def _decoded(location: bytes) -> str:
    """RFC 9110 §10.2.2 wants ASCII; servers send UTF-8, and some latin-1."""
    try:
        return location.decode("utf-8")
    except UnicodeDecodeError:
        return location.decode("latin-1")


def _redirect(reason: str) -> TransportError:
    return TransportError(reason, kind=FailureKind.REDIRECT)
