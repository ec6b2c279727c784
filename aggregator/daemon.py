"""The process that stays: ticks, passes, publishing and serving, from the start to a clean stop.

It never ends because sources cannot be reached, nor because the store cannot write: what is published is served.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from aggregator.allocation import give_back
from aggregator.answering import Application
from aggregator.coalesce import PAUSE, Coalesced
from aggregator.connections import ConnectionsApart
from aggregator.control import Answer, Command, ControlServer, Done
from aggregator.events import Commanded, FirstPassed, Ingested, Observer, reached
from aggregator.front.front import Front, Stocks
from aggregator.hub import Telling
from aggregator.ingest import Ingest
from aggregator.listen import address_of, bind
from aggregator.milestones import FirstStarted
from aggregator.notify import Supervisor
from aggregator.passes import Passes
from aggregator.posts import NO_POSTS, Posts
from aggregator.pulse import Pulse
from aggregator.reader_events import Serving
from aggregator.reload import Watch
from aggregator.retention import Ageing
from aggregator.schedule import TICK, Schedule
from aggregator.signals import hanging_up, stopping
from feeds.model import Source
from feeds.polling import due

RETRY = timedelta(seconds=30)
"""How often a store that refused is asked whether it goes on: soon after somebody freed a full disk."""
AGEING = timedelta(minutes=1)
"""How often topics are looked at though nothing came: entries age out of them."""
HOLD = timedelta(seconds=10)
"""How long readers are kept waiting at a start, for what is published first: most give up after 20 or 30."""
PATIENCE = timedelta(seconds=6)
"""For the writes that a stop finds under way; with the next one a stop takes less than ten seconds."""
COMMANDS_PATIENCE = 3
"""Of these seconds, for a command under way: a rebuild of 100,000 entries takes minutes, and is then given up."""
READERS_PATIENCE = timedelta(seconds=3)
"""For the answers that a stop finds under way."""


class Publishing(Protocol):
    """What the daemon asks of `aggregator.publish.Publisher`, which has decided on what is stored already."""

    def load(self) -> None:
        """Decide anew on what is stored, and on nothing else."""

    def take(self, entry_ids: Sequence[str]) -> None: ...

    def publish(self) -> bool:
        """True: there is more to do, in a round of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a daemon is made of.

    The store behind `ingest` and `publisher` is closed by whoever opened it, after the event loop has ended: only then
    is no thread left that writes.
    """

    sources: Callable[[], Sequence[Source]]
    """Those that are followed at this moment."""
    ingest: Ingest
    publisher: Publishing
    application: Application
    """Answers readers in this process, unless there are `stocks`."""
    host: str
    port: int
    clock: Callable[[], datetime]
    observe: Observer
    age_out: Ageing = tuple
    """Called before topics are looked at, by whoever holds the store alone."""
    tick: timedelta = TICK
    ageing: timedelta = AGEING
    hold: timedelta = HOLD
    retry: timedelta = RETRY
    gather: timedelta = PAUSE
    """How long changed entries gather before topics are published."""
    apart: Callable[[], timedelta] = timedelta
    """Between two passes of one source, whatever the machine's clock says."""
    carry_out: Callable[[Command], Answer] | None = None
    """Called by whoever holds the store alone; None: no commands are taken."""
    give_up: Callable[[], None] = lambda: None
    """Called when a stop has waited long enough for a command: it is to end early."""
    control: Path | None = None
    """Where commands come in, a socket that is made; None: nowhere."""
    stocks: Stocks | None = None
    """From this a process of their own answers readers; None: a thread does, by way of `application`."""
    max_age: Callable[[], timedelta] = timedelta
    """How long readers may keep what that process gives them, where a document does not say it."""
    posts: Posts = field(default_factory=dict)
    """What that process asks this one, besides what `telling` answers."""
    answered: Callable[[str, int], None] = lambda _status, _number: None
    """Told how many more answers of a status that process gave."""
    telling: Telling | None = None
    """Tells subscribers of changes; None: nobody does."""
    beat: Callable[[int], None] = lambda _passes: None
    """Called at the end of every tick, with the number of passes that run."""
    watch: Watch | None = None
    """Follows the config, also when SIGHUP asks for it; None: it stays what it was at the start."""
    supervisor: Supervisor = field(default_factory=Supervisor)
    """Told that loop and scheduler are alive; what happens, it learns as an observer."""


async def run(parts: Parts, *, stop: asyncio.Event | None = None) -> None:
    """Serve until SIGINT, SIGTERM or `stop`. Raises ListenError, and StoreError, before anything is fetched.

    Readers are answered from the moment when all that is stored is on the shelf, fetching begins with it. Where that
    takes long, they are told to come again.
    """
    asked = stop or asyncio.Event()
    with (
        bind(parts.host, parts.port) as listener,
        stopping(asked, parts.observe),
        hanging_up(parts.watch, asked, parts.observe),
    ):
        posts = parts.telling.posts if parts.telling else NO_POSTS
        front = None
        if parts.stocks:
            front = Front(
                parts.stocks,
                max_age=parts.max_age,
                observe=parts.observe,
                posts={**parts.posts, **posts},
                answered=parts.answered,
            )
        readers = front or ConnectionsApart(parts.application, posts=posts)
        try:
            if front:
                front.prepare(listener)
            async with parts.ingest.alone:
                publishing = asyncio.create_task(asyncio.to_thread(parts.publisher.publish))
                _, late = await asyncio.wait([publishing], timeout=parts.hold.total_seconds())
                if late:
                    await readers.start(listener)
                behind = await publishing
            if asked.is_set():
                return
            if not late:
                await readers.start(listener)
            parts.observe(Serving(address=address_of(listener)))
            async with _working(parts, behind=behind):
                await asked.wait()
        finally:
            await readers.stop(patience=READERS_PATIENCE.total_seconds())


class _Round:
    """What one round of publishing does with the ids of changed entries; True: it is to go on with another one."""

    def __init__(self, parts: Parts) -> None:
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


def _rounds(parts: Parts) -> tuple[Coalesced, Callable[[], None]]:
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
async def _working(parts: Parts, *, behind: bool) -> AsyncIterator[None]:
    """Fetching and publishing, for as long as the context lasts; their writes are finished on the way out.

    `behind`: not all that is to be published is.
    """
    rounds, resumed = _rounds(parts)
    passes = Passes(parts.ingest, changed=rounds.add, apart=parts.apart, resumed=resumed)
    first = _First(parts.observe)
    pulse = Pulse(parts.tick)

    def tick() -> None:
        first.watch(passes.start(due(parts.sources(), parts.ingest.states, parts.clock())))
        # Only now: one that breaks off each time is no sign of life.
        pulse.beat()
        parts.beat(len(passes))

    beats = (
        Schedule(tick, every=parts.tick),
        Schedule(rounds.add, every=parts.ageing),
        Schedule(passes.resume, every=parts.retry),
    )
    control = _control(parts, rounds)
    if parts.telling:
        await parts.telling.start()
    for beat in beats:
        beat.start()
    if control:
        await control.start()
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
        await _end(parts, control, passes, rounds)


async def _end(parts: Parts, control: ControlServer | None, passes: Passes, rounds: Coalesced) -> None:
    """Let what is being written be written, and be patient for so long only."""
    hurry = asyncio.get_running_loop().call_later(COMMANDS_PATIENCE, parts.give_up)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE.total_seconds()):
            if parts.watch:
                await parts.watch.stop()
            if control:
                await control.stop()
            if parts.telling:
                await parts.telling.stop()
            await passes.stop()
            await rounds.settle()
    hurry.cancel()


def _control(parts: Parts, rounds: Coalesced) -> ControlServer | None:
    """Where commands come in; what they change is published with the next round."""
    carry_out = parts.carry_out
    if carry_out is None or parts.control is None:
        return None

    async def answer(command: Command) -> Answer:
        async with parts.ingest.alone:
            found = await asyncio.to_thread(carry_out, command)
        if isinstance(found, Done):
            parts.observe(Commanded(text=found.text))
            rounds.add(found.changed)
        return found

    return ControlServer(parts.control, answer, observe=parts.observe)


class _First:
    """Tells once how the passes went that the first tick started."""

    def __init__(self, observe: Observer) -> None:
        self._observe = observe
        self._watching: asyncio.Task[None] | None = None

    def watch(self, tasks: Sequence[asyncio.Task[Ingested | None]]) -> None:
        if self._watching is None:
            if tasks:
                self._observe(FirstStarted(sources=len(tasks)))
            self._watching = asyncio.create_task(self._tell(tasks))

    async def _tell(self, tasks: Sequence[asyncio.Task[Ingested | None]]) -> None:
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        told = [one for one in ends if isinstance(one, Ingested)]
        if told and len(told) == len(ends):  # else it was broken off, and says nothing about the sources
            self._observe(FirstPassed(sources=len(told), reached=sum(reached(one) for one in told)))
