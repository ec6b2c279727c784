"""Values as the bytes and marks that rows hold, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TypeVar

from feeds.model import Entry
from storage.codec import decode, encode, encode_time
from storage.port import Keys

T = TypeVar("T")

_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
_WEEK = timedelta(weeks=1)
_MONDAY = datetime(1, 1, 1, tzinfo=UTC)
_MARK = 16
"""Bytes: among 2**40 clues two have the same mark with a chance of 1 in 2**48, and are then looked at in vain."""


def bytes_of(value: object) -> bytes:
    """A value as its document."""
    return json_of(encode(value))


def json_of(plain: object) -> bytes:
    """Plain JSON; a lone surrogate, which a feed may hold, is written as if UTF-8 had one."""
    return _ENCODER.encode(plain).encode("utf-8", "surrogatepass")


def value_of(kind: type[T], document: bytes) -> T:
    """Raises `StoreError` when the document describes no such value."""
    return decode(kind, json.loads(document))


def mark(*clue: str) -> bytes:
    """What stands for a clue in an index."""
    text = "\0".join(f"{len(part)}:{part}" for part in clue)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_MARK).digest()


def marks_of(entry: Entry) -> tuple[bytes | None, bytes | None, bytes, bytes]:
    """Of guid, URL, title and moment; an empty guid or URL is no clue."""
    return (
        mark(entry.source, entry.guid) if entry.guid else None,
        mark(entry.canonical_url) if entry.canonical_url else None,
        mark(entry.source, entry.title),
        mark(entry.source, encode_time(entry.published)),
    )


def asked_marks(keys: Keys) -> tuple[list[bytes], list[bytes], list[bytes], list[bytes]]:
    """What `marks_of` would have to hold one of."""
    return (
        _marked(key for key in keys.guids if key[1]),
        _marked((url,) for url in keys.urls if url),
        _marked(keys.titles),
        _marked((source, encode_time(moment)) for source, moment in keys.moments),
    )


def _marked(clues: Iterable[tuple[str, ...]]) -> list[bytes]:
    return [mark(*clue) for clue in clues]


def week_of(moment: datetime) -> tuple[datetime, datetime]:
    """Monday 00:00 UTC of its week, and the next one's: what a partition holds."""
    begin = _MONDAY + (moment - _MONDAY) // _WEEK * _WEEK
    return begin, begin + _WEEK
