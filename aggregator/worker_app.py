"""What a worker is made of, from a Config: beside `aggregator.app`, which makes what its judging needs."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from aggregator.app import open_judge
from aggregator.cluster.commanded import Commanded
from aggregator.cluster.fetching import Fetching, term_of
from aggregator.cluster.holding import lease_is_sure
from aggregator.cluster.jobs import Jobs
from aggregator.cluster.shared_clock import SharedClock
from aggregator.cluster.taking import Bench
from aggregator.cluster.tally import Tally
from aggregator.cluster.worker import SHARE, Parts
from aggregator.config import Config
from aggregator.ingesting.asking import Asking
from aggregator.means import Means, open_means
from aggregator.observing.events import ConfigRefused, ConfigTaken, Event, IngestResumed, IngestStopped, Observer, tee
from aggregator.observing.milestones import ReloadEnded, ReloadStarted
from aggregator.reload import Watch, stamp
from aggregator.reload.plan import plan
from aggregator.reload.reloader import Read, Running, look, taken
from aggregator.world import World
from feeds.model import Entry
from storage.opening import commands_at, open_at
from storage.port import Keys, Store
from storage.postgres.crew import Crew
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres.leases import PostgresLeases
from storage.postgres.session import process_name
from storage.postgres_store import PostgresStore

_OF_OTHERS = ConfigTaken | ConfigRefused | ReloadStarted | ReloadEnded | IngestStopped | IngestResumed


@contextmanager
def open_worker(config: Config, *, world: World, observe: Observer, read: Read) -> Iterator[Parts]:
    """The parts; nothing runs, and the database is not asked yet.

    Raises TransportError when the proxy cannot be used.
    """
    url, tally, running = config.store.database, Tally(), Running(config=config)
    observe = tee(observe, tally.observe)
    clock = SharedClock(clock=world.clock, uptime=world.uptime)
    world = replace(world, clock=clock)
    seen = stamp(config.file)

    async def sure() -> None:
        await lease_is_sure()
        tally.requests += 1

    with ExitStack() as opened:
        leases = opened.enter_context(contextlib.closing(PostgresLeases(url, worker=process_name())))
        known = opened.enter_context(contextlib.closing(_Known(url)))
        crew = opened.enter_context(contextlib.closing(Crew(url)))
        means = opened.enter_context(open_means(config, world=world, sure=sure))
        yield Parts(
            name=process_name(),
            prepare=partial(_prepare, url, clock),
            jobs=partial(Jobs, url),
            leases=leases,
            fetching=_fetching(running, leases, known, means, world=world, observe=observe),
            opened=lambda: _bench(running.config, world=world, observe=_of_judging(observe), read=read),
            crew=crew,
            term=term_of(config.fetch.timeout),
            clock=clock,
            set_clock=clock.set,
            observe=observe,
            tally=tally,
            watch=Watch(config.file, changed=partial(_reload, running, read, observe), observe=observe, seen=seen),
        )


def _fetching(
    running: Running, leases: PostgresLeases, known: _Known, means: Means, *, world: World, observe: Observer
) -> Fetching:
    return Fetching(
        leases=leases,
        asking=Asking(
            client=means.client,
            clock=world.clock,
            known=known,
            articles=means.articles(clock=world.clock, observe=observe),
            reader=means.reader,
        ),
        sources=lambda: running.config.sources,
        clock=world.clock,
        uptime=world.uptime,
        observe=observe,
        timeout=running.config.fetch.timeout,
        hold=means.client.hold,
        hosts=SHARE,
    )


@contextmanager
def _bench(config: Config, *, world: World, observe: Observer, read: Read) -> Iterator[Bench]:
    url = config.store.database
    commands = commands_at(url)
    door = partial(Commanded, commands, worker=process_name(), observe=observe)
    with (
        ExitStack() as opened,
        contextlib.closing(commands),
        open_judge(config, world=world, observe=observe) as app,
    ):
        assert isinstance(app.store, PostgresStore)
        deliveries = opened.enter_context(contextlib.closing(PostgresDeliveries(url, app.store)))
        yield Bench(work=replace(app.work(read=read), door=door), store=app.store, deliveries=deliveries)


async def _reload(running: Running, read: Read, observe: Observer) -> None:
    """Ask by what the config's file has now, and judge by it when it comes to that; tell what is wrong with it."""
    found = await asyncio.to_thread(look, read, running.config.file)
    if isinstance(found, ConfigRefused):
        observe(found)
        return
    change = plan(running.config, found)
    running.config = change.config
    observe(taken(change))


def _of_judging(observe: Observer) -> Observer:
    """Without what the worker tells itself: it follows the config whether it judges or not.

    Nor what it does not do: a store that refuses keeps it from judging, which has a line, and not from fetching.
    """

    def tell(event: Event) -> None:
        if not isinstance(event, _OF_OTHERS):
            observe(event)

    return tell


def _prepare(url: str, clock: SharedClock) -> None:
    """Before anything is asked or judged: by a clock of its own, a worker would do both at the wrong time."""
    with open_at(url, writable=False), contextlib.closing(Crew(url)) as crew:
        clock.set(crew.now)


class _Known:
    """What the store knows of entries: opened when it is first asked for, for one caller at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._alone = threading.Lock()
        self._store: Store | None = None

    async def __call__(self, keys: Keys) -> tuple[Entry, ...]:
        return await asyncio.to_thread(self._ask, keys)

    def close(self) -> None:
        if self._store:
            self._store.close()

    def _ask(self, keys: Keys) -> tuple[Entry, ...]:
        with self._alone:
            if self._store is None:
                self._store = open_at(self._url, writable=False)
            return self._store.known(keys)
