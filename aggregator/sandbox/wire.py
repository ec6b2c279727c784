"""What passes between the parent and a child that reads for it: values as JSON, in frames with their length in front.

    frame     length (u32, big-endian) · that many bytes
    request   frame with a `Request` · frame with the document's bytes
    answer    frame with [name of the answer's type, its fields, whether the child leaves now]

Nothing that arrives is more than data. A source's secrets stay with the parent.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from aggregator.sandbox.strict import pack, unpack
from feeds.model import FailureKind, ReadFeed, Source

NO_MEMORY = 99
"""The exit code by which a child says that it met its memory limit: no words are left for more."""

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What `feeds.read.read` is to be told beside the document."""

    source: Source
    url: str
    content_type: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The child has everything it needs for its first document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The document was read."""

    feed: ReadFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The document is none that can be read: what a `feeds.errors.ParseError` holds."""

    message: str
    kind: FailureKind
    feeds_found: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLong:
    """The answer would have been longer than the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An exception that nobody foresaw: what it says, and where it was."""

    error: str
    traceback: str


Answer = Ready | Read | Refused | TooLong | Fault
_ANSWERS: dict[str, type[Answer]] = {kind.__name__: kind for kind in (Ready, Read, Refused, TooLong, Fault)}


class WireError(Exception):
    """What arrived is not what may pass here."""


def encode_request(request: Request) -> bytes:
    """Without the headers that a source is asked with: reading needs no secrets."""
    return _dumped(pack(replace(request, source=replace(request.source, headers=()))))


def decode_request(payload: bytes) -> Request:
    """Raises WireError."""
    try:
        return unpack(Request, json.loads(payload))
    except (ValueError, RecursionError) as error:
        raise WireError(f"no request: {error}") from error


def encode_answer(answer: Answer, *, last: bool) -> bytes:
    """`last`: the child leaves after this answer, of its own accord."""
    return _dumped([type(answer).__name__, pack(answer), last])


def decode_answer(payload: bytes, request: Request | None) -> tuple[Answer, bool]:
    """The answer to `request` (None: before any), and whether the child leaves; raises WireError."""
    try:
        name, fields, last = json.loads(payload)
        answer = unpack(_ANSWERS[name], fields)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise WireError(f"no answer: {error}") from error
    if isinstance(answer, Read) and (request is None or not _is_answer_to(request, answer.feed)):
        raise WireError("an answer to something else")
    return answer, bool(last)


def _is_answer_to(request: Request, feed: ReadFeed) -> bool:
    """Whether all entries are the source's own and new, whatever else they are."""
    return all(
        entry.source == request.source.id and entry.first_seen == entry.revised == request.now and not entry.revision
        for entry in feed.entries
    )


def send(stream: IO[bytes], *payloads: bytes) -> None:
    """Write one frame for each payload. Raises OSError when nobody listens any more."""
    for payload in payloads:
        stream.write(_LENGTH.pack(len(payload)))
        stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes], *, longest: int) -> bytes | None:
    """The payload of the next frame, None at the end of the stream.

    Raises WireError when the stream ends inside a frame, or when it is longer than `longest` bytes: then nothing of
    it is read.
    """
    start = stream.read(_LENGTH.size)
    if not start:
        return None
    length = _LENGTH.unpack(start)[0] if len(start) == _LENGTH.size else -1
    if length > longest:
        raise WireError(f"a frame of {length:,} bytes")
    payload = stream.read(length) if length >= 0 else b""
    if len(payload) != length:
        raise WireError("the stream ended inside a frame")
    return payload


def _dumped(plain: object) -> bytes:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
