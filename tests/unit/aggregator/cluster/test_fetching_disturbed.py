"""Workers that die, are told to leave and lose the database again and again: no host is asked twice at once."""

from __future__ import annotations

import asyncio
import contextlib
from random import Random

import pytest

from feeds.errors import StoreError
from feeds.model import Unchanged
from tests.fakes.leased import Cluster, Publishers, in_virtual_time, now, sources_of


async def slowly(random: Random) -> Unchanged:
    await asyncio.sleep(random.choice([0.001, 0.2, 1, 20]))
    return Unchanged()


async def live(cluster: Cluster, name: str, random: Random) -> None:
    """A worker whose life is disturbed for ten minutes."""
    worker = cluster.worker(name, hosts=6, each=4)
    while now() < 1_200:
        batch = asyncio.create_task(worker.batch())
        with contextlib.suppress(TimeoutError, StoreError):
            async with asyncio.timeout(random.uniform(0, 60) if now() < 600 else None):
                await batch
        await asyncio.sleep(random.uniform(0, 3))


async def lose_the_database(cluster: Cluster, random: Random) -> None:
    while now() < 600:
        await asyncio.sleep(random.uniform(1, 60))
        cluster.away = "the database is gone"
        await asyncio.sleep(random.choice([0.01, 1, 30, 100]))
        cluster.away = ""


async def have_all_asked_again(cluster: Cluster) -> None:
    while now() < 600:
        await asyncio.sleep(20)
        for delivery in cluster.work.waiting(1_000):
            cluster.work.give_up(delivery.number, due=cluster.clock())


@pytest.mark.parametrize("seed", range(3))
@in_virtual_time
async def test_every_source_is_asked_and_no_two_workers_meet(seed):
    random = Random(seed)
    sources = [one for host in range(20) for one in sources_of(f"host{host}", 1 + host % 9)]
    publishers = Publishers(answers={one.id: lambda: slowly(random) for one in sources})
    cluster = Cluster(sources, publishers)
    names = ["one", "two", "three"]
    lives = (live(cluster, name, random) for name in names)
    await asyncio.gather(lose_the_database(cluster, random), have_all_asked_again(cluster), *lives)

    assert publishers.met == []
    assert any(visit.ended is None for visit in publishers.visits)  # given up halfway
    assert cluster.delivered().keys() == {one.id for one in sources}
