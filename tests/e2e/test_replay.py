"""Following sources through time: everything new arrives exactly once, and a second look costs nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.replay import RecordedSource, Replay, read_folder, serve
from benchmarks.replay.follow import Following, Pass, follow, shown
from benchmarks.synthetic import synthesize

NOON = datetime(2023, 6, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def following(sources: Sequence[RecordedSource], folder: Path, test) -> None:
    """Run the coroutine `test(replay, following)` over `sources`, at noon."""

    async def beside() -> None:
        async with serve(sources, at=NOON) as replay, follow(replay, folder=folder) as ours:
            await test(replay, ours)

    asyncio.run(beside())


def in_short(asked: Pass) -> dict[str, object]:
    return {
        "read": asked.read,
        "not modified": asked.not_modified,
        "same body": asked.same_body,
        "failed": asked.failed,
        "arrived": asked.arrived,
        "revised": asked.revised,
        "skipped": asked.skipped,
    }


def quiet(sources: int) -> dict[str, object]:
    nothing = {"read": 0, "same body": 0, "failed": (), "arrived": 0, "revised": 0, "skipped": 0}
    return nothing | {"not modified": sources}


async def everything_once(replay: Replay, ours: Following) -> None:
    """The first look brings what is shown, the second nothing, and each later one exactly what is new."""
    sources = len(replay.sources)
    first, ever = await ours.ask_all(), shown(replay)
    assert in_short(first) == quiet(sources) | {"read": sources, "not modified": 0, "arrived": len(ever)}
    assert ours.stored().keys() == ever
    assert in_short(await ours.ask_all()) == quiet(sources)
    for _ in range(2):
        replay.move(replay.now + DAY)
        new = shown(replay) - ever
        asked = await ours.ask_all()
        assert (asked.arrived, asked.revised, asked.failed, asked.skipped) == (len(new), 0, (), 0)
        assert asked.read + asked.not_modified == sources
        ever |= new
        assert ours.stored().keys() == ever
    assert replay.total().requests == 4 * sources


def test_synthetic_sources_are_followed_to_the_last_entry(tmp_path: Path):
    following(synthesize(sources=6, entries=120), tmp_path, everything_once)


def test_the_topic_publishes_what_the_sources_said(tmp_path: Path):
    sources = synthesize(sources=4, entries=200, marked=0.1)
    english = [source for source in sources if source.language == "en"]

    async def check(replay: Replay, ours: Following) -> None:
        await ours.ask_all()
        wanted = {
            entry.link
            for source in english
            for entry in replay.shown(source.id)
            if entry.title.endswith("security guarantees")
        }
        published = json.loads(ours.app.publisher.shelf.documents["/feeds/security-guarantees.json"].body)
        assert len(wanted) > 1
        assert {item["url"] for item in published["items"]} == wanted

    following(sources, tmp_path, check)


@pytest.mark.heavy
@pytest.mark.corpora
@pytest.mark.timeout(1800)
def test_every_recorded_source_is_followed_to_the_last_entry(corpora: Path, tmp_path: Path):
    recorded = read_folder(corpora / "replay-2023-06")
    assert len(recorded.sources) == 105
    following(recorded.sources, tmp_path, everything_once)
