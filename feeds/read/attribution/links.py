"""The outlet that a link leads to, where no words credit one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from feeds.model import Credit, CreditRole, Span
from feeds.read.attribution.registry import Registry

_HOST = re.compile(r"<a [^<>]*?href=\"https?://([^/?#\":]+)", re.IGNORECASE)
MOST = 100
"""Links that are looked at."""
# Everybody links to them, and they report nothing; some belong to outlets that do.
_NEVER = frozenset(
    {"go.com", "sky.com", "yahoo.com", "msn.com", "news.google.com", "flipboard.com", "nbc.com", "cbs.com"}
)


def linked(content: str, *, registry: Registry, own: AbstractSet[str]) -> Iterator[Credit]:
    """The first outlet that a link of the HTML `content` leads to, unless it is its `own`."""
    for place, link in enumerate(_HOST.finditer(content)):
        host = link[1].lower()
        outlet = "" if host.removeprefix("www.") in _NEVER else registry.of_host(host)
        if outlet and outlet not in own:
            yield Credit(outlet=outlet, role=CreditRole.ORIGIN, text="", span=Span(field="body", start=0, end=0))
            return
        if place >= MOST:
            return
