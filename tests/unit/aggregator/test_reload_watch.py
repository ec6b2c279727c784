"""Seeing that a file is another one, in whatever way it was saved."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

import pytest

from aggregator.observing.events import ReloadFailed
from aggregator.observing.milestones import ReloadEnded, ReloadStarted
from aggregator.reload import Watch, stamp

pytestmark = pytest.mark.anyio
EVERY = timedelta(seconds=0.02)


@pytest.fixture
def file(tmp_path):
    (tmp_path / "config.toml").write_text("one", "utf-8")
    return tmp_path / "config.toml"


class Watched:
    """A watch, and what the file said each time when it told of a change."""

    def __init__(self, file, seen=None) -> None:
        self.file = file
        self.told: list[str] = []
        self.events: list = []
        self.watch = Watch(
            file, changed=self.changed, observe=self.events.append, seen=seen or stamp(file), every=EVERY
        )

    async def changed(self) -> None:
        self.told.append(self.file.read_text("utf-8") if self.file.exists() else "gone")
        if self.told[-1] == "broken":
            raise LookupError("tide")

    async def __aenter__(self):
        self.watch.start()
        return self

    async def __aexit__(self, *_):
        await self.watch.stop()

    async def tells(self, *texts: str) -> None:
        async with asyncio.timeout(60):
            while len(self.told) < len(texts):
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert self.told == list(texts)


async def test_a_file_that_stays_is_not_told_of(file):
    async with Watched(file) as watched:
        await watched.tells()


async def test_a_file_that_is_written_in_place_is_told_of_once(file):
    async with Watched(file) as watched:
        file.write_text("two!", "utf-8")
        await watched.tells("two!")


async def test_a_file_that_takes_the_place_of_another_is_told_of_once(file, tmp_path):
    async with Watched(file) as watched:
        (tmp_path / "new").write_text("two", "utf-8")
        stat = file.stat()
        os.utime(tmp_path / "new", ns=(stat.st_atime_ns, stat.st_mtime_ns))
        (tmp_path / "new").replace(file)
        await watched.tells("two")


async def test_a_link_that_is_turned_elsewhere_is_told_of(file, tmp_path):
    other, link = tmp_path / "other.toml", tmp_path / "link.toml"
    other.write_text("another", "utf-8")
    link.symlink_to(file)
    async with Watched(link) as watched:
        (tmp_path / "turned").symlink_to(other)
        (tmp_path / "turned").replace(link)
        await watched.tells("another")


async def test_a_file_that_is_away_for_a_while_is_told_of_when_it_is_back(file):
    async with Watched(file) as watched:
        file.unlink()
        await asyncio.sleep(0.1)
        assert watched.told == []
        file.write_text("back", "utf-8")
        await watched.tells("back")


async def test_a_file_that_is_being_written_is_left_until_it_stays(file, monkeypatch):
    texts = ["whole", *("x" * end for end in range(20))]

    def written_on(path):
        """Between any two looks, as long as there is something left."""
        if texts:
            path.write_text(texts.pop(), "utf-8")
        return stamp(path)

    async with Watched(file) as watched:
        monkeypatch.setattr("aggregator.reload.watch.stamp", written_on)
        await watched.tells("whole")


async def test_what_changed_before_it_began_is_told_of(file):
    before = stamp(file)
    file.write_text("two!", "utf-8")
    async with Watched(file, seen=before) as watched:
        await watched.tells("two!")


async def test_whoever_asks_gets_an_answer_though_nothing_changed(file):
    async with Watched(file) as watched:
        watched.watch.ask()
        await watched.tells("one")


async def test_whoever_asks_gets_an_answer_though_the_file_is_gone(file):
    async with Watched(file) as watched:
        file.unlink()
        watched.watch.ask()
        await watched.tells("gone")


async def test_an_exception_is_told_and_ends_nothing(file):
    async with Watched(file) as watched:
        file.write_text("broken", "utf-8")
        await watched.tells("broken")
        file.write_text("mended", "utf-8")
        await watched.tells("broken", "mended")
    event = watched.events[1]
    assert [type(one) for one in watched.events[:3]] == [ReloadStarted, ReloadFailed, ReloadEnded]
    assert (type(event), event.file) == (ReloadFailed, str(file))
    assert event.problem.endswith("LookupError: tide\n")
