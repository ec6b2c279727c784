"""The reference of `storage.work`: plain dictionaries and plain scans, so that reading it is checking it.

Tests use it as their fake, and PostgreSQL is held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from typing import Self

from feeds.model import SourceState
from feeds.polling import due_by_state
from storage.memory import MemoryStore
from storage.port import Change
from storage.work import COUNTED, UNBOUNDED, Brought, Delivery, Due, Lease, Watched

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Host:
    fence: int | None = None
    """Of the lease that was not given back, though it may be over."""
    leased_until: datetime = _LONG_AGO
    rests_until: datetime = _LONG_AGO


@dataclass(slots=True)
class _Shared:
    hosts: dict[str, _Host] = field(default_factory=dict)
    watched: dict[str, Watched] = field(default_factory=dict)
    brought: dict[str, int] = field(default_factory=dict)
    """By source, the fence under which it was brought last."""
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    """By source."""
    fences: Iterable[int] = field(default_factory=lambda: count(1))
    numbers: Iterable[int] = field(default_factory=lambda: count(1))


class MemoryWork:
    """`storage.work.Leases` of one worker, and `storage.work.Deliveries`; `beside` makes those of another worker."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        states: Callable[[], Mapping[str, SourceState]] = dict,
        worker: str = "worker",
    ) -> None:
        self._clock = clock
        self._states = states
        self._worker = worker
        self._shared = _Shared()

    def beside(self, worker: str) -> Self:
        """Another worker on the same work."""
        other = copy(self)
        other._worker = worker  # noqa: SLF001 - of the same class
        return other

    # --- a worker's side

    def lease(self, *, now: datetime, hosts: int, sources: int, term: timedelta) -> tuple[Lease, ...]:
        waiting = self._waiting(now)
        states = self._states()
        leases = []
        for host, due in sorted(waiting.items(), key=lambda item: (item[1][0].due, item[0]))[:hosts]:
            fence = next(iter(self._shared.fences))
            self._shared.hosts[host].fence = fence
            self._shared.hosts[host].leased_until = self._clock() + term
            asked = tuple(Due(source=one.source, state=states.get(one.source)) for one in due[:sources])
            leases.append(Lease(host=host, fence=fence, due=asked))
        return tuple(leases)

    def renew(self, fences: Iterable[int], *, term: timedelta) -> frozenset[int]:
        held = [host for fence in fences if (host := self._leased(fence))]
        for host in held:
            host.leased_until = self._clock() + term
        return frozenset(host.fence for host in held if host.fence is not None)

    def bring(self, brought: Sequence[Brought]) -> frozenset[str]:
        return frozenset(one.source for one in brought if self._takes(one))

    def put_off(self, fence: int, sources: Iterable[str], *, until: datetime) -> None:
        for source in sources:
            watched = self._shared.watched.get(source)
            if watched and watched.due is not None and self._shared.hosts[watched.host].fence == fence:
                self._shared.watched[source] = replace(watched, due=until)

    def release(self, fences: Iterable[int], *, rest: timedelta) -> None:
        for fence in fences:
            if host := self._leased(fence):
                host.fence, host.leased_until = None, _LONG_AGO
                host.rests_until = max(host.rests_until, self._clock() + rest)

    def due(self, now: datetime) -> int:
        return min(COUNTED, sum(len(due) for due in self._waiting(now).values()))

    # --- the judge's side

    def follow(self, watched: Iterable[Watched]) -> None:
        self._shared.watched.clear()
        for one in watched:
            waits = one.source in self._shared.deliveries
            self._shared.watched[one.source] = replace(one, due=None) if waits else one
            self._shared.hosts.setdefault(one.host, _Host())
        for source in self._shared.brought.keys() - self._shared.watched.keys():
            del self._shared.brought[source]
        empty = self._shared.hosts.keys() - {one.host for one in self._shared.watched.values()}
        for name in [name for name in empty if self._is_free(self._shared.hosts[name])]:
            del self._shared.hosts[name]

    def waiting(self, most: int, *, size: int = UNBOUNDED) -> tuple[Delivery, ...]:
        oldest = sorted(self._shared.deliveries.values(), key=lambda one: one.number)[:most]
        sizes = accumulate(len(one.document) for one in oldest)
        return tuple(one for one, so_far in zip(oldest, sizes, strict=True) if one is oldest[0] or so_far <= size)

    def begin(self, numbers: Sequence[int]) -> None:
        self._count(numbers, 1)

    def spare(self, numbers: Sequence[int]) -> None:
        self._count(numbers, -1)

    def give_up(self, number: int, *, due: datetime) -> None:
        for delivery in self.waiting(number):
            if delivery.number == number:
                self._judged(delivery.source, due)

    def settle(self, states: Iterable[SourceState]) -> None:
        """What `storage.port.Store.commit` does with the states of a change."""
        for state in states:
            self._judged(state.source, due_by_state(state))

    def hold(self, host: str, until: datetime) -> None:
        if held := self._shared.hosts.get(host):
            held.rests_until = max(held.rests_until, until)

    def close(self) -> None:
        """There is nothing to let go of."""

    # --- both

    def _waiting(self, now: datetime) -> dict[str, list[Watched]]:
        """What is due at hosts that could be leased, by host, each one's the longest waiting first."""
        waiting: dict[str, list[Watched]] = {}
        due = [(one.due, one.source, one) for one in self._shared.watched.values() if one.due and one.due <= now]
        for _, _, one in sorted(due, key=lambda row: row[:2]):
            if self._is_free(self._shared.hosts[one.host]):
                waiting.setdefault(one.host, []).append(one)
        return waiting

    def _is_free(self, host: _Host) -> bool:
        return max(host.leased_until, host.rests_until) <= self._clock()

    def _leased(self, fence: int) -> _Host | None:
        return next((host for host in self._shared.hosts.values() if host.fence == fence), None)

    def _takes(self, one: Brought) -> bool:
        shared, watched = self._shared, self._shared.watched.get(one.source)
        if watched is None or shared.hosts[watched.host].fence != one.fence:
            return False
        if shared.brought.get(one.source) == one.fence:
            return True
        if one.source in shared.deliveries:
            return False
        shared.deliveries[one.source] = Delivery(
            number=next(iter(shared.numbers)),
            source=one.source,
            worker=self._worker,
            at=self._clock(),
            document=one.document,
        )
        shared.brought[one.source] = one.fence
        shared.watched[one.source] = replace(watched, due=None)
        return True

    def _count(self, numbers: Sequence[int], more: int) -> None:
        for delivery in tuple(self._shared.deliveries.values()):
            if delivery.number in numbers:
                counted = replace(delivery, tried=max(0, delivery.tried + more))
                self._shared.deliveries[delivery.source] = counted

    def _judged(self, source: str, due: datetime | None) -> None:
        self._shared.deliveries.pop(source, None)
        if watched := self._shared.watched.get(source):
            self._shared.watched[source] = replace(watched, due=due)


class MemoryStoreWithWork(MemoryStore):
    """A reference store whose commits settle what was brought, as those of PostgreSQL do."""

    def __init__(self, *, clock: Callable[[], datetime], worker: str = "worker") -> None:
        super().__init__()
        self.work = MemoryWork(clock=clock, states=self.states, worker=worker)

    def commit(self, change: Change) -> None:
        super().commit(change)
        self.work.settle(change.states)
