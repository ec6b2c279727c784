"""A process that judges what is brought to a database, and says what it judged; made to be killed.

    python -m tests.fakes.judging_child CONFIG

Its clock stands still, so that all of them, and a daemon with the same one, make the same documents.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from aggregator.app import open_judge
from aggregator.cluster.commanded import Commanded
from aggregator.cluster.judging import End, judge
from aggregator.cluster.taking import Bench
from aggregator.config import Config, load
from aggregator.observing.events import Event, Ingested
from aggregator.world import World
from storage.port import Change
from storage.postgres.commands import PostgresCommands
from storage.postgres.crew import Crew
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres.session import process_name
from storage.postgres_store import PostgresStore
from tests.fakes.ingesting import NOW

TICK = timedelta(seconds=0.05)
SILENT = timedelta(seconds=3)
"""It gives one sign of life, at the beginning."""
DEADLY = "Whoever judges this dies"
SITE = UUID("9f4d3a52-0d0b-4d39-8a86-3f1f6f1f5c10")


def still_world() -> World:
    return World(clock=lambda: NOW, uptime=timedelta, boot="", draw=lambda: 0.0, mint=lambda: SITE)


def read(file: Path) -> Config:
    return load(file, environ={})


def tell(event: Event) -> None:
    told = f" {event.source}" if isinstance(event, Ingested) else ""
    os.write(1, f"{type(event).__name__}{told}\n".encode())


@contextmanager
def opened(config: Config) -> Iterator[Bench]:
    url = config.store.database
    with (
        open_judge(config, world=still_world(), observe=tell) as app,
        closing(PostgresDeliveries(url, app.store)) as deliveries,
        closing(PostgresCommands(url)) as commands,
    ):
        _die_of(app.store, DEADLY)
        door = partial(Commanded, commands, worker=process_name(), observe=tell)
        work = replace(app.work(read=read), door=door, tick=TICK, gather=TICK)
        yield Bench(work=work, store=app.store, deliveries=deliveries)


def _die_of(store: PostgresStore, title: str) -> None:
    """As a process does whose memory does not suffice."""
    commit = store.commit

    def deadly(change: Change, **more: object) -> None:
        if any(entry.title == title for entry in change.entries):
            os.kill(os.getpid(), signal.SIGKILL)
        commit(change, **more)

    store.commit = deadly


async def main(file: Path) -> None:
    config = read(file)
    with closing(Crew(config.store.database)) as crew:
        while True:
            ended = await judge(
                partial(opened, config),
                stop=asyncio.Event(),
                woken=asyncio.Event(),
                observe=tell,
                displace=lambda: crew.displace(SILENT),
                judges=lambda judges: crew.beat(process_name(), judges=judges),
            )
            os.write(1, f"{ended.end}: {ended.reason}\n".encode())
            if ended.end is not End.LOCKED:
                return
            await asyncio.sleep(TICK.total_seconds())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
