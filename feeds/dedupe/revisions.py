"""What an edit makes of a known entry: the new state, and the old one kept beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feeds.dedupe.kinds import kind_of
from feeds.model import Enclosure, Entry, PublishedFrom, Revision, RevisionKind

COMPARED = ("title", "summary", "content", "authors", "categories", "language")
"""Besides address, enclosures and publication date, which have rules of their own."""

TRUST = {PublishedFrom.FIRST_SEEN: 0, PublishedFrom.ASSUMED_ZONE: 1, PublishedFrom.FEED: 2}
"""A date from a surer origin takes the place of another one."""


def revise(known: Entry, seen: Entry) -> tuple[Entry, Revision | None]:
    """The state of `known` after it was seen again as `seen`, and its old state if a reader would see a difference.

    `id`, `first_seen` and, unless a better one came, `published` stay. With an edit `revised` becomes the time of this
    sight, which is `seen.first_seen`, and so do `last_update` and `last_material` where its kind is meant; with a
    material one `updated` becomes the publisher's own time if that is later than before, else the time of this sight.
    Without an edit everything stays that readers and topics can see; only what identifies the entry follows the
    publisher, so that the entry may differ from `known` and be worth storing.
    """
    changes = _changes(known, seen)
    if not changes:
        return replace(known, guid=seen.guid, fingerprint=seen.fingerprint, sketch=seen.sketch), None
    now = seen.first_seen
    kind = kind_of(known, seen, changes)
    material = kind is RevisionKind.MATERIAL
    moved = seen.updated if seen.updated > known.updated else max(now, known.updated)
    dated = seen if "published" in changes else known
    revised = replace(
        seen,
        id=known.id,
        # An address that only differs in what canonical URLs leave out (tracking parameters that rotate) is no edit.
        url=seen.url if "url" in changes else known.url,
        published=dated.published,
        published_from=dated.published_from,
        published_text=dated.published_text,
        updated=moved if material else known.updated,
        first_seen=known.first_seen,
        revised=now,
        revision=known.revision + 1,
        last_update=known.last_update if kind is RevisionKind.SILENT else now,
        last_material=now if material else known.last_material,
    )
    return revised, kept(known, replaced=now, changes=changes, kind=kind)


def kept(known: Entry, *, replaced: datetime, changes: tuple[str, ...], kind: RevisionKind) -> Revision:
    """What stays of the state that `known` had when an edit took its place."""
    return Revision(
        entry=known.id,
        number=known.revision,
        replaced=replaced,
        changes=changes,
        kind=kind,
        title=known.title,
        summary=known.summary,
        content=known.content,
        url=known.url,
    )


def _changes(known: Entry, seen: Entry) -> tuple[str, ...]:
    changes = [name for name in COMPARED if getattr(known, name) != getattr(seen, name)]
    if _files(known) != _files(seen):
        changes.append("enclosures")
    if known.canonical_url != seen.canonical_url:
        changes.append("url")
    # Publishers move their dates at every fetch: the first one holds until a more trustworthy one comes. What the
    # publisher wrote all along is none, even if it is read otherwise by now.
    better = TRUST[seen.published_from] > TRUST[known.published_from]
    if better and seen.published_text != known.published_text:
        changes.append("published")
    return tuple(changes)


def _files(entry: Entry) -> tuple[Enclosure, ...]:
    """Without pictures, which are swapped without a word: 161 of 283 edits in 150 versions of one captured feed."""
    return tuple(file for file in entry.enclosures if not file.media_type.startswith("image/"))
