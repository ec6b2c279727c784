"""The composition root: builds the parts from a Config; nothing else knows them all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from aggregator.articles import Articles
from aggregator.backlog import Backlog
from aggregator.client import Client
from aggregator.cluster.shelving import Elsewhere, nowhere, shelved
from aggregator.config import OWN, Config
from aggregator.contact import contact_of, user_agent
from aggregator.control import SOCKET, Editor, claimed
from aggregator.daemon import Parts
from aggregator.events import Observer, StoreMended, StoreUpgraded, tee
from aggregator.hub import MOST_SAID, PATIENCE, Book, Diary, Telling, Wires, telling, turns
from aggregator.imprint import imprint, look_again
from aggregator.ingest import Ingest
from aggregator.judge import Judge
from aggregator.notices import Notices
from aggregator.operations import Operations
from aggregator.publish import Publisher
from aggregator.rebuilding import place_again, rebuild
from aggregator.reload import Live, Reloader, Running, Stamp, Watch, stamp
from aggregator.reload.reloader import Read
from aggregator.retention import Ageing, Keeping, Retention, ageing
from aggregator.sandbox import Limits, Sandbox
from aggregator.server import application
from aggregator.slots import Slots
from aggregator.turns import Turns
from aggregator.world import World
from feeds.model import Notice, Reading, Site
from feeds.polling import Bounds
from feeds.read.attribution import with_added
from feeds.text.forms import Analyser
from feeds.topics import Topic, entry_urn
from storage.opening import open_at
from storage.port import Change, Store
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

    def daemon(self, *, read: Read | None = None, apart: bool = False) -> Parts:
        """What `aggregator.daemon.run` takes; with `read`, the config is followed; `apart`: readers get a process."""
        running = self.running
        return Parts(
            sources=lambda: running.config.sources,
            ingest=self.ingest,
            publisher=self.operations.timed(self.publisher),
            application=self.operations.over(
                application(self.publisher.shelf, max_age=lambda: look_again(running.config))
            ),
            beat=lambda passes: self.operations.beat(passes, running.config.sources, self.ingest),
            host=self.config.serve.host,
            port=self.config.serve.port,
            clock=self.world.clock,
            observe=self.observe,
            apart=lambda: running.config.fetch.fastest,
            age_out=self.age_out,
            carry_out=self.editor.carry_out,
            give_up=self.editor.give_up,
            control=self.config.store.folder / SOCKET,
            stocks=self.publisher.shelf if apart else None,
            max_age=lambda: look_again(running.config),
            posts=self.operations.posts,
            answered=self.operations.answered,
            watch=self._watch(read) if read else None,
            telling=self._telling(self.ingest.alone) if self.config.publish.hub else None,
        )

    async def tell_once(self) -> None:
        """Tell subscribers, or another hub, what changed; raises StoreError."""
        if self.config.publish.hub:
            await self._telling(asyncio.Lock()).tell_once()

    def _telling(self, alone: asyncio.Lock) -> Telling:
        running, patient = self.running, self.config.fetch
        brisk = replace(self.config, fetch=replace(patient, timeout=PATIENCE, max_size=MOST_SAID))
        return telling(
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
    running, seen = Running(config=config), stamp(config.file)
    backlog = Backlog()
    client = make_client(config, turns=world.turns or Turns(slots=Slots(backlog=backlog)))
    sandbox = Sandbox(limits=Limits.up_to(config.fetch.max_size), outlets=config.outlets)
    with open_at(config.store.where, writable=True) as store, claimed(config.store), sandbox:
        _tell_opened(store, observe)
        operations = Operations(store=config.store.folder, lost=lambda: sandbox.lost)
        notices = Notices(store, clock=world.clock)
        observe = tee(observe, operations.observe, notices.observe)
        site = settle_site(store, fixed=config.site.id, world=world)
        judge = Judge(store, ranks={source.id: source.rank for source in config.sources})
        retention = _retention(config, store, world)
        app = App(
            config=config,
            seen=seen,
            running=running,
            world=world,
            observe=observe,
            site=site,
            store=store,
            ingest=_ingest(running, store, site, judge, world, observe, client=client, reading=(sandbox, backlog)),
            publisher=make_publisher(
                config,
                store,
                topics=config.topics,
                site=site,
                world=world,
                observe=observe,
                notices=notices.settle,
                elsewhere=shelved(store, config.store.where, max_age=lambda: look_again(running.config)),
            ),
            judge=judge,
            retention=retention,
            age_out=ageing(retention, observe=observe),
            editor=_editor(store, judge, world, observe),
            operations=operations,
        )
        app.publisher.load()
        yield app


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
    client: Client,
    reading: tuple[Sandbox, Backlog],
) -> Ingest:
    config, (sandbox, backlog) = running.config, reading
    return Ingest(
        store=store,
        client=client,
        bounds=Bounds(fastest=config.fetch.fastest, slowest=config.fetch.slowest),
        clock=world.clock,
        draw=world.draw,
        observe=observe,
        hold=client.hold,
        articles=Articles(
            client=client,
            clock=world.clock,
            observe=observe,
            extract=sandbox.extract,
            registry=partial(with_added, config.outlets),
        ),
        reader=backlog.counting(sandbox.read),
        judge=judge,
        own=lambda entry_id: {entry_urn(site, topic.first_id, entry_id) for topic in running.config.topics},
    )


def _retention(config: Config, store: Store, world: World) -> Retention:
    keeping = Keeping(age=config.keep.entries, most=config.keep.at_most)

    def read() -> Reading:
        return Reading(clock=world.clock(), boot=world.boot, uptime=world.uptime())

    return Retention(store, keeping, read=read)


def make_client(config: Config, *, turns: Turns | None = None) -> Client:
    """The one door to the network, as the config wants it; raises TransportError when the proxy cannot be used."""
    return Client(
        user_agent=user_agent(contact_of(config)),
        timeout=config.fetch.timeout,
        max_size=config.fetch.max_size,
        proxy=config.fetch.proxy,
        turns=turns,
    )


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


def known_site(store: Store, *, fixed: UUID | None) -> Site:
    """The identity that `settle_site` would find, without minting one: none is known, a stand-in. Raises StoreError."""
    stored = store.site() or Site(id=UUID(int=0), since=datetime.min.replace(tzinfo=UTC))
    return replace(stored, id=fixed) if fixed else stored


def settle_site(store: Store, *, fixed: UUID | None, world: World) -> Site:
    """The identity under which everything is published: the stored one, or one minted now and stored for ever.

    `fixed` is the config's word: it takes the stored id's place, and all published ids change with it. Raises
    StoreError.
    """
    stored = store.site()
    if stored is None:
        site = Site(id=fixed or world.mint(), since=world.clock())
    elif fixed is not None and fixed != stored.id:
        site = replace(stored, id=fixed)
    else:
        return stored
    store.commit(Change(site=site))
    return site
