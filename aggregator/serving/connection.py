"""One reader's connection: requests in, replies out, within limits of time and size. The only importer of httptools.

A connection costs a few hundred bytes and its own deadline, whatever its other end does or leaves undone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

import httptools

from aggregator.serving.answering import Application, Asked, Reply, plain
from aggregator.serving.posts import NO_POSTS, TOO_MUCH, Incoming, Look, Post, Posts, refusal

MOST_HEAD: Final = 32 * 1024
"""Bytes of a request up to its empty line."""
HEAD_WITHIN: Final = 8.0
"""Seconds from a connection's start, or a request's first byte, to its empty line."""
IDLE_WITHIN: Final = 15.0
"""Seconds that a connection stays open between two requests."""
TAKEN_WITHIN: Final = 60.0
"""Seconds in which an answer has to be taken: 1 MB at 17 kB/s."""
SENT_WITHIN: Final = 8.0
"""Seconds from the end of a request's head to that of its body."""
ANSWERED_WITHIN: Final = 15.0
"""Seconds that an answer may take which does not come from memory."""
_CHUNKED: Final = 8
"""Bytes on the wire for one of a body that comes in chunks: one that costs more wants to cost."""
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_REMEMBERED: Final = 1024
_LONGEST: Final = 1024
"""Bytes of a request that is remembered: 1 MB together."""
_BAD: Final = plain(400, "This is no request that can be understood here.")
_TOO_LARGE: Final = plain(431, "The headers are too large.")
_BROKEN: Final = plain(500, "This cannot be answered.")


class Parsed:
    """Requests by their bytes: readers ask the same again and again, and what was parsed once need not be again."""

    def __init__(self) -> None:
        self._known: dict[bytes, Asked] = {}

    def get(self, data: bytes) -> Asked | None:
        """The one request that `data` is, if that was found out before."""
        return self._known.get(data)

    def keep(self, data: bytes, asked: Asked) -> None:
        """`data` is this request, whole, with nothing behind it, from a reader that stays."""
        if len(data) <= _LONGEST:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[data] = asked


class Connection(asyncio.Protocol):
    """Reads requests and answers them in their order. Its owner calls `overdue` and cuts it when it says so."""

    def __init__(
        self,
        application: Application,
        *,
        parsed: Parsed,
        clock: Callable[[], float],
        date: Callable[[], bytes],
        posts: Posts = NO_POSTS,
    ) -> None:
        self._application = application
        self._posts = posts
        self._parsed = parsed
        self._clock = clock
        self._date = date
        self.left: Callable[[Connection], None] = lambda _: None
        """Called when the connection has ended."""
        self.deadline = clock() + HEAD_WITHIN
        self.busy = False
        """Whether an answer is on its way out."""
        self._transport: asyncio.Transport | None = None
        self._closing = False
        self._begun = False
        """Whether some bytes of a request are there, and not yet all of its head."""
        self._size = 0
        """How many bytes came since the last answer."""
        self._most = MOST_HEAD
        """How many may."""
        self._whole = False
        """Whether the bytes at hand began with the request that is being read, and hold no other."""
        self._alone: Asked | None = None
        """The only request in the bytes at hand, so far."""
        self._incoming: Incoming | None = None
        """The request whose body is read; it is the last one of its connection."""
        self._answering: asyncio.Task[None] | None = None
        """Its answer in the making."""
        self._parser = httptools.HttpRequestParser(self)
        self._forget()

    def _forget(self) -> None:
        self._target = b""
        self._headers: dict[str, str] = {}
        self._hosts = 0

    # --- asyncio's calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's word that the connection is there."""
        self._transport = cast("asyncio.Transport", transport)  # other loops' transports are of other families
        if self._closing:
            self._transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        """Asyncio's word that it is no more."""
        self._closing = True
        if self._answering:
            self._answering.cancel()
        self.left(self)

    def eof_received(self) -> bool:
        """Asyncio's word that nothing more comes; True: an answer is still to go out."""
        return self._answering is not None

    def data_received(self, data: bytes) -> None:
        """Bytes of a request, or of several."""
        if self._done():
            return
        if self._size == 0 and not (self._begun or self._incoming):
            if asked := self._parsed.get(data):
                self._answer(asked, last=False)
                return
            self._whole = True
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.finish()  # it has been answered as if it had not asked for another protocol
        except httptools.HttpParserError:
            if not self._done():
                self._refuse(_BAD)
        else:
            if self._size > self._most and not self._done():
                self._refuse(TOO_MUCH if self._incoming else _TOO_LARGE)
            elif self._alone is not None and not self._begun and not self._closing:
                self._parsed.keep(data, self._alone)
        self._alone = None

    def pause_writing(self) -> None:
        """The other end takes its answers more slowly than they come: nothing more is read until it has them."""
        self.busy = True
        self.deadline = self._clock() + TAKEN_WITHIN
        if self._transport:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It has them."""
        self.busy = False
        self.deadline = self._clock() + IDLE_WITHIN
        if self._transport and not self._closing:
            self._transport.resume_reading()

    # --- httptools' calls ---

    def on_message_begin(self) -> None:
        if self._incoming:
            return
        self._forget()
        self._begun = True
        self.deadline = self._clock() + HEAD_WITHIN

    def on_url(self, part: bytes) -> None:
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._incoming:  # a trailer, or what nobody waits for
            return
        key = name.lower().decode("latin-1")
        said = value.decode("latin-1")
        if key == "host":
            self._hosts += 1
        self._headers[key] = f"{self._headers[key]}, {said}" if key in self._headers else said

    def on_headers_complete(self) -> None:
        self._begun = False
        if self._closing or self._incoming:
            return
        size = len(self._target) + sum(len(name) + len(said) + 4 for name, said in self._headers.items())
        target = _origin_form(self._target)
        if size > MOST_HEAD:
            self._refuse(_TOO_LARGE)
        elif target is None or (self._parser.get_http_version() != "1.0" and self._hosts != 1):  # RFC 9112 §3.2
            self._refuse(_BAD)
        else:
            asked = Asked(method=self._parser.get_method().decode("ascii"), target=target, headers=self._headers)
            if post := self._posts.get(target.partition("?")[0]):
                self._take(asked, post)
                return
            body_follows = "transfer-encoding" in asked.headers or asked.headers.get("content-length", "0") != "0"
            self._alone, self._whole = (asked if self._whole else None), False
            parser = self._parser  # in HTTP/1.0, who stays is told so, by a word that none of our answers says
            stays = parser.should_keep_alive() and not parser.should_upgrade() and parser.get_http_version() != "1.0"
            self._answer(asked, last=body_follows or not stays)

    def on_body(self, part: bytes) -> None:
        if self._incoming and not self._done() and not self._incoming.add(part):
            self._refuse(TOO_MUCH)

    def on_message_complete(self) -> None:
        if self._incoming and not self._done():
            self.deadline = self._clock() + ANSWERED_WITHIN
            self._answering = asyncio.get_running_loop().create_task(self._answer_in_time(self._incoming))

    # --- answering ---

    def _done(self) -> bool:
        """Whether nothing that comes now matters: the connection ends, or its last request is being answered."""
        return self._closing or self._answering is not None

    def _take(self, asked: Asked, post: Post | Look) -> None:
        """Read on, or say why not."""
        self._alone = None
        if self.busy:
            self._end()
            return
        if refused := refusal(asked, post):
            self._refuse(refused)
            return
        self._incoming = Incoming(asked, post)
        self._most = MOST_HEAD + _CHUNKED * post.most
        self.deadline = self._clock() + SENT_WITHIN
        if "expect" in asked.headers and self._transport and self._parser.get_http_version() != "1.0":
            self._transport.write(_CONTINUE)

    async def _answer_in_time(self, incoming: Incoming) -> None:
        try:
            found = await incoming.answered()
        except Exception:  # noqa: BLE001 - as below
            found = _BROKEN
        self._refuse(found)

    def _answer(self, asked: Asked, *, last: bool) -> None:
        if self.busy:  # it asks on without taking what it asked for before
            self._end()
            return
        self._size = 0
        self.deadline = self._clock() + IDLE_WITHIN
        try:
            found = self._application(asked)
        except Exception:  # noqa: BLE001 - one request that cannot be answered costs itself only
            found, last = _BROKEN, True
        self._write(found, last=last)
        if last:
            self._end()

    def _refuse(self, with_: Reply) -> None:
        """This answer, and no other request."""
        self._write(with_, last=True)
        self._end()

    def _write(self, found: Reply, *, last: bool) -> None:
        end = b"connection: close\r\n\r\n" if last else b"\r\n"
        if self._transport:
            self._transport.write(b"".join((found.head, self._date(), end, found.body)))

    def _end(self) -> None:
        """Close once everything is sent; whoever does not take it in time is cut."""
        if not self._closing:
            self._closing = True
            self.deadline = self._clock() + TAKEN_WITHIN
            if self._transport:
                self._transport.close()

    # --- the owner's calls ---

    def finish(self) -> None:
        """No further request; an answer under way is sent."""
        if not self._answering:  # which ends with its own
            self._end()

    def cut(self) -> None:
        """End now, whatever is on its way."""
        self._closing = True
        if self._transport:
            self._transport.abort()

    def overdue(self, now: float) -> bool:
        """Whether its other end let its deadline pass."""
        return now >= self.deadline


def _origin_form(target: bytes) -> str | None:
    """Path and query; a proxy's absolute form is allowed (RFC 9112 §3.2.2), its host is not looked at."""
    if not target.startswith(b"/"):
        scheme, found, rest = target.partition(b"://")
        if not found or scheme.lower() not in {b"http", b"https"}:
            return None
        target = b"/" + rest.partition(b"/")[2]
    return target.decode("latin-1")
