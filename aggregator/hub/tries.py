"""When to try again what failed: memory of one process, so that a start tries everything once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from feeds.websub import MOST_TRIES, pause

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    failures: int
    """In a row, whatever was to be told."""
    again: float
    etag: str
    given_up: bool


class Tries(Generic[K]):
    """Of telling somebody of a document; times are seconds of a clock that nobody sets."""

    def __init__(self) -> None:
        self._troubles: dict[K, _Trouble] = {}

    def due(self, key: K, etag: str, now: float) -> bool:
        """Whether it may be tried; what was given up waits for another document, and for its pause."""
        trouble = self._troubles.get(key)
        return trouble is None or (trouble.again <= now and not (trouble.given_up and trouble.etag == etag))

    def failed(self, key: K, etag: str, now: float) -> int:
        """How many failures in a row this one makes."""
        before = self._troubles.get(key)
        failures = before.failures + 1 if before else 1
        self._troubles[key] = _Trouble(
            failures=failures, again=now + pause(failures).total_seconds(), etag=etag, given_up=failures >= MOST_TRIES
        )
        return failures

    def forget(self, key: K) -> None:
        """It went well, or there is nobody left to tell."""
        self._troubles.pop(key, None)

    def next(self, after: float) -> float | None:
        """When something is to be tried again, of what was not due at `after`; None: nothing is."""
        coming = (one.again for one in self._troubles.values() if one.again > after and not one.given_up)
        return min(coming, default=None)
