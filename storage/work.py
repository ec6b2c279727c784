"""Work that processes share: whose a host's sources are for a while, and what was brought and is not judged yet.

- **One at a time.** A host (a registrable domain) is leased to one worker at a time. Each lease has a fence, a number
  that none had before: what is brought under it counts only as long as no later lease of that host was given.
- **Nothing twice, nothing lost.** A source of which a delivery waits is not due. The delivery leaves in the commit in
  which its judged facts come (`storage.port.Change.states` settles what was brought for these sources), not before.
- **In order.** Deliveries are judged in the order of their numbers, which the database gives.

Nothing here is a fact: whoever judges can make all of it anew from the config and the states of the sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from feeds.model import SourceState

COUNTED = 10_000
"""So many due sources are counted at most: whoever asks wants to know whether workers have enough to do."""
UNBOUNDED = 2**63 - 1
"""As many bytes as PostgreSQL counts to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A source that is to be asked again and again."""

    source: str
    host: str
    """The registrable domain of its URL, or the address where it has none."""
    due: datetime | None
    """When next; None: not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A source that is to be asked now."""

    source: str
    state: SourceState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A host whose sources are ours to ask, until the term is over that was asked for."""

    host: str
    fence: int
    due: tuple[Due, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What asking a source found, as bytes that only workers understand."""

    source: str
    fence: int
    document: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What was brought, and waits to be judged."""

    number: int
    source: str
    worker: str
    at: datetime
    document: bytes = field(repr=False)
    tried: int = 0
    """How many judges began with it and were not heard of again: one of them may have died of it."""


class Leases(Protocol):
    """A worker's side, for one caller at a time; raises `feeds.errors.StoreError`. The database's clock counts."""

    def lease(self, *, now: datetime, hosts: int, sources: int, term: timedelta) -> tuple[Lease, ...]:
        """Up to `hosts` hosts that nobody has leased, that rest no more, and that have sources due at `now`, the
        longest waiting first; of each up to `sources` of them.
        """

    def renew(self, fences: Iterable[int], *, term: timedelta) -> frozenset[int]:
        """Hold these for another term; those that still hold. The others are lost, and nothing more may be asked."""

    def bring(self, brought: Sequence[Brought]) -> frozenset[str]:
        """Deliver, each source once; the ids of those that were taken. What is left out was fenced off: forget it.

        What was taken before under the same fence is not taken again, and named nevertheless: an answer may be lost.
        """

    def put_off(self, fence: int, sources: Iterable[str], *, until: datetime) -> None:
        """Ask these not before `until`, without having asked them: not ours to ask, or broken off."""

    def release(self, fences: Iterable[int], *, rest: timedelta) -> None:
        """Give hosts back; nobody leases them for `rest`, and nothing more is taken under these fences. Those that are
        lost stay whose they are.
        """

    def due(self, now: datetime) -> int:
        """How many sources are due at `now`, at hosts that could be leased; `COUNTED` where there are more."""

    def close(self) -> None: ...


class Deliveries(Protocol):
    """The side of the one who judges. For one caller at a time; raises `feeds.errors.StoreError`.

    Only who judges changes anything here: of one who was displaced, nothing is taken any more.
    """

    def follow(self, watched: Iterable[Watched]) -> None:
        """Watch these and no others from now on. One of which a delivery waits becomes due when that is judged; of one
        that is watched no more, it waits until it is given up.
        """

    def waiting(self, most: int, *, size: int = UNBOUNDED) -> tuple[Delivery, ...]:
        """The `most` oldest ones, by number, of which no more than have `size` bytes together; one at least, if any."""

    def begin(self, numbers: Sequence[int]) -> None:
        """Count it for each of these that somebody begins with it."""

    def spare(self, numbers: Sequence[int]) -> None:
        """Whoever began with these lives, though they still wait: it counts no more."""

    def give_up(self, number: int, *, due: datetime) -> None:
        """Let go of one that cannot be judged; its source is asked again at `due`."""

    def hold(self, host: str, until: datetime) -> None:
        """Nobody leases `host`, one that is followed, before `until`; a longer hold is not cut short, nor a lease."""

    def close(self) -> None: ...
