"""Two hundred sources as a month would have them: what each publishes, how it fails, and what is to be told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from feeds.model import Hint, Source
from tests.fakes.publishers import DAY, HOUR, Episode, Publisher

MINUTE = timedelta(minutes=1)
LENGTH = 30
"""Days."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One temper; `told` are the conditions that the month's changes name, `-` before one that ends."""

    name: str
    told: tuple[str, ...]
    gap: timedelta = 3 * HOUR
    every: timedelta = HOUR
    episodes: tuple[Episode, ...] = ()
    silent: tuple[float, float] = (0, 0)
    """Days without an entry."""
    burst: float = 0
    """The day on which forty entries appear within ten minutes."""
    max_age: timedelta | None = None
    hint: Hint = field(default_factory=Hint)
    host: str = ""
    """Shared with others; empty: its own."""


KINDS = (
    Kind(name="busy", gap=8 * MINUTE, told=()),
    Kind(name="steady", told=()),
    Kind(name="steady-too", gap=HOUR, every=30 * MINUTE, told=()),
    Kind(name="daily", gap=DAY, told=()),
    Kind(name="weekly", gap=6 * DAY, told=()),
    Kind(name="eager", every=2 * MINUTE, gap=4 * HOUR, told=()),
    Kind(name="rare", every=2 * DAY, gap=8 * HOUR, told=()),
    Kind(name="cached", gap=30 * MINUTE, max_age=3 * HOUR, told=()),
    Kind(name="hinting", gap=HOUR, hint=Hint(every=6 * HOUR, skip_hours=(0, 1, 2, 3, 4)), told=()),
    Kind(
        name="stumbling",
        episodes=tuple(Episode(start=day, end=day + 0.2) for day in (5, 9, 14)),
        told=("failing", "ok") * 3,
    ),
    Kind(name="broken", episodes=(Episode(start=6, end=11, status=500),), told=("failing", "ok", "gap", "-gap")),
    Kind(name="dead", episodes=(Episode(start=6),), told=("failing",)),
    Kind(name="page", episodes=(Episode(start=6, end=8, status=-1),), told=("failing", "ok")),
    Kind(name="guarded", episodes=(Episode(start=6, end=8, status=403),), told=("throttled", "ok")),
    Kind(name="gone", episodes=(Episode(start=11, status=410),), told=("parked",)),
    Kind(name="missing", episodes=(Episode(start=3, status=404),), told=("failing", "missing")),
    Kind(
        name="found", episodes=(Episode(start=3, end=20, status=404),), told=("failing", "missing", "ok", "gap", "-gap")
    ),
    Kind(name="moved", episodes=(Episode(start=4, status=301),), told=("moved",)),
    Kind(name="wavering", episodes=(Episode(start=4, end=9, status=301),), told=()),
    Kind(name="returned", episodes=(Episode(start=4, end=20, status=301),), told=("moved", "failing", "-moved", "ok")),
    Kind(name="silent", silent=(9, 1000), told=("stale",)),
    Kind(name="resumed", silent=(9, 20), told=("stale", "-stale")),
    Kind(name="bursting", burst=15, told=("gap", "-gap")),
    Kind(name="throttled", episodes=(Episode(start=7, end=8.5, status=429),), told=("throttled", "ok")),
    Kind(
        name="asking",
        episodes=(Episode(start=7, end=7.4, status=429, retry_after="7200"),),
        told=("throttled", "ok"),
        host="press.example",
    ),
    Kind(
        name="overloaded",
        episodes=(Episode(start=17, end=17.8, status=503, retry_after="date"),),
        told=("throttled", "ok"),
    ),
)


def population(count: int, *, began: datetime, seed: int) -> list[tuple[Kind, Publisher]]:
    """`count` sources, all kinds in turn; every tenth lives at one host with the other tenths."""
    found = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        draw = Random(f"{seed} {number}")
        name = f"{kind.name}-{number // len(KINDS)}"
        crowded = not kind.episodes and number % 5 == 0
        host = kind.host or ("platform.example" if crowded else f"{name}.example")
        source = Source(id=name, url=f"https://{host}/{name}", every=kind.every)
        found.append((kind, _publisher(kind, source, began, draw)))
    return found


def _publisher(kind: Kind, source: Source, began: datetime, draw: Random) -> Publisher:
    return Publisher(
        kind=kind.name,
        source=source,
        began=began,
        published=_times(kind, began, draw.uniform),
        max_age=kind.max_age,
        hint=kind.hint,
        episodes=kind.episodes,
        draw=draw,
    )


def _times(kind: Kind, began: datetime, uniform: Callable[[float, float], float]) -> list[datetime]:
    """Irregular, as if by people; with a backlog from before the beginning."""
    moment, times = began - 30 * kind.gap, []
    while moment < began + (LENGTH + 1) * DAY:
        moment += kind.gap * uniform(0.4, 1.6)
        days = (moment - began) / DAY
        if not kind.silent[0] <= days < kind.silent[1]:
            times.append(moment)
    if kind.burst:
        start = began + kind.burst * DAY
        times += [start + n * 15 * timedelta(seconds=1) for n in range(40)]
    return sorted(times)
