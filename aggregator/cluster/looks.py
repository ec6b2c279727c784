"""What the machines that watch over a server get: `/readyz` and `/metrics`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from aggregator import __version__
from aggregator.cluster.figures import Worker, families_of
from aggregator.cluster.patience import patient
from aggregator.operating.answer_counts import AnswerCounts
from aggregator.operating.exposition import Family, Sample, exposed, family
from aggregator.serving.answering import Asked, Reply, plain
from aggregator.serving.posts import Look, Posts
from feeds.errors import StoreError

_PATIENCE: Final = 3.0
"""Seconds for workers' figures: less than those who read them, and the process that passes them on, are patient."""


class Follows(Protocol):
    """The part of `aggregator.cluster.following.Following` that is used here."""

    @property
    def documents(self) -> int: ...
    @property
    def trouble(self) -> str: ...


class Crew(Protocol):
    """The part of `storage.postgres.crew.Crew` that is used here."""

    def workers(self) -> Sequence[Worker]: ...

    def cut(self) -> None: ...


class Looks:
    """A server's own figures, and those of the workers."""

    def __init__(self, follows: Follows, *, crew: Crew) -> None:
        self._follows = follows
        self._crew = crew
        self._alone = asyncio.Lock()
        self._answers = AnswerCounts()

    def answered(self, status: str, number: int) -> None:
        """So many readers more got an answer with this status, three digits."""
        self._answers.add(status, number)

    @property
    def posts(self) -> Posts:
        """What is answered here, on the event loop."""
        return {"/readyz": Look(answer=self._ready), "/metrics": Look(answer=self._metrics)}

    async def _ready(self, _: Asked) -> Reply:
        """A database that is away is no reason to send readers elsewhere: others would have no more to give."""
        if not self._follows.documents:
            return plain(503, "there is nothing to serve yet: the log says why")
        if self._follows.trouble:
            return plain(200, "ready; the database is away, and what there is may be old: the log says why")
        return plain(200, "ready")

    async def _metrics(self, _: Asked) -> Reply:
        follows, crew = self._follows, await self._of_the_crew()
        return exposed(
            (
                self._answers.family(),
                family("documents", "gauge", "Documents that are here.", follows.documents),
                family("database_reachable", "gauge", "1 where documents are followed.", int(not follows.trouble)),
                family("ready", "gauge", "1 where /readyz answers 200.", int(bool(follows.documents))),
                family("build_info", "gauge", "The program.", [Sample(value=1, labels={"version": __version__})]),
                *crew,
            )
        )

    async def _of_the_crew(self) -> tuple[Family, ...]:
        """None of them where the database does not say, or takes its time for another one who asks."""
        if self._alone.locked():
            return ()
        asking = asyncio.create_task(self._asked())  # to its end, though nobody may wait for it so long
        try:
            async with asyncio.timeout(_PATIENCE):
                return await asyncio.shield(asking)
        except TimeoutError:
            return ()

    async def _asked(self) -> tuple[Family, ...]:
        async with self._alone:
            try:
                return tuple(families_of(await asyncio.to_thread(self._workers)))
            except StoreError:
                return ()

    def _workers(self) -> Sequence[Worker]:
        with patient(self._crew.cut, _PATIENCE):
            return self._crew.workers()
