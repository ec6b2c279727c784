"""1,000 sources asked for the first time, and again when none has anything new, beside PyPI `reader` doing the same.

    pip install reader==3.26
    python benchmarks/many_sources.py [--sources 1000] [--entries 20] [--rounds 3]

Every source has a loopback address of its own; the server is a process of its own, and its work counts for nobody.
Each run is a fresh process with an empty store on disk: a cold pass over all sources, then warm passes over the same
documents. `topicwire` is the product's own parts: its client, its reading in child processes, its deduplication, and a
commit to its journal for each source. Deciding on one topic and publishing it, which `reader` has nothing like, comes
after the cold pass and has lines of its own. `reader` updates with 10 workers into a SQLite file.

CPU is that of the process and its children, from the first request to the last commit, without starting the interpreter
and importing the libraries; best of the rounds, taken in turn. Wall times depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.app import open_app
from aggregator.config import load
from aggregator.fetching.turns import GAP
from aggregator.world import real_world
from benchmarks.replay import ServedSource, serve
from benchmarks.replay.config import config_text
from benchmarks.synthetic import START, synthesize
from feeds.model import Failed

WARM_PASSES = 3
WORKERS = 10
BUDGET = 200.0
"""Seconds after which no further round begins: the whole takes less than four minutes on a busy machine of 2 cores."""
PATIENCE = 150.0
"""Seconds that one run may take."""
SPAWN = multiprocessing.get_context("spawn")
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one pass over all sources, in seconds."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one process did."""

    cold: Cost
    publishing: Cost
    """What the cold pass brought."""
    warm: Cost
    """The cheapest of the warm passes."""
    stored: int
    """Entries in the store after all passes."""
    size: int
    """Bytes of the store."""
    first_warm: tuple[int, int]
    """Requests and 304s of the first warm pass, as the server counted them."""


def serve_made_up(count: int, entries: int, to_parent: Connection) -> None:
    """Serve until told to end; anything else that is said is answered with the requests and 304s so far."""

    async def run() -> None:
        made = synthesize(sources=count, entries=entries)
        async with serve(made, at=START + timedelta(days=31)) as replay:
            to_parent.send(replay.sources)
            while await asyncio.to_thread(to_parent.recv) != "end":
                total = replay.total()
                to_parent.send((total.requests, total.not_modified))

    asyncio.run(run())


def cpu_so_far() -> float:
    """Seconds of this process, the children that ended and those that live."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_cpu_of_child, _children()))


def _children() -> Iterator[Path]:
    for task in Path("/proc/self/task").iterdir():
        yield from (Path("/proc") / child for child in (task / "children").read_text("ascii").split())


def _cpu_of_child(process: Path) -> float:
    fields = (process / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:13]) / TICK


def cost_of(act: Callable[[], None]) -> Cost:
    cpu, wall = cpu_so_far(), time.perf_counter()
    act()
    return Cost(cpu=cpu_so_far() - cpu, wall=time.perf_counter() - wall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    ask_all: Callable[[], None]
    publish: Callable[[], None]
    stored: Callable[[], int]
    """How many entries are in the store."""
    place: Path
    """Of the store."""


@contextmanager
def topicwire(sources: Sequence[ServedSource], folder: Path) -> Iterator[Contender]:
    """The parts that a config brings together, with the manners of every day."""
    file = folder / "config.toml"
    file.write_text(config_text(sources), "utf-8")
    config = load(file, environ={})
    with (
        asyncio.Runner() as runner,
        open_app(config, world=real_world(), observe=lambda _: None) as app,
    ):
        changed: list[str] = []

        async def passes() -> None:
            done = await asyncio.gather(*(app.ingest.run(source) for source in config.sources))
            failed = [one for one in done if isinstance(one.outcome, Failed)]
            assert not failed, failed[:3]
            changed.extend(entry for one in done for entry in one.changed)

        def publish() -> None:
            app.publisher.take(changed)
            app.publisher.publish()

        yield Contender(
            ask_all=lambda: runner.run(passes()),
            publish=publish,
            stored=lambda: app.store.counts().entries,
            place=config.store.folder,
        )


@contextmanager
def reader(sources: Sequence[ServedSource], folder: Path) -> Iterator[Contender]:
    """The same of `reader`, which is asked to update all feeds, whenever they are due."""
    from reader import make_reader  # noqa: PLC0415 - not everybody has it

    with make_reader(str(folder / "reader.sqlite"), feed_root="") as library:
        for source in sources:
            library.add_feed(source.url)

        def ask_all() -> None:
            failed = [one for one in library.update_feeds_iter(workers=WORKERS, scheduled=False) if one.error]
            assert not failed, failed[:3]

        yield Contender(
            ask_all=ask_all,
            publish=lambda: None,
            stored=lambda: library.get_entry_counts().total or 0,
            place=folder,
        )


CONTENDERS = {"topicwire": topicwire, "reader": reader}


def run_apart(name: str, sources: Sequence[ServedSource], to_parent: Connection) -> None:
    """One run, in the process for it: asks for the server's counts, and tells the costs."""
    with TemporaryDirectory() as folder, CONTENDERS[name](sources, Path(folder)) as side:

        def counted() -> tuple[int, int]:
            to_parent.send("how many?")
            requests, not_modified = to_parent.recv()
            return requests, not_modified

        def warm_pass() -> Cost:
            time.sleep(GAP.total_seconds())  # the pause between two requests to one host is no work of anybody's
            return cost_of(side.ask_all)

        cold = cost_of(side.ask_all)
        publishing = cost_of(side.publish)
        before = counted()
        first = warm_pass()
        after = counted()
        warm = [first, *(warm_pass() for _ in range(WARM_PASSES - 1))]
        run = Run(
            cold=cold,
            publishing=publishing,
            warm=Cost(cpu=min(one.cpu for one in warm), wall=min(one.wall for one in warm)),
            stored=side.stored(),
            size=sum(file.stat().st_size for file in side.place.rglob("*") if file.is_file()),
            first_warm=(after[0] - before[0], after[1] - before[1]),
        )
        to_parent.send(run)


def measured(name: str, sources: Sequence[ServedSource], counted: Callable[[], tuple[int, int]]) -> Run:
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=run_apart, args=(name, sources, there))
    process.start()
    there.close()
    try:
        while here.poll(PATIENCE):
            told = here.recv()
            if isinstance(told, Run):
                return told
            here.send(counted())
        raise TimeoutError(f"{name} took more than {PATIENCE:g} s")
    finally:
        process.join(10)
        process.kill()


def report(name: str, runs: Sequence[Run]) -> Mapping[str, float]:
    """Print the best of `runs`; returns it by what it is."""
    best = {
        "cold_cpu_s": min(run.cold.cpu for run in runs),
        "cold_wall_s": min(run.cold.wall for run in runs),
        "warm_cpu_s": min(run.warm.cpu for run in runs),
        "warm_wall_s": min(run.warm.wall for run in runs),
    }
    for what, seconds in best.items():
        print(f"{name}_{what}: {seconds:.2f}")
    if name == "topicwire":
        print(f"{name}_publishing_cpu_s: {min(run.publishing.cpu for run in runs):.2f}")
        print(f"{name}_publishing_wall_s: {min(run.publishing.wall for run in runs):.2f}")
    print(f"{name}_entries_stored: {runs[0].stored}")
    print(f"{name}_store_mb: {runs[0].size / 1e6:.1f}")
    print(f"{name}_first_warm_requests: {min(run.first_warm[0] for run in runs)}")
    print(f"{name}_first_warm_304s: {min(run.first_warm[1] for run in runs)}")
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    names = [name for name in CONTENDERS if find_spec(name) or name == "topicwire"]
    if "reader" not in names:
        print("not installed, so there is nothing to compare with: pip install reader==3.26")
    here, there = SPAWN.Pipe()
    server = SPAWN.Process(target=serve_made_up, args=(asked.sources, asked.entries, there), daemon=True)
    server.start()
    runs: dict[str, list[Run]] = {name: [] for name in names}
    began = time.perf_counter()
    try:
        sources = here.recv()

        def counted() -> tuple[int, int]:
            here.send("counts")
            requests, not_modified = here.recv()
            return requests, not_modified

        while len(runs["topicwire"]) < asked.rounds and time.perf_counter() - began < BUDGET / 2:
            for name in names:
                runs[name].append(measured(name, sources, counted))
    finally:
        here.send("end")
        server.join(10)
    print(f"sources: {asked.sources}")
    print(f"entries_each: {asked.entries}")
    print(f"rounds: {len(runs['topicwire'])}")
    best = {name: report(name, found) for name, found in runs.items()}
    if "reader" in best:
        for what in best["topicwire"]:
            print(f"{what.rpartition('_')[0]}_times_as_fast: {best['reader'][what] / best['topicwire'][what]:.2f}")


if __name__ == "__main__":
    main()
