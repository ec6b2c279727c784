"""A process that judges what is brought to a database, and says what it judged; made to be killed.

    python -m tests.fakes.judging_child CONFIG

Its clock stands still, so that all of them, and a daemon with the same one, make the same documents.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from aggregator.bench import open_bench
from aggregator.cluster.judging import judge
from aggregator.config import load
from aggregator.events import Event, Ingested
from aggregator.world import World
from storage.postgres.crew import Crew
from storage.postgres.session import process_name
from tests.fakes.ingesting import NOW

SITE = UUID("9f4d3a52-0d0b-4d39-8a86-3f1f6f1f5c10")


def still_world() -> World:
    return World(clock=lambda: NOW, uptime=timedelta, boot="", draw=lambda: 0.0, mint=lambda: SITE)


def tell(event: Event) -> None:
    told = f" {event.source}" if isinstance(event, Ingested) else ""
    os.write(1, f"{type(event).__name__}{told}\n".encode())


async def main(file: Path) -> None:
    config = load(file, environ={})
    opened = partial(
        open_bench, config, world=still_world(), observe=tell, worker=process_name(), read=partial(load, environ={})
    )
    crew = Crew(config.store.database)
    judges = partial(crew.beat, process_name())
    await judge(
        opened, stop=asyncio.Event(), woken=asyncio.Event(), observe=tell, judges=lambda now: judges(judges=now)
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
