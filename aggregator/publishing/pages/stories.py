"""The page of a story, as a value: every telling on a time line, with its copies and its edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from aggregator.publishing.pages.passages import beginning
from aggregator.publishing.pages.topics import named, outlet
from aggregator.publishing.pages.views import CopyView, EditView, Link, SiteView, StoryView, TellingView
from feeds.dedupe.wording import Part, Segment, changes_between
from feeds.model import Entry, Origin, Placement, Revision
from feeds.sanitize import plain_text
from feeds.text.forms import primary

MOST_TELLINGS: Final = 60
"""On a page; the event of a month, told by hundreds, would make one of megabytes."""
MOST_EDITS: Final = 10
"""Of a telling, the newest: a live text is edited every few minutes."""
CONTEXT: Final = 8
"""Words of what stayed the same around a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is stored of a story."""

    id: str
    entries: tuple[Entry, ...]
    """Without those that are held or hidden, at least one."""
    placements: Mapping[str, Placement]
    """By entry id."""
    revisions: Mapping[str, Sequence[Revision]]
    """By entry id, oldest first; nothing for entries that never changed."""


def story_view(told: Told, *, topics: Iterable[Link], origins: Mapping[str, Origin], site: SiteView) -> StoryView:
    """The page of a story; its title is that of the first telling in the site's language, or of the first one."""
    copies: dict[str, list[Entry]] = {}
    roots = []
    present = {entry.id for entry in told.entries}
    for entry in sorted(told.entries, key=lambda one: (one.published, one.first_seen, one.id)):
        original = _placement(told, entry).copy_of
        if original in present:
            copies.setdefault(original, []).append(entry)
        else:  # of a copy whose original left nothing else speaks
            roots.append(entry)
    head = next((entry for entry in roots if primary(entry.language) == site.language), roots[0])
    titles = {entry.id: entry.title for entry in told.entries}
    return StoryView(
        site=site,
        id=told.id,
        path=story_path(told.id, site),
        title=head.title,
        language=head.language,
        topics=tuple(topics),
        tellings=tuple(
            _telling(entry, told, copies.get(entry.id, ()), titles, origins) for entry in roots[:MOST_TELLINGS]
        ),
        left_out=max(0, len(roots) - MOST_TELLINGS),
        copies=len(told.entries) - len(roots),
        outlets=len({entry.source for entry in told.entries}),
        updated=max(max(entry.first_seen, entry.revised) for entry in told.entries).replace(microsecond=0),
    )


def story_path(story_id: str, site: SiteView) -> str:
    """As a link has it."""
    return f"{site.root}/stories/{story_id}"


def _telling(
    entry: Entry,
    told: Told,
    copies: Iterable[Entry],
    titles: Mapping[str, str],
    origins: Mapping[str, Origin],
) -> TellingView:
    edits, left_out = _edits(entry, told.revisions.get(entry.id, ()))
    edition_of = _placement(told, entry).edition_of
    return TellingView(
        id=entry.id,
        title=entry.title,
        url=entry.url,
        language=entry.language,
        summary=beginning(entry.summary or plain_text(entry.content)),
        outlet=_outlet(entry, origins),
        credits=named(entry.credits),
        published=_published(entry),
        edition_of=titles.get(edition_of, "") if edition_of else "",
        copies=tuple(
            CopyView(
                id=copy.id,
                title=copy.title,
                url=copy.url,
                language=copy.language,
                outlet=_outlet(copy, origins),
                published=_published(copy),
            )
            for copy in copies
        ),
        edits=edits,
        left_out=left_out,
    )


def _edits(entry: Entry, revisions: Sequence[Revision]) -> tuple[tuple[EditView, ...], int]:
    """The newest edits that changed a word, and how many others there are."""
    states = [(one.title, _text(one.summary, one.content)) for one in revisions]
    states.append((entry.title, _text(entry.summary, entry.content)))
    found: list[EditView] = []
    for number in reversed(range(len(revisions))):
        (title, text), (new_title, new_text) = states[number : number + 2]
        if title == new_title and text == new_text:
            continue
        if len(found) == MOST_EDITS:
            return tuple(reversed(found)), number + 1
        found.append(
            EditView(
                at=revisions[number].replaced.replace(microsecond=0),
                kind=revisions[number].kind,
                title=changes_between(title, new_title) if title != new_title else (),
                text=_shortened(changes_between(text, new_text)) if text != new_text else (),
            )
        )
    return tuple(reversed(found)), 0


def _text(summary: str, content: str) -> str:
    """Both, unless the content begins with the summary, as it mostly does."""
    body = plain_text(content)
    return body if not summary or body.startswith(summary.rstrip("….")) else f"{summary}\n{body}".rstrip()


def _shortened(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """What stayed the same, cut to a few words beside each change; where nothing changed, nothing."""
    if not any(segment.part is not Part.KEPT for segment in segments):
        return ()
    return tuple(
        _cut(segment, before=place > 0, after=place < len(segments) - 1) if segment.part is Part.KEPT else segment
        for place, segment in enumerate(segments)
    )


def _cut(segment: Segment, *, before: bool, after: bool) -> Segment:
    """`before`, `after`: there is a change on this side of the segment."""
    words = segment.text.split(" ")
    if len(words) <= CONTEXT * (before + after) + 1:
        return segment
    head = words[:CONTEXT] if before else []
    tail = words[-CONTEXT:] if after else []
    return replace(segment, text=" ".join([*head, "…", *tail]))


def _published(entry: Entry) -> datetime:
    """Never later than when we saw it, whatever its publisher's clock says."""
    return min(entry.published, entry.first_seen).replace(microsecond=0)


def _outlet(entry: Entry, origins: Mapping[str, Origin]) -> Link:
    origin = origins.get(entry.source) or Origin(id=entry.source, title=entry.source, url="")
    return outlet(origin)


def _placement(told: Told, entry: Entry) -> Placement:
    return told.placements.get(entry.id) or Placement(entry=entry.id)
