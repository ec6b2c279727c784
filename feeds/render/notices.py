"""What was told of sources, config and store, as a feed: who reads topics hears of trouble in the same reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import uuid5

from feeds.model import CONFIG, STORE, Entry, Notice, Origin, PublishedEntry, Site, TopicFeed
from feeds.render.chain import Link
from feeds.render.entries import Prepared, prepare

NAME: Final = "_health"
"""No topic can have it: an id begins with a letter or a digit."""

_BEGUN: Final = {
    "ok": "{} is in order again",
    "failing": "{} cannot be fetched",
    "throttled": "{} turns us away: too many requests",
    "missing": "{} is missing",
    "parked": "{} is gone for good",
    "stale": "{} has gone quiet",
    "gap": "{} may have lost entries",
    "moved": "{} has moved",
}
_ENDED: Final = {
    "stale": "{} has something new again",
    "moved": "{} is asked at its own address again",
}
_OWN: Final = {
    (CONFIG, False): "The config is refused",
    (CONFIG, True): "The config is right again",
    (STORE, False): "Nothing can be stored",
    (STORE, True): "The store takes changes again",
}
_OWN_REASONS: Final = {
    (CONFIG, False): "Everything goes on by the config before",
    (STORE, False): "Fetching pauses, and what is published stays",
}


def notices_feed(
    notices: Sequence[Notice], *, site: Site, base_url: str, title: str, origins: Mapping[str, Origin]
) -> Prepared:
    """The feed of `notices` (oldest first), newest first; ready for `atom`.

    Ids follow from the site and from what each notice tells; `origins` are the sources, by id, which tells those apart
    that share a name.
    """
    home = f"{base_url}/sources"
    daemon = Origin(id=NAME, title=title, url="", home=home)
    named = Counter(origin.title for origin in origins.values())
    known = {
        one: replace(origin, title=f"{origin.title} ({one})") if named[origin.title] > 1 else origin
        for one, origin in origins.items()
    }
    feed = TopicFeed(
        id=uuid5(site.id, "notices").urn,
        topic=NAME,
        title=f"Health of {title}",
        home=home,
        feed_url=f"{base_url}/feeds/{NAME}",
        language="en",
        updated=max((notice.at for notice in notices), default=site.since),
        entries=tuple(_published(notice, site=site, daemon=daemon, known=known) for notice in reversed(notices)),
    )
    prepared = prepare(feed)
    here = Link(url=home, title="All sources, and how they are")
    return replace(
        prepared,
        entries=tuple(replace(shown, why=here) for shown in prepared.entries),
        about="What goes wrong with sources, config and store, each change once.",
    )


def headline(notice: Notice, name: str) -> str:
    """What is told, in a line; `name` is the source's."""
    if notice.about in (CONFIG, STORE):
        return _OWN[notice.about, notice.ended]
    known = (_ENDED if notice.ended else _BEGUN).get(notice.condition)
    return known.format(name) if known else f"{name}: {'no longer ' if notice.ended else ''}{notice.condition}"


def _published(notice: Notice, *, site: Site, daemon: Origin, known: Mapping[str, Origin]) -> PublishedEntry:
    of_source = notice.about not in (CONFIG, STORE)
    origin = known.get(notice.about, Origin(id=notice.about, title=notice.about, url="")) if of_source else daemon
    said = [_OWN_REASONS.get((notice.about, notice.ended), ""), notice.reason]
    title = headline(notice, origin.title)
    entry = Entry(
        id=uuid5(site.id, f"notice:{notice.at.isoformat()}:{notice.about}:{notice.condition}").urn,
        source=origin.id,
        guid="",
        url=f"{daemon.home}#source-{notice.about}" if of_source else daemon.home,
        canonical_url="",
        title=title,
        summary=": ".join(filter(None, said)) or title,
        language="en",
        published=notice.at,
        updated=notice.at,
        first_seen=notice.at,
        revised=notice.at,
    )
    return PublishedEntry(id=entry.id, entry=entry, original=entry.id, origin=origin)
