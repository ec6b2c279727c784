"""What feedparser's dictionaries say about a document and its entries, as typed values.

`.get("updated")` is never asked, since it falls back to `published`. Unknown elements are merged into the same
dictionaries, so that any key may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat

from feeds.model import Enclosure, ParsedEntry, ParsedFeed, Skipped
from feeds.sanitize import escape_text

Raw = Mapping[str, object]

_NAME_BESIDE_ADDRESS = re.compile(
    r"[^\s()]+@[^\s()]+\s*\(([^()]*)\)|([^<>]*?)\s*<[^\s<>]+@[^\s<>]+>|([^()]*?)\s*\([^\s()]+@[^\s()]+\)"
)
_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)
_PROSE = frozenset({"text/plain", "text/html", "application/xhtml+xml"})


def feed_of(raw: Raw, entries: tuple[ParsedEntry, ...], skipped: tuple[Skipped, ...]) -> ParsedFeed:
    """The document that `raw` was made of, with the `entries` that are to be kept of it."""
    about = _dict(raw, "feed")
    return ParsedFeed(
        format=_text(raw, "version"),
        title=_text(about, "title"),
        title_is_html=_is_html(_dict(about, "title_detail"), is_atom=_is_atom(raw)),
        home=_text(about, "link"),
        language=_text(about, "language"),
        entries=entries,
        skipped=skipped,
    )


def entries_of(raw: Raw, marks: Iterable[str] = repeat("")) -> Iterator[ParsedEntry]:
    """The entries of `raw`, in the order of the document, each with its own of `marks`."""
    is_atom = _is_atom(raw)
    for entry, mark in zip(_dicts(raw, "entries"), marks, strict=False):
        title, summary = _dict(entry, "title_detail"), _dict(entry, "summary_detail")
        contents = _dicts(entry, "content")
        content = max(contents, key=lambda one: len(_prose(one, is_atom=is_atom)), default={})
        details = (title, summary, *contents)
        yield ParsedEntry(
            guid=_text(entry, "id"),
            url=_link(entry),
            title=_text(entry, "title"),
            title_is_html=_is_html(title, is_atom=is_atom),
            summary=_summary(entry, is_atom=is_atom),
            content=_prose(content, is_atom=is_atom),
            authors=_authors(entry, is_atom=is_atom),
            categories=tuple(_text(tag, "label") or _text(tag, "term") for tag in _dicts(entry, "tags")),
            enclosures=tuple(_enclosures(entry)),
            image=_image(entry),
            language=_text(entry, "language") or next(filter(None, (_text(d, "language") for d in details)), ""),
            published=_text(entry, "published") or _text(entry, "created"),
            updated=_text(entry, "updated"),
            base=next((_text(detail, "base") for detail in details if detail), ""),
            summary_base=_text(summary, "base"),
            content_base=_text(content, "base"),
            mark=mark,
        )


def count_of(raw: Raw) -> int:
    """How many entries `raw` has."""
    return len(_dicts(raw, "entries"))


def _is_atom(raw: Raw) -> bool:
    return _text(raw, "version").startswith("atom")


def _is_html(title: Raw, *, is_atom: bool) -> bool:
    return not is_atom or _text(title, "type") != "text/plain"


def _link(entry: Raw) -> str:
    # Proxies that count clicks name the article's own address beside theirs.
    link = _text(entry, "feedburner_origlink") or _text(entry, "link")
    alternates = [_text(a, "href") for a in _dicts(entry, "links") if _text(a, "rel") == "alternate"]
    guid = _text(entry, "id")
    if link == guid and link not in alternates:
        # feedparser took the guid for the link, as RSS 2.0 has it unless isPermaLink says no; many guids are no URLs.
        return link if link.startswith(("http://", "https://")) else ""
    if link:
        return link
    permanent = guid if entry.get("guidislink") and guid.startswith(("http://", "https://")) else ""
    return next(filter(None, alternates), "") or permanent


def _summary(entry: Raw, *, is_atom: bool) -> str:
    detail = _dict(entry, "summary_detail")
    if detail:
        return _prose(detail, is_atom=is_atom)
    # feedparser fills a missing summary with the content; that is no summary of its own.
    written = _text(entry, "summary")
    return "" if any(_text(content, "value") == written for content in _dicts(entry, "content")) else written


def _prose(detail: Raw, *, is_atom: bool) -> str:
    """HTML of a text construct: RSS is HTML whatever it says, Atom means its types (RFC 4287 §3.1, §4.1.3)."""
    media_type, value = _text(detail, "type"), _text(detail, "value")
    if not is_atom:
        return value
    if media_type not in _PROSE:
        return ""
    return escape_text(value) if media_type == "text/plain" else value


def _authors(entry: Raw, *, is_atom: bool) -> tuple[str, ...]:
    named = [_text(author, "name") or _text(author, "email") for author in _dicts(entry, "authors")]
    last = _text(entry, "author")
    if "@" in last and not is_atom:
        # feedparser tears names apart where the address's last part has more than four letters.
        named[-1:] = [_person(last)]
    return tuple(filter(None, named or [last]))


def _person(written: str) -> str:
    """The name in `address (name)`, the form of RSS 2.0, or `name <address>` or `name (address)`; else all of it."""
    # Longer than any name with its address, and the pattern is quadratic in the number of at signs.
    if len(written) > 300:
        return written
    named = _NAME_BESIDE_ADDRESS.fullmatch(written.strip())
    return next(filter(None, named.groups()), written) if named else written


def _enclosures(entry: Raw) -> Iterator[Enclosure]:
    """The files of RSS and Atom, then those of Media RSS that are no pictures: a picture comes in many sizes there."""
    for link in _dicts(entry, "links"):
        if _text(link, "rel") == "enclosure" and _text(link, "href"):
            length = _number(link, "length")
            yield Enclosure(url=_text(link, "href"), media_type=_text(link, "type"), length=length)
    for media in _dicts(entry, "media_content"):
        if _text(media, "url") and (_text(media, "type") or _text(media, "medium")) and not _is_picture(media):
            length = _number(media, "filesize") or _number(media, "fileSize")
            yield Enclosure(url=_text(media, "url"), media_type=_text(media, "type"), length=length)


def _image(entry: Raw) -> str:
    """The widest picture of Media RSS; thumbnails count where there is no other."""
    pictures = [media for media in _dicts(entry, "media_content") if _is_picture(media)]
    shown = [media for media in pictures or _dicts(entry, "media_thumbnail") if _text(media, "url").strip()]
    return _text(max(shown, key=lambda media: _number(media, "width"), default={}), "url")


def _is_picture(media: Raw) -> bool:
    if _text(media, "medium") or _text(media, "type"):
        return _text(media, "medium") == "image" or _text(media, "type").startswith("image/")
    return bool(_PICTURE_NAME.search(_text(media, "url")))


def _number(raw: Raw, key: str) -> int:
    """A length in bytes or pixels, 0 where none is written; beyond 15 digits (a petabyte) it is none."""
    written = _text(raw, key).strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 15 else 0


def _text(raw: Raw, key: str) -> str:
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value if isinstance(value, str) else ""


def _dict(raw: Raw, key: str) -> Raw:
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value if isinstance(value, dict) else {}


def _dicts(raw: Raw, key: str) -> list[Raw]:
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
