"""The judge's end of commands: a database that is away for a moment is no news, one that stays away is."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from aggregator.cluster.commanded import UNABLE, Commanded
from aggregator.observing.events import ControlClosed
from feeds.errors import StoreError

pytestmark = pytest.mark.anyio


class Away:
    """Commands of a database that refuses its first looks, then has no command."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        self.looked = 0

    def abandon(self, _answer: bytes) -> None:
        self.looked += 1
        if self.looked <= self.looks:
            raise StoreError("nobody answers")

    def waiting(self) -> None:
        self.looked += 1


@pytest.mark.parametrize(("looks", "told"), [(0, 0), (UNABLE - 1, 0), (UNABLE, 1), (UNABLE + 3, 1)])
async def test_only_a_database_that_stays_away_is_told_of_and_once(looks, told):
    events = []
    commands = Away(looks)
    commanded = Commanded(
        commands, carry_out=None, worker="north:12", observe=events.append, every=timedelta(milliseconds=1)
    )
    await commanded.start()
    async with asyncio.timeout(30):
        while commands.looked < looks + 2:
            await asyncio.sleep(0.001)
    await commanded.stop()
    assert events == [ControlClosed(reason="nobody answers")] * told
