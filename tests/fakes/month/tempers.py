"""How sources fail in a simulated month, and what subscribers are to be told of each."""

from __future__ import annotations

from dataclasses import dataclass

Told = tuple[str, bool]
"""Condition, whether it ended."""
FOREVER = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """From `start` to `end`, in days, the source answers otherwise."""

    start: float
    end: float = FOREVER
    status: int
    """0: it hangs up; 301: it has moved; -1: a web page; else that status."""
    retry_after: int = 0
    """Seconds; 0: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Temper:
    """One kind of source."""

    name: str
    told: tuple[Told, ...] = ()
    """What the feed of health tells of it, in that order."""
    per_day: float = 0
    """Texts; 0: as all others."""
    width: int = 60
    """Entries of its document: more than come while the longest spell or pause lasts."""
    spells: tuple[Spell, ...] = ()
    silent: tuple[float, float] = (0, 0)
    """Days without a text."""
    burst: float = 0
    """The day on which three times `width` texts come within minutes."""
    empty_on: tuple[float, ...] = ()
    """Days on which it publishes an entry that nobody can keep."""
    host: str = ""
    """Shared with others; empty: its own."""
    aside: bool = False
    """Whether it matters that it is told of nothing: of those at one host not all have to be turned away."""

    def spell(self, day: float) -> Spell | None:
        return next((one for one in self.spells if one.start <= day < one.end), None)


def tempers(days: float) -> tuple[Temper, ...]:
    """Those that fail, in a month of `days` days, ten at least: what takes longer to be told is not among them."""
    crowd = Temper(
        name="crowd",
        spells=(Spell(start=3, end=4.5, status=429, retry_after=7200),),
        told=(("throttled", False), ("ok", False)),
        host="crowd",
        aside=True,
        width=120,
    )
    found = (
        Temper(name="gone", spells=(Spell(start=4, status=410),), told=(("parked", False),)),
        Temper(name="broken", spells=(Spell(start=2, end=4, status=500),), told=(("failing", False), ("ok", False))),
        Temper(name="hanging", spells=(Spell(start=5, end=6.2, status=0),), told=(("failing", False), ("ok", False))),
        Temper(name="page", spells=(Spell(start=6, end=7, status=-1),), told=(("failing", False), ("ok", False))),
        Temper(
            name="throttling",
            spells=(Spell(start=2, end=5, status=429, retry_after=3600),),
            told=(("throttled", False), ("ok", False)),
            width=150,
        ),
        Temper(name="moved", spells=(Spell(start=1, status=301),), told=(("moved", False),)),
        Temper(name="bursting", burst=5.5, width=30, told=(("gap", False),)),
        Temper(name="quiet", silent=(3, FOREVER), told=(("stale", False),)),
        Temper(name="careless", empty_on=(1.5, 2.5, 4.1, 6.3), width=400),
        Temper(name="listing-all", per_day=1, width=10_000),
        crowd,
        crowd,
    )
    longer = (
        Temper(name="missing", spells=(Spell(start=3, status=404),), told=(("failing", False), ("missing", False))),
        Temper(name="resumed", silent=(9, 16), told=(("stale", False), ("stale", True))),
    )
    return found if days < 20 else (*found, *longer)
