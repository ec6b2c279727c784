"""Which of the remembered entries a document's entries are: the ladder of identity, climbed with memory."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from feeds.dedupe.copies import dates_differ, names_an_article
from feeds.dedupe.ids import Clues, ladder, spare_id, text_id, url_id, worthless
from feeds.model import Entry, PublishedFrom

_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)


class Memory:
    """The entries that are known so far, by what they can be found with."""

    def __init__(self, known: Iterable[Entry]) -> None:
        self.by_id: dict[str, Entry] = {}
        self._urls: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._guids: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for entry in sorted(known, key=lambda entry: (entry.first_seen, entry.id)):
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Remember `entry`, in the place of the one that had its id."""
        before = self.by_id.get(entry.id)
        if before is not None and before.canonical_url != entry.canonical_url:
            del self._urls[before.canonical_url][entry.id]
        if before is not None and before.guid != entry.guid:
            del self._guids[entry.source, before.guid][entry.id]
        self.by_id[entry.id] = entry
        self._urls[entry.canonical_url][entry.id] = None
        self._guids[entry.source, entry.guid][entry.id] = None

    def at(self, canonical_url: str) -> list[Entry]:
        """The entries of all sources at this address, in the order in which they became known; none for ""."""
        return [self.by_id[known] for known in self._urls.get(canonical_url, ())] if canonical_url else []

    def called(self, source: str, guid: str) -> list[Entry]:
        """The entries of `source` that carry this guid, which may be empty."""
        return [self.by_id[known] for known in self._guids.get((source, guid), ())]


def clues_of(entry: Entry) -> Clues:
    """What identifies an entry as it was last seen."""
    return Clues(guid=entry.guid, canonical_url=entry.canonical_url, fingerprint=entry.fingerprint)


def recognise(
    entries: Iterable[Entry], memory: Memory, *, spoken_for: Collection[str] = ()
) -> Mapping[Clues, Entry | str]:
    """Each of a document's clues → the remembered entry that it is, or the id that it gets as a new one.

    `entries` are of one source; `spoken_for` are the ids of remembered entries that are none of them. No remembered
    entry is met by two different clues, and the new ids are free. Surer signs come first for the whole document, so
    that no entry takes what another has the better right to.
    """
    document: dict[Clues, Entry] = {}
    for entry in entries:
        document.setdefault(clues_of(entry), entry)
    guids, urls = worthless(document)
    # Several remembered entries with one guid: it was worthless in an earlier document.
    guids |= {clues.guid for clues, entry in document.items() if len(memory.called(entry.source, clues.guid)) > 1}
    seen = _Document(entries=document, guids=guids, urls=urls)
    met: dict[Clues, Entry] = {}
    claimed = set(spoken_for)
    for sign in (_by_clues, _by_guid, _by_address, _by_earlier_id):
        for clues in [clues for clues in document if clues not in met]:
            found = [known for known in sign(clues, seen, memory) if known.id not in claimed]
            if len(found) == 1:
                met[clues] = found[0]
                claimed.add(found[0].id)
    return met | _mint([clues for clues in document if clues not in met], seen, memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    entries: Mapping[Clues, Entry]
    guids: Collection[str]
    """Those that are worthless."""
    urls: Collection[str]
    """Those that are worthless."""

    def rungs(self, clues: Clues) -> tuple[str, ...]:
        return ladder(self.entries[clues].source, clues, guids=self.guids, urls=self.urls)


def _mint(newcomers: Iterable[Clues], seen: _Document, memory: Memory) -> dict[Clues, str]:
    taken = set(memory.by_id)
    minted = {}
    for clues in newcomers:
        minted[clues] = spare_id(seen.rungs(clues), taken)
        taken.add(minted[clues])
    return minted


def _by_clues(clues: Clues, seen: _Document, memory: Memory) -> Iterable[Entry]:
    source = seen.entries[clues].source
    around = memory.called(source, clues.guid) if clues.guid else _of(source, memory.at(clues.canonical_url))
    return [known for known in around if clues_of(known) == clues]


def _by_guid(clues: Clues, seen: _Document, memory: Memory) -> Iterable[Entry]:
    """A guid that did not serve as identity when the entry became known needs the address beside it."""
    if clues.guid in seen.guids:
        return []
    called = memory.called(seen.entries[clues].source, clues.guid)
    return [known for known in called if known.canonical_url == clues.canonical_url or not _minted_lower(known)]


def _by_address(clues: Clues, seen: _Document, memory: Memory) -> Iterable[Entry]:
    """Where the guid is worthless, the address is the identity; where it changed, the address needs a second sign."""
    entry = seen.entries[clues]
    there = _of(entry.source, memory.at(clues.canonical_url))
    alone = len(there) == 1 and clues.canonical_url not in seen.urls
    if clues.guid in seen.guids or (alone and not there[0].guid):
        same_words = [known for known in there if known.fingerprint == clues.fingerprint]
        return there if alone else same_words
    respelt = [known for known in there if _plain(known.guid) == _plain(clues.guid)]
    return respelt or [known for known in there if _same_article(known, entry, alone=alone)]


def _by_earlier_id(clues: Clues, seen: _Document, memory: Memory) -> Iterable[Entry]:
    """What now names this entry once named one that is known under other clues since."""
    return [memory.by_id[rung] for rung in seen.rungs(clues) if rung in memory.by_id][:1]


def _same_article(known: Entry, entry: Entry, *, alone: bool) -> bool:
    """Entries at one address under two guids: mere neighbours unless words, title or date say more."""
    if dates_differ(known, entry):
        return False
    if known.fingerprint == entry.fingerprint:
        return True
    if not alone or not names_an_article(entry.canonical_url):
        return False
    dated = PublishedFrom.FIRST_SEEN not in (known.published_from, entry.published_from)
    return dated or known.title == entry.title


def _minted_lower(known: Entry) -> bool:
    """True when the entry had a guid that was of no use as its name."""
    return known.id in {url_id(known.source, known.canonical_url), text_id(known.source, clues_of(known))}


def _of(source: str, entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.source == source]


def _plain(guid: str) -> str:
    """Publishers that move to https, or to `www.`, take their permalinks along."""
    return _SCHEME.sub("", guid).rstrip("/")
