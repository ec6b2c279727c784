"""The vocabulary: what passes between the layers.

Values only: frozen, keyword-only, compared by content. Every time is aware and in UTC. What a library calls things
never gets in here, and nothing here depends on how a thing was fetched or is stored.
"""

from feeds.model.fetching import (
    Failed,
    FailureKind,
    Fetched,
    Hint,
    Move,
    Outcome,
    Source,
    SourceState,
    Unchanged,
    Validators,
)
from feeds.model.judging import (
    Copy,
    New,
    Placement,
    Revised,
    Revision,
    Same,
    Verdict,
)
from feeds.model.outlines import Outline
from feeds.model.publishing import (
    Document,
    Match,
    Origin,
    PublishedEntry,
    Site,
    Span,
    TopicFeed,
)
from feeds.model.reading import (
    Enclosure,
    Entry,
    ParsedEntry,
    ParsedFeed,
    PublishedFrom,
    ReadFeed,
    Skipped,
)

__all__ = [
    "Copy",
    "Document",
    "Enclosure",
    "Entry",
    "Failed",
    "FailureKind",
    "Fetched",
    "Hint",
    "Match",
    "Move",
    "New",
    "Origin",
    "Outcome",
    "Outline",
    "ParsedEntry",
    "ParsedFeed",
    "Placement",
    "PublishedEntry",
    "PublishedFrom",
    "ReadFeed",
    "Revised",
    "Revision",
    "Same",
    "Site",
    "Skipped",
    "Source",
    "SourceState",
    "Span",
    "TopicFeed",
    "Unchanged",
    "Validators",
    "Verdict",
]
