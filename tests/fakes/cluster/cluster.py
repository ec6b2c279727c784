"""A cluster in real processes, to which everything happens that can: played from the start to a quiet end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from aggregator.app import open_app
from aggregator.config import load
from aggregator.world import real_world
from storage.postgres_store import open_postgres
from tests.fakes import postgres
from tests.fakes.cluster.audit import Audit
from tests.fakes.cluster.books import Span
from tests.fakes.cluster.configs import config_text, paths
from tests.fakes.cluster.crew import Crew, answers, crew, same_everywhere
from tests.fakes.cluster.log import UNCHANGED
from tests.fakes.cluster.misfortune import Misfortune
from tests.fakes.cluster.online import Online, online
from tests.fakes.cluster.outlets import Plan, link
from tests.fakes.cluster.pollers import Poller, Seen, fetch

TERM = 10
"""Seconds of a lease."""
TIMEOUT = 2
"""Seconds of a request; a lease has to last for one more, and is prolonged each third of a term."""
SETTLED = 3.0
"""Seconds without a change after which nothing more is to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is to happen."""

    outlets: Plan
    fetches: int
    interval: int = 10
    """Seconds between two requests to a source."""
    workers: int = 3
    kill_every: float = 5.0
    kills: int = 5
    """At least."""
    seed: int = 7
    patience: float = 300.0
    """Seconds for whatever is waited for."""
    slack: float = 2.0
    """Seconds that a busy machine may add to how long a source waits."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What happened."""

    kills: int = 0
    judges_killed: int = 0
    away: list[Span] = field(default_factory=list)
    """When there was no database."""
    stopped: list[Span] = field(default_factory=list)
    """When a worker stood still for longer than its lease."""
    judges_stopped: int = 0
    began: float = 0.0
    frozen: float = 0.0
    quiet: float = 0.0
    seen: dict[int, Seen] = field(default_factory=dict)
    """By port, what readers of a server met."""
    bodies: dict[str, bytes] = field(default_factory=dict)
    """What servers answered in the end, by path."""
    codes: dict[str, int | None] = field(default_factory=dict)
    """How everything ended in the end."""


class Cluster:
    """Made by `cluster`."""

    def __init__(self, course: Course, folder: Path, server: postgres.Server, outlets: Online, staff: Crew) -> None:
        self.course = course
        self.server = server
        self.url = server.url()
        self.outlets = outlets
        self.crew = staff
        self.audit = Audit(self.url)
        self.tally = Tally()
        self.ports: list[int] = []
        self.folder = folder
        self.documents = paths()

    def play(self) -> Iterator[int]:
        """Everything, in order; yields how many requests have ended, every now and then."""
        open_postgres(self.url, writable=True).close()  # its tables
        self.audit.begin()
        self.ports = [self.crew.serve() for _ in range(2)]
        for _ in range(self.course.workers):
            self.crew.work()
        self.wait(lambda: len(self.audit.at_work()) >= self.course.workers, "workers")
        self.wait(lambda: all(answers(port, path) for port in self.ports for path in self.documents), "documents")
        pollers = {port: Poller(port, self.documents) for port in self.ports}
        for poller in pollers.values():
            poller.start()
        self.tally.began = time.time()
        yield from self._misfortunes()
        self.tally.frozen = self.outlets.freeze()
        yield self.outlets.ended
        self.wait(lambda: not self._behind(), "the newest of every source to be remembered")
        now, every = time.time(), self.course.outlets.sources
        self.wait(lambda: self.audit.judged_since(now) == every, "whatever was asked then to be judged")
        self.tally.quiet = time.time()
        yield self.outlets.ended
        self.wait(self._settled, "both servers to have the same, and all of it")
        self.tally.bodies = self.bodies()
        self.tally.seen = {port: poller.stop() for port, poller in pollers.items()}
        self.tally.codes = self.crew.stop()

    def _misfortunes(self) -> Iterator[int]:
        misfortune = Misfortune(self.crew, self.server, self.audit, self.tally, Random(self.course.seed), term=TERM)
        while (ended := self.outlets.ended) < self.course.fetches or misfortune.is_to_come(kills=self.course.kills):
            misfortune.strike(ended / self.course.fetches, every=self.course.kill_every)
            self.crew.all_alive()
            yield ended
            time.sleep(0.2)
        misfortune.end(self.course.workers)

    def _behind(self) -> set[int]:
        """Sources that have not answered since the end of all growth that there is nothing new.

        A document that was sent is not enough: whoever asked may have waited no longer, on a busy machine.
        """
        known = (one for one in self.outlets.requests() if one.began > self.tally.frozen and one.kind == UNCHANGED)
        return set(range(self.course.outlets.sources)) - {one.source for one in known}

    def _settled(self) -> bool:
        """Both servers have the same, and nothing else a while later."""
        if not same_everywhere(self.ports, self.documents):
            return False
        before = self.bodies()
        time.sleep(SETTLED)
        return same_everywhere(self.ports, self.documents) and self.bodies() == before

    def bodies(self) -> dict[str, bytes]:
        """What the first server answers, by path."""
        return {path: fetch(self.ports[0], path)[2] for path in self.documents}

    def published(self) -> dict[str, bytes]:
        """The same, freshly made by a daemon that only has what is stored, when nothing else runs."""
        config = load(self.folder / "config.toml", environ={})
        with open_app(config, world=real_world(), observe=lambda _: None) as app:
            app.publisher.publish()
            return {path: app.publisher.shelf.documents[path].body for path in self.documents}

    def expected(self) -> list[str]:
        """The guids of all entries that there ever were."""
        age, plan = self.tally.frozen - self.outlets.began, self.course.outlets
        return sorted(link(one, n) for one in range(plan.sources) for n in range(plan.entries(one, age)))

    def stored(self) -> Sequence[str]:
        """The guids of all entries, as often as they are stored."""
        with open_postgres(self.url, writable=False) as store:
            return sorted(entry.guid or "" for entry in store.entries())

    def wait(self, so: Callable[[], bool], what: str) -> None:
        """Until it is so; raises AssertionError when a process ends before."""
        deadline = time.monotonic() + self.course.patience
        while not so():
            self.crew.all_alive()
            assert time.monotonic() < deadline, f"waited {self.course.patience:.0f} s for {what}"
            time.sleep(0.3)


@contextmanager
def cluster(course: Course, folder: Path) -> Iterator[Cluster]:
    """A database, the outlets and no process yet; all of it ends with the block."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running(durable=True))
        outlets = stack.enter_context(online(course.outlets, folder))
        urls = (outlets.url(source) for source in range(course.outlets.sources))
        config = folder / "config.toml"
        store = postgres.as_in_a_config(server.url())
        config.write_text(config_text(urls, store=store, interval=course.interval, timeout=TIMEOUT), "utf-8")
        yield Cluster(course, folder, server, outlets, stack.enter_context(crew(config, folder, term=TERM)))
