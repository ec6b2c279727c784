"""The few addresses that are not answered from memory: small forms are sent there, or the moment is looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from aggregator.serving.answering import Asked, Reply, plain

Answering = Callable[[Asked], Awaitable[Reply]]
"""Answers a request with its body; on the event loop that it was made for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An address that takes POST, and nothing else."""

    answer: Answering
    takes: str
    """The one media type, in lower case and without parameters."""
    most: int
    """Bytes of a body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An address that takes GET and HEAD, whose answer is made anew each time."""

    answer: Answering
    """May answer HEAD as it answers GET."""
    most: int = 0


Posts = Mapping[str, Post | Look]
"""By path, without query."""

NO_POSTS: Final[Posts] = {}
TOO_MUCH: Final = plain(413, "This is more than is taken here.")


def refusal(asked: Asked, post: Post | Look) -> Reply | None:
    """Why a request is not read on once its headers are there; None: its body is welcome, where one may come at all.

    RFC 9110 §15.5.6 (405), §10.1.1 (417) and §15.5.16 (415), and those of `_length_refused`.
    """
    said = asked.headers.get
    if isinstance(post, Look):
        if asked.method not in {"GET", "HEAD"}:
            return plain(405, "Only GET and HEAD", ("Allow", "GET, HEAD"))
        return TOO_MUCH if "transfer-encoding" in asked.headers or said("content-length", "0") != "0" else None
    if asked.method != "POST":
        return plain(405, "Only POST", ("Allow", "POST"))
    if said("expect", "100-continue").lower() != "100-continue":
        return plain(417, "Nothing but 100-continue can be expected here.")
    if said("content-type", "").partition(";")[0].strip().lower() != post.takes or said("content-encoding"):
        return plain(415, f"Only {post.takes} is taken, and not compressed.", ("Accept-Post", post.takes))
    return _length_refused(said("content-length"), said("transfer-encoding"), most=post.most)


def _length_refused(length: str | None, coding: str | None, *, most: int) -> Reply | None:
    """RFC 9110 §15.5.12 (411) and §15.5.14 (413), RFC 9112 §6.1 (501)."""
    if coding is not None:
        known = coding.lower() == "chunked"
        return None if known else plain(501, "A body may come in chunks, and in no other coding.")
    if length is None:
        return plain(411, "Say how long it is.")
    if not (length.isascii() and length.isdecimal()):
        return plain(400, "This is no length.")
    return TOO_MUCH if int(length[:20]) > most else None


class Incoming:
    """The body of one request while it arrives."""

    def __init__(self, asked: Asked, post: Post | Look) -> None:
        self.post = post
        self._asked = asked
        self._parts: list[bytes] = []
        self._left = post.most

    def add(self, part: bytes) -> bool:
        """Take another part in; False: that is too much."""
        self._left -= len(part)
        if self._left < 0:
            return False
        self._parts.append(part)
        return True

    def whole(self) -> Asked:
        """The request with its body."""
        asked = self._asked
        return Asked(method=asked.method, target=asked.target, headers=asked.headers, body=b"".join(self._parts))

    async def answered(self) -> Reply:
        """What is said to it; without a body to HEAD (RFC 9110 §9.3.2)."""
        found = await self.post.answer(self.whole())
        return replace(found, body=b"") if self._asked.method == "HEAD" else found
