"""Serve a recording until Ctrl-C, and write a config that follows all its sources.

    python -m benchmarks.replay ../shared/corpora/replay-2023-06 --at 2023-06-08T12:00:00Z --config replay.toml
    ./run --config replay.toml

The clock stands still; `curl -X POST 'http://127.20.0.1:PORT/_replay?at=2023-06-09T12:00:00Z'` moves it.
"""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from benchmarks.replay import read_folder, serve
from benchmarks.replay.config import config_text


def moment(text: str) -> datetime:
    """ISO 8601 with an offset."""
    read = datetime.fromisoformat(text)
    if read.utcoffset() is None:
        raise argparse.ArgumentTypeError("needs an offset: 2023-06-08T12:00:00Z")
    return read


async def play(asked: argparse.Namespace) -> None:
    recorded = await asyncio.to_thread(read_folder, asked.folder)
    print(f"sources: {len(recorded.sources)}")
    print(f"entries: {sum(len(source.entries) for source in recorded.sources)}")
    print(f"left out without a usable date: {recorded.undated}")
    print(f"left out as repeated links: {recorded.repeated}")
    async with serve(recorded.sources, at=asked.at, port=asked.port) as replay:
        if asked.config:
            asked.config.write_text(config_text(replay.sources), "utf-8")
            print(f"config: {asked.config}")
        print(f"first: {replay.sources[0].url}")
        print(f"now: {replay.now.isoformat()}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--at", type=moment, required=True, help="simulated time: 2023-06-08T12:00:00Z")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--config", type=Path, help="write a config.toml with all sources here")
    with suppress(KeyboardInterrupt):
        asyncio.run(play(parser.parse_args()))


if __name__ == "__main__":
    main()
