"""The shelf: every published document under its path, replaced as a whole.

One writer swaps, any number of readers look; since the mapping is never changed, nobody needs a lock and nobody ever
sees half of a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from feeds.model import Document

NOT_FOUND = "/404.html"
"""The page for people who ask for what is not there."""


class Shelf:
    """Paths (`/feeds/example.atom`) to documents; empty until the first swap."""

    def __init__(self) -> None:
        self._documents: Mapping[str, Document] = MappingProxyType({})

    @property
    def documents(self) -> Mapping[str, Document]:
        """What is published at this moment; a later swap does not change what you hold."""
        return self._documents

    def swap(self, documents: Mapping[str, Document]) -> None:
        """Publish `documents`, all at once, in place of what there was."""
        self._documents = MappingProxyType(dict(documents))
