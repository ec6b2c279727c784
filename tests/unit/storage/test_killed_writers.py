"""kill -9 in the middle of ingests: every acknowledged change is there, and no half of another one."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.memory import MemoryStore
from storage.port import Store
from storage.tinydb_store import open_store
from tests.fakes import committing_child
from tests.fakes.committing_child import change

SEED = 7


def killed_after(folder: Path, seconds: float, *, while_opening: bool) -> int | None:
    """Let a child commit and kill it; the last number that it acknowledged, None when it came to none.

    `seconds` count from its first acknowledgement, or from its start.
    """
    command = [sys.executable, committing_child.__file__, str(folder), str(SEED)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        first = b"" if while_opening else child.stdout.readline()
        time.sleep(seconds)
        child.kill()
        numbers = (first + child.stdout.read()).splitlines()
    return int(numbers[-1]) if numbers else None


def expect_everything(store: Store, reference: MemoryStore) -> None:
    entries = list(reference.entries())
    ids = [entry.id for entry in entries]
    assert list(store.entries()) == entries
    assert store.placements(ids) == reference.placements(ids)
    assert [store.revisions(one) for one in ids] == [reference.revisions(one) for one in ids]
    assert store.states() == reference.states()
    assert (store.decisions(), store.boilerplate()) == (reference.decisions(), reference.boilerplate())
    assert store.site() == reference.site()
    assert store.tombstones_beyond(0) == reference.tombstones_beyond(0)


def survive(folder: Path, rounds: int) -> None:
    draw = random.Random(SEED)
    reference, known = MemoryStore(), -1
    for one in range(rounds):
        while_opening = one % 5 == 4
        seconds = draw.uniform(0.05, 0.2) if while_opening else draw.uniform(0, 0.05)
        acknowledged = killed_after(folder, seconds, while_opening=while_opening)
        with open_store(folder, writable=draw.random() < 0.5) as store:
            last = store.site().id.int
            assert last - (known if acknowledged is None else acknowledged) in (0, 1), (
                "what is there unacknowledged is at most the change under way at the kill"
            )
            for number in range(known + 1, last + 1):
                reference.commit(change(number, SEED))
            known = last
            expect_everything(store, reference)


def test_readers_beside_a_busy_writer_see_whole_changes_only(tmp_path):
    reference, known = MemoryStore(), -1
    command = [sys.executable, committing_child.__file__, str(tmp_path), str(SEED)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        for _ in range(15):
            with open_store(tmp_path, writable=False) as store:
                last = store.site().id.int
                for number in range(known + 1, last + 1):
                    reference.commit(change(number, SEED))
                known = last
                expect_everything(store, reference)
        child.kill()


@pytest.mark.heavy
def test_a_store_survives_kills_at_random_moments(tmp_path):
    survive(tmp_path / "store", rounds=20)


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_a_store_survives_a_hundred_kills_at_random_moments(tmp_path):
    survive(tmp_path / "store", rounds=100)
