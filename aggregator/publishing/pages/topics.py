"""The pages of topics, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Final
from urllib.parse import quote

from aggregator.publishing.pages.passages import Marked
from aggregator.publishing.pages.views import (
    EntryLine,
    FeedLink,
    IndexView,
    Link,
    Named,
    SiteView,
    StoryLine,
    StoryView,
    Tally,
    TopicLine,
    TopicView,
    Troubles,
)
from feeds.model import Credit, Origin
from feeds.render import Prepared, Shown, anchor
from feeds.topics import Candidate

DAYS: Final = 30
"""That a topic's tally spans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What a topic's page knows of an entry beyond what its feed says."""

    why: str = ""
    """The topic's line that matched."""
    story: str = ""
    marked: Marked


def index_view(topics: Iterable[TopicLine], *, site: SiteView, troubles: Troubles) -> IndexView:
    return IndexView(site=site, topics=tuple(topics), troubles=troubles)


def topic_view(
    prepared: Prepared,
    *,
    tally: Tally,
    reasons: Callable[[Shown], Reasons],
    stories: Mapping[str, StoryView],
    site: SiteView,
) -> TopicView:
    """The page of a topic, by the times that it shows, newest first; entries of one story stand together.

    The feed has them as they came in, which the page does not show. A story stands where its newest entry does.
    `stories` are those that have a page, by id.
    """
    groups: dict[str, list[EntryLine]] = {}
    for shown in sorted(prepared.entries, key=lambda one: one.published, reverse=True):
        known = reasons(shown)
        groups.setdefault(known.story or shown.id, []).append(_entry(shown, known))
    lines = tuple(_story(stories.get(story), entries) for story, entries in groups.items())
    return TopicView(site=site, topic=topic_line(prepared, tally=tally, site=site), stories=lines)


def topic_line(prepared: Prepared, *, tally: Tally, site: SiteView) -> TopicLine:
    feed = prepared.feed
    formats = (
        ("Atom", "application/atom+xml", "atom"),
        ("RSS", "application/rss+xml", "rss"),
        ("JSON Feed", "application/feed+json", "json"),
    )
    return TopicLine(
        id=feed.topic,
        title=feed.title,
        path=f"{site.root}/topics/{quote(feed.topic)}",
        entries=len(prepared.entries),
        updated=prepared.updated if prepared.entries else None,
        feeds=tuple(FeedLink(format=f, media_type=m, url=f"{feed.feed_url}.{s}") for f, m, s in formats),
        tally=tally,
    )


def tally_of(candidates: Iterable[Candidate]) -> Tally:
    """How many texts a topic took on each of the last days, by the day on which they were published.

    Copies count with their original, and what is held not at all. An entry from the future counts for the day on which
    it was seen.
    """
    taken: Counter[date] = Counter()
    for one in candidates:
        placement = one.placement
        if placement is None or not (placement.held or placement.copy_of):
            taken[min(one.entry.published, one.entry.first_seen).astimezone(UTC).date()] += 1
    last = max(taken, default=None)
    if last is None:
        return Tally(last=None, days=(0,) * DAYS)
    return Tally(last=last, days=tuple(taken[last - timedelta(days=before)] for before in reversed(range(DAYS))))


def outlet(origin: Origin, page: str = "") -> Link:
    """An outlet with what is best to be read there: `page`, what it tells for another's entry, or its home."""
    url = page or origin.page or origin.home
    return Link(name=origin.title, url=url if url.startswith(("http://", "https://")) else "")


def named(credits_: Iterable[Credit]) -> tuple[Named, ...]:
    return tuple(Named(outlet=credit.outlet, role=credit.role) for credit in credits_)


def _story(page: StoryView | None, entries: Sequence[EntryLine]) -> StoryLine:
    lines = tuple(entries)
    if page is None:
        return StoryLine(path="", tellings=len(lines), copies=0, outlets=0, edits=0, entries=lines)
    return StoryLine(
        path=page.path,
        tellings=len(page.tellings) + page.left_out,
        copies=page.copies,
        outlets=page.outlets,
        edits=sum(len(telling.edits) + telling.left_out for telling in page.tellings),
        entries=lines,
    )


def _entry(shown: Shown, known: Reasons) -> EntryLine:
    return EntryLine(
        id=shown.entry,
        anchor=anchor(shown.id),
        title=known.marked.title,
        url=shown.url,
        language=shown.language,
        summary=known.marked.summary,
        passage=known.marked.passage,
        outlet=outlet(shown.origin),
        also=tuple(outlet(origin) for origin in shown.also),
        credits=named(shown.credits),
        published=shown.published,
        why=known.why,
    )
