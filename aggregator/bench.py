"""What the one who judges works with, put together over a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial

from aggregator.app import open_judge
from aggregator.cluster.commanded import Commanded
from aggregator.cluster.taking import Bench
from aggregator.config import Config
from aggregator.events import Observer
from aggregator.reload.reloader import Read
from aggregator.shelf import Shelf
from aggregator.world import World
from storage.opening import commands_at, deliveries_at
from storage.port import Store


@contextmanager
def open_bench(
    config: Config,
    *,
    world: World,
    observe: Observer,
    worker: str,
    read: Read | None = None,
    shelving: Callable[[Shelf, Store], Callable[[], None]] = lambda _shelf, _store: lambda: None,
) -> Iterator[Bench]:
    """What `aggregator.cluster.judging.judge` works with, over a database; `worker` is the name of this one.

    `shelving` gives what is called whenever something may have been published, by whoever holds the store alone. The
    rest, and what is raised, as of `aggregator.app.open_judge`.
    """
    database = config.store.database
    with (
        open_judge(config, world=world, observe=observe) as app,
        closing(deliveries_at(database)) as deliveries,
        closing(commands_at(database)) as commands,
    ):
        work = app.work(read=read, published=shelving(app.publisher.shelf, app.store))
        door = partial(Commanded, commands, worker=worker, observe=app.observe)
        yield Bench(work=replace(work, door=door), store=app.store, deliveries=deliveries)
