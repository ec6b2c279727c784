"""`status` over a recorded month: how long it takes, and whether the account of its entries closes.

    python benchmarks/status.py [FOLDER] [--step HOURS] [--days DAYS] [--keep PLACE]

Follows all recorded sources from 2023-06-08 12:00 UTC in steps, with the topics of config.toml; prints what `status`
shows at the end, what became of all entries, and how long the commands take, best of 3.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from aggregator.cli.accounts import accounts, show_accounts
from aggregator.cli.status import show
from aggregator.config import load
from aggregator.operating.status import status
from benchmarks.replay import read_folder, serve
from benchmarks.replay.follow import follow
from benchmarks.replay_june import CORPORA, ROOT, START, say

ROUNDS = 3


async def run(folder: Path, place: Path, *, step: timedelta, days: float) -> None:
    topics = load(ROOT / "config.toml", environ={}).topics
    recorded = await asyncio.to_thread(read_folder, folder)
    async with (
        serve(recorded.sources, at=START) as replay,
        follow(replay, folder=place, topics=topics) as following,
    ):
        await following.ask_all()
        while replay.now < START + timedelta(days=days):
            replay.move(replay.now + step)
            await following.ask_all()
            following.app.age_out()
        app = following.app
        show(status(app.config, app.store, replay.now), replay.now)
        found = accounts(app.config, app.store, replay.now)
        show_accounts(found, as_json=False)
        say("entries taken in", found.overall.taken_in)
        say("entries unaccounted for", found.overall.unaccounted)
        say("notices", len(app.store.notices()))
        say("journal bytes", app.store.counts().size)


def timed(name: str, *words: str, folder: Path) -> None:
    command = [sys.executable, "-m", "aggregator", *words, "--config", str(folder / "config.toml")]
    took = []
    for _ in range(ROUNDS):
        began = spent()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        took.append(spent() - began)
    say(f"{name} CPU seconds, best of {ROUNDS}", f"{min(took):.2f}")


def spent() -> float:
    """CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=CORPORA / "replay-2023-06")
    parser.add_argument("--step", type=float, default=24, help="hours between two looks")
    parser.add_argument("--days", type=float, default=22)
    parser.add_argument("--keep", type=Path, help="where store and site go, and stay")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = asked.keep or Path(temporary)
        asyncio.run(run(asked.folder, place, step=timedelta(hours=asked.step), days=asked.days))
        timed("status", "status", folder=place)
        timed("status --accounting", "status", "--accounting", folder=place)


if __name__ == "__main__":
    main()
