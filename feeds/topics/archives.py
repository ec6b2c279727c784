"""The history of a topic's feed as documents that can be walked (RFC 5005 §4): the feed, then archives.

The feed holds the newest `limit` entries of those that no archive has. What it has no room for goes to archives: the
oldest are cut off as soon as they are `PAGE`, under the next number, and which they are is remembered. From then on
entries may leave an archive, by age or because they are kept from readers, and none ever joins it: whoever has read it
need not look again. An entry that turns up late, though its place in the order is long past, is in no archive yet.

Fewer than `PAGE` that the feed has no room for are an archive as well, with a name that says which they are: it is
followed by another one with the next entry. So no entry is in two documents or in none, and no document grows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from feeds.model import Archive, Succession, TopicFeed
from feeds.query.expr import Rules
from feeds.topics.collapsing import Telling
from feeds.topics.references import refs
from feeds.topics.selection import Masthead, made_of
from feeds.topics.topic import Topic

PAGE: Final = 50
"""Entries of an archive: what a feed holds by default, some 100 kB in each format."""
FOLDER: Final = "/archive/"
"""Of a topic's archives, below the address of its feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one document of a topic's history holds."""

    name: str = ""
    """Of an archive: its number, or for the one that lasts until the next entry comes, which number it will be a part
    of and which entries it holds. Empty: it is the feed itself.
    """
    tellings: tuple[Telling, ...] = ()

    @property
    def path(self) -> str:
        """Below the address of the feed."""
        return f"{FOLDER}{self.name}" if self.name else ""

    @property
    def lasts(self) -> bool:
        """Whether it is an archive for good."""
        return self.name.isdecimal()


def edition(topic: Topic) -> str:
    """What the topic asks for and how much its feed holds, as a short text: another one, other archives.

    What is only said of the topic (its title, how it treats edits, how old entries may grow) is no part of it.
    """
    asked = [_asked(topic), topic.collapse, topic.limit]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _asked(rules: Rules) -> list[Any]:
    """All that decides whether an entry is in, by every topic that is asked, as plain JSON."""
    where = rules.where
    age = where.max_age.total_seconds() if where.max_age else None
    lines = [sorted((table, [one.text for one in own]) for table, own in part.items()) for part in _parts(rules)]
    queries = chain.from_iterable(own for part in _parts(rules) for _, own in sorted(part.items()))
    others = [ref.rules for query in queries for ref in refs(query.expr) if ref.rules]
    narrowed = [sorted(where.languages), sorted(where.sources), sorted(where.tags), age, where.min_words]
    return [lines, narrowed, rules.min_score, *map(_asked, others)]


def _parts(rules: Rules) -> tuple[Any, Any]:
    return rules.match, rules.exclude


def cut(topic: Topic, tellings: Sequence[Telling], archives: Iterable[Archive]) -> tuple[Archive, ...]:
    """The archives to be remembered beside those that there are of the topic, of whatever edition; oldest first.

    `tellings` are all that it shows, in the order of its feed.
    """
    known, present = tuple(archives), edition(topic)
    last = max((one.number for one in known), default=0)
    free = [telling.original for telling in _free(tellings, _of(known, present))][topic.limit :]
    count = len(free) // PAGE
    oldest_first = (free[len(free) - PAGE * n : len(free) - PAGE * (n - 1)] for n in range(1, count + 1))
    return tuple(
        Archive(topic=topic.first_id, number=last + n, edition=present, entries=tuple(page))
        for n, page in enumerate(oldest_first, 1)
    )


def divide(topic: Topic, tellings: Sequence[Telling], archives: Iterable[Archive]) -> tuple[Part, ...]:
    """The feed, then its archives from the newest to the oldest; each of `tellings` is in one of them, and in one only.

    `archives` are all that are remembered of the topic. One of which nothing is left is left out.
    """
    known = tuple(archives)
    own = _of(known, edition(topic))
    free = _free(tellings, own)
    parts = [Part(tellings=tuple(free[: topic.limit]))]
    if young := tuple(free[topic.limit :]):
        number = max((one.number for one in known), default=0) + 1
        parts.append(Part(name=f"{number}-{_told(young)}", tellings=young))
    left = {telling.original: telling for telling in tellings}
    for archive in own:  # a telling is taken out with the first that has it
        found = [left.pop(one) for one in archive.entries if one in left]
        if found:
            parts.append(Part(name=str(archive.number), tellings=tuple(found)))
    return tuple(parts)


def spent(topic: Topic, tellings: Iterable[Telling], archives: Iterable[Archive]) -> tuple[Archive, ...]:
    """Those that need not be remembered any more: of other editions, or with nothing left in them.

    The one with the highest number stays in any case: so no number comes again.
    """
    known, present = tuple(archives), edition(topic)
    last = max((one.number for one in known), default=0)
    left = {telling.original for telling in tellings}
    return tuple(
        one for one in known if one.number != last and (one.edition != present or left.isdisjoint(one.entries))
    )


def written(topic: Topic, parts: Sequence[Part], place: int, masthead: Masthead) -> TopicFeed:
    """The document at `place` of the history, linked to those beside it.

    No archive for good leads to the one that lasts until the next entry comes: it would have to be another one then.
    """
    part = parts[place]
    current = made_of(topic, (), masthead).feed_url

    def at(neighbour: int) -> str:
        return current + parts[neighbour].path if 0 < neighbour < len(parts) else ""

    return made_of(
        topic,
        part.tellings,
        masthead,
        path=part.path,
        succession=Succession(
            current=current if part.name else "",
            previous=at(place + 1),
            following=at(place - 1) if part.name and parts[place - 1].lasts else "",
        ),
    )


def _of(archives: Iterable[Archive], present: str) -> list[Archive]:
    """Those of this edition, newest first."""
    return sorted((one for one in archives if one.edition == present), key=lambda one: -one.number)


def _free(tellings: Iterable[Telling], own: Iterable[Archive]) -> list[Telling]:
    """Those that no archive has, in their order."""
    taken = set(chain.from_iterable(one.entries for one in own))
    return [telling for telling in tellings if telling.original not in taken]


def _told(tellings: Iterable[Telling]) -> str:
    """Which these are, in eight letters."""
    return hashlib.sha256("\n".join(one.original for one in tellings).encode()).hexdigest()[:8]
