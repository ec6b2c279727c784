"""SIGTERM to the daemon at moments spread over its start, its first pass and the passes after it.

    python benchmarks/store_sigterm.py [--points 200] [--latest 4] [--budget 480]

Each point is a `serve` in a process of its own, on loopback sources that have something new each time; a store lasts
for 20 points, so that some begin with nothing and others with what the earlier ones stored. Moments count from when the
process has SIGTERM caught: what comes before is the interpreter's start, and ends as the interpreter has it.

Stops at the first exit code but 0, exit after more than 10 seconds, or entry that was logged or published and is not
stored.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.replay import RecordedSource, Replay, serve
from benchmarks.replay.config import config_text
from benchmarks.synthetic import START, synthesize
from feeds.model import Entry
from storage.tinydb_store import open_store
from tests.fakes.servers import free_port

LATEST = 4.0
"""Seconds after the start: the first pass and the second one are over on a machine that has time; on one that is busy,
ask for more."""
POINTS_A_STORE = 20
PATIENCE = 10
"""Seconds in which a daemon ends."""
CATCHING = 60
"""Seconds until an interpreter has started, on a busy machine."""
SOURCES = 12
HEAD = '[serve]\nlisten = "127.0.0.1:{port}"\n[store]\nurl = "tinydb:store"\n[publish]\nfolder = "site"\n'
LOGGED = re.compile(r"\b(\d+) (?:new|copy|copies)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """How one daemon ended."""

    code: int
    seconds: float
    log: str
    """What it wrote on standard error."""


@contextmanager
def playing(made: Sequence[RecordedSource], *, at: datetime) -> Iterator[Replay]:
    """Loopback sources, served by a thread."""
    started: Future[tuple[Replay, Callable[[], object]]] = Future()

    async def run() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        async with serve(made, at=at) as replay:
            started.set_result((replay, partial(loop.call_soon_threadsafe, done.set)))
            await done.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    replay, end = started.result(30)
    try:
        yield replay
    finally:
        end()
        thread.join(10)


def stop_at(moment: float, config: Path) -> Stop:
    """Start the daemon, send it SIGTERM `moment` seconds later and wait for its end."""
    command = [sys.executable, "-m", "aggregator", "serve", "--config", str(config)]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log) as process,
    ):
        try:
            _wait_until_caught(process.pid)
            time.sleep(moment)
            sent = time.perf_counter()
            process.terminate()
            code = process.wait(PATIENCE + 10)
            seconds = time.perf_counter() - sent
        finally:
            process.kill()
        log.seek(0)
        return Stop(code=code, seconds=seconds, log=log.read())


def _wait_until_caught(process: int) -> None:
    status = Path(f"/proc/{process}/status")
    deadline = time.monotonic() + CATCHING
    while time.monotonic() < deadline:
        caught = next(line for line in status.read_text("ascii").splitlines() if line.startswith("SigCgt:"))
        if int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.002)
    raise TimeoutError("the process never caught SIGTERM")


def stored(folder: Path) -> dict[str, Entry]:
    """By id; a daemon that was stopped before it made a store left none."""
    if not (folder / "store").exists():
        return {}
    with open_store(folder / "store", writable=False) as store:
        return {entry.id: entry for entry in store.entries()}


def expect_all(folder: Path, before: dict[str, Entry], stop: Stop) -> dict[str, Entry]:
    """What is stored now, after it was found to hold what was there before, what was logged and what was published."""
    now = stored(folder)
    logged = sum(int(number) for number in LOGGED.findall(stop.log))
    assert before.keys() <= now.keys(), f"{len(before.keys() - now.keys())} entries of earlier daemons are gone"
    assert len(now) - len(before) >= logged, f"{logged} entries were logged, {len(now) - len(before)} came"
    published = folder / "site" / "feeds" / "security-guarantees.json"
    if published.exists():
        shown = {item["url"] for item in json.loads(published.read_text("utf-8"))["items"]}
        missing = shown - {entry.url for entry in now.values()}
        assert not missing, f"published and not stored: {missing}"
    return now


@dataclass(slots=True)
class Tally:
    points: int = 0
    served: int = 0
    """Daemons that were stopped after they began to serve."""
    fetched: int = 0
    """Those that had stored something by then."""
    entries: int = 0
    slowest: float = 0.0


def survive(folder: Path, points: int, *, budget: float, latest: float = LATEST) -> Tally:
    """Stop daemons at `points` moments from 0 to `latest`, or at as many of them as fit in `budget` seconds."""
    tally, began, before = Tally(), time.monotonic(), dict[str, Entry]()
    made = synthesize(sources=SOURCES, entries=2000, marked=0.3)  # something new every hour of their clock
    with playing(made, at=START + timedelta(days=1)) as replay:
        for number, moment in enumerate(_spread(points, latest)):
            if time.monotonic() - began > budget:
                break
            home = folder / str(number // POINTS_A_STORE)
            if number % POINTS_A_STORE == 0:
                before = {}
                home.mkdir()
                _write_config(home / "config.toml", replay)
            replay.move(replay.now + timedelta(hours=2))
            stop = stop_at(moment, home / "config.toml")
            assert stop.code == 0, f"exit code {stop.code} after {moment:.3f} s:\n{stop.log}"
            assert stop.seconds < PATIENCE, f"{stop.seconds:.1f} s after {moment:.3f} s:\n{stop.log}"
            assert "Traceback" not in stop.log, f"after {moment:.3f} s:\n{stop.log}"
            now = expect_all(home, before, stop)
            tally.points += 1
            tally.served += "serving at" in stop.log
            tally.fetched += len(now) > len(before)
            tally.entries += len(now) - len(before)
            tally.slowest = max(tally.slowest, stop.seconds)
            before = now
    return tally


def _spread(points: int, latest: float) -> Sequence[float]:
    """Even steps, in an order in which every stretch of them goes over the whole: multiples of the golden section."""
    return [number * 0.6180339887 % 1 * latest for number in range(points)]


def _write_config(file: Path, replay: Replay) -> None:
    follow = config_text(replay.sources).replace("[fetch]\n", '[fetch]\nevery = "1s"\nfastest = "1s"\n')
    file.write_text(HEAD.format(port=free_port()) + follow, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--latest", type=float, default=LATEST, help="seconds after the start, of the last moment")
    parser.add_argument("--budget", type=float, default=480, help="seconds after which no further daemon is started")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        tally = survive(Path(name), asked.points, budget=asked.budget, latest=asked.latest)
    print(f"sigterms: {tally.points}\nwhile_serving: {tally.served}\nafter_storing: {tally.fetched}")
    print(f"entries_stored: {tally.entries}\nslowest_exit_s: {tally.slowest:.2f}")
    print("exit_code_not_0: 0\nacknowledged_and_lost: 0")


if __name__ == "__main__":
    main()
