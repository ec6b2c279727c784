"""The demo's sample on the real path, from fetch to the shipped topic: the story once per telling, nothing else."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from aggregator.config import load
from aggregator.demo.recording import moment, record
from aggregator.demo.server import serving
from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from aggregator.ingesting.ingest import Ingest
from feeds.model import Failed, Revision, RevisionKind, Site
from feeds.polling import Bounds
from feeds.text.forms import Analyser
from feeds.topics import Candidate, decide, select
from tests.fakes.stores import new_store

ROOT = Path(__file__).parents[2]
EXPECTED = json.loads((ROOT / "tests/data/demo/security-guarantees.json").read_text("utf-8"))
TOPIC = load(ROOT / "config.toml", environ={}).topics[0]
NOW = datetime(2026, 6, 8, 1, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)


def topic_feed(store, sources, now):
    analyser = Analyser()
    by_id = {source.id: source for source in sources}
    matches = {
        entry.id: (entry, match)
        for entry in store.entries()
        if (match := decide(TOPIC, entry, source=by_id[entry.source], analyser=analyser))
    }
    placements = store.placements(matches)
    candidates = [
        Candidate(entry=entry, placement=placements.get(entry.id), match=match, rank=by_id[entry.source].rank)
        for entry, match in matches.values()
    ]
    return select(
        TOPIC,
        candidates,
        site=Site(id=UUID(int=1), since=NOW),
        base_url="http://127.0.0.1:8080",
        language="en",
        origins={},
        now=now,
    )


def shown(feed):
    return {one.entry.canonical_url: (one.entry.title, one.entry.published) for one in feed.entries}


def told(entries, title="title"):
    return {one["url"]: (one.get(title, one["title"]), moment(NOW, one["minutes"])) for one in entries}


async def passes():
    """Both passes over all sources; the outcomes and the topic's feed after each."""
    store = new_store()
    clock = [NOW]
    ingest = Ingest(
        store=store,
        client=Client(
            user_agent="topicwire/test", timeout=timedelta(seconds=20), max_size=10**6, turns=Turns(gap=timedelta())
        ),
        bounds=Bounds(fastest=timedelta(minutes=1), slowest=timedelta(hours=1)),
        clock=lambda: clock[0],
        draw=lambda: 0.0,
        observe=lambda event: None,
    )
    async with serving(record(NOW)) as sources:
        first = await asyncio.gather(*(ingest.run(source) for source in sources))
        before = topic_feed(store, sources, clock[0])
        clock[0] = LATER
        second = await asyncio.gather(*(ingest.run(source) for source in sources))
        return store, first, before, second, topic_feed(store, sources, clock[0])


def test_the_topic_holds_the_story_once_per_telling_with_its_edit_and_its_follow_ups():
    store, first, before, second, after = asyncio.run(passes())

    assert shown(before) == told(EXPECTED["entries"])
    for one in before.entries:
        (expected,) = [entry for entry in EXPECTED["entries"] if entry["url"] == one.entry.canonical_url]
        assert {one.entry.source, *(origin.id for origin in one.also)} == set(expected["told_in"])
    assert "courier-world" in {one.entry.source for one in before.entries}  # ranked above its copy in courier-europe
    assert "courier-europe" not in {one.entry.source for one in before.entries}

    assert shown(after) == told(EXPECTED["entries"] + EXPECTED["later"], "later_title")
    assert {one.id for one in before.entries} < {one.id for one in after.entries}

    edited = next(one.entry for one in after.entries if one.entry.revision)
    assert store.revisions(edited.id) == (
        Revision(
            entry=edited.id,
            number=0,
            replaced=LATER,
            changes=("title",),
            kind=RevisionKind.MATERIAL,
            title="Rasmussen: some NATO members could send soldiers to Ukraine",
            summary=edited.summary,
            content=edited.content,
            url=edited.url,
        ),
    )

    assert [one.source for one in first if isinstance(one.outcome, Failed)] == ["silent-wire"]
    assert store.counts().copies == 1
    assert {one.source: (one.new, one.revised, one.copies) for one in second if one.changed} == {
        "courier-world": (1, 0, 0),
        "beacon-en": (0, 1, 0),
    }
