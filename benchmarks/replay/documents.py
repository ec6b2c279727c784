"""Entries written as RSS 2.0 and Atom 1.0, by hand: what topicwire reads here owes nothing to what it writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from benchmarks.replay.recorded import RecordedEntry, RecordedSource

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 §2.2 has no place for."""

Writer = Callable[[RecordedSource, Sequence[RecordedEntry], datetime | None], bytes]


def rss(source: RecordedSource, entries: Sequence[RecordedEntry], changed: datetime | None) -> bytes:
    """An RSS 2.0 document; `changed` is its lastBuildDate."""
    built = _element("lastBuildDate", format_datetime(changed)) if changed else ""
    items = "".join(_item(entry) for entry in entries)
    return _document(
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        f"{_element('title', source.id)}{_element('link', source.url)}{_element('description', source.url)}"
        f"{_element('language', source.language)}{built}\n{items}</channel></rss>\n"
    )


def _item(entry: RecordedEntry) -> str:
    thumbnail = f"<media:thumbnail url={quoteattr(_clean(entry.thumbnail))}/>" if entry.thumbnail else ""
    return (
        f"<item>{_element('title', entry.title)}{_element('link', entry.link)}{_element('guid', entry.link)}"
        f"{_element('pubDate', format_datetime(entry.published))}{_element('description', entry.description)}"
        f"{''.join(_element('category', tag) for tag in entry.tags)}{thumbnail}</item>\n"
    )


def atom(source: RecordedSource, entries: Sequence[RecordedEntry], changed: datetime | None) -> bytes:
    """An Atom 1.0 document; without any change yet its `updated` is the beginning of Unix time."""
    language = f" xml:lang={quoteattr(source.language)}" if source.language else ""
    moment = (changed or datetime.fromtimestamp(0, UTC)).isoformat()
    items = "".join(_atom_entry(entry) for entry in entries)
    return _document(
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"{language}>'
        f"{_element('id', source.url)}{_element('title', source.id)}{_element('updated', moment)}"
        f"<link href={quoteattr(source.url)}/><author>{_element('name', source.id)}</author>\n{items}</feed>\n"
    )


def _atom_entry(entry: RecordedEntry) -> str:
    moment = entry.published.isoformat()
    thumbnail = f"<media:thumbnail url={quoteattr(_clean(entry.thumbnail))}/>" if entry.thumbnail else ""
    summary = f'<summary type="html">{escape(_clean(entry.description))}</summary>' if entry.description else ""
    return (
        f"<entry>{_element('id', entry.link)}{_element('title', entry.title)}"
        f"<link href={quoteattr(_clean(entry.link))}/>{_element('published', moment)}{_element('updated', moment)}"
        f"{''.join(f'<category term={quoteattr(_clean(tag))}/>' for tag in entry.tags)}{summary}{thumbnail}</entry>\n"
    )


FORMATS: Mapping[str, tuple[str, Writer]] = {
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "atom": ("application/atom+xml; charset=utf-8", atom),
}


def _document(markup: str) -> bytes:
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + markup).encode()


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_clean(text))}</{name}>" if text else ""


def _clean(text: str) -> str:
    return NOT_XML.sub("", text)
