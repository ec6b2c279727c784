"""What a reader asks for and what goes back, before any framework: a parsed request, a reply ready for the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request. Its body is read at the few addresses that take one (`aggregator.serving.posts`)."""

    method: str
    target: str
    """As sent, origin form: path and query, percent-encoded."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name; a field of several lines is one list (RFC 9110 §5.3). Values are latin-1."""
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; the same one may go to many readers."""

    head: bytes = field(repr=False)
    """Status line and header lines; `Date` and the empty line come behind it."""
    body: bytes = field(default=b"", repr=False)
    """Empty for HEAD and 304."""


Application = Callable[[Asked], Reply]
"""Answers from memory: it is called on the event loop, and waits for nothing."""


def reply(status: int, headers: Iterable[tuple[str, str]], body: bytes = b"") -> Reply:
    """A reply with exactly these headers: a 304 or an answer to HEAD must not get a length of its own.

    Raises ValueError for a header that would end its line.
    """
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    for name, value in headers:
        if "\r" in value or "\n" in value:
            raise ValueError(f"the header {name} would be two")
        lines.append(f"{name.lower()}: {value}")
    return Reply(head="\r\n".join([*lines, ""]).encode("latin-1"), body=body)


def plain(status: int, text: str, *more: tuple[str, str]) -> Reply:
    """A line of text that nobody keeps."""
    body = f"{text}\n".encode()
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        *more,
    )
    return reply(status, headers, body)
