"""WebSub (W3C Recommendation of 23 January 2018), the rules of a hub: what is asked of it, answered, signed, retried.

Pure: who calls brings the time, the challenge and the answers. Sections (§) are the Recommendation's.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

FORM: Final = "application/x-www-form-urlencoded"
"""The media type of requests to a hub (§5.1)."""
MOST_BODY: Final = 16 * 1024
"""Bytes of a request: two addresses and a secret of the longest, each byte of them escaped, and as much again."""
LONGEST_ADDRESS: Final = 2048
"""Characters of a callback or a topic: what browsers and servers all take."""
LONGEST_SECRET: Final = 199
"""Bytes: §5.1 wants a secret to be «less than 200 bytes in length»."""
MOST_FIELDS: Final = 50
"""Of a request; those that are not known are ignored (§5.1), and need not be many."""
LEASE: Final = timedelta(days=10)
"""Where none is asked for (§5.1 leaves it to the hub)."""
SHORTEST_LEASE: Final = timedelta(hours=1)
LONGEST_LEASE: Final = timedelta(days=30)
MOST_TRIES: Final = 7
"""Of a push: the last one is 11 hours after the first. Then the next change is waited for."""
_PAUSE: Final = timedelta(seconds=30)
_GROWTH: Final = 4
_LONGEST_PAUSE: Final = timedelta(hours=12)

_RESERVED: Final = "!#$&'()*+,/:;=?@[]"
"""RFC 3986 §2.2."""
_ADDRESS = re.compile(rf"[{re.escape(_RESERVED)}A-Za-z0-9._~%-]+")
"""What an address is made of (RFC 3986 §2)."""


class Mode(StrEnum):
    """What is asked of a hub by subscribers (§5.1)."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody says that a subscriber wants; whether it does is for the subscriber to say (§5.3)."""

    mode: Mode
    topic: str = field(repr=False)
    callback: str = field(repr=False)
    lease: timedelta = LEASE
    """Within the bounds."""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Why a request cannot be followed, a sentence for who sent it (§5.1.2)."""

    reason: str


def read_request(body: bytes) -> Intent | Flaw:
    """What a request to a hub asks for (§5.1). Fields that are not known are ignored."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        return Flaw(reason="This is no form in UTF-8, or one with too many fields.")
    ours = [(name, value) for name, value in pairs if name.startswith("hub.")]
    said = dict(ours)
    if len(said) < len(ours):
        return Flaw(reason="A field is given more than once.")
    if reason := next(_flaws(said), ""):
        return Flaw(reason=reason)
    mode, seconds = Mode(said["hub.mode"]), said.get("hub.lease_seconds", "")
    lease = _lease(seconds if mode == Mode.SUBSCRIBE else "")
    if lease is None:
        return Flaw(reason="hub.lease_seconds is no positive decimal integer.")
    return Intent(
        mode=mode,
        topic=said["hub.topic"],
        callback=said["hub.callback"],
        lease=lease,
        secret=said.get("hub.secret", ""),
    )


def _flaws(said: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with fields, as sentences."""
    if said.get("hub.mode", "") not in set(Mode):
        yield "hub.mode is neither subscribe nor unsubscribe."
    if not 0 < len(said.get("hub.topic", "")) <= LONGEST_ADDRESS:
        yield "hub.topic is missing or too long."
    if flaw := flaw_of(said.get("hub.callback", "")):
        yield f"hub.callback {flaw}."
    if len(said.get("hub.secret", "").encode()) > LONGEST_SECRET:
        yield f"hub.secret is longer than {LONGEST_SECRET} bytes."


def flaw_of(callback: str) -> str:
    """What keeps an address from being a callback, to stand behind its name; empty: nothing does."""
    if not 0 < len(callback) <= LONGEST_ADDRESS:
        return "is missing or too long"
    try:
        parts = urlsplit(callback)
        named, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address"
    if not _ADDRESS.fullmatch(callback) or parts.scheme not in {"http", "https"} or not named:
        return "is no http or https address"
    if "@" in parts.netloc or "#" in callback:
        return "has a user or a fragment"
    return ""


def _lease(seconds: str) -> timedelta | None:
    """The lease that is given to who asks for `seconds`; None: that is no number (§5.1)."""
    if not seconds:
        return LEASE
    digits = seconds.lstrip("0")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    shortest, longest = (int(bound.total_seconds()) for bound in (SHORTEST_LEASE, LONGEST_LEASE))
    asked = int(digits) if len(digits) <= len(str(longest)) else longest
    return timedelta(seconds=min(max(asked, shortest), longest))


def question(intent: Intent, challenge: str) -> str:
    """The address at which a callback is asked whether its owner wants this (§5.3)."""
    asked = {"hub.mode": str(intent.mode), "hub.topic": intent.topic, "hub.challenge": challenge}
    if intent.mode == Mode.SUBSCRIBE:
        asked["hub.lease_seconds"] = str(int(intent.lease.total_seconds()))
    return _with_query(intent.callback, asked)


def confirms(status: int, body: bytes, challenge: str) -> bool:
    """Whether the answer to `question` is a yes: a 2xx that says the challenge and nothing else (§5.3.1)."""
    return 200 <= status < 300 and hmac.compare_digest(body, challenge.encode("ascii"))


def denial(topic: str, callback: str, *, reason: str) -> str:
    """The address at which a callback is told that its subscription is no more, and why (§5.2)."""
    return _with_query(callback, {"hub.mode": "denied", "hub.topic": topic, "hub.reason": reason})


def push_headers(*, media_type: str, body: bytes, link: str, secret: str) -> tuple[tuple[str, str], ...]:
    """What goes along with a document that is pushed (§7): its type, its links and, for a secret, a signature."""
    headers = (("Content-Type", media_type), ("Link", link))
    return (*headers, ("X-Hub-Signature", signature(secret, body))) if secret else headers


def signature(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature` (§7.1): HMAC (RFC 2104) with SHA-256."""
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"


def announcement(topic: str) -> bytes:
    """What a publisher tells a hub: §6 leaves it open, and hubs take what PubSubHubbub 0.4 said in its §7.1."""
    return urlencode({"hub.mode": "publish", "hub.url": topic}).encode("ascii")


def links(hub: str, topic: str) -> str:
    """The value of the `Link` header by which subscribers find the hub and the topic (§4); empty without a hub."""
    if not hub:
        return ""
    hub, topic = (quote(one, safe=f"{_RESERVED}~%") for one in (hub, topic))  # a header's line is ASCII
    return f'<{hub}>; rel="hub", <{topic}>; rel="self"'


def pause(failures: int) -> timedelta:
    """How long to wait after so many failures in a row, at least one, before the next try."""
    growth: int = _GROWTH ** (min(failures, MOST_TRIES + 1) - 1)
    return min(_PAUSE * growth, _LONGEST_PAUSE)


def _with_query(address: str, fields: Mapping[str, str]) -> str:
    """`fields` behind the address's own query, which stays (§5.1)."""
    mark = "?" if "?" not in address else "" if address.endswith(("?", "&")) else "&"
    return f"{address}{mark}{urlencode(fields)}"
