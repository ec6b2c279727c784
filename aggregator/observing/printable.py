"""Text that others wrote, as a terminal or a log may have it."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""Control characters, line ends of every kind, and those that reverse the direction of a line or stay unseen."""


def escaped(text: str) -> str:
    """`text` on one line, as a terminal may show it: what would move the cursor or hide something is spelt out."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
