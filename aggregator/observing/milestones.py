"""Moments on the way, as frozen values: for service managers and progress bars; what comes of them is an event.

They are told to observers as `aggregator.observing.events` are, and are no matter for a log.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStarted:
    """The daemon has begun to ask all sources that were due when it started; `FirstPassed` tells how that went."""

    sources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacingAnew:
    """A rebuild goes on: told a hundred times at most."""

    done: int
    """Entries."""
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadStarted:
    """The config is about to be read anew; `ReloadEnded` follows, whatever comes of it."""

    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadEnded:
    """All is done that a changed config asked for, or it was refused, or it broke off."""

    file: str


Milestone = FirstStarted | PlacingAnew | ReloadStarted | ReloadEnded
