"""Many small requests become few rounds of work: one at a time, in a thread, with all that gathered meanwhile."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Iterable
from datetime import timedelta

from aggregator.observing.events import Observer, PublishFailed
from feeds.errors import StoreError

PAUSE = timedelta(seconds=1)
"""How long ids gather before a round: a pass over a hundred sources then publishes a few times, not a hundred."""


class Coalesced:
    """Calls `work` with the ids that gathered, in a worker thread, holding `alone` meanwhile.

    Whoever asks never waits. A round that fails is told to `observe`, or to `refused` where it was the store that
    could not do it; its ids stay for the next round. One that answers that there is more to do is followed by another
    one, except when all is to settle.
    """

    def __init__(
        self,
        work: Callable[[tuple[str, ...]], bool | None],
        *,
        alone: asyncio.Lock,
        observe: Observer,
        refused: Callable[[StoreError], None],
        pause: timedelta = PAUSE,
    ) -> None:
        self._work = work
        self._alone = alone
        self._observe = observe
        self._refused = refused
        self._pause = pause.total_seconds()
        self._ids: dict[str, None] = {}
        self._asked = False
        self._hurry = asyncio.Event()
        self._rounds: asyncio.Task[None] | None = None

    def add(self, ids: Iterable[str] = ()) -> None:
        """Ask for a round over `ids`; without any, for one that looks at what time alone has changed."""
        self._ids.update(dict.fromkeys(ids))
        self._asked = True
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._run())

    async def settle(self) -> None:
        """Do what was asked for at once, and return when nothing is left to do."""
        self._hurry.set()
        if self._rounds is not None:
            await self._rounds

    async def _run(self) -> None:
        while self._asked:
            await self._gather()
            ids, self._ids, self._asked = tuple(self._ids), {}, False
            try:
                async with self._alone:
                    more = await asyncio.to_thread(self._work, ids)
                self._asked |= bool(more) and not self._hurry.is_set()
            except StoreError as error:
                self._ids = dict.fromkeys(ids) | self._ids
                self._refused(error)
            except Exception:  # noqa: BLE001 - readers keep the last good documents, and fetching goes on
                self._ids = dict.fromkeys(ids) | self._ids
                self._observe(PublishFailed(problem=traceback.format_exc()))

    async def _gather(self) -> None:
        try:
            async with asyncio.timeout(self._pause):
                await self._hurry.wait()
        except TimeoutError:
            pass
