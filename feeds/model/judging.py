"""What deduplication decides; nothing is ever deleted for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Relation(StrEnum):
    """How an entry stands to what it was joined with."""

    COPY = "copy"
    STORY = "story"
    EDITION = "edition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A line of the ledger: what an entry was joined with, and why."""

    relation: Relation
    other: str
    """The id of the entry that it was compared with; of a story that several entries made, its most alike one."""
    score: float = 1.0
    """How alike, from 0 to 1, as the rule measures it; 1 where a rule only says yes."""
    evidence: str = ""
    """In words, for a person: `same address`."""
    rule: str = ""
    """Name and version of the rule that decided: `copies/1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What deduplication decided about an entry; nothing is ever deleted for it."""

    entry: str
    copy_of: str | None = None
    """The id of the entry whose text this one repeats, itself no copy; None: it stands for itself."""
    story: str = ""
    """The id of the event that it tells of; a copy has that of the entry it copies. Empty: not placed."""
    edition_of: str | None = None
    """The id of the entry of the same outlet that tells the same in another language, itself no edition; None: none."""
    held: str = ""
    """Why it is kept from topic feeds, in words; empty: it is not."""
    joins: tuple[Join, ...] = ()
    """Why it stands where it stands: every pair that was found alike, not only the one that decided."""
    published: datetime | None = None
    """When a topic first published it, or its copies, under its id, which stays from then on; None: not yet."""


class DecisionKind(StrEnum):
    """What a person may decide about entries; it outlives every rebuild."""

    SPLIT = "split"
    """`entry` is no part of the story `other`."""
    JOIN = "join"
    """`entry` and the entry `other` tell one story."""
    NEVER = "never"
    """`entry` and the entry `other` are never copies, editions or one story."""
    HIDE = "hide"
    """`entry` is kept from every topic feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided; of the same kind about the same ids, the last one counts."""

    kind: DecisionKind
    entry: str
    other: str = ""
    """The other entry, or the story; empty for `hide`."""
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Boilerplate:
    """A line that many entries of a host carry, so that it says nothing about any of them: it is left out of matching,
    comparing and output.
    """

    host: str
    line: str
    """The line's text as texts are compared, or a hash of it: whoever learns lines knows which."""


class RevisionKind(StrEnum):
    """How much an edit means to a reader; a topic says which kinds move its `updated`."""

    SILENT = "silent"
    """A typo, a counter, an advertisement."""
    UPDATE = "update"
    MATERIAL = "material"
    """A new lead, a changed headline, changed numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An earlier state of an entry, kept when a newer one took its place."""

    entry: str
    number: int
    """0 for the first state, and so on; the entry itself carries the newest."""
    replaced: datetime
    changes: tuple[str, ...]
    """Names of the fields that the edit changed."""
    kind: RevisionKind = RevisionKind.UPDATE
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
    kind: RevisionKind = RevisionKind.UPDATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """New by its clues, but it may be known under others: remembered, and kept from topic feeds."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """Known, and as it was."""


Verdict = New | Revised | Held | Same
