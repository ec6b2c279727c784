"""A row of bars, one a day: drawn without script and without style of its own, as the pages' policy wants it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

HEIGHT: Final = 24
STEP: Final = 4
"""From one bar to the next; a bar is 3 wide."""


def bars(days: Sequence[int]) -> str:
    """The bars as the `d` of an SVG path, the highest day `HEIGHT` high; a day with an entry is 2 high at least."""
    most = max(days, default=0)
    return "".join(
        f"M{place * STEP} {HEIGHT}v-{max(2, round(count * HEIGHT / most))}h3v{max(2, round(count * HEIGHT / most))}z"
        for place, count in enumerate(days)
        if count
    )
