"""The archives of topics: cut and remembered as entries come, and in print a few at a time, so that no news waits.

What an archive holds is a fact (`storage.port.Change.archives`); its documents are derived from that and the entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Protocol

from aggregator.publishing.made import Made
from feeds.errors import StoreError
from feeds.model import Archive, Document, TopicFeed
from feeds.topics import Masthead, Part, Topic, cut, spent, written
from feeds.topics.collapsing import Telling
from storage.port import Change, Store

FRESH_FOR: Final = timedelta(days=1)
"""How long readers need not ask for an archive again: it gains nothing, and what is corrected in it can wait."""
ROUND: Final = 0.25
"""Seconds for which one round of publishing begins with archives, and news waits: five of them with full texts take so
long, benchmarks/archives.py."""
SUFFIXES: Final = (".atom", ".rss", ".json")


class Archives:
    """Which entries the archives of each topic hold. For one caller at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[Archive, ...]] | None = None
        """By the first id of their topic; None: not asked yet."""

    def of(self, topic: Topic) -> tuple[Archive, ...]:
        """All that are remembered of the topic, of whatever edition. Raises StoreError."""
        if self._known is None:
            known: dict[str, list[Archive]] = {}
            for one in self._store.archives():
                known.setdefault(one.topic, []).append(one)
            self._known = {first_id: tuple(own) for first_id, own in known.items()}
        return self._known.get(topic.first_id, ())

    def keep(self, topic: Topic, tellings: Sequence[Telling]) -> tuple[Archive, ...]:
        """The same, once those are cut that are due and those are let go of that are spent.

        `tellings` are all that the topic shows, in order. A store that refuses stops nothing: the next round tries
        again, and until then the youngest archive is a long one. Raises StoreError when it cannot be asked.
        """
        known = self.of(topic)
        fresh = cut(topic, tellings, known)
        left = spent(topic, tellings, (*known, *fresh))
        if not fresh and not left:
            return known
        with suppress(StoreError):
            cleared = tuple((one.topic, one.number) for one in left if one not in fresh)
            self._store.commit(Change(archives=fresh, cleared=cleared))
            assert self._known is not None
            self._known[topic.first_id] = tuple(one for one in (*known, *fresh) if one not in left)
        return self.of(topic)

    def paths(self, topic: Topic) -> Iterator[str]:
        """Where those that are remembered would be. Raises StoreError."""
        for one in self.of(topic):
            yield from _paths(topic, Part(name=str(one.number)))


class Printer(Protocol):
    """Who makes documents: `aggregator.publishing.press.Press`."""

    def make(self, path: str, feed: TopicFeed, *, before: Made | None = None) -> Made | None:
        """`feed` in every format; None: it cannot be, which has been told. `before` saves time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    looks: tuple[object, ...]
    """What its documents depend on."""
    documents: Mapping[str, Document]
    """Empty: they cannot be made."""


@dataclass(slots=True, eq=False)
class Binding:
    """One topic's archives in print."""

    _topic: Topic | None = None
    _masthead: Masthead | None = None
    _parts: tuple[Part, ...] = ()
    _pages: dict[str, _Page] = field(default_factory=dict)
    """By the archive's name."""
    _young: Made | None = None
    """The one that lasts until the next entry comes: the one after it has all of its entries but few."""
    _due: list[int] = field(default_factory=list)
    """Places of archives that are not in print, or as they were before; the newest first."""

    def follow(self, topic: Topic, parts: tuple[Part, ...], masthead: Masthead) -> None:
        """The topic's history is this from now on (`feeds.topics.divide`); what is in print stays until `go_on`."""
        if (topic, masthead) != (self._topic, self._masthead):
            self._topic, self._masthead = topic, masthead  # else the same objects stay: comparing them costs nothing
        self._parts = parts
        names = {part.name for part in parts}
        self._pages = {name: page for name, page in self._pages.items() if name in names}
        self._due = [place for place in range(1, len(parts)) if not self._stays(place)]

    def reset(self) -> None:
        """What is in print stays, and all of it is to be printed anew."""
        self._pages = {name: replace(page, looks=()) for name, page in self._pages.items()}

    def go_on(self, printer: Printer, *, leading: bool) -> Iterator[Part]:
        """Print what is due, one archive with every step; `leading`: only the one to which the feed leads."""
        for place in [place for place in self._due if place == 1 or not leading]:
            self._print(place, printer)
            self._due.remove(place)
            yield self._parts[place]

    def _print(self, place: int, printer: Printer) -> None:
        assert self._topic is not None
        assert self._masthead is not None
        part = self._parts[place]
        feed = written(self._topic, self._parts, place, self._masthead)
        made = printer.make(f"/feeds/{self._topic.id}{part.path}", feed, before=None if part.lasts else self._young)
        if made and not part.lasts:
            self._young = made
        fresh = {path: _put_away(one) for path, one in made.documents.items()} if made else None
        before = self._pages[part.name].documents if part.name in self._pages else {}
        self._pages[part.name] = _Page(looks=self._looks(place), documents=before if fresh is None else fresh)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all archives, in print or not, the newest first."""
        return tuple(part.name for part in self._parts[1:])

    @property
    def behind(self) -> bool:
        """Whether there is something to go on with."""
        return bool(self._due)

    @property
    def documents(self) -> Mapping[str, Document]:
        """What is in print, by path."""
        return {path: made for page in self._pages.values() for path, made in page.documents.items()}

    @property
    def missing(self) -> AbstractSet[str]:
        """Paths that documents link to and that are not in print yet."""
        return frozenset(self._missing())

    def _missing(self) -> Iterator[str]:
        for part in self._parts[1:]:
            if self._topic and not (part.name in self._pages and self._pages[part.name].documents):
                yield from _paths(self._topic, part)

    def _stays(self, place: int) -> bool:
        """Whether the archive is in print as it is to be."""
        name, looks = self._parts[place].name, self._looks(place)
        if name not in self._pages or self._pages[name].looks != looks:
            return False
        self._pages[name] = replace(self._pages[name], looks=looks)  # no entry is held as it was read before
        return True

    def _looks(self, place: int) -> tuple[object, ...]:
        before, after = self._parts[place - 1], self._parts[place + 1 : place + 2]
        beside = (before.name if before.lasts else "", *(part.name for part in after))
        shown = [(one.original, one.shown, one.hidden, one.others) for one in self._parts[place].tellings]
        return (self._topic, self._masthead, shown, beside)


def _paths(topic: Topic, part: Part) -> Iterator[str]:
    for suffix in SUFFIXES:
        yield f"/feeds/{topic.id}{part.path}{suffix}"


def _put_away(document: Document) -> Document:
    """In a form that takes a fifth of the memory, for it is asked for once by a reader, if ever."""
    return replace(document, body=b"", fresh_for=FRESH_FOR)
