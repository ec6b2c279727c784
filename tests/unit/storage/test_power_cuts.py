"""Whatever a power cut leaves, every acknowledged change is there, and no half of another one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from storage.journal import Disk
from storage.memory import MemoryStore
from storage.tinydb_store import open_store
from tests.fakes.committing_child import change
from tests.fakes.power import Moment, PowerRecorder, after_a_cut

SEED = 11


def one_change(number: int):
    """A change of a few sectors; every fifth lets an entry leave."""
    made = change(number, SEED)
    entries = tuple(replace(entry, summary=entry.summary[:900]) for entry in made.entries)
    return replace(made, entries=entries, buried=entries[-1:] if number % 5 == 4 else ())


def recorded(folder, monkeypatch, changes: int) -> list[Moment]:
    """A life: made, committed to, compacted, opened again."""
    recorder = PowerRecorder(folder / "store")
    recorder.folder.mkdir()
    with monkeypatch.context() as patched:
        recorder.patch(patched)
        for first in range(0, changes, 10):
            with open_store(
                recorder.folder, writable=True, disk=Disk(write=recorder.write, sync=recorder.sync)
            ) as store:
                for number in range(first, first + 10):
                    store.commit(one_change(number))
                    recorder.acknowledged = number + 1
                    if number % 6 == 5:
                        store.compact()
    return recorder.moments


def facts(store, ids) -> tuple:
    return (
        list(store.entries()),
        store.placements(ids),
        [store.revisions(one) for one in ids],
        store.states(),
        store.decisions(),
        store.boilerplate(),
        store.site(),
        store.tombstones_beyond(0),
    )


def survived(folder, moments: list[Moment], *, changes: int) -> int:
    """How many states were opened; fails at the first that is none of the two that it may be."""
    draw, ids = random.Random(SEED), [f"entry-{n}" for n in range(40)]
    reference, expected = MemoryStore(), []
    for number in range(-1, changes):
        if number >= 0:
            reference.commit(one_change(number))
        expected.append(facts(reference, ids))
    seen, count = set(), 0
    found = folder / "found"
    found.mkdir()
    for moment in moments:
        for files in after_a_cut(moment, draw):
            state = (moment.acknowledged, files.get("journal"))
            if state in seen:
                continue
            seen.add(state)
            for old in found.iterdir():
                old.unlink()
            for name, content in files.items():
                (found / name).write_bytes(content)
            with open_store(found, writable=count % 20 == 0) as store:
                allowed = expected[moment.acknowledged : moment.acknowledged + 2]
                assert facts(store, ids) in allowed, f"state {count}, after {moment.acknowledged} changes"
            count += 1
    return count


def test_every_state_that_a_power_cut_may_leave_holds_what_was_acknowledged(tmp_path, monkeypatch):
    moments = recorded(tmp_path, monkeypatch, changes=10)
    assert survived(tmp_path, moments, changes=10) > 300


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_five_thousand_states_that_a_power_cut_may_leave(tmp_path, monkeypatch):
    moments = recorded(tmp_path, monkeypatch, changes=120)
    assert survived(tmp_path, moments, changes=120) >= 5_000
