"""A record's payload: a JSON array with one line for each document, so that each can be found and read alone.

    ["entries","17",{…}]   the document stands now        ["entries"]        the table exists, even without documents
    ["entries","17",null]  the document was removed       ["entries",null]   the table was dropped

JSON escapes line breaks inside texts, so a line of a payload is a line of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from storage.codec import Document

Edits = Mapping[str, Mapping[int, Document | None] | None]
"""What changes: by table, by number; None for what goes."""
Place = int
"""Where a document's JSON stands in the journal: offset and length in one number, as there are as many as documents."""

_LENGTH_BITS = 32  # a payload is shorter than 2³¹ bytes
_LENGTH = (1 << _LENGTH_BITS) - 1
_BREAK = b",\n"
_LINE = re.compile(rb'\["((?:[^"\\]|\\.)*)"(?:,"(-?[0-9]+)",(\{.*\}|null)|(,null)?)\]', re.DOTALL)
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def place_of(offset: int, length: int) -> Place:
    return offset << _LENGTH_BITS | length


def offset_of(place: Place) -> int:
    return place >> _LENGTH_BITS


def length_of(place: Place) -> int:
    return place & _LENGTH


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a payload that stands in the journal."""

    table: str
    number: int | None
    """None: the line speaks of the whole table."""
    place: Place | None
    """None: the document, or the table, is gone; for a table that is there it is 0."""


def lines_in(payload: bytes, begin: int) -> Iterator[Line]:
    """The lines of a payload that begins at `begin` of the file; raises `ValueError` for anything else.

    Documents are not decoded.
    """
    if payload[:1] != b"[" or payload[-1:] != b"]":
        raise ValueError("this is no list of changes")
    at = begin + 1
    for text in raw_lines(payload):
        if (found := _LINE.fullmatch(text)) is None:
            raise ValueError(f"this is no change of a document: {text[:60]!r}")
        name, number, document, dropped = found.groups()
        if number is None:
            yield Line(_table(name), None, None if dropped else 0)
        elif document == b"null":
            yield Line(_table(name), int(number), None)
        else:
            yield Line(_table(name), int(number), place_of(at + found.start(3), len(document)))
        at += len(text) + len(_BREAK)


def raw_lines(payload: bytes) -> list[bytes]:
    """The lines of a payload as they are, one for each that `lines_in` finds."""
    return payload[1:-1].split(_BREAK) if len(payload) > 2 else []


def payload_of(edits: Edits) -> bytes:
    """`edits`, plain JSON, as a payload; empty when there are none. Lone surrogates go through."""
    return joined(_lines(edits))


def joined(lines: Iterable[bytes]) -> bytes:
    """A payload made of lines; empty when there are none."""
    text = _BREAK.join(lines)
    return b"[" + text + b"]" if text else b""


def line_of(table: str, number: int, document: Document | None) -> bytes:
    """The line that says that this document, plain JSON, stands now; None: that it is gone."""
    return b'[%s,"%d",%s]' % (_json(table), number, _json(document))


def table_line(table: str) -> bytes:
    """The line that says that a table is there."""
    return b"[" + _json(table) + b"]"


def decode_document(text: bytes) -> Document:
    """The document that `text` is the JSON of; raises `ValueError` when it is none."""
    return cast("Document", json.loads(text.decode("utf-8", "surrogatepass")))


def _lines(edits: Edits) -> Iterator[bytes]:
    for table, documents in edits.items():
        if documents:
            for number, document in documents.items():
                yield line_of(table, number, document)
        else:
            yield table_line(table) if documents is not None else b"[" + _json(table) + b",null]"


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=256)
def _table(name: bytes) -> str:
    return cast("str", json.loads(b'"' + name + b'"'))
