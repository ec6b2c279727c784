"""What reading in a child costs beside reading in this process.

    python benchmarks/sandbox.py [--documents 300]

CPU is that of all processes that take part, best of 3 runs; a small document has 20 entries of 40 words, a large one
has 1,000 of 1,700. Wall times depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from aggregator.fetching.sandbox import Sandbox
from feeds.model import Source
from feeds.read import read

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(id="tides", url="https://tides.example/feed")
SENTENCE = "The river rose for three days, and then it fell again. "
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGESIZE")


def document(entries: int, sentences: int) -> bytes:
    items = "".join(
        f"<item><guid>https://tides.example/{n}</guid><link>https://tides.example/{n}</link><title>Tide {n}</title>"
        f"<description>&lt;p>{SENTENCE * sentences}&lt;/p></description>"
        f"<pubDate>Sun, 01 Mar 2026 10:{n % 60:02}:00 GMT</pubDate></item>"
        for n in range(entries)
    )
    return f'<rss version="2.0"><channel><title>Tides</title>{items}</channel></rss>'.encode()


def children() -> list[Path]:
    stats = [path / "stat" for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [stat.parent for stat in stats if stat.exists() and fields(stat)[1] == str(os.getpid())]


def fields(stat: Path) -> list[str]:
    return stat.read_text("utf-8", "replace").rpartition(")")[2].split()


def cpu_of_children() -> float:
    return sum(int(time) for child in children() for time in fields(child / "stat")[11:13]) / TICK


def resident_mb(process: Path) -> float:
    return int((process / "statm").read_text("ascii").split()[1]) * PAGE / 1e6


async def best_of_3(act: Callable[[], Awaitable[object]]) -> tuple[float, float, float]:
    """CPU seconds of this process, those of its children, and wall seconds, of the run with the least CPU."""
    runs = []
    for _ in range(3):
        own, theirs, wall = time.process_time(), cpu_of_children(), time.perf_counter()
        await act()
        runs.append((time.process_time() - own, cpu_of_children() - theirs, time.perf_counter() - wall))
    return min(runs, key=lambda run: run[0] + run[1])


def asked(body: bytes, seen: tuple[str, ...] = ()) -> dict:
    return {"body": body, "source": SOURCE, "url": SOURCE.url, "content_type": "text/xml", "now": NOW, "seen": seen}


async def measure_start() -> None:
    with Sandbox(size=1) as sandbox:
        wall = time.perf_counter()
        await sandbox.read(**asked(document(1, 1)))
        print(f"start_wall_ms: {(time.perf_counter() - wall) * 1000:.0f}")
        print(f"start_cpu_ms: {cpu_of_children() * 1000:.0f}")
        print(f"child_memory_mb: {resident_mb(children()[0]):.0f}")


async def measure_documents(name: str, count: int, body: bytes, seen: tuple[str, ...] = ()) -> None:
    """`count` of the same, one after another, here and in one child."""

    async def here() -> None:
        for _ in range(count):
            read(**asked(body, seen))

    with Sandbox(size=1) as sandbox:

        async def there() -> None:
            for _ in range(count):
                await sandbox.read(**asked(body, seen))

        await there()
        plain, _, _ = await best_of_3(here)
        own, theirs, wall = await best_of_3(there)
    print(f"{name}_here_cpu_ms: {plain / count * 1000:.2f}")
    print(f"{name}_parent_cpu_ms: {own / count * 1000:.2f}")
    print(f"{name}_child_cpu_ms: {theirs / count * 1000:.2f}")
    print(f"{name}_wall_ms: {wall / count * 1000:.2f}")
    print(f"{name}_cpu_ratio: {(own + theirs) / plain:.2f}")


async def measure_side_by_side(count: int, body: bytes) -> None:
    walls = []
    for size in (1, 2):
        with Sandbox(size=size) as sandbox:

            async def act(sandbox: Sandbox = sandbox) -> None:
                await asyncio.gather(*(sandbox.read(**asked(body)) for _ in range(count)))

            await act()
            walls.append(min([(await best_of_3(act))[2] for _ in range(2)]))
    print(f"two_children_gain: {walls[0] / walls[1]:.2f}")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300)
    count = parser.parse_args().documents
    small = document(20, 4)
    await measure_start()
    await measure_documents("small", count, small)
    await measure_documents("nothing_new", count, small, read(**asked(small)).seen)
    await measure_documents("large", 1, document(1000, 170))
    await measure_side_by_side(count, small)


if __name__ == "__main__":
    asyncio.run(main())
