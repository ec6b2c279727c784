"""What is counted and told of sources, and of the daemon itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What asking a source came to on one day (UTC)."""

    day: int
    """Days since 1 January of year 1, that one being 1 (`datetime.date.toordinal`)."""
    asked: int = 0
    """Fetches that went out, however they ended."""
    unchanged: int = 0
    """Of these, answered with 304."""
    failed: int = 0
    """Of these, brought nothing that can be read."""
    new: int = 0
    """Entries not seen before, copies and held ones among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something about a source, the config or the store became so, or is so no longer: told to subscribers once."""

    at: datetime
    about: str
    """Id of the source; `CONFIG` or `STORE`, which no source's id can be."""
    condition: str
    """In a word or two."""
    ended: bool = False
    """True: it is so no longer."""
    reason: str = ""
    """A sentence for a person; empty where there is nothing to say."""


CONFIG = "/config"
STORE = "/store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How many entries of a source were ever taken in, and how many of these left: counted as it happens."""

    source: str
    taken: int = 0
    """Entries that were remembered as new ones; those that could not be kept are not among them."""
    pruned: int = 0
    """Of these, aged out."""
    failed: int = 0
    """Entries of its documents that could not be kept, each counted once while its document lists it."""
    failing: int = 0
    """Those that the last document had which was read: they are in `failed` already."""
