"""A document's bytes to what its publisher wrote: the only importer of feedparser.

RSS 0.90–2.0, RSS 1.0, Atom 0.3 and 1.0. Its magic dictionaries become typed values here; `.get("updated")` is never
asked, since it falls back to `published`. That a document is ill-formed is no reason to refuse it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from xml.sax import SAXException

import feedparser

from feeds.errors import ParseError
from feeds.model import Enclosure, FailureKind, ParsedEntry, ParsedFeed, Skipped
from feeds.read.charset import decode
from feeds.read.repair import repair
from feeds.read.splice import Spliced, limited, splice
from feeds.read.strangers import page_refusal, refusal
from feeds.sanitize import escape_text

_Raw = Mapping[str, object]
_NAME_BESIDE_ADDRESS = re.compile(r"[^\s()]+@[^\s()]+\s*\(([^()]*)\)|([^<>]*?)\s*<[^\s<>]+@[^\s<>]+>")
_PROSE = frozenset({"text/plain", "text/html", "application/xhtml+xml"})


def parse(body: bytes, *, url: str, content_type: str) -> ParsedFeed:
    """The feed in `body`, which `url` served with the HTTP header `content_type` ("" when it had none).

    Entries that exceed a limit, break the parser or are cut off are skipped and named. Raises ParseError, whose
    message is for people, when the document is no feed, or is broken so that no entry of it can be trusted.
    """
    if not body.strip():
        raise ParseError("the source answered with an empty document", kind=FailureKind.BROKEN)
    text = decode(body, content_type)
    spliced = splice(repair(text))
    if page := page_refusal(text, root=spliced.root, url=url):
        raise page
    feed = _read(limited(spliced))
    if refused := refusal(text, feed=feed, root=spliced.root, cut_off=spliced.cut_off, url=url):
        raise refused
    return feed


def _read(spliced: Spliced) -> ParsedFeed:
    whole, well_formed = _feedparser(spliced.text())
    if whole is not None and (well_formed or not spliced.entries):
        return _feed(whole, tuple(_entries(whole)), spliced.skipped)
    apart, failed = _one_by_one(spliced)
    if whole is not None and len(_dicts(whole, "entries")) > len(apart):
        return _feed(whole, tuple(_entries(whole)), spliced.skipped)
    frame, _ = _feedparser(spliced.head + spliced.closing)
    skipped = sorted((*spliced.skipped, *failed), key=lambda one: one.position)
    return _feed(whole or frame or {}, apart, tuple(skipped))


def _one_by_one(spliced: Spliced) -> tuple[tuple[ParsedEntry, ...], tuple[Skipped, ...]]:
    """Each entry read as if it were the document's only one, so that none can spoil another."""
    entries: list[ParsedEntry] = []
    failed: list[Skipped] = []
    for position, entry in zip(spliced.positions(), spliced.entries, strict=True):
        alone, _ = _feedparser(spliced.alone(entry))
        found = tuple(_entries(alone)) if alone is not None else ()
        entries += found
        if not found:
            failed.append(Skipped(position=position, reason="its mark-up cannot be read"))
    return tuple(entries), tuple(failed)


def _feedparser(document: str) -> tuple[_Raw | None, bool]:
    """What feedparser read, None when it gave up, and whether a strict XML parser agreed."""
    try:
        # BytesIO: given bytes or text, it would open a file or an address of that name.
        found = feedparser.parse(
            io.BytesIO(document.encode("utf-8")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception:  # noqa: BLE001 - its lenient parser raises whatever it trips over; all of it means «unreadable»
        return None, False
    return found, not isinstance(found.get("bozo_exception"), SAXException)


def _feed(raw: _Raw, entries: tuple[ParsedEntry, ...], skipped: tuple[Skipped, ...]) -> ParsedFeed:
    about = _dict(raw, "feed")
    return ParsedFeed(
        format=_text(raw, "version"),
        title=_text(about, "title"),
        home=_text(about, "link"),
        language=_text(about, "language"),
        entries=entries,
        skipped=skipped,
    )


def _entries(raw: _Raw) -> Iterator[ParsedEntry]:
    is_atom = _text(raw, "version").startswith("atom")
    for entry in _dicts(raw, "entries"):
        title, summary = _dict(entry, "title_detail"), _dict(entry, "summary_detail")
        contents = _dicts(entry, "content")
        details = (title, summary, *contents)
        yield ParsedEntry(
            guid=_text(entry, "id"),
            url=_link(entry),
            title=_text(entry, "title"),
            title_is_html=not is_atom or _text(title, "type") != "text/plain",
            summary=_summary(entry, is_atom=is_atom),
            content=max((_prose(content, is_atom=is_atom) for content in contents), key=len, default=""),
            authors=_authors(entry, is_atom=is_atom),
            categories=tuple(_text(tag, "label") or _text(tag, "term") for tag in _dicts(entry, "tags")),
            enclosures=tuple(_enclosures(entry)),
            language=_text(entry, "language") or next(filter(None, (_text(d, "language") for d in details)), ""),
            published=_text(entry, "published") or _text(entry, "created"),
            updated=_text(entry, "updated"),
            base=next(filter(None, (_text(detail, "base") for detail in details)), ""),
        )


def _link(entry: _Raw) -> str:
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


def _summary(entry: _Raw, *, is_atom: bool) -> str:
    detail = _dict(entry, "summary_detail")
    if detail:
        return _prose(detail, is_atom=is_atom)
    # feedparser fills a missing summary with the content; that is no summary of its own.
    written = _text(entry, "summary")
    return "" if any(_text(content, "value") == written for content in _dicts(entry, "content")) else written


def _prose(detail: _Raw, *, is_atom: bool) -> str:
    """HTML of a text construct: RSS is HTML whatever it says, Atom means its types (RFC 4287 §3.1, §4.1.3)."""
    media_type, value = _text(detail, "type"), _text(detail, "value")
    if not is_atom:
        return value
    if media_type not in _PROSE:
        return ""
    return escape_text(value) if media_type == "text/plain" else value


def _authors(entry: _Raw, *, is_atom: bool) -> tuple[str, ...]:
    named = [_text(author, "name") or _text(author, "email") for author in _dicts(entry, "authors")]
    last = _text(entry, "author")
    if "@" in last and not is_atom:
        # feedparser tears names apart where the address's last part has more than four letters.
        named[-1:] = [_person(last)]
    return tuple(filter(None, named or [last]))


def _person(written: str) -> str:
    """The name in `address (name)`, the form of RSS 2.0, or `name <address>`; else all that is written."""
    # Longer than any name with its address, and the pattern is quadratic in the number of at signs.
    if len(written) > 300:
        return written
    named = _NAME_BESIDE_ADDRESS.fullmatch(written.strip())
    return next(filter(None, named.groups()), written) if named else written


def _enclosures(entry: _Raw) -> Iterator[Enclosure]:
    for link in _dicts(entry, "links"):
        if _text(link, "rel") == "enclosure" and _text(link, "href"):
            length = _text(link, "length").strip()
            yield Enclosure(
                url=_text(link, "href"),
                media_type=_text(link, "type"),
                # Beyond 15 digits (a petabyte) it is no length.
                length=int(length) if length.isascii() and length.isdigit() and len(length) <= 15 else 0,
            )


# feedparser merges unknown elements into its dictionaries, so that any key may hold anything.


def _text(raw: _Raw, key: str) -> str:
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value if isinstance(value, str) else ""


def _dict(raw: _Raw, key: str) -> _Raw:
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value if isinstance(value, dict) else {}


def _dicts(raw: _Raw, key: str) -> list[_Raw]:
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
