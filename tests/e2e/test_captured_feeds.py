"""Three papers' feeds, every version of a year and a half in order: who edits a headline makes one revision.

What happened is read off the documents by other means than ours: names and titles, by pattern.
"""

from __future__ import annotations

import html
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.ingesting.judge import Judge
from aggregator.ingesting.remember import Pace, remember
from feeds.conditional import Response, interpret
from feeds.errors import ParseError
from feeds.model import Fetched, Source, SourceState
from feeds.polling import Bounds
from feeds.read import read
from storage.port import Store
from tests.fakes.stores import new_store

pytestmark = [pytest.mark.corpora, pytest.mark.heavy, pytest.mark.timeout(1800)]

PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)), jitter=0)
ITEM = re.compile(r"<item>.*?</item>", re.DOTALL)


def versions(archive: Path) -> Iterator[tuple[datetime, bytes]]:
    with tarfile.open(archive) as members:
        for member in sorted((one for one in members if one.isfile()), key=lambda one: one.name):
            content = members.extractfile(member)
            assert content
            taken = datetime.strptime(Path(member.name).name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            yield taken, content.read()


def named(item: str, tag: str) -> str:
    found = re.search(rf"<{tag}(?:\s[^>]*)?>(?:<!\[CDATA\[(.*?)\]\]>|(.*?))</{tag}>", item, re.DOTALL)
    text = html.unescape(html.unescape(found[1] or found[2] or "")) if found else ""
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


@dataclass
class Chronicle:
    """What the documents say happened: every name with its headlines."""

    headlines: dict[str, str] = field(default_factory=dict)
    edits: Counter[str] = field(default_factory=Counter)

    def take(self, body: bytes) -> None:
        for item in ITEM.findall(body.decode("utf-8", "replace")):
            name = re.sub(r"^https?://|#.*$|[?&](?:amp;)*ref=rss$", "", named(item, "guid") or named(item, "link"))
            title = named(item, "title")
            if name in self.headlines and self.headlines[name] != title:
                self.edits[name] += 1
            self.headlines[name] = title


def replayed(source: Source, archive: Path) -> tuple[Store, Chronicle, Counter[str]]:
    store, chronicle, told = new_store(), Chronicle(), Counter()
    judge = Judge(store)
    state: SourceState | None = None
    for now, body in versions(archive):
        outcome = interpret(source, state, Response(url=source.url, status=200, body=body), now=now)
        if not isinstance(outcome, Fetched):
            continue
        seen = frozenset(state.seen) if state else frozenset()
        try:
            feed = read(body, source=source, url=source.url, content_type="", now=now, seen=seen)
        except ParseError:
            told["refused"] += 1
            continue
        chronicle.take(body)
        kept = remember(store, judge=judge, source=source, state=state, outcome=outcome, feed=feed, now=now, pace=PACE)
        state = kept.state
        told.update(new=kept.new, copies=kept.copies, headlines=edited_headlines(store, kept.changed, now))
    return store, chronicle, told


def edited_headlines(store: Store, changed: tuple[str, ...], now: datetime) -> int:
    """Counted as they come: a store need not keep all revisions of an entry that changes every day."""
    made = [revision for id_ in changed for revision in store.revisions(id_) if revision.replaced == now]
    return sum("title" in revision.changes for revision in made)


MOVED = {"nzherald": 3}
"""Articles that came back under another name with their headline and date: read one by one, they are the same."""


@pytest.mark.parametrize("paper", ["bbc", "nzherald", "straittimes"])
def test_each_edited_headline_is_one_revision_and_each_entry_appears_once(corpora: Path, paper: str):
    source = Source(id=paper, url=f"https://{paper}.example/rss")

    store, chronicle, told = replayed(source, corpora / "captured-feeds" / f"{paper}.tar.xz")

    entries = tuple(store.entries())
    assert len(chronicle.headlines) > 500
    moved = MOVED.get(paper, 0)
    assert len(entries) == told["new"] + told["copies"] == len(chronicle.headlines) - moved
    assert told["headlines"] == chronicle.edits.total()
    ours, theirs = Counter(entry.title for entry in entries), Counter(chronicle.headlines.values())
    assert ((theirs - ours).total(), ours - theirs) == (moved, Counter())
