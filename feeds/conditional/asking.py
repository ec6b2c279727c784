"""What we ask of sources, and what their answers mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from feeds.addresses import host_key, same_document
from feeds.conditional.fields import LONGEST_DELTA, Fields, first, http_date, listed, seconds
from feeds.model import Failed, FailureKind, Fetched, Outcome, Source, SourceState, Unchanged, Validators

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json;q=0.9, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.2, text/html;q=0.1"
)
"""What we can read, best first; a web page is the last thing we want, as only its links to feeds are of use."""

_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?([0-9]+)"?\s*(?=,|$)', re.IGNORECASE)
_NO_CACHE = re.compile(r"(?:^|,)\s*no-(?:cache|store)\s*(?=,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A GET to make."""

    url: str
    headers: Fields = field(default=(), repr=False)
    """May hold secrets of the source's owner: never shown, never logged."""
    home: str = ""
    """The URL that the source's owner wrote, where `url` is another: secrets go to its scheme, host and port only, and
    its port is trusted. Empty: `url` is that one."""
    stay: bool = False
    """Follow no redirect to another scheme, host or port: the answer says in `onward` what to ask next."""
    trail: tuple[str, ...] = ()
    """URLs asked before, whose redirects led here: they count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back in the end, redirects followed; the body is decoded."""

    url: str
    status: int
    headers: Fields = ()
    body: bytes = field(default=b"", repr=False)
    moved_to: str = ""
    """Where permanent redirects (301, 308) alone led from the URL that was asked; empty: the first one, if any, was a
    temporary one. What a temporary one led to later does not count."""
    onward: Request | None = None
    """Where a redirect leads that was not followed, as the request was to `stay`."""


def request_for(source: Source, state: SourceState | None, *, user_agent: str) -> Request:
    """The request for the source's document: conditional if a document of that very URL was read before.

    A source that moved for good is asked at its adopted address, the document being the same.

    Both validators go along when both were given (RFC 9110 §13.1.2 and §13.1.3). The source's own headers are added,
    and replace ours of the same name except the validators. Which content codings are accepted is for the client to
    add, as it alone knows which ones it can unpack within bounds.
    """
    known = _validators_to_send(source, state)
    url = _asked(source, state)
    ours = {"User-Agent": user_agent, "Accept": ACCEPT}
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    own = [(name, value) for name, value in source.headers if name.title() not in conditions]
    replaced = {name.lower() for name, _ in own}
    headers = [(name, value) for name, value in ours.items() if name.lower() not in replaced]
    headers += own
    headers += [(name, value) for name, value in conditions.items() if value]
    return Request(url=url, headers=tuple(headers), home="" if url == source.url else source.url)


def interpret(source: Source, state: SourceState | None, response: Response, *, now: datetime) -> Outcome:
    """What the answer to `request_for(source, state, …)` means; `now` is the time of its arrival.

    `Fetched` means that there are new bytes; whether they are a feed is seen when they are read. A `Failed` carries a
    sentence for the source's owner and, where the answer named one, how long to stay away.
    """
    match response.status:
        case 304:
            return _not_modified(source, state, response, now)
        case 200 | 203 if response.body.strip():
            return _document(source, state, response, now)
        case status if 200 <= status < 300:
            reason = "without a document" if not response.body.strip() else "which is no whole document"
            return Failed(kind=FailureKind.HTTP, reason=f"the server answered {status}, {reason}", status=status)
        case 410 if _led_astray(source, state, response):
            reason = "what a temporary redirect leads to is gone (410): it will be asked again later"
            return Failed(kind=FailureKind.HTTP, reason=reason, status=410)
        case 410:
            return Failed(
                kind=FailureKind.GONE,
                reason="the server says that this feed is gone for good (410): remove the source or give its new URL",
                status=410,
            )
        case status:
            return Failed(
                kind=FailureKind.HTTP,
                reason=_complaint(status),
                status=status,
                retry_after=retry_after(response, now=now),
                host=_other_host(source, state, response),
            )


def _led_astray(source: Source, state: SourceState | None, response: Response) -> bool:
    """Whether a temporary redirect (RFC 9110 §15.4.3, §15.4.8) is on the way to who answered.

    Such a one speaks for itself only: the source may answer at its own address again tomorrow.
    """
    asked = _asked(source, state)
    return same_document(response.url) not in {same_document(url) for url in (asked, response.moved_to) if url}


def _other_host(source: Source, state: SourceState | None, response: Response) -> str:
    """The host that answered, where redirects led away from the one that was asked; else ""."""
    asked, answered = (host_key(urlsplit(url).hostname or "") for url in (_asked(source, state), response.url))
    return answered if answered != asked else ""


def _asked(source: Source, state: SourceState | None) -> str:
    return state.moved_to or source.url if state and state.url == source.url else source.url


def _validators_to_send(source: Source, state: SourceState | None) -> Validators:
    if state is None or state.url != source.url or not state.body_hash:
        return Validators()
    return state.validators


def _not_modified(source: Source, state: SourceState | None, response: Response, now: datetime) -> Outcome:
    sent = _validators_to_send(source, state)
    if not (sent.etag or sent.last_modified):
        reason = "the server answered 304 (not modified) to a request that had no condition"
        return Failed(kind=FailureKind.HTTP, reason=reason, status=304)
    brought = _validators(response)
    # RFC 9111 §3.2: of what is stored, a 304 replaces the fields that it carries.
    merged = Validators(etag=brought.etag or sent.etag, last_modified=brought.last_modified or sent.last_modified)
    return Unchanged(
        status=304,
        validators=None if brought == Validators() else merged,
        fresh_for=_fresh_for(response, now),
        moved_to=response.moved_to,
    )


def _document(source: Source, state: SourceState | None, response: Response, now: datetime) -> Outcome:
    body_hash = sha256(response.body).hexdigest()
    validators, fresh_for = _validators(response), _fresh_for(response, now)
    if state is not None and state.url == source.url and state.body_hash == body_hash:
        return Unchanged(status=response.status, validators=validators, fresh_for=fresh_for, moved_to=response.moved_to)
    return Fetched(
        url=response.url,
        body=response.body,
        body_hash=body_hash,
        content_type=first(response.headers, "content-type") or "",
        validators=validators,
        status=response.status,
        fresh_for=fresh_for,
        moved_to=response.moved_to,
    )


def _complaint(status: int) -> str:
    match status:
        case 401 | 407:
            return f"the server wants to know who asks ({status}): give credentials in the source's headers"
        case 403:
            return "the server refuses (403): it may be blocking programs, or want fewer requests, so it gets fewer"
        case 404:
            return "the server has no such feed (404): check the URL"
        case 429:
            return "the server asks for fewer requests (429)"
        case status if status >= 500:
            return f"the server is in trouble ({status}): it will be asked again later"
        case _:
            return f"the server answered {status}, which brings no document"


def _validators(response: Response) -> Validators:
    return Validators(etag=first(response.headers, "etag"), last_modified=first(response.headers, "last-modified"))


def _fresh_for(response: Response, now: datetime) -> timedelta | None:
    """How long the publisher says that the answer holds (RFC 9111 §4.2.1); None: it says nothing, or "not at all"."""
    control = listed(response.headers, "cache-control") or ""
    if _NO_CACHE.search(control):
        return None
    stated = _MAX_AGE.search(control)
    expires = first(response.headers, "expires")
    if stated:
        lifetime = seconds(stated[1]) - seconds(first(response.headers, "age") or "")
    elif expires and (moment := http_date(expires)):
        lifetime = min(moment - _server_time(response, now), LONGEST_DELTA)
    else:
        return None
    return lifetime if lifetime > timedelta() else None


def retry_after(response: Response, *, now: datetime) -> timedelta | None:
    """How long the server asks to be left alone (RFC 9110 §10.2.3: seconds, or a date); None: it does not say.

    `now` is the time of its arrival, aware.
    """
    stated = (first(response.headers, "retry-after") or "").strip()
    if stated.isdecimal():
        return seconds(stated)
    moment = http_date(stated)
    return min(max(moment - _server_time(response, now), timedelta()), LONGEST_DELTA) if moment else None


def _server_time(response: Response, now: datetime) -> datetime:
    """The server's dates are meant by its own clock (RFC 9110 §6.6.1)."""
    return http_date(first(response.headers, "date") or "") or now
