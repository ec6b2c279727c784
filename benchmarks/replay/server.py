"""An HTTP server with an address for every source, as hosts have in life, and one clock that can be moved."""

from __future__ import annotations

import asyncio
import errno
import gzip
import hashlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

from benchmarks.replay.documents import FORMATS
from benchmarks.replay.recorded import RecordedEntry, RecordedSource
from benchmarks.replay.window import window

IDLE = 60.0
"""Seconds that a connection may stay silent."""
CONTROL = "/_replay"


@dataclass(slots=True, kw_only=True)
class Counts:
    """What one source was asked and answered."""

    requests: int = 0
    ok: int = 0
    not_modified: int = 0
    sent: int = 0
    """Bytes of bodies, as sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedSource:
    """A source of the recording, at its address of today."""

    id: str
    url: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A document with both its encodings."""

    media_type: str
    plain: bytes
    packed: bytes
    etag: str
    packed_etag: str
    changed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: HTTPStatus
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Replay:
    """A recording that plays; `now` is its simulated time."""

    def __init__(self, recorded: Sequence[RecordedSource], *, at: datetime, port: int, formats: Sequence[str]) -> None:
        self.now = at
        self.counts: Mapping[str, Counts] = {source.id: Counts() for source in recorded}
        self.sources = tuple(
            ServedSource(
                id=source.id,
                url=f"http://{address(number)}:{port}/{formats[number % len(formats)]}.xml",
                language=source.language,
            )
            for number, source in enumerate(recorded)
        )
        self._by_address = {address(number): source for number, source in enumerate(recorded)}
        self._by_id = {source.id: source for source in recorded}
        self._rendered: dict[tuple[str, str], tuple[tuple[int, int], Rendered]] = {}

    def move(self, to: datetime) -> None:
        """Set the simulated time; earlier is allowed."""
        self.now = to

    def shown(self, source_id: str) -> tuple[RecordedEntry, ...]:
        """The entries of a source's document as it is now, newest first."""
        source = self._by_id[source_id]
        return window(source, self.now).entries(source)

    def total(self) -> Counts:
        """The counts of all sources together."""
        every = [asdict(counts) for counts in self.counts.values()]
        return Counts(**{name: sum(counts[name] for counts in every) for name in asdict(Counts())})

    def answer(self, host: str, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        """What the source at `host` (an address) has to say to a request; `headers` have lower-case names."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if path == CONTROL:
            return self._control(method, query)
        source = self._by_address[host]
        counts = self.counts[source.id]
        counts.requests += 1
        form = path.removeprefix("/").removesuffix(".xml")
        if form not in FORMATS:
            return Answer(status=HTTPStatus.NOT_FOUND)
        if method not in {"GET", "HEAD"}:
            return Answer(status=HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "GET, HEAD"),))
        answer = conditional(self._document(source, form), headers)
        counts.ok += answer.status is HTTPStatus.OK
        counts.not_modified += answer.status is HTTPStatus.NOT_MODIFIED
        counts.sent += len(answer.body) if method == "GET" else 0
        return answer

    def _document(self, source: RecordedSource, form: str) -> Rendered:
        stretch = window(source, self.now)
        bounds = (stretch.start, stretch.end)
        kept = self._rendered.get((source.id, form))
        if kept is not None and kept[0] == bounds:
            return kept[1]
        media_type, write = FORMATS[form]
        plain = write(source, stretch.entries(source), stretch.changed)
        packed = gzip.compress(plain, mtime=0)
        made = Rendered(
            media_type=media_type,
            plain=plain,
            packed=packed,
            etag=f'"{hashlib.sha256(plain).hexdigest()[:32]}"',
            packed_etag=f'"{hashlib.sha256(packed).hexdigest()[:32]}"',
            changed=stretch.changed,
        )
        self._rendered[source.id, form] = bounds, made
        return made

    def _control(self, method: str, query: Mapping[str, list[str]]) -> Answer:
        if method == "POST":
            try:
                to = datetime.fromisoformat(query["at"][0].replace(" ", "+"))
            except (KeyError, ValueError) as error:
                return Answer(status=HTTPStatus.BAD_REQUEST, body=f"at=ISO 8601 with an offset: {error}\n".encode())
            if to.utcoffset() is None:
                return Answer(status=HTTPStatus.BAD_REQUEST, body=b"at= needs an offset\n")
            self.move(to)
        state = {"now": self.now.isoformat(), "total": asdict(self.total())}
        state["sources"] = {source: asdict(counts) for source, counts in self.counts.items()}
        return Answer(
            status=HTTPStatus.OK,
            headers=(("Content-Type", "application/json"),),
            body=json.dumps(state, indent=1).encode() + b"\n",
        )


def address(number: int) -> str:
    """The loopback address of the source with this number: 127.20.0.1, 127.20.0.2, … up to 127.219.249.250."""
    upper, middle, lower = number // 62_500, number // 250 % 250, number % 250
    return f"127.{20 + upper}.{middle}.{1 + lower}"


def conditional(document: Rendered, headers: Mapping[str, str]) -> Answer:
    """200 or 304 by RFC 9110 §13.2.2: If-None-Match, and only without it If-Modified-Since."""
    packed = "gzip" in headers.get("accept-encoding", "")
    etag = document.packed_etag if packed else document.etag
    known = [("ETag", etag), ("Vary", "Accept-Encoding")]
    if document.changed:
        known.append(("Last-Modified", format_datetime(document.changed.astimezone(UTC), usegmt=True)))
    if _fresh(document, headers, etag):
        return Answer(status=HTTPStatus.NOT_MODIFIED, headers=tuple(known))
    encoding = (("Content-Encoding", "gzip"),) if packed else ()
    return Answer(
        status=HTTPStatus.OK,
        headers=(*known, *encoding, ("Content-Type", document.media_type)),
        body=document.packed if packed else document.plain,
    )


def _fresh(document: Rendered, headers: Mapping[str, str], etag: str) -> bool:
    if (asked := headers.get("if-none-match")) is not None:
        tags = [tag.strip().removeprefix("W/") for tag in asked.split(",")]
        return etag in tags or "*" in tags
    try:
        since = parsedate_to_datetime(headers["if-modified-since"])
    except (KeyError, ValueError):
        return False
    return document.changed is not None and document.changed.replace(microsecond=0) <= since.astimezone(UTC)


@asynccontextmanager
async def serve(
    recorded: Sequence[RecordedSource], *, at: datetime, port: int = 0, formats: Sequence[str] = ("rss", "atom")
) -> AsyncIterator[Replay]:
    """Serve until the block ends, on one port of as many loopback addresses as there are sources.

    `port` 0 takes a free one. Sources get the `formats` in turn; each answers to all of them, at `/rss.xml` and
    `/atom.xml`. At any address `POST /_replay?at=2023-06-08T12:00:00Z` moves the clock and `GET /_replay` shows counts.
    """
    hosts = [address(number) for number in range(len(recorded))]
    async with listening(lambda free: Replay(recorded, at=at, port=free, formats=formats), hosts, port) as replay:
        yield replay


class Answering(Protocol):
    """What answers requests."""

    def answer(self, host: str, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        """As `Replay.answer`; raises ConnectionError to hang up."""


A = TypeVar("A", bound=Answering)


@asynccontextmanager
async def listening(make: Callable[[int], A], hosts: Sequence[str], port: int = 0) -> AsyncIterator[A]:
    """What `make` makes of the port, answering at all of these addresses until the block ends."""
    port = port or await asyncio.to_thread(_free_port, hosts)
    answering = make(port)
    talking: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_talk(answering, reader, writer))
        talking.add(task)
        task.add_done_callback(talking.discard)

    server = await asyncio.start_server(connected, hosts, port, backlog=64)
    try:
        yield answering
    finally:
        server.close()
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await server.wait_closed()


def _free_port(hosts: Sequence[str]) -> int:
    """A port that nobody uses at any of the addresses at this moment."""
    for _ in range(20):
        with socket.create_server((hosts[0], 0)) as first:
            port: int = first.getsockname()[1]
            try:
                for host in hosts[1:]:
                    socket.create_server((host, port)).close()
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return port
    raise OSError(errno.EADDRINUSE, "no port is free at all the addresses")


async def _talk(answering: Answering, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    host = writer.get_extra_info("sockname")[0]
    try:
        while True:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), IDLE)
            first, *lines = head.decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            writer.write(_wire(answering.answer(host, method, target, headers), with_body=method != "HEAD"))
            await writer.drain()
            if headers.get("connection", "").lower() == "close":
                break
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        pass
    finally:
        writer.close()


def _wire(answer: Answer, *, with_body: bool) -> bytes:
    headers = [f"HTTP/1.1 {answer.status.value} {answer.status.phrase}"]
    headers += [f"{name}: {value}" for name, value in answer.headers]
    if answer.status is not HTTPStatus.NOT_MODIFIED:
        headers.append(f"Content-Length: {len(answer.body)}")
    return ("\r\n".join(headers) + "\r\n\r\n").encode("latin-1") + (answer.body if with_body else b"")
