"""Our own published entries, when a source feeds them back to us: they add nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from feeds.model import Entry, Placement

Urns = Callable[[str], Collection[str]]
"""The ids, `urn:uuid:…`, under which an entry (or a story) with this id of ours is published: one for each topic."""

HALF = 2
"""Where one in so many of a document's entries that look like ours are ours, all of those are."""

_PUBLISHED = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""What our ids look like: UUIDs of version 5, which others may use too."""


def no_urns(_entry_id: str) -> Collection[str]:
    """Of who publishes nothing."""
    return ()


def without_echoes(
    entries: Sequence[Entry], *, known: Iterable[Entry], placements: Mapping[str, Placement], urns: Urns
) -> tuple[Entry, ...]:
    """The `entries` of a document that are not our own come back.

    An entry is our own if its guid is one of the `urns` of a remembered entry with its address, or of what that one is
    placed with: no other site can make that id. So the format of the document, the address it came from and our credit
    line in its text play no part, and another topicwire's feed is a source like any other. `known` must hold the
    remembered entries and tombstones of all sources with the address of one of them. An own entry whose original is no
    longer known is recognised by its company.
    """
    suspects = [entry for entry in entries if _PUBLISHED.fullmatch(entry.guid)]
    if not suspects:
        return tuple(entries)
    at: defaultdict[str, set[str]] = defaultdict(set)
    for one in known:
        if one.canonical_url:
            at[one.canonical_url] |= _ids(one, placements.get(one.id))
    own = {
        entry.guid
        for entry in suspects
        if any(entry.guid in urns(one) for one in sorted(at.get(entry.canonical_url, ())))
    }
    if len(own) * HALF >= len(suspects):
        own = {entry.guid for entry in suspects}
    return tuple(entry for entry in entries if entry.guid not in own)


def _ids(entry: Entry, placement: Placement | None) -> set[str]:
    placed = (placement.copy_of, placement.story, placement.edition_of) if placement else ()
    return {entry.id, *filter(None, placed)}
