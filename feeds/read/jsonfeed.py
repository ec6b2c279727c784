"""Reads JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/).

The format asks readers to be forgiving: what has the wrong type counts as missing, and numbers do for ids.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from feeds.errors import ParseError
from feeds.model import Enclosure, FailureKind, ParsedEntry, ParsedFeed, Skipped
from feeds.read.charset import decode
from feeds.read.marks import Marks, marks_from
from feeds.read.splice import LONGEST_ENTRY, MOST_ENTRIES
from feeds.read.strangers import cut_off
from feeds.sanitize import escape_text

_Raw = Mapping[str, object]
_WHITE_SPACE = b" \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonDocument:
    """A JSON Feed taken apart at its items."""

    raw: _Raw = field(repr=False)
    """All but the items is of use."""
    items: tuple[_Raw, ...] = field(repr=False)
    positions: tuple[int, ...]
    """The 0-based place of each of `items` in the document."""
    skipped: tuple[Skipped, ...] = ()
    marks: Marks
    """JSON tells by itself where an entry ends."""


def looks_like_json(body: bytes) -> bool:
    """Whether a document starts as a JSON object or list does, in UTF-8 or UTF-16, which no XML does."""
    start = body[:64].replace(b"\0", b"")
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        start = start.removeprefix(mark)
    return start.lstrip(_WHITE_SPACE).startswith((b"{", b"["))


def open_json(body: bytes, *, content_type: str) -> JsonDocument:
    """The JSON Feed in `body`, served with the HTTP header `content_type`; raises ParseError when it is none."""
    encoding = json.detect_encoding(body)
    text = decode(body, content_type) if encoding.startswith("utf-8") else body.decode(encoding, "replace")
    try:
        raw = json.loads(text.lstrip("\ufeff"))
        if isinstance(raw, dict) and isinstance(raw.get("items"), list) and _is_feed(raw):
            return _taken_apart(raw, raw["items"])
    except (ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError) and _ends_too_early(error):
            raise cut_off() from error
        raise ParseError(f"the document starts as JSON and is damaged: {error}", kind=FailureKind.BROKEN) from error
    raise ParseError(
        "got JSON that is no feed: a JSON Feed names https://jsonfeed.org in its `version` and lists its `items`",
        kind=FailureKind.NOT_A_FEED,
    )


def _ends_too_early(error: json.JSONDecodeError) -> bool:
    return error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")


def parse_json(document: JsonDocument, places: Sequence[int] | None = None) -> ParsedFeed:
    """What the publisher wrote; of the items only those with the indices `places`, where these are given."""
    chosen = range(len(document.items)) if places is None else places
    raw = document.raw
    people, language = _people(raw), _text(raw, "language")
    return ParsedFeed(
        format="json1",
        title=_as_html(_text(raw, "title")),
        home=_text(raw, "home_page_url"),
        language=language,
        entries=tuple(
            replace(_entry(document.items[place], people=people), mark=document.marks.entries[place])
            for place in chosen
        ),
        skipped=document.skipped,
        places=tuple(document.positions[place] for place in chosen),
        envelope=document.marks.envelope,
    )


def _is_feed(raw: _Raw) -> bool:
    version = _text(raw, "version")
    # Some name the number alone.
    return "jsonfeed.org" in version or version in {"1", "1.0", "1.1"}


def _taken_apart(raw: _Raw, listed: Sequence[object]) -> JsonDocument:
    written = [json.dumps(item, sort_keys=True, ensure_ascii=False) for item in listed[:MOST_ENTRIES]]
    reasons = {
        place: f"the entry has {len(text):,} characters, more than the {LONGEST_ENTRY:,} that are read"
        for place, text in enumerate(written)
        if len(text) > LONGEST_ENTRY
    }
    reasons |= {place: "it is no JSON object" for place in range(len(written)) if not isinstance(listed[place], dict)}
    if len(listed) > MOST_ENTRIES:
        reasons[MOST_ENTRIES] = f"the document has {len(listed):,} entries; the first {MOST_ENTRIES:,} are read"
    positions = tuple(place for place in range(len(written)) if place not in reasons)
    items = tuple(item for place in positions if isinstance(item := listed[place], dict))
    return JsonDocument(
        raw=raw,
        items=items,
        positions=positions,
        skipped=tuple(Skipped(position=place, reason=reasons[place]) for place in sorted(reasons)),
        marks=marks_from(("json", _text(raw, "language"), *_people(raw)), [written[place] for place in positions]),
    )


def _entry(item: _Raw, *, people: tuple[str, ...]) -> ParsedEntry:
    html, text = _text(item, "content_html"), _text(item, "content_text")
    return ParsedEntry(
        guid=_id(item),
        # An item that points elsewhere still has a page of its own, unless it says otherwise by naming none.
        url=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        title_is_html=False,
        summary=_as_html(_text(item, "summary")),
        content=html or _as_html(text),
        authors=_people(item) or people,
        categories=tuple(_as_html(tag) for tag in _list(item, "tags") if isinstance(tag, str)),
        enclosures=tuple(_attachments(item)),
        image=_text(item, "image") or _text(item, "banner_image"),
        language=_text(item, "language"),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
    )


def _as_html(text: str) -> str:
    return escape_text(text).replace("\n", "<br>")


def _id(item: _Raw) -> str:
    value = item.get("id")
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else _text(item, "id")


def _people(raw: _Raw) -> tuple[str, ...]:
    """Names: `authors` of 1.1, else `author` of 1.0."""
    listed = [author for author in _list(raw, "authors") if isinstance(author, dict)]
    single = raw.get("author")
    if not listed and isinstance(single, dict):
        listed = [single]
    return tuple(_as_html(name) for author in listed if (name := _text(author, "name")))


def _attachments(item: _Raw) -> list[Enclosure]:
    found = [one for one in _list(item, "attachments") if isinstance(one, dict)]
    return [
        Enclosure(url=_text(one, "url"), media_type=_text(one, "mime_type"), length=_size(one.get("size_in_bytes")))
        for one in found
        if _text(one, "url")
    ]


def _size(value: object) -> int:
    # Beyond 15 digits (a petabyte) it is no length.
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**15
    return int(value) if known and isinstance(value, int | float) else 0


def _text(raw: _Raw, key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _list(raw: _Raw, key: str) -> Sequence[object]:
    value = raw.get(key)
    return value if isinstance(value, list) else ()
