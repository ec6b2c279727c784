"""Redirects, followed by our own rules: how far, where to, and what may be told there."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from functools import lru_cache

import httpx

from aggregator.fetching.client.bodies import ACCEPT_ENCODING
from feeds.conditional import Request
from feeds.errors import TransportError
from feeds.model import FailureKind

MOST_HOPS = 5
"""Redirects in one exchange: more than any feed was seen to need, fewer than browsers follow."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})  # RFC 9110 §15.4; 300 and 304 lead nowhere by themselves
PERMANENT = frozenset({301, 308})  # RFC 9110 §15.4.2, §15.4.9
PORTABLE = frozenset({"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"})
"""Headers that may follow a redirect to another scheme, host or port: what the source's owner adds may be a secret."""
PORTS = frozenset({80, 443, 8080, 8443})
"""Where feeds are served; a source's owner may name one more. A GET can do harm at others, and finds no feed there."""
LONGEST_ADDRESS = 4096
"""Bytes of a Location: an address may be kept, as where a source has moved to, and few servers take longer ones."""
LONGEST_SHOWN = 120
"""Characters of a stranger's address in a sentence."""
OURS = frozenset({"accept-encoding", "connection", "host", "content-length", "transfer-encoding"})
"""Headers that describe the exchange itself: never taken from a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Where the exchange stands: the next address to ask, and those asked before."""

    url: httpx.URL
    home: httpx.URL
    """The address that the source's owner wrote: whose port is trusted, and whom the owner's secrets are for."""
    request: Request
    trail: tuple[httpx.URL, ...] = ()
    moved_to: str = ""
    """Where the permanent redirects at the beginning of the trail led; empty: it begins with none."""
    allow_private: bool

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What to send to `url`: everything to the source's own place, elsewhere only what is nobody's secret."""
        at_home = _origin(self.url) == _origin(self.home)
        given = [(name, value) for name, value in self.request.headers if name.lower() not in OURS]
        sent = [(name, value) for name, value in given if at_home or name.lower() in PORTABLE]
        if at_home and not any(name.lower() == "authorization" for name, _ in sent):
            sent += _credentials(self.home)
        sent += [("Accept-Encoding", ACCEPT_ENCODING), ("Connection", "close")]
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in sent]

    def onward(self, headers: httpx.Headers, *, status: int) -> Hop:
        """The hop that an answer points to; raises TransportError when it may not be followed."""
        trail = (*self.trail, self.url)
        target = self._target(headers)
        if target.scheme not in {"http", "https"} or not target.host:
            raise _redirect(f"{shown(self.url)} redirects to {shown(target)}, which is no http or https address")
        if self.url.scheme == "https" and target.scheme == "http":
            raise _redirect(f"{shown(self.url)} redirects from https to http ({shown(target)}), which is not followed")
        if target in trail:
            circle = " → ".join(shown(url) for url in (*trail[trail.index(target) :], target))
            raise _redirect(f"redirects go in a circle: {circle}")
        if len(trail) > MOST_HOPS:
            raise _redirect(f"more than {MOST_HOPS} redirects, the last one to {shown(target)}")
        _judge_port(target, self.home)
        lasting = status in PERMANENT and (not self.trail or self.moved_to == str(self.url))
        moved_to = str(target) if lasting else self.moved_to
        return replace(self, url=target, trail=trail, moved_to=moved_to)

    def leaves(self, onward: Hop) -> bool:
        """Whether `onward` is at another scheme, host or port."""
        return _origin(onward.url) != _origin(self.url)

    def as_request(self) -> Request:
        """This hop as an exchange of its own, for one who stays at each place until asked to go on."""
        asked = self.request
        trail = tuple(str(url) for url in self.trail)
        return replace(asked, url=str(self.url), home=asked.home or asked.url, trail=trail)

    def _target(self, headers: httpx.Headers) -> httpx.URL:
        location = next((value for name, value in headers.raw if name.lower() == b"location"), b"")
        if not location:
            raise _redirect(f"{shown(self.url)} redirects without saying where to")
        text = _decoded(location)
        if len(location) > LONGEST_ADDRESS:
            raise _redirect(f"{shown(self.url)} redirects to {_cut(text)!r}, which is too long for an address")
        try:
            return _bare(self.url.join(text))
        except (httpx.InvalidURL, ValueError) as error:
            raise _redirect(f"{shown(self.url)} redirects to {_cut(text)!r}, which is no address") from error


def first_hop(request: Request, *, allow_private: bool, trusted: bool = True) -> Hop:
    """Where an exchange begins; raises TransportError, `FORBIDDEN`, for an address that may not be asked.

    `trusted`: the address is the owner's word, and so is its port.
    """
    home = _parsed(request.home or request.url)
    url = _bare(_parsed(request.url))
    if url.scheme not in {"http", "https"} or not url.host:
        raise TransportError(f"{shown(url)} is no http or https address", kind=FailureKind.FORBIDDEN)
    _judge_port(url, home if trusted else url.copy_with(port=None))
    trail = tuple(httpx.URL(before) for before in request.trail)
    return Hop(url=url, home=home, request=request, trail=trail, allow_private=allow_private)


@lru_cache(maxsize=4096)
def _parsed(url: str) -> httpx.URL:
    """Kept, as the same sources are asked for ever, and parsing takes longer than a turn."""
    return httpx.URL(url)


def _judge_port(url: httpx.URL, home: httpx.URL) -> None:
    port = _port(url)
    if port in PORTS or port == _port(home):
        return
    usual = ", ".join(str(usual) for usual in sorted(PORTS))
    raise TransportError(
        f"{shown(url)} is at port {port} where no feed is served (only {usual}, or the one in the source's own url)",
        kind=FailureKind.FORBIDDEN,
    )


def shown(url: httpx.URL) -> str:
    """An address as a message may have it: without user and password, its query (often a token) left out, not long."""
    bare = _cut(str(_bare(url).copy_with(query=None)))
    return f"{bare}?…" if url.query else bare


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _bare(url: httpx.URL) -> httpx.URL:
    """Without what is never sent as part of an address: user, password and fragment."""
    if url.userinfo:
        url = url.copy_with(username=None, password=None)
    return url.copy_with(fragment=None) if url.fragment else url


def _credentials(home: httpx.URL) -> list[tuple[str, str]]:
    if not (home.username or home.password):
        return []
    token = base64.b64encode(f"{home.username}:{home.password}".encode()).decode("ascii")
    return [("Authorization", f"Basic {token}")]  # RFC 7617 §2; httpx's client would do the same


def _port(url: httpx.URL) -> int | None:
    return url.port if url.port is not None else {"http": 80, "https": 443}.get(url.scheme)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, _port(url)


def _decoded(location: bytes) -> str:
    """RFC 9110 §10.2.2 wants ASCII; servers send UTF-8, and some latin-1."""
    try:
        return location.decode("utf-8")
    except UnicodeDecodeError:
        return location.decode("latin-1")


def _redirect(reason: str) -> TransportError:
    return TransportError(reason, kind=FailureKind.REDIRECT)
