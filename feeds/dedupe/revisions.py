"""What an edit makes of a known entry: the new state, and the old one kept beside it."""

from __future__ import annotations

from dataclasses import replace

from feeds.model import Entry, PublishedFrom, Revision

COMPARED = ("title", "summary", "content", "authors", "categories", "enclosures")
"""Besides the address and the publication date, which have rules of their own. Not compared: guid, language,
fingerprint (they follow silently) and dates that the publisher moves."""

_TRUST = {PublishedFrom.FIRST_SEEN: 0, PublishedFrom.ASSUMED_ZONE: 1, PublishedFrom.FEED: 2}


def revise(known: Entry, seen: Entry) -> tuple[Entry, Revision | None]:
    """The state of `known` after it was seen again as `seen`, and its old state if a reader would see a difference.

    `id`, `first_seen` and, unless a better one came, `published` stay. With an edit `revised` becomes the time of this
    sight, which is `seen.first_seen`; `updated` becomes the publisher's own time if that is later than before, else
    the time of this sight. Without one only guid, language and the like follow the publisher: the entry may differ
    from `known` and be worth storing, though there is no revision.
    """
    changes = _changes(known, seen)
    now = seen.first_seen
    kept = replace(
        seen,
        id=known.id,
        # An address that only differs in what canonical URLs leave out (tracking parameters that rotate) is no edit.
        url=seen.url if "url" in changes else known.url,
        first_seen=known.first_seen,
        revised=known.revised,
        revision=known.revision,
        updated=known.updated,
    )
    if "published" not in changes:
        kept = replace(
            kept,
            published=known.published,
            published_from=known.published_from,
            published_text=known.published_text,
        )
    if not changes:
        return kept, None
    updated = seen.updated if seen.updated > known.updated else max(now, known.updated)
    return replace(kept, revised=now, revision=known.revision + 1, updated=updated), Revision(
        entry=known.id,
        number=known.revision,
        replaced=now,
        changes=changes,
        title=known.title,
        summary=known.summary,
        content=known.content,
        url=known.url,
    )


def _changes(known: Entry, seen: Entry) -> tuple[str, ...]:
    changes = [name for name in COMPARED if getattr(known, name) != getattr(seen, name)]
    if known.canonical_url != seen.canonical_url:
        changes.append("url")
    # Publishers move their dates at every fetch: the first one holds until a more trustworthy one comes.
    if _TRUST[seen.published_from] > _TRUST[known.published_from]:
        changes.append("published")
    return tuple(changes)
