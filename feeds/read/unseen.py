"""Reads what is new in a document, where that cannot change the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from feeds.dedupe.identity import clue_mark
from feeds.dedupe.ids import CLUE_MARK
from feeds.dedupe.terms import Terms
from feeds.model import Entry, ParsedFeed, ReadFeed, Source
from feeds.read.attribution import Registry
from feeds.read.marks import Marks, entries_in, envelope_in
from feeds.read.normalize import normalize

_NO_CLUE = "." * CLUE_MARK


def read_unseen(  # noqa: PLR0913 - what the answer depends on
    parse: Callable[[Sequence[int]], ParsedFeed | None],
    *,
    marks: Marks,
    source: Source,
    url: str,
    now: datetime,
    seen: Collection[str],
    registry: Registry | None = None,
    terms: Terms | None = None,
) -> ReadFeed | None:
    """The entries of the document with these `marks` that are not among `seen`.

    `parse` reads the document as if it had only the entries with the indices that it is given.

    None when the whole document has to be read: nothing of it was seen before, its envelope is another one, its
    entries do not come apart, or one of the new ones shares its guid or address with another entry, for then what
    names them depends on both.
    """
    known = entries_in(seen)
    places = [place for place, mark in enumerate(marks.entries) if mark not in known]
    if len(places) == len(marks.entries):
        return None
    parsed = parse(places)
    if parsed is None or envelope_in(parsed, source=source, url=url) not in seen:
        return None
    feed = normalize(parsed, source=source, url=url, now=now, registry=registry, terms=terms)
    unread = [known[mark] for mark in marks.entries if mark in known]
    if _clues_clash(feed.entries, unread):
        return None
    left_out = [mark + known[mark] for mark in marks.entries if mark in known]
    return replace(feed, seen=tuple(dict.fromkeys((*feed.seen, *left_out))), unread=tuple(unread))


def _clues_clash(entries: Iterable[Entry], unread: Iterable[str]) -> bool:
    """Whether an entry's guid or address is that of another one, read or not."""
    own = [clue_mark(entry.guid, entry.canonical_url) for entry in entries]
    # Guids and addresses are told apart: a permalink is both.
    guids = [mark[:CLUE_MARK] for mark in own if mark[:CLUE_MARK] != _NO_CLUE]
    addresses = [mark[CLUE_MARK:] for mark in own if mark[CLUE_MARK:] != _NO_CLUE]
    taken, places = set(guids), set(addresses)
    if len(taken) < len(guids) or len(places) < len(addresses):
        return True
    return any(mark[:CLUE_MARK] in taken or mark[CLUE_MARK:] in places for mark in unread)
