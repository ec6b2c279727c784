"""By what sources are asked: a door to the network, and a sandbox in which what comes is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aggregator.config import Config
from aggregator.fetching.articles import Articles
from aggregator.fetching.backlog import Backlog
from aggregator.fetching.client import Client
from aggregator.fetching.contact import contact_of, user_agent
from aggregator.fetching.reader import Reader
from aggregator.fetching.sandbox import Limits, Sandbox
from aggregator.fetching.slots import Slots
from aggregator.fetching.turns import Turns, at_once
from aggregator.observing.events import Observer
from aggregator.world import World
from feeds.read.attribution import with_added


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Open for as long as `open_means` is."""

    config: Config
    client: Client
    sandbox: Sandbox
    backlog: Backlog

    @property
    def reader(self) -> Reader:
        """Reads in the sandbox, and counts what waits for it."""
        return self.backlog.counting(self.sandbox.read)

    def articles(self, *, clock: Callable[[], datetime], observe: Observer) -> Articles:
        """The pages of entries, asked for by the same door and read in the same sandbox."""
        return Articles(
            client=self.client,
            clock=clock,
            observe=observe,
            extract=self.sandbox.extract,
            registry=partial(with_added, self.config.outlets),
        )


@contextmanager
def open_means(config: Config, *, world: World, sure: Callable[[], Awaitable[None]] = at_once) -> Iterator[Means]:
    """As the config wants them, with manners; raises TransportError when the proxy cannot be used.

    `sure` is waited for before each request, by whoever has the turn.
    """
    backlog = Backlog()
    client = make_client(config, turns=world.turns or Turns(slots=Slots(backlog=backlog), sure=sure))
    with Sandbox(limits=Limits.up_to(config.fetch.max_size), outlets=config.outlets) as sandbox:
        yield Means(config=config, client=client, sandbox=sandbox, backlog=backlog)


def make_client(config: Config, *, turns: Turns | None = None) -> Client:
    """The one door to the network, as the config wants it; raises TransportError when the proxy cannot be used."""
    return Client(
        user_agent=user_agent(contact_of(config)),
        timeout=config.fetch.timeout,
        max_size=config.fetch.max_size,
        proxy=config.fetch.proxy,
        turns=turns,
    )
