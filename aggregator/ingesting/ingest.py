"""One source, one pass: ask it, then judge what was found, commit, tell.

«Fetch side by side, remember one at a time»: any number of passes run at once, and each takes the store for itself
when it has something to remember. Whatever goes wrong in a pass costs that source this pass; only a store that
cannot remember stops everything, for then nothing may be fetched that would be lost.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from aggregator.fetching.articles import Articles, Fetcher
from aggregator.fetching.reader import Reader, read_here
from aggregator.ingesting.asking import Asking, Found, unforeseen
from aggregator.ingesting.belated import remember_late
from aggregator.ingesting.judge import Judge
from aggregator.ingesting.remember import Pace, Quiet, Remembered, remember, remember_quiet
from aggregator.observing.events import Ingested, IngestResumed, IngestStopped, Observer, SourceChanged
from feeds.dedupe.echoes import Urns, no_urns
from feeds.errors import StoreError, StoreLocked
from feeds.model import Entry, Source, SourceState
from feeds.polling import Bounds, held_hosts, throttling_host
from storage.port import Keys, Store

T = TypeVar("T")


class Ingest:
    """Runs passes, or takes what others found; knows the state of every source, as last committed.

    `clock` gives the time (aware, UTC), `draw` a number from -1 to 1 for jitter. `hold` is told of a host that wants
    fewer requests, and for how long it is to be left alone. Whoever else uses the same store holds `alone` meanwhile:
    a store serves one caller at a time. `client`, `articles` and `reader` are what sources are asked with, as by
    `aggregator.ingesting.asking.Asking`; without `client`, none is. `own` gives the ids under which an entry is
    published, by which our own feeds are known when they come in as sources. Without `judge`, one over `store` is made.
    """

    def __init__(  # noqa: PLR0913 - what a pass needs of the world
        self,
        *,
        store: Store,
        client: Fetcher | None = None,
        bounds: Bounds,
        clock: Callable[[], datetime],
        draw: Callable[[], float],
        observe: Observer,
        hold: Callable[[str, timedelta], None] = lambda _host, _span: None,
        articles: Articles | None = None,
        reader: Reader = read_here,
        own: Urns = no_urns,
        judge: Judge | None = None,
    ) -> None:
        self.alone = asyncio.Lock()
        self.stopped = ""
        """Why no pass runs until `resume` finds that the store goes on; empty: they do."""
        self._store = store
        self._asking: Asking | None = None
        if client:
            self._asking = Asking(client=client, clock=clock, known=self.known, articles=articles, reader=reader)
        self.bounds = bounds
        """Of the time between two passes of a source; whoever holds `alone` may replace them."""
        self._clock = clock
        self._draw = draw
        self._observe = observe
        self._hold = hold
        self._states = dict(store.states())
        self._waiting: list[tuple[Source, Found, asyncio.Future[Remembered]]] = []
        """Passes that brought no entry, and wait for the store."""
        self._own = own
        self._judge = judge or Judge(store)

    @property
    def states(self) -> Mapping[str, SourceState]:
        """By source id; what `feeds.polling.due` asks for."""
        return self._states

    async def known(self, keys: Keys) -> tuple[Entry, ...]:
        """The entries that are remembered under `keys`. Raises StoreError."""
        async with self.alone:
            return await asyncio.to_thread(self._store.known, keys)

    async def run(self, source: Source) -> Ingested:
        """Do one pass, and tell the observer how it went.

        Raises StoreError when the store cannot remember: from then on every pass does, until `resume`. A pass that is
        cancelled while it writes ends its writing first.
        """
        if self._asking is None:
            raise RuntimeError("this one has no client to ask with")
        self._go_on()
        try:
            found = await self._asking.ask(source, self._states.get(source.id))
        except StoreError as error:
            self.stop(error)
            raise
        return await self.take(source, found)

    async def take(self, source: Source, found: Found) -> Ingested:
        """Judge and commit what was found when `source` was asked, by whomever, and tell the observer; as `run` does.

        It is judged by what is remembered now, which may be another state than the one that the source was asked in.
        But what was found at another URL than the source has by now (`Found.asked`) is not to be taken.
        """
        self._go_on()
        began = asyncio.get_running_loop().time()
        try:
            found, kept = await self._take(source, found)
        except StoreError as error:
            self.stop(error)
            raise
        for change in kept.health:
            self._observe(SourceChanged(source=source.id, change=change))
        taking = timedelta(seconds=asyncio.get_running_loop().time() - began)
        ingested = _told(source, found, kept, took=found.took + taking)
        self._observe(ingested)
        return ingested

    async def resume(self) -> bool:
        """Ask a store that refused whether it goes on; True: passes run again. See it through, as `run` does."""
        async with self.alone:
            try:
                await asyncio.to_thread(self._store.recover)
                self._states = dict(await asyncio.to_thread(self._store.states))
                await asyncio.to_thread(self._judge.refresh)
            except StoreError as error:
                if isinstance(error, StoreLocked) and str(error) != self.stopped:  # another one writes now
                    self._observe(IngestStopped(reason=str(error)))
                self.stopped = str(error)
                return False
            self.stopped = ""
        self._observe(IngestResumed())
        return True

    def _go_on(self) -> None:
        if self.stopped:
            raise StoreError(self.stopped)

    async def _take(self, source: Source, found: Found) -> tuple[Found, Remembered]:
        """What came of `found`, which is another if judging it failed."""
        try:
            kept = await self._seen_through(self._write(source, found))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault in judging costs this source this pass, and is told
            found = unforeseen(source, error, took=found.took)
            return found, await self._remember_failure(source, found)
        try:
            late = await self._seen_through(self._write_late(found.late)) if found.late else ()
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - likewise, and what came in time is remembered
            return replace(found, problem="".join(traceback.format_exception(error))), kept
        changed = tuple(dict.fromkeys((*kept.changed, *late)))
        return found, replace(kept, revised=kept.revised + len(late), changed=changed)

    async def _seen_through(self, work: Coroutine[object, object, T]) -> T:
        """Do `work`, to its end even when the pass is cancelled: the thread that writes cannot be."""
        writing = asyncio.create_task(work)
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            if isinstance(error := writing.exception(), StoreError):
                self.stop(error)
            raise

    async def _write(self, source: Source, found: Found) -> Remembered:
        if found.feed is None or not found.feed.entries:
            return await self._write_quiet(source, found)
        async with self.alone:
            self._go_on()
            kept = await asyncio.to_thread(
                remember,
                self._store,
                source=source,
                state=self._states.get(source.id),
                outcome=found.outcome,
                feed=found.feed,
                now=self._clock(),
                pace=Pace(bounds=self.bounds, jitter=self._draw()),
                own=self._own,
                judge=self._judge,
            )
            self._learn(kept.state)
            return kept

    async def _write_late(self, late: Sequence[tuple[Entry, Entry]]) -> tuple[str, ...]:
        async with self.alone:
            self._go_on()
            return await asyncio.to_thread(remember_late, self._store, self._judge, late, now=self._clock())

    async def _write_quiet(self, source: Source, found: Found) -> Remembered:
        """Passes that bring no entry share a commit: who gets the store first writes for all that wait for it."""
        told: asyncio.Future[Remembered] = asyncio.get_running_loop().create_future()
        self._waiting.append((source, found, told))
        async with self.alone:
            if not told.done():
                waiting, self._waiting = self._waiting, []
                await self._write_all(waiting)
        return await told

    async def _write_all(self, waiting: Sequence[tuple[Source, Found, asyncio.Future[Remembered]]]) -> None:
        now = self._clock()
        passes = [
            Quiet(
                source=source,
                state=self._states.get(source.id),
                outcome=found.outcome,
                feed=found.feed,
                pace=Pace(bounds=self.bounds, jitter=self._draw()),
            )
            for source, found, _ in waiting
        ]
        done: tuple[Remembered | Exception, ...] = (StoreError(self.stopped),) * len(waiting)
        if not self.stopped:
            try:
                done = await asyncio.to_thread(remember_quiet, self._store, passes, now=now)
            except Exception as error:  # noqa: BLE001 - each pass is told, and knows what to make of it
                done = (error,) * len(waiting)
        for (_, _, told), kept in zip(waiting, done, strict=True):
            try:
                if isinstance(kept, Exception):
                    raise kept  # noqa: TRY301 - told below, as whatever breaks now
                self._learn(kept.state)
                told.set_result(kept)
            except Exception as error:  # noqa: BLE001 - the others wait to be told, too
                told.set_exception(error)

    def _learn(self, state: SourceState) -> None:
        self._states[state.source] = state
        self._hold_host(state)

    def _hold_host(self, state: SourceState) -> None:
        """After a 429: others may be waiting for their turn at the same host already."""
        if state.last_status == 429:
            now, host = self._clock(), throttling_host(state)
            if until := held_hosts(self._states.values(), now).get(host):
                self._hold(host, until - now)

    async def _remember_failure(self, source: Source, found: Found) -> Remembered:
        """Remember that a pass broke; if even that breaks, stay away for a while without remembering it."""
        try:
            return await self._seen_through(self._write(source, found))
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - without a next_fetch the source would be asked again at every tick
            known = self._states.get(source.id)
            state = known if known and known.url == source.url else SourceState(source=source.id, url=source.url)
            state = replace(state, next_fetch=self._clock() + max(source.every, self.bounds.fastest))
            self._states[source.id] = state
            return Remembered(state=state, stored=False)

    def stop(self, error: StoreError) -> None:
        """Run no more passes until `resume` finds that the store goes on; tells the observer, once."""
        if not self.stopped:
            self.stopped = str(error)
            self._observe(IngestStopped(reason=self.stopped))


def _told(source: Source, found: Found, kept: Remembered, *, took: timedelta) -> Ingested:
    return Ingested(
        source=source.id,
        outcome=found.outcome,
        new=kept.new,
        revised=kept.revised,
        copies=kept.copies,
        held=kept.held,
        same=kept.same,
        skipped=found.feed.skipped if found.feed else (),
        changed=kept.changed,
        problem=found.problem,
        stored=kept.stored,
        took=took,
    )
