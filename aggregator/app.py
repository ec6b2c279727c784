"""The composition root: builds the parts from a Config; nothing else knows them all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from aggregator.cluster.handing_on import with_handed_on
from aggregator.cluster.shelving import Elsewhere, nowhere, shelved
from aggregator.config import OWN, Config
from aggregator.control import SOCKET, Editor, claimed
from aggregator.hub import MOST_SAID, PATIENCE, Book, Diary, Telling, Wires, telling, turns
from aggregator.ingesting.ingest import Ingest
from aggregator.ingesting.judge import Judge
from aggregator.ingesting.notices import Notices
from aggregator.ingesting.rebuilding import place_again, rebuild
from aggregator.ingesting.retention import Ageing, Keeping, Retention, ageing
from aggregator.means import Means, make_client, open_means
from aggregator.observing.events import Observer, StoreMended, StoreUpgraded, tee
from aggregator.operating.operations import Operations
from aggregator.publishing.imprint import imprint, look_again
from aggregator.publishing.publish import Publisher
from aggregator.reload import Stamp, Watch, stamp
from aggregator.reload.reloader import Live, Read, Reloader, Running
from aggregator.running.daemon import Parts
from aggregator.running.working import Work
from aggregator.serving.server import application
from aggregator.site_identity import settle_site
from aggregator.world import World
from feeds.model import Notice, Reading, Site
from feeds.polling import Bounds
from feeds.text.forms import Analyser
from feeds.topics import Topic, entry_urn
from storage.opening import open_at
from storage.port import Store
from storage.tinydb_store import TinyDBStore


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The parts, put together and ready; made by `open_app`."""

    config: Config
    """As it was at the start."""
    seen: Stamp
    """What the config's file was then."""
    running: Running
    world: World
    observe: Observer
    site: Site
    store: Store
    ingest: Ingest
    publisher: Publisher
    judge: Judge
    retention: Retention
    age_out: Ageing
    """Lets go of entries that are old enough; the ids of those that left."""
    editor: Editor
    """Carries out what people decide about entries."""
    operations: Operations

    def work(self, *, read: Read | None = None) -> Work:
        """What `aggregator.running.working.working` takes; with `read`, the config is followed."""
        running = self.running
        return Work(
            sources=lambda: running.config.sources,
            ingest=self.ingest,
            publisher=self.operations.timed(self.publisher),
            beat=lambda passes: self.operations.beat(passes, running.config.sources, self.ingest),
            clock=self.world.clock,
            observe=self.observe,
            age_out=self.age_out,
            carry_out=self.editor.carry_out,
            give_up=self.editor.give_up,
            watch=self._watch(read) if read else None,
            telling=self._telling(self.ingest.alone) if self.config.publish.hub else None,
        )

    def daemon(self, *, read: Read | None = None, apart: bool = False) -> Parts:
        """What `running.daemon.run` takes; with `read`, the config is followed; `apart`: readers get a process."""
        running = self.running
        return Parts.of(
            replace(self.work(read=read), control=self.config.store.folder / SOCKET),
            application=self.operations.over(
                application(self.publisher.shelf, max_age=lambda: look_again(running.config))
            ),
            host=self.config.serve.host,
            port=self.config.serve.port,
            apart=lambda: running.config.fetch.fastest,
            stocks=self.publisher.shelf if apart else None,
            max_age=lambda: look_again(running.config),
            posts=self.operations.posts,
            answered=self.operations.answered,
        )

    async def tell_once(self) -> None:
        """Tell subscribers, or another hub, what changed; raises StoreError."""
        if self.config.publish.hub:
            await self._telling(asyncio.Lock()).tell_once()

    def _telling(self, alone: asyncio.Lock) -> Telling:
        running, patient = self.running, self.config.fetch
        brisk = replace(self.config, fetch=replace(patient, timeout=PATIENCE, max_size=MOST_SAID))
        hub = telling(
            self.config.publish.hub,
            shelf=self.publisher.shelf,
            book=Book(self.store, alone),
            wires=Wires(
                make_client(brisk, turns=turns()),
                allow_private=lambda: running.config.fetch.allow_private,
                trusted=self.config.publish.hub != OWN,
            ),
            diary=Diary(self.observe, base_url=lambda: running.config.site.base_url),
            clock=self.world.clock,
            come=self.retention.come,
        )
        return with_handed_on(hub, self.store, self.config.store.where, alone=alone)

    def _watch(self, read: Read) -> Watch:
        live = Live(
            ingest=self.ingest,
            judge=self.judge,
            publisher=self.publisher,
            retention=self.retention,
            imprint=imprint,
        )
        reloader = Reloader(self.running, live, read=read, observe=self.observe)
        return Watch(self.config.file, changed=reloader.reload, observe=self.observe, seen=self.seen)


@contextmanager
def open_app(config: Config, *, world: World, observe: Observer) -> Iterator[App]:
    """The parts over the config's store, which is open for writing meanwhile.

    All that is stored is decided on already; nothing runs and nothing is published yet. Raises StoreError and its
    children, and TransportError when the proxy cannot be used.
    """
    seen = stamp(config.file)
    with (
        open_at(config.store.where, writable=True) as store,
        claimed(config.store),
        open_means(config, world=world) as means,
    ):
        yield _app(config, store, world=world, observe=observe, seen=seen, means=means)


@contextmanager
def open_judge(config: Config, *, world: World, observe: Observer) -> Iterator[App]:
    """Likewise, of one who asks no source: others do, and bring what they found.

    It takes no socket for commands: of several workers on one machine each may come to judge.
    """
    seen = stamp(config.file)
    with open_at(config.store.where, writable=True) as store:
        yield _app(config, store, world=world, observe=observe, seen=seen, means=None)


def _app(config: Config, store: Store, *, world: World, observe: Observer, seen: Stamp, means: Means | None) -> App:
    running = Running(config=config)
    _tell_opened(store, observe)
    operations = Operations(store=config.store.folder, lost=(lambda: means.sandbox.lost) if means else int)
    notices = Notices(store, clock=world.clock)
    observe = tee(observe, operations.observe, notices.observe)
    site = settle_site(store, fixed=config.site.id, world=world)
    judge = Judge(store, ranks={source.id: source.rank for source in config.sources})
    retention = _retention(config, store, world)
    publisher = make_publisher(
        config,
        store,
        topics=config.topics,
        site=site,
        world=world,
        observe=observe,
        notices=notices.settle,
        elsewhere=shelved(store, config.store.where, max_age=lambda: look_again(running.config)),
    )
    publisher.load()
    return App(
        config=config,
        seen=seen,
        running=running,
        world=world,
        observe=observe,
        site=site,
        store=store,
        ingest=_ingest(running, store, site, judge, world, observe, means=means),
        publisher=publisher,
        judge=judge,
        retention=retention,
        age_out=ageing(retention, observe=observe),
        editor=_editor(store, judge, world, observe),
        operations=operations,
    )


def _tell_opened(store: Store, observe: Observer) -> None:
    """What opening the store for writing had to do first."""
    if not isinstance(store, TinyDBStore):
        return
    if store.upgraded:
        observe(StoreUpgraded(version=store.upgraded.version, kept_as=str(store.upgraded.kept_as or "")))
    if store.torn:
        observe(StoreMended(offset=store.torn.offset, size=store.torn.size))


def _editor(store: Store, judge: Judge, world: World, observe: Observer) -> Editor:
    return Editor(
        store,
        clock=world.clock,
        replace_entries=partial(place_again, store, judge),
        rebuild=partial(rebuild, store, judge, observe=observe),
    )


def _ingest(  # noqa: PLR0913 - the parts that passes need, each made before
    running: Running,
    store: Store,
    site: Site,
    judge: Judge,
    world: World,
    observe: Observer,
    *,
    means: Means | None,
) -> Ingest:
    config = running.config
    ingest = partial(
        Ingest,
        store=store,
        bounds=Bounds(fastest=config.fetch.fastest, slowest=config.fetch.slowest),
        clock=world.clock,
        draw=world.draw,
        observe=observe,
        judge=judge,
        own=lambda entry_id: {entry_urn(site, topic.first_id, entry_id) for topic in running.config.topics},
    )
    if means is None:
        return ingest()
    articles = means.articles(clock=world.clock, observe=observe)
    return ingest(client=means.client, hold=means.client.hold, reader=means.reader, articles=articles)


def _retention(config: Config, store: Store, world: World) -> Retention:
    keeping = Keeping(age=config.keep.entries, most=config.keep.at_most)

    def read() -> Reading:
        return Reading(clock=world.clock(), boot=world.boot, uptime=world.uptime())

    return Retention(store, keeping, read=read)


def make_publisher(  # noqa: PLR0913 - what a publisher is made of
    config: Config,
    store: Store,
    *,
    topics: Sequence[Topic],
    site: Site,
    world: World,
    observe: Observer,
    notices: Callable[[], tuple[Notice, ...]] | None = None,
    elsewhere: Elsewhere = nowhere,
) -> Publisher:
    """What publishes `topics` as the config wants it."""
    return Publisher(
        store=store,
        topics=topics,
        sources=config.sources,
        settings=imprint(config),
        analyser=Analyser(),
        site=site,
        clock=world.clock,
        observe=observe,
        notices=notices,
        elsewhere=elsewhere,
    )
