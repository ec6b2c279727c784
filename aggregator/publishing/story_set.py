"""The stories that topics show, as pages show them: looked up anew only when something about one changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Final

from aggregator.publishing.pages.stories import Told, story_view
from aggregator.publishing.pages.views import Link, SiteView, StoryView
from feeds.model import Origin
from storage.port import Keys, Store

MOST_STORIES: Final = 2000
"""That have a page: those of forty topics with full feeds. Of 20,000 entries in 200 topics, 10,000 had one: 93 MB, 35 s
of CPU at a start, and 36 ms at every look, whether there was something new or not (benchmarks/pages.py).
"""


def with_a_page(topics: Iterable[Sequence[str]], *, most: int = MOST_STORIES) -> frozenset[str]:
    """Which stories have a page, of those that `topics` show, each in its order.

    The first of every topic, then the second of every topic, and so on: a busy topic takes none from a quiet one.
    """
    told = chain.from_iterable(zip_longest(*topics))
    return frozenset(islice(dict.fromkeys(story for story in told if story is not None), most))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a story's view was made from."""

    topics: tuple[Link, ...]
    origins: tuple[tuple[str, Origin | None], ...]
    """Of its entries' sources."""
    entries: tuple[str, ...]


class StorySet:
    """Views of stories by id; derived from the store. For one caller at a time."""

    def __init__(self, store: Store, *, site: SiteView) -> None:
        self._store = store
        self._site = site
        self._known: dict[str, _Known] = {}
        self.views: dict[str, StoryView] = {}
        """For whoever draws them, to look at."""
        self._shown_in: dict[str, str] = {}
        """The story in which an entry was seen last, by entry id."""
        self._touched: set[str] = set()
        """Ids of entries that came, changed or left since the last look."""
        self._changed: set[str] = set()
        """Stories whose view is another one than when somebody last asked."""
        self._answered: tuple[Mapping[str, tuple[Link, ...]], Mapping[str, Origin]] | None = None
        """What was last asked for; None: it could not be had."""

    def take(self, entry_ids: Iterable[str]) -> None:
        self._touched.update(entry_ids)

    def renew(self, wanted: Mapping[str, tuple[Link, ...]], *, origins: Mapping[str, Origin]) -> frozenset[str]:
        """Be the stories `wanted`, each with the topics that show it; the answer are those whose view is another now.

        Costs what it looks up: stories of entries that were touched, and those that are new here. Raises StoreError;
        then the next call makes up for it.
        """
        if not self._touched and self._answered == (wanted, origins):
            return frozenset()
        self._answered = None
        dirty = {self._shown_in[entry] for entry in self._touched & self._shown_in.keys()}
        dirty |= {placement.story for placement in self._store.placements(self._touched).values()}
        for story in self._known.keys() - wanted.keys():
            self._drop(story)
        for story, topics in wanted.items():
            known = self._known.get(story)
            if known is None or story in dirty or known.topics != topics or _differ(known.origins, origins):
                self._look(story, topics, origins)
        changed = frozenset(self._changed)
        self._touched.clear()
        self._changed.clear()
        self._answered = (wanted, origins)
        return changed

    def _look(self, story: str, topics: tuple[Link, ...], origins: Mapping[str, Origin]) -> None:
        told = self._told(story)
        if told is None:
            self._drop(story)
            return
        view = story_view(told, topics=topics, origins=origins, site=self._site)
        before = self.views.get(story)
        self._drop(story, silently=before == view)
        if before is None:
            self._changed.add(story)
        self.views[story] = view
        sources = sorted({entry.source for entry in told.entries})
        self._known[story] = _Known(
            topics=topics,
            origins=tuple((source, origins.get(source)) for source in sources),
            entries=tuple(entry.id for entry in told.entries),
        )
        self._shown_in.update((entry.id, story) for entry in told.entries)

    def _told(self, story: str) -> Told | None:
        ids = self._store.story(story)
        placements = self._store.placements(ids)
        told = [entry_id for entry_id in ids if not placements[entry_id].held]
        found = {entry.id: entry for entry in self._store.known(Keys(ids=frozenset(told)))}
        entries = tuple(found[entry_id] for entry_id in told if entry_id in found)
        if not entries:
            return None
        revisions = {entry.id: self._store.revisions(entry.id) for entry in entries if entry.revision}
        return Told(id=story, entries=entries, placements=placements, revisions=revisions)

    def _drop(self, story: str, *, silently: bool = False) -> None:
        known = self._known.pop(story, None)
        self.views.pop(story, None)
        if known:
            if not silently:
                self._changed.add(story)
            for entry_id in known.entries:
                if self._shown_in.get(entry_id) == story:
                    del self._shown_in[entry_id]


def _differ(before: Iterable[tuple[str, Origin | None]], origins: Mapping[str, Origin]) -> bool:
    return any(origins.get(source) != origin for source, origin in before)
