"""The program of a simulated month: the daemon as `serve` builds it, with a clock of its own and short pauses.

    python -m tests.fakes.month.program CONFIG HANDS

What is not the real one: the clock, the time since the machine's start, the jitter (none), the pause between two
requests to one host (none; a host's wish to be left alone counts by the clock that is moved), and how often the daemon
looks for work.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from aggregator.app import App, open_app
from aggregator.config import Config, load
from aggregator.fetching.turns import Turns
from aggregator.observing.events import ConfigRefused, ConfigTaken, Event, IngestResumed, IngestStopped, tee
from aggregator.observing.logs import configure, log_event
from aggregator.running import daemon, sigterm
from aggregator.running.allocation import keep_little
from aggregator.running.daemon import Parts
from aggregator.running.working import Publishing
from aggregator.world import World
from feeds.model import Source
from tests.fakes.month.hands import Hands

SITE = UUID("9f4d3a52-0d0b-4d39-8a86-3f1f6f1f5c10")
TICK = timedelta(seconds=0.1)
GATHER = timedelta(seconds=0.25)
"""A round over a hundred sources takes half a second: shorter, and there would be ten of them in a step."""
EPOCH = datetime.fromtimestamp(0, UTC)


class Watched:
    """Tells by the hands when a step is done: a tick found nothing to do, and a whole round of publishing came then."""

    def __init__(self, parts: Parts, hands: Hands) -> None:
        self._parts = parts
        self._hands = hands
        self._looking = self._quiet = self._in_round = 0

    def sources(self) -> Sequence[Source]:
        self._looking = self._hands.step  # the first that a tick does
        return self._parts.sources()

    def beat(self, passes: int) -> None:
        self._quiet = 0 if passes else self._looking
        self._parts.beat(passes)

    def age_out(self) -> tuple[str, ...]:
        self._in_round = self._quiet  # the first that a round does
        return self._parts.age_out()

    def load(self) -> None:
        self._parts.publisher.load()

    def take(self, entry_ids: Sequence[str]) -> None:
        self._parts.publisher.take(entry_ids)

    def publish(self) -> bool:
        more = bool(self._parts.publisher.publish())
        if self._in_round and not more:
            self._hands.idle = self._in_round
        return more


def quick(app: App, hands: Hands) -> Parts:
    """The parts of the daemon, with short pauses, watched."""
    parts = app.daemon(read=read, apart=True)
    watched = Watched(parts, hands)
    publisher: Publishing = watched
    return replace(
        parts,
        sources=watched.sources,
        beat=watched.beat,
        age_out=watched.age_out,
        publisher=publisher,
        tick=TICK,
        ageing=TICK,
        retry=3 * TICK,
        gather=GATHER,
        apart=timedelta,
    )


def read(file: Path) -> Config:
    return load(file, environ={})


def noted(hands: Hands, event: Event) -> None:
    match event:
        case ConfigTaken() | ConfigRefused():
            hands.reloads += 1
        case IngestStopped():
            hands.stopped = True
        case IngestResumed():
            hands.stopped = False
        case _:
            pass


def main() -> None:
    keep_little()
    config, hands = read(Path(sys.argv[1])), Hands(Path(sys.argv[2]))
    configure(sys.stderr, secrets=config.secrets)
    hands.stopped = False

    def uptime() -> timedelta:
        return hands.now - EPOCH

    world = World(
        clock=lambda: hands.now,
        uptime=uptime,
        boot="the only one",
        draw=lambda: 0.0,
        mint=lambda: SITE,
        turns=Turns(gap=timedelta(), clock=lambda: uptime().total_seconds()),
    )
    with open_app(config, world=world, observe=tee(log_event, lambda event: noted(hands, event))) as app:
        sigterm.check()
        asyncio.run(daemon.run(quick(app, hands)))


if __name__ == "__main__":
    main()
