"""A topic's feed, or an archive of it, in every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds import render
from feeds.model import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made of one value; the next one of the same topic takes over from it what it can."""

    path: str
    """Without suffix; that of a private topic as if it were for everybody."""
    prepared: render.Prepared
    written: Mapping[str, render.Written] = field(repr=False)
    """By suffix."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """By path."""
        return {self.path + suffix: one.document for suffix, one in self.written.items()}
