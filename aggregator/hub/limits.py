"""What strangers may ask of a hub, so that it makes no good gun; what reading services need is far below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from aggregator.serving.answering import Reply, plain

MOST: Final = 5000
"""Subscriptions: telling all of them of one change is 4 seconds of CPU (benchmarks/websub_pushes.py)."""
MOST_OF_A_HOST: Final = 500
"""Subscriptions of callbacks at one host: a reading service has one for each feed that its people follow."""
MOST_ASKED: Final = 64
"""Callbacks that are asked at once whether they want what somebody says."""
MOST_ASKED_OF_A_HOST: Final = 4
MOST_ERRANDS: Final = 128
"""Hosts that are asked or told at once. With callbacks at 5,000 hosts of which none answers, an honest one waits seven
minutes for its turn: 40 times the 10 seconds of an exchange."""
BURST: Final = 60
"""Requests that may come at once: a subscriber that renews all it has, or comes back after a break."""
A_SECOND: Final = 2.0
"""Requests that may come in the long run. Each makes us ask a stranger once, with one GET that is no larger than it."""


class Rate:
    """A bucket of `burst` tokens that fills at `a_second`; `clock` gives seconds and is never set back."""

    def __init__(self, *, clock: Callable[[], float], burst: float = BURST, a_second: float = A_SECOND) -> None:
        self._clock = clock
        self._burst = self._left = burst
        self._a_second = a_second
        self._looked = clock()

    def take(self) -> bool:
        """Take a token; False: there is none."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._looked) * self._a_second)
        self._looked = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Asking:
    """The callbacks that are being asked at this moment."""

    def __init__(self) -> None:
        self._callbacks: set[str] = set()
        self._hosts: Counter[str] = Counter()

    def refusal(self, callback: str, host: str) -> Reply | None:
        """Why this one is not asked as well."""
        if callback in self._callbacks or self._hosts[host] >= MOST_ASKED_OF_A_HOST:
            return plain(429, "The callback or its host is being asked already.", ("Retry-After", "30"))
        if len(self._callbacks) >= MOST_ASKED:
            return plain(503, "Too many callbacks are being asked.", ("Retry-After", "60"))
        return None

    def begin(self, callback: str, host: str) -> None:
        """It is being asked from now on."""
        self._callbacks.add(callback)
        self._hosts[host] += 1

    def end(self, callback: str, host: str) -> None:
        """No longer."""
        self._callbacks.discard(callback)
        self._hosts -= Counter((host,))
