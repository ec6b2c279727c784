"""What the machines that watch over a server get: `/readyz` and `/metrics`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from aggregator import __version__
from aggregator.answer_counts import AnswerCounts
from aggregator.answering import Asked, Reply, plain
from aggregator.exposition import Family, Sample, exposed, family
from aggregator.posts import Look, Posts
from feeds.errors import StoreError

Crew = Callable[[], Iterable[Family]]
"""Figures of those who work elsewhere; blocks, and raises StoreError where they cannot be had."""
_PATIENCE: Final = 3.0
"""Seconds for them: less than a reader of figures, and the process that passes this on, are patient."""


class Follows(Protocol):
    """The part of `aggregator.cluster.following.Following` that is used here."""

    @property
    def documents(self) -> int: ...
    @property
    def trouble(self) -> str: ...


class Looks:
    """A server's own figures, and those of the workers."""

    def __init__(self, follows: Follows, *, crew: Crew = tuple) -> None:
        self._follows = follows
        self._crew = crew
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
        """None of them where the database does not say."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await asyncio.to_thread(lambda: tuple(self._crew()))
        except (StoreError, TimeoutError):
            return ()
