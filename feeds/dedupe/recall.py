"""Which of the remembered entries a document's entries are: the ladder of identity, climbed with memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from feeds.dedupe.copies import dates_differ, names_an_article
from feeds.dedupe.ids import Clues, ladder, spare_id, text_id, url_id, worthless
from feeds.dedupe.moves import Listed, is_redesign, old_news, pair_likely, pair_surely, unmistakable
from feeds.dedupe.resemblance import is_slugged, nothing_in_common, plain_guid, same_body, same_title
from feeds.model import Entry, Identity, PublishedFrom

SOON = timedelta(hours=6)
"""Within which a headline is edited over the same text; a column with a standing summary comes again later."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Who each of a document's entries is."""

    selves: Mapping[Clues, Entry | str]
    """The remembered entry, or the id that it gets as a new one."""
    held: frozenset[Clues] = frozenset()
    """New ones that are more likely old than news: the source gave all its entries new names."""


def recognise(
    entries: Iterable[Entry],
    memory: Memory,
    *,
    identity: Identity = Identity.AUTO,
    spoken_for: Collection[str] = (),
    unread: int = 0,
) -> Recognised:
    """Which remembered entry each of a document's entries is.

    `entries` are of one source, which goes by `identity`; `unread` is how many the document holds besides, `spoken_for`
    the ids of the remembered ones among these. No remembered entry is met by two different clues, and the new ids are
    free. Surer signs come first for the whole document, so that no entry takes what another has the better right to.
    """
    document: dict[Clues, Entry] = {}
    for entry in entries:
        document.setdefault(clues_of(entry), entry)
    seen = _Document.of(document, memory, identity)
    met: dict[Clues, Entry] = {}
    claimed = set(spoken_for)
    for sign in _SIGNS[identity]:
        for clues in [clues for clues in document if clues not in met]:
            found = [known for known in sign(clues, seen, memory) if known.id not in claimed]
            if len(found) == 1:
                met[clues] = found[0]
                claimed.add(found[0].id)
    fresh = {clues: entry for clues, entry in document.items() if clues not in met}
    held: frozenset[Clues] = frozenset()
    if fresh and identity in {Identity.AUTO, Identity.TEXT}:
        source = next(iter(fresh.values())).source
        free = [known for known in _of(source, memory.by_id.values()) if known.id not in claimed]
        pairs, moved = _pair(fresh, free, Listed(entries=document, met=met), identity, unread=unread)
        met |= pairs
        if moved:
            held = old_news(Listed(entries=document, met=met), [clues for clues in fresh if clues not in met])
    newcomers = _mint([clues for clues in document if clues not in met], seen, memory)
    return Recognised(selves={**met, **newcomers}, held=held)


def _pair(
    fresh: Mapping[Clues, Entry], free: Sequence[Entry], listed: Listed, identity: Identity, *, unread: int
) -> tuple[dict[Clues, Entry], bool]:
    """The remembered entries that `fresh` ones are under new names, and whether the source renamed all it has."""
    sure = pair_surely(fresh, free)
    if identity is Identity.TEXT:
        return sure, False
    taken = {known.id for known in sure.values()}
    likely = pair_likely(
        {clues: entry for clues, entry in fresh.items() if clues not in sure},
        [known for known in free if known.id not in taken],
    )
    if is_redesign(listed, paired=unmistakable(sure | likely, fresh, free), unread=unread):
        return sure | likely, True
    return sure, False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    entries: Mapping[Clues, Entry]
    guids: Collection[str]
    """Those that are worthless."""
    urls: Collection[str]
    """Those that are worthless."""

    @classmethod
    def of(cls, entries: Mapping[Clues, Entry], memory: Memory, identity: Identity) -> _Document:
        guids, urls = worthless(entries)
        # Several remembered entries with one guid: it was worthless in an earlier document.
        guids |= {clues.guid for clues, entry in entries.items() if len(memory.called(entry.source, clues.guid)) > 1}
        if identity in {Identity.URL, Identity.TEXT}:
            guids |= {clues.guid for clues in entries}
        if identity is Identity.TEXT:
            urls |= {clues.canonical_url for clues in entries}
        return cls(entries=entries, guids=guids, urls=urls)

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
    named_by_address = clues.canonical_url and not clues.guid
    around = _of(source, memory.at(clues.canonical_url)) if named_by_address else memory.called(source, clues.guid)
    return [known for known in around if clues_of(known) == clues]


def _by_guid(clues: Clues, seen: _Document, memory: Memory) -> Iterable[Entry]:
    """A guid that did not serve as identity when the entry became known needs the address beside it.

    One that a publisher gives again, to another article at another address, is none either.
    """
    if clues.guid in seen.guids:
        return []
    entry = seen.entries[clues]
    called = [known for known in memory.called(entry.source, clues.guid) if not nothing_in_common(known, entry)]
    return [known for known in called if known.canonical_url == clues.canonical_url or not _minted_lower(known)]


def _by_guid_alone(clues: Clues, seen: _Document, memory: Memory) -> Iterable[Entry]:
    return [] if clues.guid in seen.guids else memory.called(seen.entries[clues].source, clues.guid)


def _by_address_alone(clues: Clues, seen: _Document, memory: Memory) -> Iterable[Entry]:
    return [] if clues.guid else _by_address(clues, seen, memory)


def _by_address(clues: Clues, seen: _Document, memory: Memory) -> Iterable[Entry]:
    """Where the guid is worthless, the address is the identity; where it changed, the address needs a second sign."""
    entry = seen.entries[clues]
    there = _of(entry.source, memory.at(clues.canonical_url))
    alone = len(there) == 1 and clues.canonical_url not in seen.urls
    if clues.guid in seen.guids or (alone and not there[0].guid):
        same_words = [known for known in there if known.fingerprint == clues.fingerprint]
        return there if alone else same_words
    respelt = [known for known in there if plain_guid(known.guid) == plain_guid(clues.guid)]
    return respelt or [known for known in there if _same_article(known, entry, alone=alone)]


def _by_earlier_id(clues: Clues, seen: _Document, memory: Memory) -> Iterable[Entry]:
    """What now names this entry once named one that is known under other clues since."""
    return [memory.by_id[rung] for rung in seen.rungs(clues) if rung in memory.by_id][:1]


def _same_article(known: Entry, entry: Entry, *, alone: bool) -> bool:
    """Entries at one address under two guids: mere neighbours unless words, title or date say more.

    A guid that follows the headline says nothing against it, and neither does a date that moves with an edit.
    """
    of_its_own = alone and names_an_article(entry.canonical_url)
    if of_its_own and not same_title(known, entry):
        follows = is_slugged(known) and is_slugged(entry)
        if follows or (same_body(known, entry) and abs(known.published - entry.published) <= SOON):
            return True
    if dates_differ(known, entry):
        return False
    if known.fingerprint == entry.fingerprint:
        return True
    if not of_its_own:
        return False
    dated = PublishedFrom.FIRST_SEEN not in (known.published_from, entry.published_from)
    return dated or known.title == entry.title


def _minted_lower(known: Entry) -> bool:
    """True when the entry had a guid that was of no use as its name."""
    return known.id in {url_id(known.source, known.canonical_url), text_id(known.source, clues_of(known))}


def _of(source: str, entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.source == source]


_SIGNS: Mapping[Identity, Sequence[Callable[[Clues, _Document, Memory], Iterable[Entry]]]] = {
    Identity.AUTO: (_by_clues, _by_guid, _by_address, _by_earlier_id),
    Identity.GUID: (_by_clues, _by_guid_alone, _by_address_alone, _by_earlier_id),
    Identity.URL: (_by_clues, _by_address, _by_earlier_id),
    Identity.TEXT: (_by_clues, _by_earlier_id),
}
