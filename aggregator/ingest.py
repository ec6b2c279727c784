"""One source, one pass: ask, understand, read, judge, commit, tell.

«Fetch side by side, remember one at a time»: any number of passes run at once, and each takes the store for itself
when it has something to remember. Whatever goes wrong in a pass costs that source this pass; only a store that
cannot remember stops everything, for then nothing may be fetched that would be lost.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.articles import Articles, Fetcher
from aggregator.belated import late_texts
from aggregator.events import Ingested, IngestResumed, IngestStopped, Observer, SourceChanged
from aggregator.judge import Judge
from aggregator.reader import Reader, read_here
from aggregator.remember import Pace, Quiet, Remembered, keys_of, remember, remember_quiet
from feeds.conditional import interpret, request_for
from feeds.dedupe.echoes import Urns, no_urns
from feeds.errors import ParseError, StoreError, StoreLocked, TransportError
from feeds.model import Failed, FailureKind, Fetched, Outcome, ReadFeed, Source, SourceState
from feeds.polling import Bounds, held_hosts, throttling_host
from storage.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What asking a source brought, before anything is remembered."""

    outcome: Outcome
    feed: ReadFeed | None = None
    problem: str = ""


class Ingest:
    """Runs passes; knows the state of every source, as last committed.

    `clock` gives the time (aware, UTC), `draw` a number from -1 to 1 for jitter. `hold` is told of a host that wants
    fewer requests, and for how long it is to be left alone. Whoever else uses the same store holds `alone` meanwhile:
    a store serves one caller at a time. Without `articles`, every entry keeps its feed's text. `own` gives the ids
    under which an entry is published, by which our own feeds are known when they come in as sources. Without `judge`,
    one over `store` is made.
    """

    def __init__(  # noqa: PLR0913 - what a pass needs of the world
        self,
        *,
        store: Store,
        client: Fetcher,
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
        self._client = client
        self.bounds = bounds
        """Of the time between two passes of a source; whoever holds `alone` may replace them."""
        self._clock = clock
        self._draw = draw
        self._observe = observe
        self._hold = hold
        self._articles = articles
        self._states = dict(store.states())
        self._waiting: list[tuple[Source, _Found, asyncio.Future[Remembered]]] = []
        """Passes that brought no entry, and wait for the store."""
        self._reader = reader
        self._own = own
        self._judge = judge or Judge(store)

    @property
    def states(self) -> Mapping[str, SourceState]:
        """By source id; what `feeds.polling.due` asks for."""
        return self._states

    async def run(self, source: Source) -> Ingested:
        """Do one pass, and tell the observer how it went.

        Raises StoreError when the store cannot remember: from then on every pass does, until `resume`. A pass that is
        cancelled while it writes ends its writing first.
        """
        if self.stopped:
            raise StoreError(self.stopped)
        began = asyncio.get_running_loop().time()
        found = await self._ask(source)
        try:
            try:
                kept = await self._with_late_pages(source, await self._remember(source, found))
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - a fault in judging costs this source this pass, and is told
                found = _unforeseen(error)
                kept = await self._remember_failure(source, found)
        except StoreError as error:
            self.stop(error)
            raise
        for change in kept.health:
            self._observe(SourceChanged(source=source.id, change=change))
        ingested = _told(source, found, kept, took=asyncio.get_running_loop().time() - began)
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

    async def _ask(self, source: Source) -> _Found:
        """Fetch, and read what is new. Nothing of a source's doing gets out of here as an exception."""
        state = self._states.get(source.id)
        try:
            request = request_for(source, state, user_agent=self._client.user_agent)
            response = await self._client.fetch(request, allow_private=source.allow_private)
            outcome = interpret(source, state, response, now=self._clock())
            seen = state.seen if state and state.url == source.url else ()
            found = await self._read(source, outcome, seen) if isinstance(outcome, Fetched) else _Found(outcome=outcome)
            return await self._complete(source, found)
        except TransportError as error:
            return _Found(outcome=Failed(kind=error.kind, reason=str(error), retry_after=error.retry_after))
        except Exception as error:  # noqa: BLE001 - hostile bytes find faults in parsers; they cost their source only
            return _unforeseen(error)

    async def _read(self, source: Source, fetched: Fetched, seen: tuple[str, ...]) -> _Found:
        """A document that cannot be read is a failure: nothing of it is remembered, its validators neither."""
        url, content_type, now = fetched.url, fetched.content_type, self._clock()
        try:
            feed = await self._reader(
                fetched.body, source=source, url=url, content_type=content_type, now=now, seen=seen
            )
        except ParseError as error:
            return _Found(outcome=Failed(kind=error.kind, reason=str(error), status=fetched.status))
        return _Found(outcome=fetched, feed=feed)

    async def _complete(self, source: Source, found: _Found) -> _Found:
        """Entries take their text from their own pages, where the source is configured so."""
        if not (source.full_text and self._articles and found.feed and found.feed.entries):
            return found
        async with self.alone:
            known = await asyncio.to_thread(self._store.known, keys_of(found.feed.entries))
        return replace(found, feed=await self._articles.complete(source, found.feed, known=known))

    async def _with_late_pages(self, source: Source, kept: Remembered) -> Remembered:
        """`kept`, and the entries that have their page's text only now, since it failed in an earlier pass."""
        if not (source.full_text and self._articles):
            return kept
        late = await late_texts(
            source,
            articles=self._articles,
            store=self._store,
            judge=self._judge,
            alone=self.alone,
            clock=self._clock,
        )
        return replace(kept, revised=kept.revised + len(late), changed=tuple(dict.fromkeys((*kept.changed, *late))))

    async def _remember(self, source: Source, found: _Found) -> Remembered:
        """Remember, and see it through even when the pass is cancelled: the thread that writes cannot be."""
        writing = asyncio.create_task(self._write(source, found))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            if isinstance(error := writing.exception(), StoreError):
                self.stop(error)
            raise

    async def _write(self, source: Source, found: _Found) -> Remembered:
        if found.feed is None or not found.feed.entries:
            return await self._write_quiet(source, found)
        async with self.alone:
            if self.stopped:
                raise StoreError(self.stopped)
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

    async def _write_quiet(self, source: Source, found: _Found) -> Remembered:
        """Passes that bring no entry share a commit: who gets the store first writes for all that wait for it."""
        told: asyncio.Future[Remembered] = asyncio.get_running_loop().create_future()
        self._waiting.append((source, found, told))
        async with self.alone:
            if not told.done():
                waiting, self._waiting = self._waiting, []
                await self._write_all(waiting)
        return await told

    async def _write_all(self, waiting: Sequence[tuple[Source, _Found, asyncio.Future[Remembered]]]) -> None:
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

    async def _remember_failure(self, source: Source, found: _Found) -> Remembered:
        """Remember that a pass broke; if even that breaks, stay away for a while without remembering it."""
        try:
            return await self._remember(source, found)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - without a next_fetch the source would be asked again at every tick
            known = self._states.get(source.id)
            state = known if known and known.url == source.url else SourceState(source=source.id, url=source.url)
            state = replace(state, next_fetch=self._clock() + max(source.every, self.bounds.fastest))
            self._states[source.id] = state
            return Remembered(state=state)

    def stop(self, error: StoreError) -> None:
        """Run no more passes until `resume` finds that the store goes on; tells the observer, once."""
        if not self.stopped:
            self.stopped = str(error)
            self._observe(IngestStopped(reason=self.stopped))


def _unforeseen(error: Exception) -> _Found:
    reason = f"topicwire itself failed on this source ({type(error).__name__}: {error}); please report it"
    return _Found(
        outcome=Failed(kind=FailureKind.BROKEN, reason=reason), problem="".join(traceback.format_exception(error))
    )


def _told(source: Source, found: _Found, kept: Remembered, *, took: float) -> Ingested:
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
        took=timedelta(seconds=took),
    )
