"""Topic feeds written for tests: three outlets, three languages, mark-up and letters that trip renderers up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from feeds.model import Enclosure, Entry, Origin, PublishedEntry, RevisionKind, Succession, TopicFeed

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)

RIVER = Origin(
    id="river", title="River Post", url="https://river.example/feed?all&lang=en", home="https://river.example/"
)
DZVIN = Origin(id="dzvin", title="Дзвін & Ко", url="https://dzvin.example/rss", home="https://dzvin.example/")
STEP = Origin(id="step", title="Степной вестник", url="https://step.example/rss", home="")


def an_entry(number: int = 1, **changes) -> Entry:
    """Entry `number`: first seen that many hours before noon, published half an hour earlier."""
    seen = NOON - timedelta(hours=number)
    plain = Entry(
        id=f"river:{number}",
        source="river",
        guid=f"g{number}",
        url=f"https://river.example/{number}",
        canonical_url=f"https://river.example/{number}",
        title=f"Headline {number}",
        summary=f"Summary {number}.",
        content=f"<p>Body {number}.</p>",
        authors=("Ann Quill",),
        language="en",
        published=seen - timedelta(minutes=30),
        updated=seen - timedelta(minutes=30),
        first_seen=seen,
        revised=seen,
    )
    return replace(plain, **changes)


def published(entry: Entry, origin: Origin = RIVER, also: tuple[Origin, ...] = ()) -> PublishedEntry:
    """As in a topic that tells of every edit."""
    urn = uuid5(NAMESPACE_URL, entry.id).urn
    edited = entry.edited(RevisionKind.SILENT)
    return PublishedEntry(id=urn, entry=entry, original=entry.id, origin=origin, also=also, edited=edited)


def a_feed(*entries: PublishedEntry, **changes) -> TopicFeed:
    plain = TopicFeed(
        id=uuid5(NAMESPACE_URL, "feed").urn,
        topic="river-treaty",
        title="River treaty & border",
        home="https://feeds.example/topics/river-treaty",
        feed_url="https://feeds.example/feeds/river-treaty",
        language="en",
        updated=NOON,
        entries=entries,
    )
    return replace(plain, **changes)


def as_archive(feed: TopicFeed) -> TopicFeed:
    """The same entries in the middle of the history of a feed."""
    base = feed.feed_url
    beside = Succession(current=base, previous=f"{base}/archive/1", following=f"{base}/archive/3")
    return replace(feed, feed_url=f"{base}/archive/2", succession=beside)


def the_golden_feed() -> TopicFeed:
    """What the files in tests/golden hold."""
    picture = Enclosure(url="https://river.example/a%20b.jpg?w=1&h=2", media_type="image/jpeg", length=2048)
    sound = Enclosure(url="https://river.example/talk.mp3", media_type="audio/mpeg")
    return a_feed(
        published(
            an_entry(
                1,
                title="Smith & Sons: is 3 < 4? <b> is no tag here",
                url="https://river.example/1?id=7&ref=home",
                summary="Questions & answers about 3 < 4.",
                content='<p>Bold <b>text</b> &amp; a <a href="https://river.example/x?a=1&amp;b=2">link</a>.</p>',
                authors=("Ann Quill", "O’Hara, Jr."),
                categories=("Law & order", "River treaty & border"),
                enclosures=(picture, sound),
            ),
            also=(DZVIN, STEP),
        ),
        published(
            an_entry(
                2,
                id="dzvin:2",
                source="dzvin",
                url="https://dzvin.example/новини/2",
                title="Угоду про річку підписано: «останнє слово» за сенатом",
                summary="",
                content="<p>Сенат проголосує <i>завтра</i>.</p><ul><li>перше</li><li>друге</li></ul>",
                authors=(),
                language="uk",
                revision=1,
                revised=NOON - timedelta(minutes=5),
            ),
            origin=DZVIN,
        ),
        published(
            an_entry(
                3,
                id="step:3",
                source="step",
                url="",
                title="Сводка без ссылки 📰",
                summary="",
                content="",
                authors=(),
                language="ru",
                published=NOON + timedelta(days=1),
                updated=NOON + timedelta(days=1),
            ),
            origin=STEP,
        ),
    )
