"""What goes on for as long as somebody writes to a store: changes come in, rounds of publishing follow, commands too.

Where changes come from is a matter of its own: passes over sources (`aggregator.running.polling`), or what workers
brought (`aggregator.cluster.judging`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from aggregator.control import Answer, Command, ControlServer, Done
from aggregator.hub import Telling
from aggregator.ingesting.ingest import Ingest
from aggregator.ingesting.retention import Ageing
from aggregator.observing.events import Commanded, Observer
from aggregator.reload import Watch
from aggregator.running.allocation import give_back
from aggregator.running.coalesce import PAUSE, Coalesced
from aggregator.running.notify import Supervisor
from aggregator.running.pulse import Pulse
from aggregator.running.schedule import TICK, Schedule
from feeds.model import Source

RETRY = timedelta(seconds=30)
"""How often a store that refused is asked whether it goes on: soon after somebody freed a full disk."""
AGEING = timedelta(minutes=1)
"""How often topics are looked at though nothing came: entries age out of them."""
PATIENCE = timedelta(seconds=6)
"""For the writes that a stop finds under way; with the next one a stop takes less than ten seconds."""
COMMANDS_PATIENCE = 3
"""Of these seconds, for a command under way: a rebuild of 100,000 entries takes minutes, and is then given up."""


class Publishing(Protocol):
    """What is asked of `aggregator.publishing.publish.Publisher`, which has decided on what is stored already."""

    def load(self) -> None:
        """Decide anew on what is stored, and on nothing else."""

    def take(self, entry_ids: Sequence[str]) -> None: ...

    def publish(self) -> bool:
        """True: there is more to do, in a round of its own."""


class Coming(Protocol):
    """Where changes come from."""

    def tick(self) -> int:
        """Called again and again: start what is to be done now. How much is under way."""

    def resume(self) -> None:
        """Called less often: where the store stopped everything, ask it whether it goes on."""

    async def stop(self) -> None:
        """Start nothing more; what is being written is written first."""


class Door(Protocol):
    """Where commands come in."""

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """Take no more commands, and see those through that are under way."""


CarryOut = Callable[[Command], Awaitable[Answer]]
Opening = Callable[[Callable[[Iterable[str]], None], Callable[[], None]], Coming]
"""Makes a `Coming`: it tells the first of entries that came or changed, and the second when a store goes on that had
stopped everything: what it was asked to write before may be stored or not.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What this takes.

    The store behind `ingest` and `publisher` is closed by whoever opened it, once no thread is left that writes.
    """

    sources: Callable[[], Sequence[Source]]
    """Those that are followed at this moment."""
    ingest: Ingest
    publisher: Publishing
    clock: Callable[[], datetime]
    observe: Observer
    age_out: Ageing = tuple
    """Called before topics are looked at, by whoever holds the store alone."""
    tick: timedelta = TICK
    ageing: timedelta = AGEING
    retry: timedelta = RETRY
    gather: timedelta = PAUSE
    """How long changed entries gather before topics are published."""
    carry_out: Callable[[Command], Answer] | None = None
    """Called by whoever holds the store alone; None: no commands are taken."""
    give_up: Callable[[], None] = lambda: None
    """Called when a stop has waited long enough for a command: it is to end early."""
    control: Path | None = None
    """Where commands come in, a socket that is made; None: nowhere."""
    door: Callable[[CarryOut], Door] | None = None
    """Makes another place where they come in; None: there is none."""
    telling: Telling | None = None
    """Tells subscribers of changes; None: nobody does."""
    beat: Callable[[int], None] = lambda _passes: None
    """Called at the end of every tick, with how much is under way."""
    watch: Watch | None = None
    """Follows the config, also when SIGHUP asks for it; None: it stays what it was at the start."""
    supervisor: Supervisor = field(default_factory=Supervisor)
    """Told that loop and scheduler are alive; what happens, it learns as an observer."""


class _Round:
    """What one round of publishing does with the ids of changed entries; True: it is to go on with another one."""

    def __init__(self, parts: Work) -> None:
        self._parts = parts
        self._left: list[str] = []
        """The store tells only once who left, so they stay until topics were published without them."""
        self.in_doubt = False
        """Whether there may be things in the store, or none any more, that it was never heard of."""

    def __call__(self, ids: tuple[str, ...]) -> bool:
        parts = self._parts
        self._left.extend(parts.age_out())
        if self.in_doubt:
            parts.publisher.load()
            self.in_doubt = False
        parts.publisher.take((*ids, *self._left))
        more = parts.publisher.publish()
        self._left.clear()
        if parts.telling:
            parts.telling.published()
        give_back()  # what documents and pages were made of
        return more


def _rounds(parts: Work) -> tuple[Coalesced, Callable[[], None]]:
    """The rounds of publishing, and what is to be called when the store goes on."""
    work = _Round(parts)
    rounds = Coalesced(
        work, alone=parts.ingest.alone, observe=parts.observe, refused=parts.ingest.stop, pause=parts.gather
    )

    def resumed() -> None:
        work.in_doubt = True
        rounds.add()

    return rounds, resumed


@contextlib.asynccontextmanager
async def working(parts: Work, opening: Opening, *, behind: bool) -> AsyncIterator[None]:
    """Take in changes and publish, for as long as the context lasts; what is being written is finished on the way out.

    `behind`: not all that is to be published is.
    """
    rounds, resumed = _rounds(parts)
    coming = opening(rounds.add, resumed)
    pulse = Pulse(parts.tick)

    def tick() -> None:
        under_way = coming.tick()
        # Only now: one that breaks off each time is no sign of life.
        pulse.beat()
        parts.beat(under_way)

    beats = (
        Schedule(tick, every=parts.tick),
        Schedule(rounds.add, every=parts.ageing),
        Schedule(coming.resume, every=parts.retry),
    )
    doors = _doors(parts, rounds)
    if parts.telling:
        await parts.telling.start()
    for beat in beats:
        beat.start()
    for door in doors:
        await door.start()
    if parts.watch:
        parts.watch.start()
    if behind:
        rounds.add()
    signs = asyncio.create_task(parts.supervisor.reassure(pulse.alive), name="signs of life")
    try:
        yield
    finally:
        signs.cancel()
        for beat in beats:
            beat.stop()
        await _end(parts, doors, coming, rounds)


async def _end(parts: Work, doors: Sequence[Door], coming: Coming, rounds: Coalesced) -> None:
    """Let what is being written be written, and be patient for so long only."""
    hurry = asyncio.get_running_loop().call_later(COMMANDS_PATIENCE, parts.give_up)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE.total_seconds()):
            if parts.watch:
                await parts.watch.stop()
            for door in doors:
                await door.stop()
            if parts.telling:
                await parts.telling.stop()
            await coming.stop()
            await rounds.settle()
    hurry.cancel()


def _doors(parts: Work, rounds: Coalesced) -> tuple[Door, ...]:
    """Where commands come in; what they change is published with the next round."""
    carry_out = parts.carry_out
    if carry_out is None:
        return ()

    async def answer(command: Command) -> Answer:
        async with parts.ingest.alone:
            found = await asyncio.to_thread(carry_out, command)
        if isinstance(found, Done):
            parts.observe(Commanded(text=found.text))
            rounds.add(found.changed)
        return found

    socket = ControlServer(parts.control, answer, observe=parts.observe) if parts.control else None
    other = parts.door(answer) if parts.door else None
    return tuple(door for door in (socket, other) if door is not None)
