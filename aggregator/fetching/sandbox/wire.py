"""What passes between the parent and a child that reads for it: values as JSON, in frames with their length in front.

    frame     length (u32, big-endian) · that many bytes
    request   frame with [name of the request's type, its fields] · frame with the bytes to be read
              (none behind `Preparation`, which is the first one, and the only one of its kind)
    answer    frame with [name of the answer's type, its fields, whether the child leaves now]

Nothing that arrives is more than data. A source's secrets stay with the parent.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from aggregator.strict import pack, unpack
from feeds.model import Entry, FailureKind, Outlet, ReadFeed, Source
from feeds.read.article.value import Article

NO_MEMORY = 99
"""The exit code by which a child says that it met its memory limit: no words are left for more."""

_LENGTH = struct.Struct(">I")
_NOT_OURS = (ValueError, TypeError, LookupError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a child is to know before its first document: the outlets that the config adds to those shipped."""

    outlets: tuple[Outlet, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRequest:
    """Read a feed: what `feeds.read.read` is to be told beside its bytes."""

    source: Source
    url: str
    content_type: str
    now: datetime
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Find the article on a web page: what `feeds.read.article.extract` is to be told beside its bytes."""

    url: str
    content_type: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The child has everything it needs for its first document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The document was read."""

    feed: ReadFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The page was read; None: there is no article on it."""

    article: Article | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The document is none that can be read: what a `feeds.errors.ParseError` holds."""

    message: str
    kind: FailureKind
    feeds_found: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The libraries of an extra are not installed: what a `feeds.errors.MissingExtra` holds."""

    extra: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLong:
    """The answer would have been longer than the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An exception that nobody foresaw: what it says, and where it was."""

    error: str
    traceback: str


Request = Preparation | DocumentRequest | PageRequest
Answer = Ready | Read | Extracted | Refused | Missing | TooLong | Fault
_REQUESTS: dict[str, type[Request]] = {kind.__name__: kind for kind in (Preparation, DocumentRequest, PageRequest)}
_ANSWERS: dict[str, type[Answer]] = {
    kind.__name__: kind for kind in (Ready, Read, Extracted, Refused, Missing, TooLong, Fault)
}


class WireError(Exception):
    """What arrived is not what may pass here; both ends say it in the same words."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the process that reads documents and this one do not understand each other ({what}); if topicwire was "
            f"upgraded while it runs, start it again"
        )


def encode_request(request: Request) -> bytes:
    """Without the headers that a source is asked with: reading needs no secrets."""
    if isinstance(request, DocumentRequest):
        request = replace(request, source=replace(request.source, headers=()))
    return _dumped([type(request).__name__, pack(request)])


def decode_request(payload: bytes) -> Request:
    """Raises WireError."""
    try:
        name, fields = json.loads(payload)
        return unpack(_REQUESTS[name], fields)
    except _NOT_OURS as error:
        raise WireError(f"no request: {error}") from error


def encode_answer(answer: Answer, *, last: bool) -> bytes:
    """`last`: the child leaves after this answer, of its own accord."""
    return _dumped([type(answer).__name__, pack(answer), last])


def decode_answer(payload: bytes, request: Request) -> tuple[Answer, bool]:
    """The answer to `request`, and whether the child leaves; raises WireError."""
    try:
        name, fields, last = json.loads(payload)
        answer = unpack(_ANSWERS[name], fields)
    except _NOT_OURS as error:
        raise WireError(f"no answer: {error}") from error
    if not _is_answer_to(request, answer):
        raise WireError("an answer to another question")
    return answer, bool(last)


def _is_answer_to(request: Request, answer: Answer) -> bool:
    match answer:
        case Read(feed=feed):
            return isinstance(request, DocumentRequest) and all(_is_new(entry, request) for entry in feed.entries)
        case Extracted() | Missing():
            return isinstance(request, PageRequest)
        case Ready():
            return isinstance(request, Preparation)
        case Refused():
            return isinstance(request, DocumentRequest)
        case TooLong() | Fault():
            return True


def _is_new(entry: Entry, request: DocumentRequest) -> bool:
    """Whether an entry is the source's own, and seen for the first time, whatever else it is."""
    fresh = entry.first_seen == entry.revised == request.now and not entry.revision
    return fresh and entry.source == request.source.id


def send(stream: IO[bytes], *payloads: bytes) -> None:
    """Write one frame for each payload. Raises OSError when nobody listens any more."""
    for payload in payloads:
        stream.write(_LENGTH.pack(len(payload)))
        stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes], *, longest: int) -> bytes | None:
    """The payload of the next frame, None at the end of the stream.

    Raises EOFError when the stream ends inside a frame, and WireError when the frame is longer than `longest` bytes:
    then nothing of it is read.
    """
    start = stream.read(_LENGTH.size)
    if not start:
        return None
    if len(start) < _LENGTH.size:
        raise EOFError("the stream ended inside a frame")
    (length,) = _LENGTH.unpack(start)
    if length > longest:
        raise WireError(f"a frame of {length:,} bytes")
    payload = stream.read(length)
    if len(payload) < length:
        raise EOFError("the stream ended inside a frame")
    return payload


def _dumped(plain: object) -> bytes:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
