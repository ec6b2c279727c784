"""The product's own parts, following a replay: real fetches over loopback, a real store, a real shelf, its clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from aggregator.app import App, open_app
from aggregator.config import load
from aggregator.fetching.turns import Turns
from aggregator.observing.events import Event, Ingested
from aggregator.world import World
from benchmarks.replay.config import config_text
from benchmarks.replay.server import Replay
from feeds.model import Entry, Failed, Fetched, Unchanged
from feeds.topics import Topic

SITE = UUID("6f0a7c1e-2d4b-4a59-9c3e-5b8d1f7a2e60")
"""Fixed, so that two runs publish the same ids."""

Place = tuple[str, str]
"""An entry's source id and guid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What asking every source once came to."""

    read: int
    """Sources whose document was fetched and read."""
    not_modified: int
    same_body: int
    failed: tuple[str, ...]
    """`source: reason`."""
    new: int
    copies: int
    revised: int
    same: int
    skipped: int
    seconds: float
    cpu_seconds: float
    """Of this process, the replay server included."""

    @property
    def arrived(self) -> int:
        """Entries not known before, copies of known ones included."""
        return self.new + self.copies


class Following:
    """Asks every source of a replay, once a call, and publishes what came."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def ask_all(self) -> Pass:
        """One pass of every source, side by side, then publish."""
        wall, cpu = time.perf_counter(), time.process_time()
        done = await asyncio.gather(*(self.app.ingest.run(source) for source in self.app.config.sources))
        async with self.app.ingest.alone:
            await asyncio.to_thread(self._publish, [entry for one in done for entry in one.changed])
        return _pass(done, seconds=time.perf_counter() - wall, cpu_seconds=time.process_time() - cpu)

    def _publish(self, changed: Sequence[str]) -> None:
        self.app.publisher.take(changed)
        self.app.publisher.publish()

    def stored(self) -> Mapping[Place, Entry]:
        """Every entry of the store by where it came from."""
        return {(entry.source, entry.guid): entry for entry in self.app.store.entries()}


@asynccontextmanager
async def follow(replay: Replay, *, folder: Path, topics: Sequence[Topic] = ()) -> AsyncIterator[Following]:
    """Follow all sources of `replay` by a config, a store and a site in `folder`, without pauses between requests.

    `topics` empty: the one that every replay's config has.
    """
    file = folder / "config.toml"
    file.write_text(config_text(replay.sources), "utf-8")
    config = load(file, environ={})
    events: list[Event] = []
    world = World(clock=lambda: replay.now, draw=lambda: 0.0, mint=lambda: SITE, turns=Turns(gap=timedelta(0)))
    with open_app(replace(config, topics=tuple(topics) or config.topics), world=world, observe=events.append) as app:
        yield Following(app)


def shown(replay: Replay) -> frozenset[Place]:
    """Every entry that some document shows now."""
    return frozenset((source.id, entry.link) for source in replay.sources for entry in replay.shown(source.id))


def _pass(done: Sequence[Ingested], *, seconds: float, cpu_seconds: float) -> Pass:
    read = not_modified = same_body = 0
    failed = []
    for one in done:
        match one.outcome:
            case Fetched():
                read += 1
            case Unchanged(status=status):
                not_modified += status == 304
                same_body += status != 304
            case Failed(reason=reason):
                failed.append(f"{one.source}: {reason}")
    return Pass(
        read=read,
        not_modified=not_modified,
        same_body=same_body,
        failed=tuple(failed),
        new=sum(one.new for one in done),
        copies=sum(one.copies for one in done),
        revised=sum(one.revised for one in done),
        same=sum(one.same for one in done),
        skipped=sum(len(one.skipped) for one in done),
        seconds=seconds,
        cpu_seconds=cpu_seconds,
    )
