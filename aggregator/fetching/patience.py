"""How long one pass puts up with the hosts that it asks for pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

THROTTLES = frozenset({429, 503})
"""RFC 6585 §4, RFC 9110 §15.6.4. For a feed, 503 alone may be a stumble; here more requests are about to follow."""
HELD = timedelta(hours=1)
"""How long a host that throttles is held when it does not say: as after a feed's 429."""
HELD_MOST = timedelta(days=1)
"""What a page can ask for: its host's feeds are not asked meanwhile either."""
FAILURES = 3
"""In a row: with thirty seconds for each, a host that is down has cost most of the time of a pass."""


@dataclass(slots=True)
class Patience:
    """With each host: who throttles is asked no more in this pass, nor who fails three times in a row."""

    left: dict[str, str] = field(default_factory=dict)
    """The hosts that are asked no more, and why."""
    _failures: Counter[str] = field(default_factory=Counter)

    def answered(self, host: str) -> None:
        """It works: earlier failures do not count."""
        del self._failures[host]

    def failed(self, host: str) -> None:
        """It brought an error, or nothing."""
        self._failures[host] += 1
        if self._failures[host] >= FAILURES:
            self.left[host] = f"not asked, as {host} failed {FAILURES} times in a row"

    def throttled(self, host: str) -> None:
        """It wants fewer requests."""
        self.left[host] = f"not asked, as {host} has asked for fewer requests"


def hold_for(asked: timedelta | None) -> timedelta:
    """How long to hold a host that throttles and asked for so much, or for nothing."""
    return min(asked or HELD, HELD_MOST)
