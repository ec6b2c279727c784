"""What pages show, as frozen values: templates draw them and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from aggregator.pages.phrases import PHRASES
from feeds.model import Origin
from feeds.render import Prepared, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """What every page has in common."""

    title: str
    language: str
    """A key of `PHRASES`."""
    root: str
    """Path under which the site lives, without slash at its end; empty: at the top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A time for people and for machines; UTC."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """One format of a topic's feed."""

    format: str
    media_type: str
    url: str
    """Absolute: people copy it into their reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """A topic in the list of topics."""

    title: str
    path: str
    entries: int
    updated: MomentView | None
    """None: nothing was found yet."""
    feeds: tuple[FeedLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletView:
    """An outlet's name and, where it has one, its page."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """An entry in the list of a topic."""

    title: str
    url: str
    language: str
    summary: str
    outlet: OutletView
    also: tuple[OutletView, ...]
    published: MomentView
    why: str
    """The topic's line that matched, as its author wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexView:
    """The page of all topics."""

    site: SiteView
    topics: tuple[TopicLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicView:
    """The page of one topic."""

    site: SiteView
    topic: TopicLine
    entries: tuple[EntryLine, ...]


def index_view(topics: Sequence[Prepared], *, site: SiteView) -> IndexView:
    return IndexView(site=site, topics=tuple(_topic(prepared, site) for prepared in topics))


def topic_view(prepared: Prepared, *, why: Mapping[str, str], site: SiteView) -> TopicView:
    """The page of a topic; `why` has the matched line by our entry id."""
    lines = tuple(_entry(shown, why.get(shown.entry, ""), site) for shown in prepared.entries)
    return TopicView(site=site, topic=_topic(prepared, site), entries=lines)


def _topic(prepared: Prepared, site: SiteView) -> TopicLine:
    feed = prepared.feed
    formats = (
        ("Atom", "application/atom+xml", "atom"),
        ("RSS", "application/rss+xml", "rss"),
        ("JSON Feed", "application/feed+json", "json"),
    )
    return TopicLine(
        title=feed.title,
        path=f"{site.root}/topics/{quote(feed.topic)}",
        entries=len(prepared.entries),
        updated=_moment(prepared.updated, site) if prepared.entries else None,
        feeds=tuple(FeedLink(format=f, media_type=m, url=f"{feed.feed_url}.{s}") for f, m, s in formats),
    )


def _entry(shown: Shown, why: str, site: SiteView) -> EntryLine:
    return EntryLine(
        title=shown.title,
        url=shown.url,
        language=shown.language,
        summary=shown.summary,
        outlet=_outlet(shown.origin),
        also=tuple(_outlet(origin) for origin in shown.also),
        published=_moment(shown.published, site),
        why=why,
    )


def _outlet(origin: Origin) -> OutletView:
    page = origin.page or origin.home
    return OutletView(name=origin.title, url=page if page.startswith(("http://", "https://")) else "")


def _moment(moment: datetime, site: SiteView) -> MomentView:
    return MomentView(text=PHRASES[site.language].moment(moment), iso=moment.isoformat())
