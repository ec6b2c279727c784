"""A worker in a process of its own, which leases and brings as fast as it can and notes what it saw; often it is late.

    python leasing.py URL NAME SEED TERM

It works until its standard input ends.

What it notes are lines of JSON on standard output; spans are seconds, moments those of the system's clock:

    ["leased", host, fence, before it asked, when it knew]
    ["renewed", fence, before it asked]
    ["released", fence, before it asked]
    ["brought", source, fence, whether it was taken]
"""

from __future__ import annotations

import json
import random
import select
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from storage.postgres.leases import PostgresLeases
from storage.work import Brought, Lease
from tests.fakes.stored_values import NOON


class Worker:
    def __init__(self, url: str, name: str, seed: int, term: float) -> None:
        self._leases = PostgresLeases(url, worker=name)
        self._chance = random.Random(seed)
        self._term = timedelta(seconds=term)
        self._late: list[Lease] = []

    def live(self) -> None:
        """One batch: most are finished as they should be; some are kept too long, put off, or renewed."""
        before = time.time()
        most = {"hosts": self._chance.randint(1, 6), "sources": self._chance.randint(1, 5)}
        leased = self._leases.lease(now=NOON, **most, term=self._term)
        for one in leased:
            note("leased", one.host, one.fence, before, time.time())
        if not leased:
            time.sleep(0.002)
        match self._chance.randrange(8):
            case 0:
                self._late += leased
            case 1:
                self._renew(leased)
                self._bring(leased)
                self._bring_late()
                self._release([*leased, *self._late])
                self._late.clear()
            case 2:
                for one in leased:
                    self._leases.put_off(one.fence, [due.source for due in one.due], until=NOON)
                self._release(leased)
            case _:
                self._bring(leased)
                self._release(leased)

    def end(self) -> None:
        self._bring_late()
        self._leases.close()

    def _renew(self, some: tuple[Lease, ...]) -> None:
        before = time.time()
        for fence in self._leases.renew([one.fence for one in some], term=self._term):
            note("renewed", fence, before)

    def _bring_late(self) -> None:
        for one in self._late:  # one by one: a source may be among them under several fences
            self._bring([one])

    def _bring(self, some: list[Lease] | tuple[Lease, ...]) -> None:
        brought = [
            Brought(source=due.source, fence=one.fence, document=str(one.fence).encode())
            for one in some
            for due in one.due
        ]
        taken = self._leases.bring(brought)
        if self._chance.randrange(4) == 0:  # as if the answer had been lost
            taken |= self._leases.bring(brought)
        for one in brought:
            note("brought", one.source, one.fence, one.source in taken)

    def _release(self, some: list[Lease] | tuple[Lease, ...]) -> None:
        before = time.time()
        for one in some:
            note("released", one.fence, before)
        self._leases.release([one.fence for one in some], rest=timedelta(seconds=self._chance.choice([0, 0, 0.01])))


def note(*what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    worker = Worker(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    while not select.select([sys.stdin], [], [], 0)[0]:
        worker.live()
    worker.end()
