"""What deduplication decides; nothing is ever deleted for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What deduplication decided about an entry; nothing is ever deleted for it."""

    entry: str
    copy_of: str | None = None
    """The id of the entry whose text this one repeats, itself no copy; None: it stands for itself."""
    evidence: str = ""
    """Why, in words: `same address`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An earlier state of an entry, kept when a newer one took its place."""

    entry: str
    number: int
    """0 for the first state, and so on; the entry itself carries the newest."""
    replaced: datetime
    changes: tuple[str, ...]
    """Names of the fields that the edit changed."""
    title: str
    summary: str
    content: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """Not seen before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """Known, and edited since."""

    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """New, and another entry's text."""

    of: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """Known, and as it was."""


Verdict = New | Revised | Copy | Same
