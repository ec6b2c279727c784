"""An entry and the article page behind it: whose text counts.

The feed says what an entry is; its page may say more about it. So the entry's fingerprint stays that of the feed's
words, and tells at the next reading whether the entry is in the state whose page was read already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from feeds.dedupe.revisions import TRUST
from feeds.dedupe.shingles import TEXT, text_part
from feeds.dedupe.sketch import with_part
from feeds.model import Credit, Entry, PublishedFrom, Source
from feeds.read.article.value import Article
from feeds.read.attribution import Registry, credits_of, own_outlets, shipped
from feeds.read.dates import read_date
from feeds.read.normalize import SUMMARY_FROM_CONTENT
from feeds.read.titles import one_line, shortened
from feeds.sanitize import plain_text

# What stands at an article's address may be a wall: a request for consent, for a password, for money. It may well be
# longer than the feed's two lines, and has none of their words; a lead is repeated on its page nearly word for word.
_SHARED_AT_LEAST = 1 / 3
_WORD = re.compile(r"[^\W\d_]{4,}")
# Endings of inflected languages are cut off.
_STEM = 5


def with_known_text(entries: Iterable[Entry], known: Iterable[Entry]) -> tuple[Entry, ...]:
    """`entries` of a source, those in a state that is among `known` with the text that is known.

    The known one may have its text from its page; what the feed brings again is no edit of it.
    """
    texts = _by_state(known)
    return tuple(_as_known(entry, texts[state]) if (state := state_of(entry)) in texts else entry for entry in entries)


def pages_to_ask(entries: Iterable[Entry], known: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those of `entries` whose page is to be read: they have an address, and are in no state that is among `known`.

    The newest first.
    """
    texts = _by_state(known)
    asked = [entry for entry in entries if entry.url and state_of(entry) not in texts]
    return tuple(sorted(asked, key=lambda entry: entry.published, reverse=True))


def with_article(
    entry: Entry, article: Article, *, source: Source, now: datetime, registry: Registry | None = None
) -> Entry:
    """`entry` with the text of its page, or as it is when the page yields less or something else.

    Its headline stays the feed's, unless the feed had none; a date or a language is taken where the feed gave none or
    a worse one; its credits are those of the page. `now` is aware and UTC; `registry` knows the outlets that it may
    credit, by default those shipped.
    """
    untitled = entry.title == entry.url
    own = max(entry.summary, plain_text(entry.content), key=len)
    told = own if untitled else f"{entry.title} {own}"
    if len(article.text) <= len(own) or not _tells_the_same(told, article.text):
        return entry
    title = article.title if untitled and article.title else entry.title
    completed = replace(
        _dated(entry, article, source=source, now=now),
        title=title,
        summary=entry.summary or shortened(one_line(article.text), SUMMARY_FROM_CONTENT),
        content=article.content,
        sketch=with_part(entry.sketch, TEXT, text_part(title, article.text)),
        language=entry.language or article.language,
    )
    return replace(completed, credits=_credits(completed, source, registry or shipped()))


def _credits(entry: Entry, source: Source, registry: Registry) -> tuple[Credit, ...]:
    own = own_outlets(registry, addresses=(entry.url, source.url), names=(source.name,))
    return credits_of(title=entry.title, summary=entry.summary, content=entry.content, registry=registry, own=own)


def state_of(entry: Entry) -> tuple[str, str, str]:
    """What tells whether the page of an entry was read in this state: source, address, and what the feed says."""
    return entry.source, entry.canonical_url, entry.fingerprint


def _by_state(known: Iterable[Entry]) -> Mapping[tuple[str, str, str], Entry]:
    return {state_of(entry): entry for entry in known}


def _as_known(entry: Entry, known: Entry) -> Entry:
    return replace(
        entry,
        title=known.title if entry.title == entry.url else entry.title,
        summary=known.summary,
        content=known.content,
        sketch=known.sketch or entry.sketch,
        language=entry.language or known.language,
        credits=known.credits,
    )


def _tells_the_same(own: str, text: str) -> bool:
    wanted = _stems(own)
    return len(wanted & _stems(text)) >= len(wanted) * _SHARED_AT_LEAST


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.casefold())}


def _dated(entry: Entry, article: Article, *, source: Source, now: datetime) -> Entry:
    read = read_date(article.published, timezone=source.timezone, now=now)
    if read is None or read.moment > now:
        return entry
    assumed = read.zone_assumed and source.timezone_assumed
    found = PublishedFrom.ASSUMED_ZONE if assumed else PublishedFrom.FEED
    if TRUST[found] <= TRUST[entry.published_from]:
        return entry
    return replace(
        entry,
        published=read.moment,
        published_from=found,
        published_text=article.published,
        updated=max(read.moment, entry.updated) if entry.updated != entry.published else read.moment,
    )
