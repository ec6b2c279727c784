"""What happens to a cluster: processes that are killed or stand still, and a database that ends as hard as it can."""

from __future__ import annotations

import signal
import subprocess
import time
from random import Random
from typing import TYPE_CHECKING

from tests.fakes import postgres
from tests.fakes.cluster.audit import Audit
from tests.fakes.cluster.crew import Crew

if TYPE_CHECKING:
    from tests.fakes.cluster.cluster import Tally

GONE = 2.0
"""Seconds without a database."""
BACK = 5.0
"""Seconds in which everybody has noticed that it is there again."""
JUDGES = 3
"""Of so many kills one is the judge's."""


class Misfortune:
    """Strikes when it is asked whether it does; each misfortune that there is one of has its place in the course."""

    def __init__(
        self, crew: Crew, server: postgres.Server, audit: Audit, tally: Tally, random: Random, *, term: float
    ) -> None:
        self._crew = crew
        self._server = server
        self._audit = audit
        self._tally = tally
        self._random = random
        self._term = term
        self._next_kill = time.monotonic() + 5
        self._still: tuple[subprocess.Popen[bytes], float, float] | None = None
        """Who stands still, since when by the clock, and until when by the monotonic one."""
        self._stops = [(0.15, False), (0.35, True), (0.7, False)]
        """At which part of the course somebody stands still, and whether that is the judge."""
        self._ends = [0.5]

    def is_to_come(self, *, kills: int) -> bool:
        """Whether there is more to be struck by: so many kills, one of them of a judge, and one of each other kind."""
        killed = self._tally.kills >= kills and self._tally.judges_killed > 0
        return not killed or bool(self._stops or self._ends or self._still)

    def strike(self, part: float, *, every: float) -> None:
        """Whatever is due at this part of the course, from 0 to 1; a kill `every` so many seconds, if all work."""
        now = time.monotonic()
        if self._still and now > self._still[2]:
            self._go_on()
        if self._ends and part > self._ends[0]:
            del self._ends[0]
            self._end_database()
        if self._stops and part > self._stops[0][0] and not self._still:
            self._stand_still(judge=self._stops[0][1])
        if now > self._next_kill and self._all_at_work():
            self._next_kill = now + every
            self._kill()

    def end(self, workers: int) -> None:
        """Nothing more happens, and all that there should be run."""
        if self._still:
            self._go_on()
        while len(self._crew.workers) < workers:
            self._crew.work()

    def _kill(self) -> None:
        judge = self._crew.worker(self._judge())
        still = self._still[0] if self._still else None
        others = [one for one in self._crew.workers if one not in {judge, still}]
        if judge and judge is not still and self._tally.kills % JUDGES == JUDGES - 1:
            self._tally.judges_killed += 1
            self._crew.replace(judge)
        elif others:
            self._crew.replace(self._random.choice(others))
        else:
            return
        self._tally.kills += 1

    def _stand_still(self, *, judge: bool) -> None:
        """For longer than a lease; a judge for as long as it takes to be displaced."""
        judging = self._crew.worker(self._judge())
        others = [one for one in self._crew.workers if one is not judging]
        chosen = judging if judge else self._random.choice(others)
        if chosen is None:
            return  # nobody judges at this moment: the next time
        del self._stops[0]
        self._tally.judges_stopped += judge
        chosen.send_signal(signal.SIGSTOP)
        span = self._term * (4 if judge else 1.5)
        self._still = chosen, time.time(), time.monotonic() + span

    def _go_on(self) -> None:
        assert self._still is not None
        stopped, since, _ = self._still
        stopped.send_signal(signal.SIGCONT)
        self._tally.stopped.append((since, time.time()))
        self._still = None

    def _end_database(self) -> None:
        began = time.time()
        self._server.stop("immediate")
        time.sleep(GONE)
        self._server.start()
        self._tally.away.append((began, time.time() + BACK))

    def _judge(self) -> int | None:
        return self._audit.judge()

    def _all_at_work(self) -> bool:
        """On a machine with too much to do, a start takes longer than the time between two kills."""
        return {one.pid for one in self._crew.workers} <= self._audit.at_work()
