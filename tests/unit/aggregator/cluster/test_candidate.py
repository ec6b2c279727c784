"""When a worker tries to judge, and what it says where it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from aggregator.cluster.candidate import SILENT, TRY, UNABLE, Candidate, OneAtATime
from aggregator.observing.cluster_events import CannotJudge, WorkBroken
from feeds.errors import StoreError, StoreLocked
from tests.fakes.virtual_time import VirtualLoop

TERM = timedelta(minutes=1)


class Crew:
    """Who knows whether somebody writes."""

    def __init__(self) -> None:
        self.writes = True
        self.asked: list[timedelta] = []

    def somebody_writes(self) -> bool:
        return self.writes

    def displace(self, silent: timedelta) -> str:
        self.asked.append(silent)
        return ""


class Desk:
    """A store that cannot be written to, and a candidate for it."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.tries: list[float] = []
        """Seconds of the loop."""
        self.told: list = []
        self.ready = True
        self.crew = Crew()
        self.candidate = Candidate(
            self.open,
            OneAtATime(self.crew),
            term=TERM,
            observe=self.told.append,
            changed=lambda: None,
            ready=lambda: self.ready,
        )

    @contextmanager
    def open(self) -> Iterator:
        self.tries.append(asyncio.get_event_loop().time())
        raise self.error
        yield

    def stands(self, seconds: float, **then: tuple[float, object]) -> None:
        """For so long; an attribute of the crew's changes after so many seconds."""

        async def stand() -> None:
            stop, loop = asyncio.Event(), asyncio.get_running_loop()
            loop.call_later(seconds, stop.set)
            for name, (after, value) in then.items():
                loop.call_later(after, setattr, self.crew, name, value)
            await self.candidate.run(stop)

        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(stand())


def test_while_another_one_judges_it_is_tried_now_and_then_and_asked_whether_that_one_lives():
    desk = Desk(StoreLocked("another one writes"))
    desk.stands(21)
    assert desk.tries == [0, TRY, 2 * TRY, 3 * TRY, 4 * TRY]
    assert desk.crew.asked == [SILENT * TERM] * 5
    assert desk.told == []


def test_a_lock_that_comes_free_is_tried_for_at_the_next_look():
    desk = Desk(StoreLocked("another one was faster"))
    desk.stands(8.5, writes=(6.5, False))
    assert desk.tries == [0, TRY, 7, 8]


def test_what_keeps_it_from_judging_is_told_once():
    desk = Desk(StoreError("the database was migrated by a later version"))
    desk.stands(60)
    assert len(desk.tries) > UNABLE
    assert desk.told == [CannotJudge(reason="the database was migrated by a later version")]


def test_what_nobody_foresaw_is_told_and_others_get_their_turn():
    desk = Desk(KeyError("of the code"))
    desk.stands(40)
    assert desk.tries == [0, 35]
    assert [type(event) for event in desk.told] == [WorkBroken, WorkBroken]
    assert "KeyError: 'of the code'" in desk.told[0].problem


def test_without_a_database_nothing_is_tried_or_told():
    desk = Desk(StoreError("PostgreSQL cannot be reached"))
    desk.ready = False
    desk.stands(60)
    assert (desk.tries, desk.told) == ([], [])
