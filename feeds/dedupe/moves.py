"""A source that gave its entries new names: what moved is known by its words and dates, and what did not pair is held.

After a redesign, or a move to another system, a document lists known articles under new guids, often at new addresses.
They pair with remembered entries by headline, text and date. Such a document is no news, and what in it does not pair
is more often old than new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from feeds.dedupe.ids import Clues
from feeds.dedupe.resemblance import (
    NEIGHBOURS,
    common_words,
    is_slugged,
    plain_guid,
    same_body,
    same_moment,
    same_title,
)
from feeds.model import Entry, PublishedFrom

LEAST_PAIRS = 3
"""Entries under new names that make a redesign: one or two are headlines that were edited."""
STEADY = 4
"""There may be one entry that kept its name for so many that did not: in a redesign every name is new."""
NEAR = timedelta(hours=14)
"""How far a date may move: a system that took local times for UTC shifts them by so much at most. What bears one
headline every day is further apart."""
AT_ONCE = timedelta(hours=1)
"""Within which a system dates everything that it takes over, if it takes that moment for the date."""
WORDY = 8
"""Words of headline and text that are hardly equal by chance where no date helps."""
MOST_COMPARED = 50
"""Remembered entries of one moment whose texts are looked at: where dates have no time, a day has hundreds."""

REASON = "an old entry of a source that gave all its entries new names"

Fresh = Mapping[Clues, Entry]


def pair_surely(fresh: Fresh, free: Iterable[Entry]) -> dict[Clues, Entry]:
    """The remembered entries that `fresh` ones are, where the date and the words say so; none is paired twice.

    `free` are those of their source that are none of the document's other entries.
    """
    at: defaultdict[Hashable, list[Entry]] = defaultdict(list)
    for known in free:
        for moment in _moments(known):
            at[moment].append(known)
    met: dict[Clues, Entry] = {}
    taken: set[str] = set()
    for sign, most in ((same_title, None), (_same_telling, MOST_COMPARED)):
        for clues, entry in fresh.items():
            if clues in met:
                continue
            near = (known for moment in _moments(entry) for known in at[moment][:most] if known.id not in taken)
            found = next((known for known in near if same_moment(known, entry) and sign(known, entry)), None)
            if found:
                met[clues] = found
                taken.add(found.id)
    return met


def pair_likely(fresh: Fresh, free: Sequence[Entry]) -> dict[Clues, Entry]:
    """The same by words alone, or by a headline and a date that is near: good enough where many pair at once."""
    met: dict[Clues, Entry] = {}
    taken: set[str] = set()
    for key, agrees in ((_wording, _always), (_headline, _near)):
        by_key: defaultdict[Hashable, list[Entry]] = defaultdict(list)
        for known in free:
            by_key[key(known)].append(known)
        for clues, entry in fresh.items():
            if clues in met:
                continue
            rest = [known for known in by_key[key(entry)] if known.id not in taken and agrees(known, entry)]
            if rest:
                met[clues] = rest[0]
                taken.add(rest[0].id)
    return met


def unmistakable(pairs: Mapping[Clues, Entry], fresh: Fresh, free: Iterable[Entry]) -> int:
    """How many of the `pairs` prove that their source renamed what it has.

    Their headlines are no other entry's, neither here nor there, and their dates agree, or tell nothing: they are
    missing, or all of one hour where they were of several days. A notice in the same words every day proves nothing.
    """
    here = Counter(map(_headline, fresh.values()))
    there = Counter(map(_headline, free))
    alone = [
        (known, fresh[clues])
        for clues, known in pairs.items()
        if here[_headline(fresh[clues])] == there[_headline(known)] == 1
    ]
    near = sum(_near(known, entry) and (_dated(known, entry) or _wordy(known, entry)) for known, entry in alone)
    far = [(known, entry) for known, entry in alone if not _near(known, entry)]
    return near + (len(far) if far and _dated_anew(far) else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document of which it is known who of its entries is known."""

    entries: Fresh
    """All of them, in its order."""
    met: Mapping[Clues, Entry]
    """Those that are known, as they were."""


def is_redesign(listed: Listed, *, paired: int, unread: int) -> bool:
    """Whether the source gave its entries new names.

    `paired` is how many pair by their words alone, `unread` how many were left out of the document because they stand
    as before. A guid that only moved to https is the name that it was.
    """
    renamed = sum(plain_guid(clues.guid) != plain_guid(known.guid) for clues, known in listed.met.items())
    steady = len(listed.met) - renamed + unread
    return renamed + paired >= max(LEAST_PAIRS, STEADY * steady)


def old_news(listed: Listed, newcomers: Collection[Clues]) -> frozenset[Clues]:
    """Those of the `newcomers` that are not plainly news, in the document of a redesign.

    News was published after every entry of the document that is known; without a date, it stands before all of them,
    for feeds go from the newest to the oldest.
    """
    dated = [known.published for known in listed.met.values() if known.published_from is not PublishedFrom.FIRST_SEEN]
    newest = max(dated, default=None)
    held = set()
    passed_known = False
    for clues, entry in listed.entries.items():
        passed_known = passed_known or clues in listed.met
        if clues not in newcomers:
            continue
        undated = entry.published_from is PublishedFrom.FIRST_SEEN or newest is None
        if passed_known if undated else newest is not None and entry.published <= newest:
            held.add(clues)
    return frozenset(held)


def _same_telling(known: Entry, entry: Entry) -> bool:
    """Published at one moment, with one text, or under a headline that was edited and that the guid follows."""
    return same_body(known, entry) or (
        is_slugged(known) and is_slugged(entry) and common_words(known, entry) >= NEIGHBOURS[0]
    )


def _moments(entry: Entry) -> tuple[Hashable, ...]:
    if entry.published_from is PublishedFrom.FIRST_SEEN:
        return ()
    return (entry.published, entry.published_text) if entry.published_text else (entry.published,)


def _wording(entry: Entry) -> Hashable:
    return entry.fingerprint


def _headline(entry: Entry) -> Hashable:
    return " ".join(entry.title.casefold().split())


def _always(_known: Entry, _entry: Entry) -> bool:
    return True


def _near(known: Entry, entry: Entry) -> bool:
    return not _dated(known, entry) or same_moment(known, entry) or abs(known.published - entry.published) <= NEAR


def _dated(known: Entry, entry: Entry) -> bool:
    return PublishedFrom.FIRST_SEEN not in (known.published_from, entry.published_from)


def _wordy(known: Entry, entry: Entry) -> bool:
    said = len(f"{entry.title} {entry.summary}".split())
    return known.fingerprint == entry.fingerprint and said >= WORDY


def _dated_anew(pairs: Sequence[tuple[Entry, Entry]]) -> bool:
    before = [known.published for known, _ in pairs]
    now = [entry.published for _, entry in pairs]
    return max(now) - min(now) <= AT_ONCE and max(before) - min(before) > NEAR
